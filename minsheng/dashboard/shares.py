"""Who is and was responsible for a sub-item, as its page shows it. ``responsibilities`` are loaded; no query."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from minsheng.dashboard import words
from projects.models import Responsibility, SubItem


@dataclass(frozen=True)
class Share:
    """A unit's part in the sub-item. ``is_open``: nobody has named the unit yet. ``past``: handed over; ``coming``:
    takes over in a month to come.
    """

    name: str
    role: str
    files: bool
    is_open: bool
    origin: str
    months: str
    past: bool
    coming: bool = False


@dataclass(frozen=True)
class HandOver:
    """``name`` takes over in ``month``, or gives up after it."""

    month: date
    title: str
    name: str


def share_rows(sub_item: SubItem, month: date) -> list[Share]:
    """Those responsible in ``month`` first, leads before assisting units; then those to come, then those gone."""
    rows = [_share(one, month) for one in sub_item.responsibilities.all()]
    return sorted(rows, key=lambda row: (row.past, row.coming))


def _share(one: Responsibility, month: date) -> Share:
    past = one.until is not None and one.until < month
    return Share(
        name=_name(one),
        role=one.get_role_display(),
        files=one.files and not past,
        is_open=one.is_open,
        origin=str(one.group_origin) if one.group_origin and not one.is_open else "",
        months=_held(one.since, one.until),
        past=past,
        coming=one.since is not None and one.since > month,
    )


def hand_overs(sub_item: SubItem) -> Iterator[HandOver]:
    """What has changed since the table was issued: who came with a month, who left after one."""
    for one in sub_item.responsibilities.all():
        role = {"role": one.get_role_display()}
        if one.since:
            yield HandOver(one.since, _("Takes over as %(role)s") % role, _name(one))
        if one.until:
            yield HandOver(one.until, _("Hands over as %(role)s") % role, _name(one))


def _name(one: Responsibility) -> str:
    return words.unit_name(one.department) if one.department else one.stated_as


def _held(since: date | None, until: date | None) -> str:
    months = {"since": words.year_month(since), "until": words.year_month(until)}
    if since and until:
        return _("%(since)s to %(until)s") % months
    if since:
        return _("from %(since)s") % months
    return _("until %(until)s") % months if until else ""

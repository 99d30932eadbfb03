"""Hand-overs: who is responsible from a month on, with who was until then left readable."""

import hashlib
from collections import defaultdict
from collections.abc import Collection, Hashable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from django.db.models import Exists, Max, OuterRef, Q, Subquery
from django.utils.translation import gettext as _

from departments import clock, locks
from departments.bulk import insert_rows, update_rows
from departments.errors import DomainError
from departments.language import year_month
from departments.models import Department
from projects.filing import LET_GO
from projects.filings import let_go
from projects.models import MonthlyReport, Programme, ReportEvent, ReportingPeriod, Responsibility, SubItem
from projects.rules.periods import month_before, next_month
from projects.rules.reports import SUBMISSION
from projects.services.parts import pair
from projects.services.plans import Parts


class Why(StrEnum):
    """What keeps a month with whoever was responsible in it."""

    SUBMITTED = "submitted"  # its report was submitted
    LET_GO = "let-go"  # it was submitted, came back, and is waited for no longer
    LOCKED = "locked"  # it locked
    HANDED_OVER = "handed-over"  # an earlier hand-over begins with the month that is possible


@dataclass(frozen=True)
class Bound:
    """The first ``month`` from which a sub-item can be handed over, and why not from an earlier one."""

    month: date
    why: Why

    @property
    def message(self) -> str:
        words = {"month": year_month(self.month), "last": year_month(month_before(self.month))}
        match self.why:
            case Why.SUBMITTED:
                return _("%(last)s was submitted already: possible from %(month)s.") % words
            case Why.LET_GO:
                words["state"] = str(LET_GO)
                return _("%(last)s: %(state)s; possible from %(month)s.") % words
            case Why.LOCKED:
                return _("%(last)s has locked: possible from %(month)s.") % words
        return _("It was handed over already, from %(month)s: possible from then.") % words


def bounds(sub_items: Collection[SubItem]) -> dict[int, Bound]:
    """From when each may be handed over, by its key: after the last month that was submitted or has locked, and not
    before the last hand-over. Three queries. One that is missing may be handed over from any month.

    A month that was only begun goes over with its draft.
    """
    return _bounds(sub_item__in=[one.pk for one in sub_items])


def earliest_in(programme: Programme) -> dict[int, date]:
    """The first such month of each sub-item of a programme."""
    return {pk: bound.month for pk, bound in _bounds(sub_item__programme=programme).items()}


def _bounds(**of: Any) -> dict[int, Bound]:
    submitted = ReportEvent.objects.filter(report=OuterRef("pk"), to_state__in=SUBMISSION)
    reports = MonthlyReport.objects.filter(~Q(state=MonthlyReport.State.DRAFT) | Exists(submitted), **of).order_by()
    last = dict(reports.values_list("sub_item").annotate(Max("period__month")))
    gone = set(let_go().filter(**of).order_by().values_list("sub_item", "period__month"))
    found = {
        pk: Bound(next_month(month), Why.LET_GO if (pk, month) in gone else Why.SUBMITTED) for pk, month in last.items()
    }
    locked = ReportingPeriod.objects.filter(
        programme=OuterRef("sub_item__programme"), locks_on__lte=clock.today()
    ).order_by("-month")
    held: Any = Responsibility.objects.current().filter(**of).order_by()
    held = held.annotate(last_locked=Subquery(locked.values("month")[:1]))
    for pk, month, since in held.values_list("sub_item", "last_locked").annotate(Max("since")):
        others = [Bound(next_month(month), Why.LOCKED)] if month else []
        others += [Bound(since, Why.HANDED_OVER)] if since else []
        for other in others:
            if pk not in found or other.month > found[pk].month:
                found[pk] = other
    return found


def proposed(earliest_month: date | None) -> date:
    """The month that is proposed for a hand-over: the present one, or the first that is possible."""
    present = clock.today().replace(day=1)
    return max(present, earliest_month or present)


def token(responsibilities: Iterable[Responsibility]) -> str:
    """What stood when a hand-over was looked at, so that of two people who change it the later one is told."""
    rows = sorted(f"{one.pk}:{one.department_id}:{one.role}:{one.files:d}:{one.since}" for one in responsibilities)
    return hashlib.sha256("|".join(rows).encode()).hexdigest()[:16]


def write(shifts: Sequence[tuple[SubItem, Parts, date | None]]) -> None:
    """End the responsibilities that the parts no longer state, and begin those they state anew, from a month on. Drafts
    of these months go over to the unit that files them now, and keep who wrote them. The caller has locked the
    sub-items.

    Raises ``DomainError`` without a month, or where the month was submitted, has locked or lies before the last
    hand-over.
    """
    if not shifts:
        return
    drafts = _held_drafts(shifts)
    _check(shifts)
    present: dict[int, list[Responsibility]] = defaultdict(list)
    for row in Responsibility.objects.current().filter(sub_item__in=[one.pk for one, _parts, _since in shifts]):
        present[row.sub_item_id].append(row)
    ended_before = _ended_before(shifts)
    kept, ended, gone, come = [], [], [], []
    for sub_item, parts, since in shifts:
        both, old, new = pair(present[sub_item.pk], parts.responsibilities, _same)
        back, _over, new = pair(ended_before[sub_item.pk], new, _same)
        for row, wanted in (*both, *back):
            row.order, row.stated_as, row.group_origin_id = wanted.order, wanted.stated_as, wanted.group_origin_id
            kept.append(row)
        for row, _wanted in back:  # as if the hand-over that never began had not been
            row.until = None
        for row in old:
            if since and row.since == since:  # it never began
                gone.append(row.pk)
            else:
                row.until = month_before(since) if since else None
                ended.append(row)
        for row in new:
            row.since = since
            come.append(row)
    Responsibility.objects.filter(pk__in=gone).delete()
    update_rows(ended, ["until"])
    update_rows(kept, ["order", "stated_as", "group_origin", "until"])
    insert_rows(come)
    _hand_drafts_over(shifts, drafts)


def _ended_before(shifts: Sequence[tuple[SubItem, Parts, date | None]]) -> dict[int, list[Responsibility]]:
    """What ended just before the month of each shift: stated again, it goes on."""
    month_of = {sub_item.pk: month_before(since) for sub_item, _parts, since in shifts if since}
    found: dict[int, list[Responsibility]] = defaultdict(list)
    for row in Responsibility.objects.filter(sub_item__in=month_of, until__in=set(month_of.values())):
        if row.until == month_of[row.sub_item_id]:
            found[row.sub_item_id].append(row)
    return found


def _held_drafts(shifts: Sequence[tuple[SubItem, Parts, date | None]]) -> list[MonthlyReport]:
    """The reports of the months to be handed over, locked: who submits one at this moment comes before or after."""
    months = [since for _sub_item, _parts, since in shifts if since]
    if not months:
        return []
    reports = MonthlyReport.objects.filter(
        sub_item__in=[sub_item.pk for sub_item, _parts, _since in shifts], period__month__gte=min(months)
    )
    return list(locks.held(reports.select_related("period")))


def _hand_drafts_over(shifts: Sequence[tuple[SubItem, Parts, date | None]], drafts: Iterable[MonthlyReport]) -> None:
    filing: dict[int, tuple[Department | None, date | None]] = {
        sub_item.pk: (next(row.department for row in parts.responsibilities if row.files), since)
        for sub_item, parts, since in shifts
    }
    changed = []
    for report in drafts:
        unit, since = filing[report.sub_item_id]
        if unit and since and report.period.month >= since and report.department_id != unit.pk:
            before = {"unit": str(report.department_id), "unit_name": report.department_name}
            handed = {"handed": f"{since:%Y-%m}"}
            report.edits = {name: before | mark | handed for name, mark in report.edits.items()}
            report.department, report.department_name = unit, unit.full_name
            changed.append(report)
    update_rows(changed, ["department", "department_name", "edits"])


def _same(row: Responsibility) -> Hashable:
    """The same unit in the same part; of what nobody has named yet, the same words."""
    return row.department_id, row.role, row.files, "" if row.department_id else row.stated_as


def _check(shifts: Iterable[tuple[SubItem, Parts, date | None]]) -> None:
    shifts = list(shifts)
    first = bounds([sub_item for sub_item, _parts, _since in shifts])
    for sub_item, parts, since in shifts:
        if sum(row.files for row in parts.responsibilities) != 1:
            raise DomainError(_("Each sub-item needs exactly one unit that files its reports."))
        if since is None:
            raise DomainError(
                _("%(sub_item)s: say from which month the new units are responsible.") % {"sub_item": sub_item}
            )
        possible = first.get(sub_item.pk)
        if possible and since < possible.month:
            raise DomainError(
                _("%(sub_item)s cannot be handed over from %(since)s: %(why)s")
                % {"sub_item": sub_item, "since": year_month(since), "why": possible.message}
            )

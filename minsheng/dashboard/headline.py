"""The strip on top of a sub-item's page: how it stands, now or as a past month kept it, in ready words."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from departments.models import Department
from minsheng.contacts import Contact, contacts_of
from minsheng.dashboard import words
from minsheng.dashboard.filters import judged_on
from minsheng.dashboard.reports import Reader, ReportView, State
from projects.filing import Filing, word_of
from projects.models import Light, SubItem
from projects.standing import Standpoint

if TYPE_CHECKING:
    from projects.standing import StoodSubItem

CONTACTS: Final = 3  # to call; all of them stand on the page of the month's filing
WAITS = (State.SUBMITTED, State.UNIT_REVIEW, State.RETURNED)


@dataclass(frozen=True)
class Waiting:
    """A report that waits for somebody, and the reason of its return where the reader may know it."""

    text: str
    reason: str = ""


@dataclass(frozen=True)
class Lag:
    """What the unit itself said of a lag, in its newest approved report: why, and what is done by when; ``passed``:
    that day is over.
    """

    month: str
    factor: str
    reason: str
    measure: str
    measure_by: date | None
    passed: bool


@dataclass(frozen=True)
class Headline:
    """``kept``: whether anything is known from where one looks; a past month may have no figure.

    ``behind`` marks a gap to the disadvantage. ``unit`` is the filing unit, of the past month where one is looked at;
    its ``contacts`` are who answers today.
    """

    kept: bool
    light: str
    closed: bool
    sentence: str
    lag: Lag | None
    percent: Decimal | None
    scheduled: str
    gap: str
    behind: bool
    deadline: str
    days: str
    passed: bool
    firm: bool
    unit: str
    contacts: list[Contact]
    planned: str
    secured: str
    secured_share: str
    spent: str
    spent_share: str
    filing: str
    waiting: list[Waiting]


def headline_of(
    sub_item: SubItem, stood: "StoodSubItem", *, point: Standpoint, reader: Reader, reports: Sequence[ReportView]
) -> Headline:
    """``stood`` is the sub-item as ``projects.standing.stood`` annotates it from ``point``."""
    unit = filing_unit(sub_item, point)
    open_ended = stood.stood_light == Light.BLUE or sub_item.status != SubItem.Status.ACTIVE
    days = None if open_ended or sub_item.deadline is None else _days_to(sub_item.deadline, point)
    return Headline(
        kept=bool(stood.stood_light),
        light=stood.stood_light,
        closed=sub_item.is_closed and point.period is None,
        sentence=stood.stood_sentence,
        lag=_lag(reports, point) if stood.stood_light in (Light.RED, Light.YELLOW) else None,
        percent=stood.stood_percent,
        scheduled=words.percent(stood.stood_scheduled),
        gap=_gap(stood.stood_percent, stood.stood_scheduled),
        behind=_is_behind(stood.stood_percent, stood.stood_scheduled),
        deadline=words.deadline(sub_item),
        days=_days(days),
        passed=days is not None and days < 0 and sub_item.deadline_firm,
        firm=sub_item.deadline_firm,
        unit=unit.full_name if unit else "",
        contacts=contacts_of([unit])[unit.pk][:CONTACTS] if unit else [],
        planned=words.money(stood.stood_planned, approx=stood.stood_approx),
        secured=words.stage(stood.stood_secured),
        secured_share=_share(stood.stood_secured, stood.stood_planned),
        spent=words.stage(stood.stood_spent),
        spent_share=_share(stood.stood_spent, stood.stood_planned),
        filing=_filing(stood, point, reader),
        waiting=[] if point.period else [_waiting(view) for view in reports if view.report.state in WAITS],
    )


def _lag(reports: Sequence[ReportView], point: Standpoint) -> Lag | None:
    """Of the month looked at or the newest before it; ``reports`` begin with the newest."""
    month = point.period.month if point.period else None
    approved = [view.report for view in reports if view.report.state == State.APPROVED]
    report = next((one for one in approved if month is None or one.period.month <= month), None)
    if report is None or not (report.reason or report.measure):
        return None
    return Lag(
        month=words.month(report.period.month),
        factor=report.get_factor_display() if report.factor else "",
        reason=report.reason,
        measure=report.measure,
        measure_by=report.measure_by,
        passed=report.measure_by is not None and report.measure_by < judged_on(point),
    )


def filing_unit(sub_item: SubItem, point: Standpoint) -> Department | None:
    """Who files in the month looked at; of what only begins later, who will. ``responsibilities`` are loaded."""
    filing = [one for one in sub_item.responsibilities.all() if one.files]
    held = [one for one in filing if one.held_in(point.month)]
    coming = [one for one in filing if one.since and one.since > point.month and one.until is None]
    if held:
        return max(held, key=lambda one: one.since or date.min).department
    return coming[0].department if coming else None


def _gap(percent: Decimal | None, scheduled: Decimal | None) -> str:
    if percent is None or scheduled is None:
        return ""
    if percent == scheduled:
        return _("as scheduled")
    points = {"points": words.number(abs(percent - scheduled))}
    return _("%(points)s points behind") % points if percent < scheduled else _("%(points)s points ahead") % points


def _is_behind(percent: Decimal | None, scheduled: Decimal | None) -> bool:
    return percent is not None and scheduled is not None and percent < scheduled


def _days_to(deadline: date, point: Standpoint) -> int:
    """Negative once the day is over; a month is over with its last day, as lists have it."""
    over = (judged_on(point) - deadline).days
    return -over if over > 0 else (deadline - point.on).days


def _days(days: int | None) -> str:
    if days is None:
        return ""
    if days == 0:
        return _("due on this day")
    if days > 0:
        return ngettext("%(days)d day left", "%(days)d days left", days) % {"days": days}
    return ngettext("%(days)d day past", "%(days)d days past", -days) % {"days": -days}


def _share(amount: Decimal | None, planned: Decimal | None) -> str:
    return "" if amount is None or not planned else words.percent(amount / planned * 100)


def _filing(stood: Any, point: Standpoint, reader: Reader) -> str:
    """How the month's filing stands, for leads, office and oversight: whether a report exists is not for others."""
    if point.filing is None or stood.filing == Filing.EXEMPT or not reader.is_insider:
        return ""
    filing = word_of(stood.filing, let_go=stood.let_go)
    return _("report of %(month)s: %(filing)s") % {"month": point.filing, "filing": filing}


def _waiting(view: ReportView) -> Waiting:
    month = {"month": view.month}
    match view.report.state:
        case State.SUBMITTED:
            percent = {"percent": words.percent(view.report.percent)}
            return Waiting(_("report of %(month)s waits for approval, reported %(percent)s") % {**month, **percent})
        case State.UNIT_REVIEW:
            return Waiting(_("report of %(month)s waits for the unit's reviewer") % month)
    return Waiting(_("report of %(month)s was returned") % month, view.return_reason)

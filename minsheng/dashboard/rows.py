"""Lists of sub-items as rows of ready strings: a fixed number of queries for any number of rows."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from departments.language import listed
from departments.permissions import Person
from minsheng.dashboard import words
from projects.models import MonthlyReport, ReportingPeriod, Responsibility, SubItem

State = MonthlyReport.State
# A report that has left its unit. One that came back is due again.
FILED = (State.SUBMITTED, State.APPROVED)


@dataclass(frozen=True, slots=True)
class Row:
    """One sub-item, every value as the page shows it. ``bar`` is the progress as a plain number, empty for none.

    ``filing`` is how the present period stands, ``pending`` what waits for approval; both stand beside the light.
    """

    pk: int
    serial: str
    title: str
    project: str
    light: str
    shape: str
    light_word: str
    sentence: str
    bar: str
    percent: str
    scheduled: str
    deadline: str
    deadline_note: str
    lead: str
    other_leads: str
    planned: str
    secured: str
    spent: str
    filing: str
    pending: str
    withdrawn: str


def rows_of(sub_items: Sequence[SubItem], *, user: Person, period: ReportingPeriod | None, today: date) -> list[Row]:
    """Rows in the order given; ``project`` of each sub-item is loaded. A pending figure only for who may read it."""
    ids = [sub_item.pk for sub_item in sub_items]
    leads = _leads(ids)
    states = _states(ids, period)
    pending = _pending(ids, user)
    return [
        _row(
            sub_item,
            leads=leads.get(sub_item.pk, []),
            filing=filing_word(sub_item, states.get(sub_item.pk), period, today),
            pending=pending.get(sub_item.pk, ""),
            today=today,
        )
        for sub_item in sub_items
    ]


def filing_word(sub_item: SubItem, state: str | None, period: ReportingPeriod | None, today: date) -> str:
    """Filed, pending or not filed in ``period``; nothing where nothing is expected."""
    if period is None or sub_item.status != SubItem.Status.ACTIVE:
        return ""
    if state == State.APPROVED:
        return _("filed")
    if state == State.SUBMITTED:
        return _("filed, waiting for approval")
    return _("not filed") if today <= period.due_on else _("not filed, overdue")


def _row(sub_item: SubItem, *, leads: list[str], filing: str, pending: str, today: date) -> Row:
    closed = sub_item.is_closed
    return Row(
        pk=sub_item.pk,
        serial=sub_item.serial or words.NOTHING,
        title=sub_item.title,
        project=sub_item.project.name,
        light=sub_item.light,
        shape=words.SHAPES[sub_item.light],  # type: ignore[index]
        light_word=words.light_word(sub_item.light, closed=closed),
        sentence=sub_item.sentence,
        bar="" if sub_item.percent is None else f"{sub_item.percent:f}",
        percent=words.percent(sub_item.percent),
        scheduled=words.percent(sub_item.scheduled_percent),
        deadline=words.deadline(sub_item),
        deadline_note=_deadline_note(sub_item, today),
        lead=leads[0] if leads else _("to be named"),
        other_leads=listed(leads[1:]),
        planned=words.money(sub_item.planned, approx=sub_item.planned_approx),
        secured=words.stage(sub_item.secured),
        spent=words.stage(sub_item.spent),
        filing=filing,
        pending=pending,
        withdrawn=_("withdrawn") if sub_item.status == SubItem.Status.WITHDRAWN else "",
    )


def _deadline_note(sub_item: SubItem, today: date) -> str:
    if words.is_overdue(sub_item, today) and sub_item.deadline_firm:
        return _("passed")
    return "" if sub_item.deadline_firm else _("not firm")


def _leads(ids: list[int]) -> dict[int, list[str]]:
    """Names of the present lead units, the filing one first, then as stated."""
    found: dict[int, list[str]] = defaultdict(list)
    leads = (
        Responsibility.objects.current()
        .filter(sub_item__in=ids, role=Responsibility.Role.LEAD)
        .select_related("department__parent")
        .order_by("sub_item", "-files", "order", "pk")
    )
    for lead in leads:
        name = lead.department.full_name if lead.department else _("%(name)s (to be named)")
        found[lead.sub_item_id].append(name % {"name": lead.stated_as} if lead.department is None else name)
    return found


def _states(ids: list[int], period: ReportingPeriod | None) -> dict[int, str]:
    if period is None:
        return {}
    reports = MonthlyReport.objects.filter(period=period, sub_item__in=ids)
    return dict(reports.values_list("sub_item", "state"))


def _pending(ids: list[int], user: Person) -> dict[int, str]:
    """What was submitted and waits for approval, of the latest month, for those who may read it."""
    waiting = (
        MonthlyReport.objects.readable_by(user)
        .filter(sub_item__in=ids, state=State.SUBMITTED)
        .select_related("period")
        .order_by("period__month")
    )
    return {
        report.sub_item_id: _("pending: %(percent)s (%(month)s)")
        % {"percent": words.percent(report.percent), "month": report.period}
        for report in waiting
    }

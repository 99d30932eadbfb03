"""What a person's units have to file: the page a staff member lands on."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Prefetch, Q

from departments import clock
from departments.models import User
from departments.permissions import FILE_REPORT, departments_granted
from minsheng.filing.remarks import asked_of
from projects.models import MonthlyReport, ReportEvent, ReportingPeriod, Responsibility, SubItem
from projects.rules.reports import EDITABLE, SUBMISSION
from projects.services.reports import excepted_until

State = MonthlyReport.State
# What wants the unit's hand comes first; then what waits for others; then what is done.
ORDER = {State.RETURNED: 0, None: 1, State.DRAFT: 1, State.UNIT_REVIEW: 2, State.SUBMITTED: 2, State.APPROVED: 3}


@dataclass(frozen=True)
class DueItem:
    """One sub-item in one period, for the unit that files it (``files``) or another that leads it.

    What was returned is due again by ``due_again``, where the office did; what another unit's person submitted says who
    in ``submitter``.
    """

    sub_item: SubItem
    period: ReportingPeriod
    report: MonthlyReport | None
    files: bool
    filing_unit: str
    return_comment: str
    until: date
    due_again: date | None = None
    submitter: str = ""

    @property
    def state(self) -> str | None:
        return self.report.state if self.report else None

    @property
    def waits_for_unit(self) -> bool:
        return self.files and self.state in (None, State.DRAFT, State.RETURNED)


@dataclass(frozen=True)
class DueMonth:
    """A period with its items; ``days_left`` to the due day, negative when it has passed."""

    period: ReportingPeriod
    items: list[DueItem]
    days_left: int

    @property
    def days_over(self) -> int:
        return -self.days_left

    @property
    def waiting_items(self) -> list[DueItem]:
        return [item for item in self.items if item.waits_for_unit]

    @property
    def settled_items(self) -> list[DueItem]:
        """What has left the unit, and what another unit files."""
        return [item for item in self.items if not item.waits_for_unit]

    @property
    def waiting(self) -> int:
        return len(self.waiting_items)

    @property
    def total(self) -> int:
        """What the person's units file in this month."""
        return sum(item.files for item in self.items)

    @property
    def done(self) -> int:
        return self.total - self.waiting


@dataclass(frozen=True)
class Place:
    """Where an item stands among those of its month, and what stands beside it."""

    number: int
    total: int
    before: DueItem | None
    after: DueItem | None
    following: DueItem | None
    waiting: int


def place_of(user: User, sub_item: SubItem, period: ReportingPeriod) -> Place | None:
    """The item's place among those of its month, in the plan's order whatever becomes of them: 3/8 stays 3/8.

    ``following`` is the next one below, else from the top, that still waits for the unit. ``None`` where the item is
    not on the to-do page any more.
    """
    items = [item for month in due_months(user, only=period) for item in month.items]
    items.sort(key=lambda item: (not item.files, item.sub_item.position))
    at = next((index for index, item in enumerate(items) if item.sub_item == sub_item), None)
    if at is None:
        return None
    others = [item for item in items[at + 1 :] + items[:at] if item.waits_for_unit]
    return Place(
        number=at + 1,
        total=len(items),
        before=items[at - 1] if at else None,
        after=items[at + 1] if at + 1 < len(items) else None,
        following=others[0] if others else None,
        waiting=len(others),
    )


def due_months(user: User, *, only: ReportingPeriod | None = None) -> list[DueMonth]:
    """Open periods (or ``only`` one), oldest first, each with what the person's units lead in it.

    The number of queries is constant.
    """
    today = clock.today()
    mine = set(departments_granted(user, FILE_REPORT).values_list("pk", flat=True))
    if not mine:
        return []
    responsibilities = (
        Responsibility.objects.filter(
            role=Responsibility.Role.LEAD, sub_item__status=SubItem.Status.ACTIVE, sub_item__in=_led_by(mine)
        )
        .select_related("sub_item__project", "sub_item__programme", "department__parent")
        .order_by("sub_item__position")
    )
    by_sub_item: dict[int, list[Responsibility]] = {}
    for responsibility in responsibilities:
        by_sub_item.setdefault(responsibility.sub_item_id, []).append(responsibility)
    programmes = {roles[0].sub_item.programme_id for roles in by_sub_item.values()}
    periods = (
        ReportingPeriod.objects.filter(Q(locks_on__gt=today) | Q(exceptions__until__gte=today), opens_on__lte=today)
        .filter(programme__in=programmes, **({"pk": only.pk} if only else {}))
        .select_related("programme__jurisdiction")
        .prefetch_related("exceptions")
        .distinct()
        .order_by("month", "programme")
    )
    steps = ReportEvent.objects.defer("snapshot").order_by("pk")
    reports = MonthlyReport.objects.filter(period__in=list(periods), sub_item__in=by_sub_item).prefetch_related(
        Prefetch("events", steps, to_attr="steps")
    )
    found = {(report.sub_item_id, report.period_id): report for report in reports}
    months = []
    for period in periods:
        items = [
            item
            for roles in by_sub_item.values()
            if roles[0].sub_item.programme_id == period.programme_id
            and (item := _item(roles, period, found.get((roles[0].sub_item_id, period.pk)), mine, today))
        ]
        items.sort(key=lambda item: (not item.files, ORDER[item.state], item.sub_item.position))  # type: ignore[index]
        if items:
            months.append(DueMonth(period, items, (period.due_on - today).days))
    return months


def _led_by(mine: set[int]) -> "list[int]":
    leading = Responsibility.objects.filter(role=Responsibility.Role.LEAD, department__in=mine)
    return list(leading.values_list("sub_item", flat=True))


def _item(
    roles: list[Responsibility], period: ReportingPeriod, report: MonthlyReport | None, mine: set[int], today: date
) -> DueItem | None:
    """The item of ``period`` where one of ``mine`` leads in its month and may still file."""
    held = [role for role in roles if role.held_in(period.month)]
    if not any(role.department_id in mine for role in held):
        return None
    filing = next((role for role in held if role.files), None)
    sub_item = roles[0].sub_item
    if report is not None and report.state == State.DRAFT and not report.version:
        report = None  # only another unit's contribution has begun it
    until = excepted_until(period, sub_item, filing.department if filing else None)
    if today >= period.locks_on and (until is None or until < today):
        return None
    asked = asked_of(getattr(report, "steps", [])) if report and report.state == State.RETURNED else None
    return DueItem(
        sub_item=sub_item,
        period=period,
        report=report,
        files=filing is not None and filing.department_id in mine,
        filing_unit=filing.department.full_name if filing and filing.department else "",
        return_comment="\n".join(event.told for event in asked.returns) if asked else "",
        until=max(until or period.locks_on, period.locks_on),
        due_again=max(asked.due_again_on, period.due_on) if asked and asked.due_again_on else None,
        submitter=_submitter(report) if report and report.on_behalf else "",
    )


def _submitter(report: MonthlyReport) -> str:
    """Who submitted it, while it has left the unit."""
    sent = [step for step in getattr(report, "steps", []) if step.to_state in SUBMISSION]
    return sent[-1].actor_name if sent and report.state not in EDITABLE else ""

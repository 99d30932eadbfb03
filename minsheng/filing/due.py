"""What a person's units have to file, month by month: the work page of filing."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Prefetch, Q

from departments import clock
from departments.models import User
from departments.permissions import FILE_REPORT, departments_granted
from minsheng.filing import slots
from minsheng.filing.remarks import asked_of
from projects.models import MonthlyReport, ReportEvent, ReportingPeriod, Responsibility, SubItem
from projects.rules.reports import EDITABLE, SUBMISSION
from projects.services.reports import open_until

State = MonthlyReport.State
# What wants the unit's hand comes first; then what waits for others; then what is done.
ORDER = {State.RETURNED: 0, None: 1, State.DRAFT: 1, State.UNIT_REVIEW: 2, State.SUBMITTED: 2, State.APPROVED: 3}


@dataclass(frozen=True)
class DueItem:
    """One sub-item in one period, for the unit that files it (``files``) or another that leads it.

    ``until`` is the last day on which it may be filed; ``waits_for_unit``: the person's unit can file it and has not.
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
    waits_for_unit: bool
    due_again: date | None = None
    submitter: str = ""

    @property
    def state(self) -> str | None:
        return self.report.state if self.report else None

    @property
    def is_excepted(self) -> bool:
        """Whether it may be filed longer than the others of its month."""
        return self.until >= self.period.locks_on

    @property
    def in_draft(self) -> bool:
        """Whether another unit files it and this one may work on the draft."""
        return not self.files and self.state in (None, State.DRAFT, State.RETURNED)


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
    def last_day(self) -> date:
        """The last day before the lock."""
        return self.period.locks_on - timedelta(days=1)

    @property
    def is_open(self) -> bool:
        return self.period.locks_on > clock.today()

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
    """Periods (or ``only`` one) that are open or in which something waits, oldest first, each with what the person's
    units lead in it.

    What waits is what the to-do says (``slots.to_file``). The number of queries is constant.
    """
    today = clock.today()
    mine = set(departments_granted(user, FILE_REPORT).values_list("pk", flat=True))
    if not mine:
        return []
    waiting = set(slots.to_file(user).order_by().values_list("sub_item", "period"))
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
        ReportingPeriod.objects.filter(Q(locks_on__gt=today) | Q(pk__in={period for _item, period in waiting}))
        .filter(programme__in=programmes, opens_on__lte=today, **({"pk": only.pk} if only else {}))
        .select_related("programme__jurisdiction")
        .prefetch_related("exceptions")
        .order_by("due_on", "month", "programme")
    )
    steps = ReportEvent.objects.defer("snapshot").order_by("pk")
    reports = MonthlyReport.objects.filter(period__in=list(periods), sub_item__in=by_sub_item).prefetch_related(
        Prefetch("events", steps, to_attr="steps")
    )
    found = {(report.sub_item_id, report.period_id): report for report in reports}
    months = []
    for period in periods:
        items = []
        for key, roles in by_sub_item.items():
            waits = (key, period.pk) in waiting
            if roles[0].sub_item.programme_id == period.programme_id and (waits or period.locks_on > today):
                items += _items(roles, period, found.get((key, period.pk)), mine, waits=waits)
        items.sort(key=lambda item: (not item.files, ORDER[item.state], item.sub_item.position))  # type: ignore[index]
        if items:
            months.append(DueMonth(period, items, (period.due_on - today).days))
    return months


def _led_by(mine: set[int]) -> "list[int]":
    leading = Responsibility.objects.filter(role=Responsibility.Role.LEAD, department__in=mine)
    return list(leading.values_list("sub_item", flat=True))


def _items(
    roles: list[Responsibility],
    period: ReportingPeriod,
    report: MonthlyReport | None,
    mine: set[int],
    *,
    waits: bool,
) -> list[DueItem]:
    """The item of ``period`` where one of ``mine`` leads in its month; else none."""
    held = [role for role in roles if role.held_in(period.month)]
    if not any(role.department_id in mine for role in held):
        return []
    filing = next((role for role in held if role.files), None)
    sub_item = roles[0].sub_item
    if report is not None and report.state == State.DRAFT and not report.version:
        report = None  # only another unit's contribution has begun it
    asked = asked_of(getattr(report, "steps", [])) if report and report.state in EDITABLE else None
    return [
        DueItem(
            sub_item=sub_item,
            period=period,
            report=report,
            files=filing is not None and filing.department_id in mine,
            filing_unit=filing.department.full_name if filing and filing.department else "",
            return_comment="\n".join(event.told for event in asked.returns) if asked else "",
            until=open_until(period, sub_item, filing.department if filing else None),
            waits_for_unit=waits,
            due_again=max(asked.due_again_on, period.due_on) if asked and asked.due_again_on else None,
            submitter=_submitter(report) if report and report.on_behalf else "",
        )
    ]


def _submitter(report: MonthlyReport) -> str:
    """Who submitted it, while it has left the unit."""
    sent = [step for step in getattr(report, "steps", []) if step.to_state in SUBMISSION]
    return sent[-1].actor_name if sent and report.state not in EDITABLE else ""

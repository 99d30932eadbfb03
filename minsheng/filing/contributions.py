"""What the other responsible units say to a month's report: their texts, their shares of the targets, and the money
lines that were assigned to them. The filing unit sees who has and has not, and takes over.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from departments import language
from departments.errors import DomainError
from departments.models import Department, User
from departments.permissions import FILE_REPORT, departments_granted
from funding.models import FundingLine
from funding.services import readings
from funding.services.readings import LineReading, lines_to_read
from minsheng.filing.content import Content
from projects.models import Contribution, MonthlyReport, ReportingPeriod, Responsibility, SubItem
from projects.rules.reports import EDITABLE
from projects.services import contributions, reports

State = Contribution.State


@dataclass(frozen=True)
class Contributed:
    """A unit that may contribute in a month, and what it has; ``lines`` are the money lines assigned to it."""

    unit: Department
    leads: bool
    contribution: Contribution | None
    lines: list[FundingLine]

    @property
    def is_submitted(self) -> bool:
        return self.contribution is not None and self.contribution.state == State.SUBMITTED

    @property
    def submitted(self) -> Contribution | None:
        """What the filing unit reads of it: nothing of a draft."""
        return self.contribution if self.is_submitted else None

    @property
    def shares(self) -> dict[int, Decimal]:
        return {one.target_id: one.value for one in self.submitted.readings.all()} if self.submitted else {}

    @property
    def money(self) -> dict[int, LineReading]:
        """Of the lines assigned to it, as it reads them."""
        if self.submitted is None:
            return {}
        assigned = {line.pk for line in self.lines}
        return {
            one.line_id: LineReading(one.applied, one.secured, one.spent)
            for one in self.submitted.money.all()
            if one.line_id in assigned
        }


def contributed_of(
    sub_item: SubItem, period: ReportingPeriod, report: MonthlyReport | None, lines: Iterable[FundingLine]
) -> list[Contributed]:
    """Every unit that may contribute to the month, with what it has. At most four queries."""
    roles = contributions.contributing(sub_item, period.month)
    found: dict[int, Contribution] = {}
    if roles and report is not None:
        rows = Contribution.objects.filter(report=report).prefetch_related("readings", "money")
        found = {one.department_id: one for one in rows.select_related("author__department")}
    return [
        Contributed(
            role.department,
            role.role == Responsibility.Role.LEAD,
            found.get(role.department.pk),
            [line for line in lines if line.department_id == role.department.pk],
        )
        for role in roles
        if role.department is not None
    ]


def sum_of(contributed: Iterable[Contributed], target: int) -> Decimal | None:
    """The sum of the shares that were submitted; ``None`` where there is none."""
    shares = [one.shares[target] for one in contributed if target in one.shares]
    return sum(shares, Decimal(0)) if shares else None


def read_by_others(contributed: Iterable[Contributed]) -> dict[int, tuple[Contributed, LineReading]]:
    """Money lines that another unit has read for this month, by their key."""
    return {key: (one, reading) for one in contributed for key, reading in one.money.items()}


def taken(content: Content, contributed: Iterable[Contributed], *, figures: bool, texts: bool) -> Content:
    """``content`` with the sums of the shares and, below its own text, what each unit wrote under its name.

    A text that stands there already is not taken twice.
    """
    contributed = list(contributed)
    if figures:
        sums = {key: sum_of(contributed, key) for key in content.targets}
        content = replace(
            content, targets={key: value if sums[key] is None else sums[key] for key, value in content.targets.items()}
        )
    if texts:
        with language.of_the_office():
            written = [
                _("%(unit)s: %(text)s") % {"unit": one.unit.full_name, "text": one.submitted.text.strip()}
                for one in contributed
                if one.submitted and one.submitted.text.strip()
            ]
        new = [text for text in written if text not in content.progress]
        content = replace(content, progress="\n".join(part for part in (content.progress.strip(), *new) if part))
    return content


def units_of(user: User, sub_item: SubItem, period: ReportingPeriod) -> list[Department]:
    """The units for which ``user`` may contribute to the month, in the plan's order."""
    mine = set(departments_granted(user, FILE_REPORT).values_list("pk", flat=True))
    roles = contributions.contributing(sub_item, period.month)
    return [role.department for role in roles if role.department is not None and role.department.pk in mine]


def is_open(sub_item: SubItem, period: ReportingPeriod, report: MonthlyReport | None) -> bool:
    """Whether units may contribute now: as long as the filing unit writes."""
    filing = reports.filing_unit(sub_item, period.month)
    editable = report is None or report.state in EDITABLE
    return filing is not None and editable and reports.is_open(period, sub_item, filing)


def last_of(unit: Department, sub_item: SubItem, period: ReportingPeriod) -> Contribution | None:
    """What the unit last submitted for an earlier month."""
    return (
        Contribution.objects.filter(
            department=unit, report__sub_item=sub_item, report__period__month__lt=period.month, state=State.SUBMITTED
        )
        .prefetch_related("readings", "money")
        .order_by("-report__period__month")
        .first()
    )


@transaction.atomic
def contribute(
    sub_item: SubItem,
    period: ReportingPeriod,
    unit: Department,
    *,
    by: User,
    text: str,
    shares: Mapping[int, Decimal | None],
    money: Mapping[int, LineReading],
    seen_version: int,
    submit: bool,
) -> Contribution:
    """Keep what ``unit`` says to the month, and with ``submit`` show it to the filing unit.

    Shares of other targets and lines of other units are dropped. Once the report is submitted nothing changes any more.
    """
    filing = reports.filing_unit(sub_item, period.month)
    if not reports.is_open(period, sub_item, filing):
        raise DomainError(_("This period is locked: ask the supervision office for an exception."))
    report = reports.start(sub_item, period)
    reports.lock(report, allowed=EDITABLE)
    shares = {target.pk: shares.get(target.pk) for target in sub_item.targets.all() if target.tracked}
    assigned = [line for line in lines_to_read(sub_item) if line.department_id == unit.pk]
    amounts = {line.pk: money.get(line.pk, LineReading()) for line in assigned}
    stated = [*shares.values(), *(one.secured for one in amounts.values()), *(one.spent for one in amounts.values())]
    if submit and not text.strip() and all(value is None for value in stated):
        raise DomainError(_("Write a text or a figure before submitting."))
    contribution = contributions.write(
        report, unit, by=by, text=text.strip(), shares=shares, seen_version=seen_version, submit=submit
    )
    readings.contribute(contribution, amounts)
    return contribution

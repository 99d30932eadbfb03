"""What the other responsible units say to a month's report, as the filing side reads it: their texts, their shares of
the targets, and the money lines that were assigned to them. Nothing of a draft; ``contribute`` writes.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import Any, Final

from departments.models import Department
from funding.models import FundingLine
from funding.services.readings import LineReading
from minsheng.filing.content import Content, content_from
from projects.models import (
    Contribution,
    ContributionVersion,
    MonthlyReport,
    ReportingPeriod,
    Responsibility,
    SubItem,
    Taking,
    Target,
)
from projects.rules.reports import EDITABLE
from projects.rules.targets import Change, UnitsSum
from projects.services import contributions
from projects.services.reports import first_submission, submissions_of

# What a report's snapshot keeps of the others; a later step of the same report takes it on as it stands.
KEPT: Final = (
    "contributions",
    "not_contributed",
    "lines_read",
    "lines_unread",
    "lines_explained",
    "lines_unanswered",
    "sums",
)


@dataclass(frozen=True)
class Contributed:
    """A unit that may contribute in a month, and what it has submitted.

    ``role`` is empty for one that only reads money lines, or is no longer responsible: its shares do not count.
    ``lines`` are the money lines assigned to it; of each counts what was submitted after the version ``later`` names
    (``FundingLine.counts_after``). One that ``files`` the report itself, by a hand-over perhaps, is asked for nothing,
    and its own share counts. Of a report that stands as it was approved before, only the versions ``upto`` that number
    count.
    """

    unit: Department
    role: str = ""
    contribution: Contribution | None = None
    lines: Sequence[FundingLine] = field(default=())
    files: bool = False
    later: Mapping[int, int] = field(default_factory=dict)
    upto: int | None = None

    @cached_property
    def versions(self) -> list[ContributionVersion]:
        return [one for one in self._every if self.upto is None or one.number <= self.upto]

    @cached_property
    def uncounted(self) -> list[ContributionVersion]:
        """What it submitted after the approval that stands; nothing of the report says it."""
        return [one for one in self._every if self.upto is not None and one.number > self.upto]

    @cached_property
    def _every(self) -> list[ContributionVersion]:
        return list(self.contribution.versions.all()) if self.contribution else []

    @property
    def newest(self) -> ContributionVersion | None:
        return self.versions[-1] if self.versions else None

    @property
    def is_submitted(self) -> bool:
        return self.newest is not None

    @property
    def is_asked(self) -> bool:
        """Whether something is expected of it; one that has handed over is only read."""
        return bool(self.role or self.lines)

    @property
    def leads(self) -> bool:
        return self.role == Responsibility.Role.LEAD

    @cached_property
    def content(self) -> Content:
        """What it submitted last."""
        return content_from(self.newest) if self.newest else Content()

    @property
    def text(self) -> str:
        return self.content.progress

    @property
    def shares(self) -> dict[int, Decimal]:
        counts = bool(self.role) or self.files
        return {key: value for key, value in self.content.targets.items() if value is not None and counts}

    @property
    def money(self) -> dict[int, LineReading]:
        """Of the lines assigned to it, those it has read."""
        newest = self.newest.pk if self.newest else 0
        assigned = {line.pk for line in self.lines if newest > self.later.get(line.pk, 0)}
        return {key: one for key, one in self.content.money.items() if key in assigned and is_stated(one)}

    def takings(self, target: int | None) -> list[Taking]:
        """How often its text, or its share of ``target``, was taken over, the oldest first."""
        found = [taking for version in self.versions for taking in version.takings.all() if taking.target_id == target]
        return sorted(found, key=lambda taking: taking.pk)

    def taken(self, target: int | None) -> tuple[Taking, ContributionVersion] | None:
        """The last time that its text or share was taken over, and the version that was."""
        takings = self.takings(target)
        if not takings:
            return None
        return takings[-1], next(one for one in self.versions if one.pk == takings[-1].version_id)

    @property
    def is_text_new(self) -> bool:
        """Whether its text was not taken over, or says something else since."""
        taken = self.taken(None)
        return bool(self.text.strip()) and (taken is None or content_from(taken[1]).progress != self.text)


def counts(version: ContributionVersion | None, line: FundingLine, month: date) -> bool:
    """Whether what a unit submitted last speaks of ``line`` for ``month`` still: the line was not taken back since."""
    return version is not None and version.pk > line.counts_after(month)


def is_stated(reading: LineReading) -> bool:
    """Whether anything is said of the line; an application alone is something."""
    return any(amount is not None for amount in (reading.applied, reading.secured, reading.spent))


def contributed_of(
    sub_item: SubItem,
    period: ReportingPeriod,
    report: MonthlyReport | None,
    lines: Iterable[FundingLine],
    *,
    filing: Department | None,
    first: int | None = None,
) -> list[Contributed]:
    """Every unit that may contribute to the month, with what it has; ``first``: its first submission, as
    ``first_submission_of`` gives it. At most four queries.
    """
    roles = contributions.contributing(sub_item, period.month)
    written = report is None or report.state in EDITABLE
    assigned = lines_by_unit(lines, filing, month=period.month, first=first) if written else {}
    found: list[Contribution] = []
    if report is not None:
        rows = Contribution.objects.filter(report=report).prefetch_related("versions__takings")
        found = list(rows.select_related("department__parent"))
    later = {line.pk: line.counts_after(period.month) for own in assigned.values() for line in own}
    return gathered(roles, assigned, found, filing=filing, later=later)


def first_submission_of(report: MonthlyReport | None, lines: Iterable[FundingLine]) -> int | None:
    """The step with which ``report`` was first submitted, as far as it says who reads ``lines``: not asked for where
    all of them are the filing unit's.
    """
    return first_submission(report) if report and any(line.assignments.all() for line in lines) else None


def carried_by(report: MonthlyReport) -> frozenset[int]:
    """The money lines of which every submission of ``report`` only carried on what was last submitted: nobody has read
    them for its month.
    """
    shots = list(submissions_of(report.pk).values_list("snapshot", flat=True))
    stated = {line["id"] for shot in shots for line in shot.get("money", ()) if _is_read(shot, line["id"])}
    return frozenset(line["id"] for shot in shots for line in shot.get("money", ())) - stated


def _is_read(shot: Mapping[str, Any], line: int) -> bool:
    """Whether anybody has read ``line`` for the submission that kept ``shot``: its filer, or another unit."""
    if str(line) in shot.get("lines_read", {}):
        return True
    return str(line) not in shot.get("lines_unread", {}) and not shot.get("is_nil")


def lines_by_unit(
    lines: Iterable[FundingLine], filing: Department | None, *, month: date, first: int | None
) -> dict[Department, list[FundingLine]]:
    """The lines that another unit than the filing one is to read in ``month``."""
    found: dict[Department, list[FundingLine]] = {}
    for line in lines:
        reader = line.reader_in(month, first)
        if reader is not None and reader != filing:
            found.setdefault(reader, []).append(line)
    return found


def gathered(
    roles: Iterable[Responsibility],
    assigned: Mapping[Department, Sequence[FundingLine]],
    found: Iterable[Contribution],
    *,
    filing: Department | None,
    later: Mapping[int, int] | None = None,
) -> list[Contributed]:
    """Responsible units in the plan's order, then those that only read lines, then those that have handed over."""
    by_unit = {one.department: one for one in found}
    units = {role.department: str(role.role) for role in roles if role.department is not None}
    for unit in (*assigned, *(unit for unit, one in by_unit.items() if one.versions.all())):
        units.setdefault(unit, "")
    return [
        Contributed(unit, role, by_unit.get(unit), assigned.get(unit, ()), files=unit == filing, later=later or {})
        for unit, role in units.items()
    ]


def counted_in(contributed: Iterable[Contributed], shot: Mapping[str, Any]) -> list[Contributed]:
    """``contributed`` as ``shot``, the newest step's snapshot, kept it: of each unit the versions up to the one that
    counts. What a unit submitted while the report was reopened is none where the earlier approval was kept.
    """
    kept = {one["unit"]: one["number"] for one in shot.get("contributions", ())}
    return [replace(one, upto=kept.get(_name_of(one), 0)) for one in contributed]


def _name_of(one: Contributed) -> str:
    return one.contribution.department_name if one.contribution else one.unit.full_name


def sum_of(contributed: Iterable[Contributed], target: int) -> Decimal | None:
    """The sum of the shares that were submitted; ``None`` where there is none."""
    shares = [one.shares[target] for one in contributed if target in one.shares]
    return sum(shares, Decimal(0)) if shares else None


def changes_of(contributed: Iterable[Contributed], target: int) -> list[Change]:
    """The shares that have changed since the sum was last taken over; nothing where it never was."""
    contributed = list(contributed)
    takings = [taking for one in contributed for taking in one.takings(target)]
    if not takings:
        return []
    last = max(takings, key=lambda taking: taking.pk)
    found = []
    for one in contributed:
        taken, now = one.taken(target), one.shares.get(target)
        # One that had no share any more when the sum was taken again is not in it.
        summed = taken is not None and taken[0].form == last.form
        was = content_from(taken[1]).targets.get(target) if taken and summed else None
        if was != now:
            found.append(Change(one.unit.full_name, was, now))
    return found


def adds_up(target: Target) -> bool:
    """Whether the units' shares of it make a sum: counts do, rates and yes or no do not."""
    return target.kind == Target.Kind.COUNT


def assigned_to(contributed: Iterable[Contributed]) -> dict[int, Contributed]:
    """Who is to read each money line that is assigned to another unit, by the line's key."""
    return {line.pk: one for one in contributed for line in one.lines}


def kept_of(contributed: Iterable[Contributed], targets: Iterable[Target]) -> dict[str, Any]:
    """What the report's snapshot keeps: what each unit submitted, who has not, who read which line or did not, and what
    the shares of each target make.
    """
    contributed = list(contributed)
    lines = assigned_to(contributed).items()
    return {
        "contributions": [_shot(one, one.newest) for one in contributed if one.newest],
        "not_contributed": [one.unit.full_name for one in contributed if one.is_asked and not one.is_submitted],
        "lines_read": {str(pk): one.newest.author_name for pk, one in lines if pk in one.money and one.newest},
        "lines_explained": {
            str(pk): {"unit": one.unit.full_name, "reason": one.content.reason}
            for pk, one in lines
            if pk in one.money and one.content.reason.strip()
        },
        "lines_unread": {str(pk): one.unit.full_name for pk, one in lines if pk not in one.money},
        "sums": [shot for target in targets if adds_up(target) for shot in _sum_shot(contributed, target.pk)],
    }


def _sum_shot(contributed: Sequence[Contributed], target: int) -> Iterator[dict[str, Any]]:
    total = sum_of(contributed, target)
    if total is None:
        return
    changes = changes_of(contributed, target)
    yield {
        "target": target,
        "total": str(total),
        "taken": any(one.takings(target) for one in contributed),
        "changed": [[one.unit, _plain(one.was), _plain(one.now)] for one in changes],
    }


def sums_from(kept: Mapping[str, Any]) -> dict[int, UnitsSum]:
    """The sums that ``kept`` keeps, by the target's key."""
    return {
        shot["target"]: UnitsSum(
            Decimal(shot["total"]),
            taken=shot["taken"],
            changed=tuple(Change(unit, _decimal(was), _decimal(now)) for unit, was, now in shot["changed"]),
        )
        for shot in kept.get("sums", ())
    }


def _plain(number: Decimal | None) -> str | None:
    return None if number is None else str(number)


def _decimal(kept: str | None) -> Decimal | None:
    return None if kept is None else Decimal(kept)


def _shot(one: Contributed, newest: ContributionVersion) -> dict[str, Any]:
    return {
        "unit": _name_of(one),
        "role": one.role,
        "author": newest.author_name,
        "at": newest.at.isoformat(),
        "number": newest.number,
        "text": one.text,
        "targets": newest.snapshot.get("targets", []),
        "money": newest.snapshot.get("money", []),
    }

"""Who reads a money line each month: the filing unit, or another unit to which it was assigned (财政金融局)."""

from collections.abc import Iterable, Iterator
from dataclasses import asdict, astuple, dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any, Final

from django.db import transaction
from django.db.models import OuterRef, QuerySet, Subquery
from django.utils.translation import gettext as _

from departments import audit, clock, locks
from departments.errors import Conflict, DomainError
from departments.models import Department, User
from funding.models import ContributionMoney, FundingLine, FundingReading, LineAssignment
from funding.services.readings import STAGES, LineReading, is_read, with_readers
from projects.models import ContributionVersion, MonthlyReport, ReportEvent, Responsibility, SubItem
from projects.rules.periods import month_before, next_month
from projects.rules.reports import EDITABLE
from projects.services.reports import filing_unit, submissions_of

NOTHING: Final = LineReading()


@dataclass(frozen=True)
class Assigned:
    """From the report of ``since`` to that of ``until`` (open where null) the line has another reader.

    ``stay``: months among them that had been submitted before, and stay with whoever read them. ``drafts``: units that
    had written something of the line, each with its month, and not submitted it. ``replaced``: months in whose draft
    other amounts stood until the line came back to it, with those amounts.
    """

    since: date
    until: date | None
    stay: list[date] = field(default_factory=list)
    drafts: list[tuple[Department, date]] = field(default_factory=list)
    replaced: list[tuple[date, LineReading]] = field(default_factory=list)


@transaction.atomic
def assign(
    line: FundingLine,
    unit: Department | None,
    *,
    by: User,
    seen: Department | None,
    month: date,
    until: date | None = None,
) -> Assigned | None:
    """Let ``unit`` read ``line`` from the report of ``month`` on, or (``None``) the filing unit again; nothing where
    that is so already. It holds up to the first month that was given to another one, and to ``until`` at most: later
    months are somebody else's to decide.

    ``seen`` is who was to read it in ``month`` when this was decided; where that has become another, nothing is
    changed. Reports that were submitted stay as they are, and with whoever read them where they are written again. A
    line that comes back begins, in reports that are still written, with what other units have submitted of it since it
    was last taken back; given away again, it waits for a new word.
    """
    locks.hold(SubItem, line.sub_item_id)
    sub_item = SubItem.objects.select_related("programme__jurisdiction").get(pk=line.sub_item_id)
    line = _loaded(line)
    present = line.assigned_in(month)
    before = present.department if present else None
    if before == unit:
        return None
    if before != seen:
        raise Conflict(
            _("Meanwhile the line was given to %(unit)s (%(who)s). Nothing was changed: look again.")
            % {
                "unit": before.full_name if before else _("the filing unit"),
                "who": (present.by_name if present else "") or "—",
            }
        )
    _check(line, sub_item, unit, month)
    last = last_month(line, month, until)
    reports = list(_reports(line, month, last))
    readers = [line.reader_in(report.period.month, report.first) for report in reports]
    LineAssignment.objects.create(
        line=line,
        department=unit,
        since=month,
        until=last,
        after=_newest(ReportEvent.objects.filter(report__sub_item=sub_item)),
        after_version=_newest(ContributionVersion.objects.filter(contribution__report__sub_item=sub_item)),
        at=clock.now(),
        by_name=audit.signature(by),
    )
    was, line = line, _loaded(line)
    left = [
        (report, reader)
        for report, reader in zip(reports, readers, strict=True)
        if reader not in (None, line.reader_in(report.period.month, report.first))
    ]
    back = [report for report, _reader in left if line.reader_in(report.period.month, report.first) is None]
    replaced = [stood for report in back for stood in _bring_back(was, report)]
    audit.record(
        "line.assign" if unit else "line.take_back",
        line,
        by=by,
        jurisdiction=sub_item.programme.jurisdiction,
        sub_item=str(sub_item),
        changed={"reader": [before.full_name if before else "", unit.full_name if unit else ""]},
        month=f"{month:%Y-%m}",
        **({"until": f"{last:%Y-%m}"} if last else {}),
        replaced="; ".join(f"{at:%Y-%m}: {_told(reading)}" for at, reading in replaced),
    )
    months = ((report.period.month, report.first) for report in reports)
    stay = [at for at, first in months if unit and line.reader_in(at, first) != unit]
    drafts = [(reader, report.period.month) for reader, report in _unsent(was, left)]
    return Assigned(month, last, stay, drafts, replaced)


def _newest(rows: QuerySet[Any]) -> int:
    return rows.order_by("-pk").values_list("pk", flat=True).first() or 0


def _told(reading: LineReading) -> str:
    return " / ".join("—" if amount is None else str(amount) for amount in astuple(reading))


def _loaded(line: FundingLine) -> FundingLine:
    return with_readers(FundingLine.every.select_related("source")).get(pk=line.pk)


def last_month(line: FundingLine, month: date, until: date | None = None) -> date | None:
    """Up to which month a decision for ``month`` holds: the one before the first in which the line has another reader
    than in ``month``, and ``until`` at most; null: no end. ``assignments`` are best loaded before.
    """
    reader = line.reader_in(month)
    rows = list(line.assignments.all())
    turns = {row.since for row in rows} | {next_month(row.until) for row in rows if row.until}
    others = (turn for turn in sorted(turns) if turn > month and line.reader_in(turn) != reader)
    ends = [month_before(turn) for turn in others][:1] + ([until] if until else [])
    return min(ends, default=None)


def _reports(line: FundingLine, since: date, until: date | None) -> QuerySet[Any]:
    """The reports of the months in question, each with its ``first`` submission."""
    found = MonthlyReport.objects.filter(sub_item=line.sub_item_id, period__month__gte=since)
    if until:
        found = found.filter(period__month__lte=until)
    first = Subquery(submissions_of(OuterRef("pk")).values("pk")[:1])
    return found.select_related("period", "sub_item").annotate(first=first).order_by("period__month")


def _check(line: FundingLine, sub_item: SubItem, unit: Department | None, month: date) -> None:
    if sub_item.status != SubItem.Status.ACTIVE:
        raise DomainError(_("A sub-item that is closed or withdrawn is not reported any more."))
    if line.superseded_at is not None or not is_read(line, sub_item.programme.year):
        raise DomainError(_("This line is not read each month."))
    if unit is None:
        return
    if unit.jurisdiction_id != sub_item.programme.jurisdiction_id:
        raise DomainError(_("A line is read by a unit of the programme's own jurisdiction."))
    if unit.active_until is not None and unit.active_until < clock.today():
        raise DomainError(_("%(unit)s has ended.") % {"unit": unit.full_name})
    if Responsibility.objects.in_month(month).filter(sub_item=sub_item, files=True, department=unit).exists():
        raise DomainError(_("%(unit)s files the report and reads the line by itself.") % {"unit": unit.full_name})


def begin_filing(sub_item: SubItem, unit: Department, *, since: date) -> None:
    """What ``unit`` has read of lines assigned to it stands in the drafts of the months it files from ``since`` on:
    its word on them does not wait on a desk that it has left. The caller holds the lock on ``sub_item``.
    """
    lines = FundingLine.objects.filter(sub_item=sub_item, assignments__department=unit).distinct()
    for line in with_readers(lines):
        for report in _reports(line, since, None):
            if line.reader_in(report.period.month, report.first) == unit:
                _stand_in_draft(line, _counting(line, report).filter(contribution__department=unit), report)


def _bring_back(line: FundingLine, report: MonthlyReport) -> list[tuple[date, LineReading]]:
    """What counted of the line, as other units submitted it, stands in the draft of ``report`` where it is still
    written; what they only drafted stays on their desks. Gives the amounts that the draft held until then.
    """
    filing = filing_unit(report.sub_item, report.period.month)
    # What the unit says that files the month by now is its draft, whatever it had contributed before.
    return _stand_in_draft(line, _counting(line, report).exclude(contribution__department=filing), report)


def _counting(line: FundingLine, report: MonthlyReport) -> QuerySet[ContributionVersion]:
    """The versions of contributions to ``report`` that count for the line, the newest first."""
    later = line.counts_after(report.period.month)
    return ContributionVersion.objects.filter(contribution__report=report, pk__gt=later).order_by("-pk")


def _stand_in_draft(
    line: FundingLine, versions: QuerySet[ContributionVersion], report: MonthlyReport
) -> list[tuple[date, LineReading]]:
    """The newest of ``versions`` that speaks of the line is in the draft from now on."""
    if report.state not in EDITABLE:
        return []
    locks.again(report)
    said = next((reading for version in versions if (reading := _said(version, line)) != NOTHING), None)
    if said is None or report.state not in EDITABLE:
        return []
    held = FundingReading.objects.filter(report=report, line=line).first()
    stood = LineReading.of(held) if held else said
    FundingReading.objects.update_or_create(report=report, line=line, defaults=asdict(said))
    return [] if stood == said else [(report.period.month, stood)]


def _said(version: ContributionVersion | None, line: FundingLine) -> LineReading:
    """What was submitted of the line."""
    money = version.snapshot.get("money", ()) if version else ()
    said: dict[str, Any] = next((entry for entry in money if entry["id"] == line.pk), {})
    return LineReading(**{stage: Decimal(said[stage]) for stage in STAGES if said.get(stage) is not None})


def _unsent(
    line: FundingLine, left: Iterable[tuple[MonthlyReport, Department | None]]
) -> Iterator[tuple[Department, MonthlyReport]]:
    """Readers that had written other amounts of the line than they had submitted."""
    for report, reader in left:
        if reader is None or report.state not in EDITABLE:
            continue
        written = ContributionMoney.objects.filter(
            line=line, contribution__report=report, contribution__department=reader
        ).first()
        newest = ContributionVersion.objects.filter(contribution__report=report, contribution__department=reader)
        if written is not None and LineReading.of(written) != _said(newest.order_by("-number").first(), line):
            yield reader, report

"""What a report's form begins with, and what of it counts: last figures, nil reports, lines that other units read."""

from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING

from funding.models import FundingLine
from funding.services.readings import LineReading
from minsheng.filing.content import Content, content_of
from minsheng.filing.contributions import counts, is_stated
from projects.models import MonthlyReport

if TYPE_CHECKING:
    from minsheng.filing.services import Sheet


def narrowed(sheet: "Sheet", content: Content) -> Content:
    """Without keys of other sub-items; what is not stated is nothing."""
    return replace(
        content,
        targets={target.pk: content.targets.get(target.pk) for target in sheet.targets},
        money={line.pk: content.money.get(line.pk, LineReading()) for line in sheet.lines},
    )


def settled(sheet: "Sheet", content: Content) -> Content:
    """A nil report carries the last submitted figures, whatever was typed; other keys than the sheet's are dropped.

    A money line that is assigned to another unit says what that unit says, or what was last submitted: for this month,
    where it has been.
    """
    if content.is_nil:
        content = replace(
            content,
            percent=sheet.last.percent
            if sheet.last.percent is not None
            else (None if sheet.by_milestones else Decimal(0)),
            targets={target.pk: sheet.last.targets.get(target.pk) or Decimal(0) for target in sheet.targets},
            money={line.pk: _last_of(sheet, line.pk) for line in sheet.lines},
        )
    return with_others_money(sheet, narrowed(sheet, content))


def with_others_money(sheet: "Sheet", content: Content) -> Content:
    """The content with the lines that other units read for this month, where the report is still written.

    What the month itself has said of a line stays, if anybody has read it for the month; what it only carried on
    follows what was last submitted, which may have been corrected since.
    """
    report = sheet.report
    own = content_of(report).money if report is not None and sheet.first_submission else {}
    theirs = {
        pk: one.money.get(pk)
        or (own.get(pk) if pk not in sheet.carried else None)
        or _read_by_another(sheet, pk)
        or _last_of(sheet, pk)
        for pk, one in sheet.assigned.items()
    }
    return replace(content, money={**content.money, **theirs}) if theirs else content


def _read_by_another(sheet: "Sheet", pk: int) -> LineReading | None:
    """What a unit that was to read the line before has submitted of it for this month, the newest, since it was last
    taken back. What the unit that files the month by now had contributed before is no other's.
    """
    line = next(one for one in sheet.lines if one.pk == pk)
    others = (one for one in sheet.contributed if counts(one.newest, line, sheet.period.month) and not one.files)
    said = [one for one in others if is_stated(one.content.money.get(pk, LineReading()))]
    newest = max(said, key=lambda one: one.newest.pk if one.newest else 0, default=None)
    return newest.content.money[pk] if newest else None


def _last_of(sheet: "Sheet", pk: int) -> LineReading:
    """What was last submitted of a line; at first what the table states."""
    return sheet.last.money.get(pk) or next(as_stated(line) for line in sheet.lines if line.pk == pk)


def as_stated(line: FundingLine) -> LineReading:
    """What the table itself says has been applied for and secured, before any report."""
    return LineReading.of(line)


def present_of(sheet: "Sheet") -> Content:
    """What the form begins with: the draft where there is one; else targets and money as last submitted, text empty.

    The percent is stated anew each month.
    """
    if sheet.report is not None and sheet.report.version:
        return with_others_money(sheet, stored_of(sheet, sheet.report))
    return starting_of(sheet)


def stored_of(sheet: "Sheet", report: MonthlyReport) -> Content:
    """What the draft holds; of a line that it does not hold (another unit read it, or it is new) what a draft begins
    with.
    """
    stored = content_of(report)
    return replace(stored, money={**starting_money(sheet), **stored.money})


def starting_of(sheet: "Sheet") -> Content:
    """What a month begins with before anything was written in it."""
    start = Content(
        targets={target.pk: sheet.last.targets.get(target.pk) for target in sheet.targets},
        money=starting_money(sheet),
    )
    return with_others_money(sheet, start)


def differs(sheet: "Sheet", content: Content) -> bool:
    """Whether ``content`` says anything else than the form began with."""
    return settled(sheet, content) != settled(sheet, present_of(sheet))


def starting_money(sheet: "Sheet") -> dict[int, LineReading]:
    """What the money fields begin with: the last submitted amounts, at first what the table states.

    A line that was taken back from another unit begins with what that unit has read.
    """
    begun = content_of(sheet.report).money if sheet.report is not None and not sheet.report.version else {}
    return {line.pk: begun.get(line.pk) or _last_of(sheet, line.pk) for line in sheet.lines}

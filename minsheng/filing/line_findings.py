"""What the rules say of the money lines of a report, whoever reads them: the filing unit, or another one."""

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from departments import language
from funding import rules as money_rules
from funding.models import FundingLine
from funding.money import show_wan
from funding.rules import LineFigure
from funding.services.readings import LineReading
from minsheng.filing.content import STAGE_WORDS, Content
from minsheng.filing.settled import as_stated
from projects.rules.reports import Finding

if TYPE_CHECKING:
    from minsheng.filing.services import Sheet


def line_figures(
    lines: Iterable[FundingLine], now: Mapping[int, LineReading], last: Mapping[int, LineReading]
) -> list[LineFigure]:
    nothing = LineReading()
    return [
        LineFigure(
            key=str(line.pk),
            name=str(line),
            planned=line.planned,
            secured=now.get(line.pk, nothing).secured,
            spent=now.get(line.pk, nothing).spent,
            last_secured=last.get(line.pk, nothing).secured,
            last_spent=last.get(line.pk, nothing).spent,
        )
        for line in lines
    ]


def figures_of(sheet: "Sheet", content: Content) -> list[LineFigure]:
    return line_figures(sheet.lines, content.money, sheet.last.money)


def explained_of(sheet: "Sheet", content: Content) -> tuple[str, ...]:
    """Names of amounts that fell and that the unit that reads them has explained."""
    return tuple(name for name, _told in _explanations(sheet, content))


def line_findings(sheet: "Sheet", content: Content) -> list[Finding]:
    """What is unusual about the lines, with what the units that read them say of it."""
    return [
        *money_rules.warnings(figures_of(sheet, content)),
        *(finding for _name, finding in _explanations(sheet, content)),
        *_unread(sheet, content),
        *_unanswered(sheet),
    ]


def _explanations(sheet: "Sheet", content: Content) -> Iterator[tuple[str, Finding]]:
    told = sheet.others.get("lines_explained", {})
    for figure in figures_of(sheet, content):
        if figure.key in told:
            for name in money_rules.fallen([figure]):
                words = {"name": name, "unit": told[figure.key]["unit"], "reason": told[figure.key]["reason"]}
                message = _("“%(name)s” is lower than last submitted; %(unit)s says why: %(reason)s") % words
                yield name, Finding(f"secured_{figure.key}", message)


def _unread(sheet: "Sheet", content: Content) -> Iterator[Finding]:
    """A report does not wait for another unit's reading: the last submitted amounts stand, and everybody is told.

    Where the report says something else than was submitted last (that was corrected since, or somebody had read the
    line for this month before), both are said.
    """
    for line in sheet.lines:
        if line.pk in sheet.unread:
            words = {"line": line, "unit": sheet.unread[line.pk]}
            now, last = content.money.get(line.pk, LineReading()), sheet.last.money.get(line.pk)
            if now == last:
                message = _("“%(line)s”: %(unit)s has not read it this month; the last submitted amounts stand.")
            elif last is None and now == as_stated(line):
                message = _("“%(line)s”: %(unit)s has not read it this month; the amounts of the task table stand.")
            else:
                message = _("“%(line)s”: %(unit)s has not read it this month; not as last submitted: %(changes)s.")
                words["changes"] = language.listed(changed_stages(now, last or LineReading()))
            yield Finding(f"secured_{line.pk}", message % words)


def _unanswered(sheet: "Sheet") -> Iterator[Finding]:
    """What was remarked at a line is its reader's to answer; a report does not wait for that either."""
    told = sheet.others.get("lines_unanswered", {})
    for line in sheet.lines:
        if str(line.pk) in told:
            message = _("“%(line)s”: %(unit)s has not answered yet for what was remarked as the report was returned.")
            yield Finding(f"secured_{line.pk}", message % {"line": line, "unit": told[str(line.pk)]})


def changed_stages(now: LineReading, last: LineReading) -> list[str]:
    """The amounts that are not those of ``last``, each with both figures."""
    return [
        told_beside(_("%(stage)s (10,000 yuan)") % {"stage": word}, show_wan(amount), show_wan(before))
        for stage, word in STAGE_WORDS.items()
        for amount, before in [(getattr(now, stage), getattr(last, stage))]
        if amount != before
    ]


def told_beside(figure: str, now: str, last: str) -> str:
    """A figure with the one that was submitted last."""
    return _("%(figure)s: %(now)s (last %(last)s)") % {"figure": figure, "now": now, "last": last}

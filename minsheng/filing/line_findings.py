"""What the rules say of the money lines of a report, whoever reads them: the filing unit, or another one."""

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from funding import rules as money_rules
from funding.models import FundingLine
from funding.rules import LineFigure
from funding.services.readings import LineReading
from minsheng.filing.content import Content
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
        *_unread(sheet),
    ]


def _explanations(sheet: "Sheet", content: Content) -> Iterator[tuple[str, Finding]]:
    told = sheet.others.get("lines_explained", {})
    for figure in figures_of(sheet, content):
        if figure.key in told:
            for name in money_rules.fallen([figure]):
                words = {"name": name, "unit": told[figure.key]["unit"], "reason": told[figure.key]["reason"]}
                message = _("“%(name)s” is lower than last submitted; %(unit)s says why: %(reason)s") % words
                yield name, Finding(f"secured_{figure.key}", message)


def _unread(sheet: "Sheet") -> Iterator[Finding]:
    """A report does not wait for another unit's reading: the last submitted amounts stand, and everybody is told."""
    for line in sheet.lines:
        if line.pk in sheet.unread:
            message = _("“%(line)s”: %(unit)s has not read it this month; the last submitted amounts stand.")
            yield Finding(f"secured_{line.pk}", message % {"line": line, "unit": sheet.unread[line.pk]})

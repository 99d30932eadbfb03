"""What stands between a unit's contribution and its submission, and what is unusual about it."""

from collections.abc import Iterator
from decimal import Decimal
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from departments.errors import DomainError
from funding import rules as money_rules
from funding.money import show_wan
from funding.services.readings import STAGES, LineReading
from minsheng.filing.content import Content, target_figures
from minsheng.filing.contributions import is_stated
from minsheng.filing.line_findings import line_figures
from minsheng.words import number
from projects.rules.reports import Finding, fallen_targets

if TYPE_CHECKING:
    from minsheng.filing.contribute import Desk


class Refused(DomainError):
    """A submission that is not complete; what was typed is kept on the desk. ``findings``: at which field, and why."""

    def __init__(self, findings: list[tuple[str, str]]) -> None:
        super().__init__("\n".join(message for _field, message in findings))
        self.findings = findings


def refusals(desk: "Desk", content: Content, *, nothing: bool = False) -> list[tuple[str, str]]:
    """What stands between the desk and its submission: at which field, and why."""
    found = [
        (f"secured_{line.pk}", _("Say how it stands: one amount at least, 0 where there is none yet."))
        for line in desk.lines
        if not is_stated(content.money.get(line.pk, LineReading()))
    ]
    if not found and not content.reason.strip():
        found += [("reason", _("%(sentence)s Say why.") % {"sentence": one}) for one in _fallen(desk, content)]
    stated = any(value is not None for value in content.targets.values()) or any(map(is_stated, content.money.values()))
    if not found and not content.progress.strip() and not stated and not nothing:
        found.append(("progress", _("Write a text or a figure before submitting.")))
    return found


def _fallen(desk: "Desk", content: Content) -> Iterator[str]:
    """Shares of running totals, and amounts, that are lower than last submitted, each as a sentence."""
    yield from fallen_targets(target_figures(desk.targets, content, desk.last))
    for name in money_rules.fallen(line_figures(desk.lines, content.money, desk.reported)):
        yield _("“%(name)s” is lower than last submitted.") % {"name": name}


def changed_figures(desk: "Desk", content: Content) -> Iterator[tuple[str, str]]:
    """Figures that are others than the last ones, each at its field: whoever has nothing new to say changes none.

    Where nothing was said before, 0 says nothing either.
    """
    message = _("“Nothing new” keeps the last figure (%(last)s): put it back, or submit what you typed.")
    for target in desk.targets:
        value, last = content.targets.get(target.pk), desk.last.targets.get(target.pk)
        if _differs(value, last):
            yield f"target_{target.pk}", message % {"last": number(last)}
    for line in desk.lines:
        now, before = content.money.get(line.pk, LineReading()), desk.last.money.get(line.pk, LineReading())
        for stage in STAGES:
            if _differs(getattr(now, stage), getattr(before, stage)):
                yield f"{stage}_{line.pk}", message % {"last": show_wan(getattr(before, stage))}


def _differs(value: Decimal | None, last: Decimal | None) -> bool:
    return bool(value) if last is None else value != last


def warnings_of(desk: "Desk", content: Content) -> list[Finding]:
    """What is possible but unusual in the lines that the unit reads: said to it first, and to the filing side."""
    return money_rules.warnings(line_figures(desk.lines, content.money, desk.reported))

"""What a report's money may say. Pure functions; amounts are yuan, ``None`` is 未定."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _

from projects.rules.reports import Finding


@dataclass(frozen=True)
class LineFigure:
    """One funding line as planned, as last submitted and as it would be submitted now.

    ``key`` ends the names of its fields: ``secured_12``.
    """

    key: str
    name: str
    planned: Decimal | None
    secured: Decimal | None
    spent: Decimal | None
    last_secured: Decimal | None = None
    last_spent: Decimal | None = None


def warnings(lines: Iterable[LineFigure]) -> list[Finding]:
    """What is possible but unusual; filer and reviewer both see it. Nothing is refused for it."""
    found = []
    for line in lines:
        if _exceeds(line.secured, line.planned):
            message = _("“%(name)s”: secured is above planned.") % {"name": line.name}
            found.append(Finding(f"secured_{line.key}", message))
        if _exceeds(line.spent, line.secured if line.secured is not None else Decimal(0)):
            message = _("“%(name)s”: spent is above secured.") % {"name": line.name}
            found.append(Finding(f"spent_{line.key}", message))
    return found


def fallen(lines: Iterable[LineFigure]) -> list[str]:
    """Names of cumulative amounts lower than last submitted, or no longer stated: they need a reason."""
    found = []
    for line in lines:
        if _fell(line.secured, line.last_secured):
            found.append(_("%(name)s (secured)") % {"name": line.name})
        if _fell(line.spent, line.last_spent):
            found.append(_("%(name)s (spent)") % {"name": line.name})
    return found


def _exceeds(amount: Decimal | None, bound: Decimal | None) -> bool:
    return amount is not None and bound is not None and amount > bound


def _fell(amount: Decimal | None, last: Decimal | None) -> bool:
    return last is not None and (amount is None or amount < last)

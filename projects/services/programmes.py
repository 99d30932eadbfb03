"""What the supervision office sets of a programme: its title, its start, by which rule lights are given."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from departments import audit, locks
from departments.errors import Conflict, DomainError
from departments.models import User
from projects.models import Programme
from projects.rules.lights import Numbers, edited_rule, numbers_of, rule_of


@dataclass(frozen=True)
class Settings:
    """``numbers`` are those of the light rule in force, the preset's own or an edited copy."""

    title: str
    starts_on: date
    light_preset: str
    numbers: Numbers

    def as_json(self) -> dict[str, str]:
        """As the audit trail keeps them."""
        return {
            "title": self.title,
            "starts_on": self.starts_on.isoformat(),
            "light_preset": self.light_preset,
            "light_numbers": " / ".join(f"{number.normalize():f}" for number in self.numbers),
        }


def settings_of(programme: Programme) -> Settings:
    numbers = numbers_of(rule_of(programme.light_preset, programme.light_rule))
    return Settings(programme.title, programme.starts_on, programme.light_preset, numbers)


def put(programme: Programme, wanted: Settings) -> None:
    """Make ``programme`` as ``wanted``, in memory. Raises ``DomainError`` for what the rules refuse."""
    if abs(wanted.starts_on.year - programme.year) > 1 or wanted.starts_on > programme.ends_on:
        raise DomainError(_("A programme starts in its year or the one before."))
    title = wanted.title.strip()
    if len(title) > 200:
        raise DomainError(_("The title is too long."))
    programme.light_rule = edited_rule(wanted.light_preset, wanted.numbers)
    programme.title, programme.starts_on, programme.light_preset = title, wanted.starts_on, wanted.light_preset


@transaction.atomic
def change(programme: Programme, wanted: Settings, *, seen: Settings | None, by: User, reason: str) -> bool:
    """Set it so from now on; whether anything differed. Figures kept of past months stay as they are.

    ``seen`` are the settings the person changed. Whoever calls refreshes what stands, since money is not known here.
    Raises ``Conflict`` where somebody changed them meanwhile, ``DomainError`` for what the rules refuse.
    """
    locks.again(programme)
    present = settings_of(programme)
    if present != seen:
        raise Conflict(_("Somebody else changed these settings meanwhile. Look at them and change them again."))
    put(programme, wanted)
    old, new = present.as_json(), settings_of(programme).as_json()
    if old == new:
        return False
    if not reason.strip():
        raise DomainError(_("Say why the settings change: it is kept with them."))
    programme.save(update_fields=["title", "starts_on", "light_preset", "light_rule"])
    changed: dict[str, Any] = {name: [old[name], new[name]] for name in old if old[name] != new[name]}
    audit.record(
        "programme.settings",
        programme,
        by=by,
        jurisdiction=programme.jurisdiction,
        changed=changed,
        reason=reason.strip(),
    )
    return True

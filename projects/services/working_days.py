"""The working days of a jurisdiction: the country's, and what its office knows better."""

from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from departments import audit, clock
from departments.errors import DomainError
from departments.models import Jurisdiction, User
from projects.models import DayOverride
from projects.rules.working_days import Calendar, is_ordered_working_day


def calendar_of(jurisdiction: Jurisdiction) -> Calendar:
    """One query."""
    return Calendar(dict(jurisdiction.day_overrides.values_list("day", "works")))


@transaction.atomic
def set_day(jurisdiction: Jurisdiction, day: date, *, works: bool, note: str, by: User) -> DayOverride:
    """Say that ``day`` is a working day or a day off, over what was said of it before.

    Raises ``DomainError`` where the country's order says the same already.
    """
    if works == is_ordered_working_day(day) and not jurisdiction.day_overrides.filter(day=day).exists():
        raise DomainError(
            _("%(day)s is a working day already.") % {"day": day}
            if works
            else _("%(day)s is a day off already.") % {"day": day}
        )
    override, _made = DayOverride.objects.update_or_create(
        jurisdiction=jurisdiction,
        day=day,
        defaults={"works": works, "note": note.strip(), "by": by, "at": clock.now()},
    )
    audit.record(
        "calendar.day",
        jurisdiction,
        by=by,
        jurisdiction=jurisdiction,
        day=day.isoformat(),
        works=works,
        note=note.strip(),
    )
    return override


@transaction.atomic
def forget_day(override: DayOverride, *, by: User) -> None:
    """The country's order alone decides the day again."""
    area = override.jurisdiction
    day = override.day.isoformat()
    audit.record("calendar.forget", area, by=by, jurisdiction=area, day=day, override_id=override.pk)
    override.delete()

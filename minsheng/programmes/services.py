"""The settings of a programme, composed with what they do to its lights."""

import copy
from collections import Counter
from dataclasses import dataclass

from django.db import transaction

from departments.models import User
from minsheng import figures
from projects.models import Light, Programme, SubItem
from projects.services import programmes
from projects.services.programmes import Settings


@dataclass(frozen=True)
class Changed:
    """A sub-item whose light becomes another one; it carries the sentence that would stand."""

    sub_item: SubItem
    before: Light
    after: Light


@dataclass(frozen=True)
class Preview:
    """What settings would do: how many lights of each kind there are and would be, and which change."""

    lights: list[tuple[Light, int, int]]
    changed: list[Changed]


def lights_of(programme: Programme) -> list[tuple[Light, int]]:
    """How many sub-items show each light now."""
    present = Counter(SubItem.objects.counted().filter(programme=programme).values_list("light", flat=True))
    return [(light, present[light]) for light in Light]


def preview(programme: Programme, wanted: Settings) -> Preview:
    """Nothing is written. Raises ``DomainError`` for what the rules refuse."""
    tried = copy.copy(programme)
    programmes.put(tried, wanted)
    changed = [Changed(*one) for one in figures.lights_changed(tried)]
    present = lights_of(programme)
    then = dict(present)
    for one in changed:
        then[one.before] -= 1
        then[one.after] += 1
    return Preview([(light, count, then[light]) for light, count in present], changed)


@transaction.atomic
def change(programme: Programme, wanted: Settings, *, seen: Settings | None, by: User, reason: str) -> bool:
    """Set it and give the lights anew, in one transaction; whether anything differed."""
    differed = programmes.change(programme, wanted, seen=seen, by=by, reason=reason)
    if differed:
        figures.refresh_programme(programme)
    return differed

"""What of a row is longer than the column it is written to: it would be cut there, and a person is asked first."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Final

from django.db.models import Model
from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from funding.models import FundingLine, FundingTotal
from minsheng.task_table.compose import project_of, written_of
from minsheng.task_table.models import StagedRow
from minsheng.task_table.reading import RowReading
from minsheng.task_table.spoken import PART_NAMES
from projects.models import Deliverable, Project, Responsibility, SubItem, Target

PREFIX: Final = "cut."
_LABELS: Final[dict[str, Promise]] = {
    "serial": gettext_lazy("Serial"),
    "category": gettext_lazy("Category"),
    "name": gettext_lazy("Project"),
    "deadline_text": gettext_lazy("deadline as written"),
    "deadline_note": gettext_lazy("note on the deadline"),
    "leader": gettext_lazy("Leader in charge"),
    "contact": gettext_lazy("Contact"),
}


@dataclass(frozen=True)
class Cut:
    """A text of a part that is longer than the ``length`` of its column."""

    part: str
    name: str
    text: str
    length: int

    @property
    def key(self) -> str:
        """It is of this very text: another long one is asked about again."""
        mark = hashlib.sha256(f"{self.name} {self.text}".encode()).hexdigest()[:12]
        return f"{PREFIX}{self.part}.{mark}"

    @property
    def message(self) -> str:
        return _(
            "%(field)s: “%(text)s…” has %(count)s characters, and no more than %(length)s of them are written."
        ) % {
            "field": capfirst(str(_LABELS.get(self.name) or PART_NAMES[self.part])),
            "text": self.text[:20],
            "count": len(self.text),
            "length": self.length,
        }


def cuts_of(row: StagedRow, reading: RowReading) -> Iterator[Cut]:
    """Each such text of a row, as it was read or corrected, once."""
    found = (
        Cut(part, name, text, length)
        for part, model, name, text in _texts(row, reading)
        if len(text) > (length := _length(model, name))
    )
    yield from dict.fromkeys(found)


def _texts(row: StagedRow, reading: RowReading) -> Iterator[tuple[str, type[Model], str, str]]:
    yield "name", Project, "name", project_of(reading)
    yield "name", SubItem, "serial", reading.serial
    yield "name", SubItem, "category", reading.category
    yield "deadline", SubItem, "deadline_text", reading.deadline_text
    yield "deadline", SubItem, "deadline_note", reading.deadline_note
    yield "people", SubItem, "leader", reading.leader
    yield "people", SubItem, "contact", reading.contact
    for part in reading.deliverables:
        yield "deliverables", Deliverable, "marker", part.marker
    for target in reading.targets:
        yield "targets", Target, "text", target.text
        yield "targets", Target, "unit", target.unit
        yield "targets", Target, "per", target.per
    for line in reading.funding:
        yield "money", FundingLine, "use", line.use
        yield "money", FundingLine, "rate_unit", line.rate[1] if line.rate else ""
    for total in reading.funding_totals:
        yield "money", FundingTotal, "text", total.text
    for _role, match in written_of(row):
        yield "units", Responsibility, "stated_as", match.written


@cache
def _length(model: type[Model], name: str) -> int:
    return int(getattr(model._meta.get_field(name), "max_length", 0) or 1 << 40)

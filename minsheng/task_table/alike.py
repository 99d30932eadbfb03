"""A table most of whose rows are those of a programme that is there: is it that programme's next table, or another one?

The same file twice is refused by its bytes (``staging.refuse_same_table``); saved again they are others. A person says
what it is, and his word is on record: money that stands in two programmes counts twice.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from departments import audit
from departments.errors import DomainError
from departments.models import User
from minsheng.task_table import record
from minsheng.task_table.compose import called
from minsheng.task_table.held import lock
from minsheng.task_table.models import ImportBatch, ImportDecision, StagedRow
from minsheng.task_table.parsers.text import key
from projects.models import Programme, SubItem

_SOME: Final = 3  # so many rows of project and content of another programme are no chance


@dataclass(frozen=True)
class Alike:
    """``same`` of the ``rows`` of a table have project and content of a sub-item of ``programme``, each of another."""

    programme: Programme
    same: int
    rows: int


class MustSayWhether(DomainError):
    """A person must say whether the table changes a programme, or is one of its own."""

    def __init__(self, alike: Alike) -> None:
        message = _(
            "Most rows of this table (%(same)s of %(rows)s) are those of “%(programme)s”. Say first whether it changes"
            " that programme, or is a programme of its own."
        )
        super().__init__(message % {"same": alike.same, "rows": alike.rows, "programme": alike.programme})
        self.alike = alike


def alike(batch: ImportBatch, rows: Iterable[StagedRow]) -> Alike | None:
    """The programme of the jurisdiction and year that has most of these rows, where one has the larger part of them and
    nobody said yet that the table is another. Rows as they were read, sub-items as they stand; by a sum of each, in one
    query, and a second one where there is such a programme. Serials do not count: one row inserted shifts them all.
    """
    there = SubItem.objects.filter(programme__jurisdiction=batch.jurisdiction_id, programme__year=batch.year)
    counts, total = _counted(there, ((_project(row), row.reading["content"]) for row in rows))
    most = {pk: count for pk, count in counts.items() if 2 * count > total}
    if not most:
        return None
    said = batch.decisions.filter(step=ImportDecision.Step.APART).values_list("after", flat=True)
    open_ones = most.keys() - set(said)
    found = max(open_ones, key=lambda pk: most[pk], default=None)
    if found is None:
        return None
    return Alike(Programme.objects.select_related("jurisdiction").get(pk=found), most[found], total)


def taken_by(jurisdiction: int, year: int, words: Iterable[tuple[str, str]], own: Programme | None) -> Alike | None:
    """The programme of the jurisdiction and year, another than the table's ``own``, that has half of the rows of these
    projects and contents, which are to be read on, or some: their money would count twice.
    """
    there = SubItem.objects.filter(programme__jurisdiction=jurisdiction, programme__year=year).exclude(programme=own)
    counts, total = _counted(there, ((called(*said), said[1]) for said in words))
    found = max(counts, key=lambda pk: counts[pk], default=None)
    if found is None or (2 * counts[found] < total and counts[found] < _SOME):
        return None
    return Alike(Programme.objects.select_related("jurisdiction").get(pk=found), counts[found], total)


def refuse_unsaid(batch: ImportBatch, rows: Iterable[StagedRow]) -> None:
    """Raise ``MustSayWhether`` where a person has still to say it."""
    found = alike(batch, rows)
    if found is not None:
        raise MustSayWhether(found)


@transaction.atomic
def say_apart(batch: ImportBatch, programme: Programme, *, by: User | None) -> ImportBatch:
    """The table is a programme of its own, though most of its rows are those of ``programme``: a person's word."""
    locked = lock(batch, {ImportBatch.State.STAGED})
    if by is None:
        raise DomainError(_("Only a person can say that a table is a programme of its own: say who imports."))
    if (programme.jurisdiction_id, programme.year) != (locked.jurisdiction_id, locked.year):
        raise DomainError(_("A table changes a programme of its own jurisdiction and year only."))
    step = ImportDecision.Step.APART
    if not locked.decisions.filter(step=step, after=programme.pk).exists():
        said = [record.Said(None, "apart", after=programme.pk)]
        record.keep(locked, said, step=step, by=by, touched=())
        audit.record("import.apart", locked, by=by, jurisdiction=locked.jurisdiction, programme=programme.pk)
    return locked


def _counted(there: QuerySet[SubItem], words: Iterable[tuple[str, str]]) -> tuple[dict[int, int], int]:
    """How many of the rows each programme has, where it has one; and how many rows there are."""
    of_programme: defaultdict[int, Counter[int]] = defaultdict(Counter)
    for programme, *said in there.values_list("programme", "project__name", "content").iterator():
        of_programme[programme][_sum(*said)] += 1
    if not of_programme:
        return {}, 0
    sums = Counter(_sum(*said) for said in words)
    counts = {pk: (sums & known).total() for pk, known in of_programme.items()}
    return {pk: count for pk, count in counts.items() if count}, sums.total()


def _sum(project: str, content: str) -> int:
    return hash((key(project), key(content)))


def _project(row: StagedRow) -> str:
    return called(row.reading["project"], row.reading["content"])

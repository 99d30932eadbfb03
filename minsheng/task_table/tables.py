"""What people say of the other sheets or tables of a file that seem to hold tasks, too.

``ImportBatch.other_tables`` leads from the name of such a table to the answer: ``said`` (``goes-on``: its rows are read
with those of the table, ``apart``: it is no part of it), ``by_name``, ``at``; ``programme`` where it was imported as
another one already. An empty one keeps a table asked that was read on before, and is hidden now. Nothing is imported
while one is open.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from django.db import transaction
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy

from departments import audit, clock
from departments.errors import Conflict, DomainError
from departments.language import listed
from departments.models import User
from minsheng.collector import paused
from minsheng.task_table import record
from minsheng.task_table.again.models import TableUpdate
from minsheng.task_table.alike import Alike, taken_by
from minsheng.task_table.carry import Lost
from minsheng.task_table.held import lock
from minsheng.task_table.models import ImportBatch, ImportDecision
from minsheng.task_table.other_tables import APART, GOES_ON, TABLE
from minsheng.task_table.others import Other, said_otherwise
from minsheng.task_table.reread import read_with
from minsheng.task_table.result import OtherTable
from minsheng.task_table.staging import refuse_same_table
from minsheng.task_table.steps import signed

WORDS: Final[dict[str, Promise]] = {
    GOES_ON: pgettext_lazy("another table of the file", "read on with the table"),
    APART: pgettext_lazy("another table of the file", "no part of the table"),
}

SEVERAL: Final = 3  # open tables, that are asked about in one form


@dataclass(frozen=True)
class TableAsked:
    """Another table of the file, and what somebody said of it: nothing while it is open, and nobody where the reader
    read it on by itself.
    """

    table: OtherTable
    said: str = ""
    by_name: str = ""
    at: datetime | None = None
    programme: str = ""

    @property
    def is_open(self) -> bool:
        return self.table.asks and not self.said

    @property
    def by_itself(self) -> bool:
        return self.said == GOES_ON and not self.by_name

    @property
    def words(self) -> str:
        if self.table.hidden and self.said == GOES_ON:
            return _("%(said)s (hidden sheet)") % {"said": words_of(self.said)}
        return words_of(self.said)


class MustSayTables(DomainError):
    """Other tables of the file of which a person must say whether they belong to it. ``tables`` are their names."""

    def __init__(self, tables: Collection[TableAsked]) -> None:
        self.tables = [(one.table.name, one.table.rows) for one in tables]
        message = _(
            "These seem to hold tasks, too, and were not read: %(tables)s. Say first whether they belong to it."
        )
        super().__init__(message % {"tables": listed(name for name, _rows in self.tables)})


class SaidMeanwhile(Conflict):
    """Somebody said otherwise of the same table since it was shown."""

    def __init__(self, stands: TableAsked, mine: str, by: User | None) -> None:
        when = f"{clock.local(stands.at):%m-%d %H:%M}" if stands.at else ""
        own = by is not None and stands.by_name == audit.signature(by)
        other = Other(stands.table.name, mine, stands.said, stands.by_name, when, own=own)
        super().__init__(said_otherwise(other, words_of(stands.said), words_of(mine)))
        self.name = stands.table.name


class RowsOfAnother(Conflict):
    """Rows that were to be read on are those of another programme of the year: a person must say that he knows."""

    def __init__(self, name: str, found: Alike) -> None:
        message = _(
            "%(same)s of the %(rows)s rows of “%(name)s” are those of “%(programme)s”. Read on with this table, their"
            " money would count twice. It was not read on."
        )
        said = {"same": found.same, "rows": found.rows, "name": name, "programme": found.programme}
        super().__init__(message % said)
        self.name, self.programme = name, found.programme


def words_of(said: str) -> str:
    return str(WORDS.get(said, ""))


class TablesAsked(list[TableAsked]):
    """The other tables of a file, in their order."""

    @property
    def together(self) -> list[TableAsked]:
        """Those that are open and can be read on, where they are so many that one answer for several is wanted."""
        found = [one for one in self if one.is_open and one.table.fits]
        return found if len(found) >= SEVERAL else []

    @property
    def many_said(self) -> bool:
        """Whether so many are answered that each has a line, and no more room than that."""
        return sum(one.said != "" for one in self) >= SEVERAL


def tables_of(batch: ImportBatch) -> TablesAsked:
    """The other tables of its file, in their order, with what was said of them. No query."""
    found, joined = TablesAsked(), {one.name for one in batch.joined}
    for kept in batch.document.get("others", ()):
        table = OtherTable(**{**kept, "first": tuple(map(tuple, kept["first"]))})
        said = batch.other_tables.get(table.name)
        if said and not said["said"]:  # read on with the last table, and hidden in this one
            found.append(TableAsked(replace(table, asks=True)))
        elif said:
            at = datetime.fromisoformat(said["at"])
            found.append(TableAsked(table, said["said"], said["by_name"], at, said.get("programme", "")))
        else:  # nobody said anything: read on by itself, or open
            found.append(TableAsked(table, GOES_ON if table.name in joined else ""))
    return found


def open_tables(batch: ImportBatch) -> list[TableAsked]:
    """Those of which a person has still to say what they are."""
    return [one for one in tables_of(batch) if one.is_open]


def refuse_unsaid(batch: ImportBatch) -> None:
    """Raise ``MustSayTables`` where one is open."""
    if found := open_tables(batch):
        raise MustSayTables(found)


def leave_unread(batch: ImportBatch, *, by: User | None) -> None:
    """Those that are open are no part of the table, in the name of whoever confirms. The batch is locked."""
    found = open_tables(batch)
    if found:
        answer = {"said": APART, **signed(by), "passed": True}
        batch.other_tables = {**batch.other_tables, **{one.table.name: answer for one in found}}
        batch.save(update_fields=["other_tables"])
        said = [record.Said(None, f"{TABLE}{one.table.name}", None, answer) for one in found]
        record.keep(batch, said, step=ImportDecision.Step.PASS, by=by, touched=())


@paused()
@transaction.atomic
def say(
    batch: ImportBatch,
    names: str | Sequence[str],
    said: str,
    *,
    by: User | None,
    seen: str | None = None,
    sheet: str | None = None,
    twice: int | None = None,
) -> tuple[ImportBatch, list[Lost]]:
    """Other tables of the file belong to it (their rows are read with it), or do not; what no longer holds then. Of
    several all are said, with one reading, or none.

    What people said of rows stays on them. ``seen`` is what stood of each on his page, ``sheet`` the table there,
    ``twice`` the programme of which he knows that it has rows of the other table, too. Raises ``SaidMeanwhile`` where
    somebody said otherwise since, ``OtherSheet`` where another table was chosen, ``RowsOfAnother`` where another
    programme has its rows, ``DomainError`` where it cannot be read so, or was imported as another programme.
    """
    locked = lock(batch, {ImportBatch.State.STAGED}, sheet=sheet)
    if by is None:
        raise DomainError(_("Only a person can say what another table of the file is: say who imports."))
    stands = {one.table.name: one for one in tables_of(locked)}
    wanted = [names] if isinstance(names, str) else list(dict.fromkeys(names))
    if not stands.keys() >= {*wanted} or said not in WORDS:
        raise DomainError(_("There is no such table in the file."))
    new = [name for name in wanted if stands[name].said != said]
    for name in new:
        if seen is not None and seen != stands[name].said:
            raise SaidMeanwhile(stands[name], said, by)
    if not new:
        return locked, []
    answer = {"said": said, **signed(by), **({"also_in": twice} if twice and said == GOES_ON else {})}
    kept = [record.Said(None, f"{TABLE}{name}", locked.other_tables.get(name), answer) for name in new]
    locked.other_tables = {**locked.other_tables, **dict.fromkeys(new, answer)}
    joined = {one.name for one in locked.joined}
    joining = joined | {*new} if said == GOES_ON else joined - {*new}
    lost: list[Lost] = []
    if joining == joined:
        locked.save(update_fields=["other_tables"])
        record.keep(locked, kept, step=ImportDecision.Step.TABLE, by=by, touched=())
    else:
        _refuse_imported(locked, joining - joined)
        lost = read_with(locked, joining, kept, by=by)
        _refuse_taken(locked, joining - joined, twice)
    for name in new:
        audit.record("import.table", locked, by=by, jurisdiction=locked.jurisdiction, table=name, said=said)
    return locked, lost


def _refuse_imported(batch: ImportBatch, sheets: Collection[str]) -> None:
    """No sheet of a file becomes part of two programmes: its money would count twice."""
    if sheets:
        update = TableUpdate.objects.filter(batch=batch).select_related("programme").first()
        refuse_same_table(batch.jurisdiction, batch.sha256, sheets, update.programme if update else None)


def _refuse_taken(batch: ImportBatch, sheets: Collection[str], known: int | None) -> None:
    """Raise ``RowsOfAnother`` where the rows that are read on now are those of another programme than is ``known``."""
    update = TableUpdate.objects.filter(batch=batch).select_related("programme").first()
    for one in batch.joined:
        if one.name in sheets:
            rows = batch.rows.filter(row__gt=one.shift, row__lte=one.last)
            words = ((row.reading["project"], row.reading["content"]) for row in rows)
            found = taken_by(batch.jurisdiction_id, batch.year, words, update.programme if update else None)
            if found is not None and found.programme.pk != known:
                raise RowsOfAnother(one.name, found)


def not_of_tables(issues: Collection[Any]) -> list[Any]:
    """What is said of the table as a whole, without what is asked and told of each other table at its own place."""
    return [one for one in issues if one.code not in ("other_table", "table_joined", "table_goes_on")]

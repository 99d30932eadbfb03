"""The way of a task table into the portal: staged, decided on, confirmed or discarded, undone.

Each step is one transaction with one event in the audit trail; the batch is locked, so of two people who act at
once the second sees what the first did.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from django.core.files.base import File
from django.db import transaction
from django.utils.translation import gettext as _

from departments import audit, clock, language, locks
from departments.bulk import new_row, update_rows
from departments.errors import Conflict, DomainError, IllegalTransition
from departments.models import Jurisdiction, User
from funding import summary
from funding.services import lines
from minsheng.collector import paused
from minsheng.progress import each, tell
from minsheng.task_table import answers, compose, record, tables
from minsheng.task_table.alike import alike, refuse_unsaid, say_apart
from minsheng.task_table.decisions import (
    Choice,
    MustAnswer,
    MustChoose,
    check,
    choices_by_name,
    put,
    rows_to_choose,
    same_seen,
)
from minsheng.task_table.goes_with import goes_with
from minsheng.task_table.gone import refuse_gone
from minsheng.task_table.held import lock, not_possible, same_version
from minsheng.task_table.match import resolver_of
from minsheng.task_table.models import ImportBatch, ImportDecision, StagedRow
from minsheng.task_table.other_tables import GOES_ON
from minsheng.task_table.passing import StillOpen, let_pass
from minsheng.task_table.points import open_of
from minsheng.task_table.staging import forget_file, refuse_same_table, stage
from projects.models import Programme, SubItem
from projects.services import plans
from projects.services.figures import Amounts
from projects.services.plans import SubItemPlan

__all__ = ["ProgrammeExists", "commit", "decide", "discard", "import_table", "stage", "undo"]
State = ImportBatch.State


class ProgrammeExists(DomainError):
    """A programme of this jurisdiction, year and name is there already."""


@transaction.atomic
def decide(
    batch: ImportBatch,
    choices: Mapping[int, Choice],
    *,
    by: User | None,
    version: int | None = None,
    seen: Mapping[int, str] | None = None,
) -> ImportBatch:
    """Keep what ``by`` says of these rows of the sheet, in place of what was said of them before.

    ``seen`` tells by row what he had before him (``decisions.seen_of``): rows that others decided on do not
    matter then, unless he says something else of the same row.

    Raises ``DomainError`` for a unit that is not of the jurisdiction, or a choice on a row that asks none, and
    ``Conflict`` where somebody decided since ``version``, or on a row since it was ``seen``, or where it is gone.
    """
    locked = lock(batch, {State.STAGED}, version=version)
    rows = list(locked.rows.filter(row__in=choices).order_by("position"))
    if gone := choices.keys() - {row.row for row in rows}:
        refuse_gone(locked, gone)
        raise Conflict(
            _("No longer in the table: %(rows)s.") % {"rows": language.listed(map(locked.words_of, sorted(gone)))}
        )
    known = resolver_of(locked.jurisdiction).labels.keys() | answers.pending_units(locked).keys()
    before = {row.pk: row.decisions for row in rows}
    same_seen(rows, choices, seen or {})
    changed = [row for row in rows if put(row, choices[row.row], known)]
    check(changed)
    if changed:
        update_rows(changed, ["decisions"])
        record.keep(
            locked,
            [record.Said(row.row, before=before[row.pk], after=row.decisions) for row in changed],
            step=ImportDecision.Step.CHOOSE,
            by=by,
        )
        audit.record(
            "import.decide",
            locked,
            by=by,
            jurisdiction=locked.jurisdiction,
            decisions={str(row.row): row.decisions for row in changed},
        )
    return locked


@paused()
@transaction.atomic
def commit(
    batch: ImportBatch,
    *,
    by: User | None,
    choices: Mapping[int, Choice] | None = None,
    version: int | None = None,
    passing: bool = True,
    leaving: bool = False,
) -> Programme:
    """Write the programme exactly as it was staged and decided; everything or nothing.

    ``choices`` are kept first, in the same transaction. Whoever confirms twice gets the programme of the first time.
    Questions that hold nothing up and are open are accepted as read, in the name of ``by``.

    Raises ``MustChoose`` where a row needs a filing unit, ``MustAnswer`` where it has an error that nobody answered,
    ``StillOpen`` where a question is open and ``by`` is not ``passing`` them, ``MustSayWhether`` where most of its rows
    are those of another programme and nobody said what it is, ``MustSayTables`` where another table of the file seems
    to belong to it and nobody said whether it does, unless ``by`` is ``leaving`` those unread,
    ``Conflict`` where somebody decided since ``version``,
    ``IllegalTransition`` where somebody else confirmed or discarded the batch, ``DomainError`` where the programme or
    the file is there already.
    """
    locked = lock(batch, {State.STAGED, State.COMMITTED})
    if locked.programme is not None:
        if locked.committed_by != by:
            raise IllegalTransition(
                _("%(person)s confirmed this import already.") % {"person": audit.signature(locked.committed_by)}
            )
        return locked.programme
    same_version(locked, version)
    if locked.is_update:
        raise DomainError(_("This table changes a programme that exists: look at the differences, and confirm there."))
    if choices:
        locked = decide(locked, choices, by=by)
    # Imports of one jurisdiction come one after the other.
    jurisdiction = locks.held(Jurisdiction.objects.all()).get(pk=locked.jurisdiction_id)
    _refuse_again(jurisdiction, locked)
    if leaving:
        tables.leave_unread(locked, by=by)
    tables.refuse_unsaid(locked)
    programme = _write(locked, by=by, passing=passing)
    locked.programme, locked.state = programme, State.COMMITTED
    locked.committed_by, locked.committed_at = by, clock.now()
    locked.save(update_fields=["programme", "state", "committed_by", "committed_at"])
    audit.record(
        "import.commit", locked, by=by, jurisdiction=jurisdiction, programme=programme.pk, sha256=locked.sha256
    )
    return programme


@dataclass
class _Planned:
    """What becomes of a staged table: its sub-items with their money, as stated and as it stands, and the keys of the
    rows they come from.
    """

    items: list[SubItemPlan]
    money: list[lines.Stated]
    amounts: list[Amounts]
    rows: list[int]
    title: str


def _write(batch: ImportBatch, *, by: User | None, passing: bool) -> Programme:
    planned = _planned(batch, by=by, passing=passing)
    tell(_("Writing the sub-items"), 1, 4)
    programme = plans.create(
        batch.jurisdiction,
        batch.year,
        batch.programme_name,
        planned.items,
        by=by,
        amounts=planned.amounts,
        title=planned.title,
        source_file=batch.file.name,
        source_name=batch.file_name,
        source_sha256=batch.sha256,
        layout=batch.document,
    )
    planned.items.clear()  # of a large table they are the larger part of the memory
    tell(_("Writing the sub-items"), 2, 4)
    _write_money(programme, planned)
    return programme


def _planned(batch: ImportBatch, *, by: User | None, passing: bool) -> _Planned:
    """The rows as they are to be written, once nothing holds them up; the rows themselves are let go of."""
    rows = [row for row in batch.rows.order_by("position") if row.is_in]
    refuse_unsaid(batch, rows)
    reading = compose.reading_of(batch, rows)
    people = compose.People(rows)
    if open_rows := rows_to_choose(rows, people):
        raise MustChoose(open_rows, batch)
    open_points, blocking = open_of(rows, reading.rows, people)
    if blocking:
        raise MustAnswer(blocking, batch)
    if answers.write(batch, rows, by=by):
        people = compose.People(rows)  # what they name is there by now; what is open, and its words, stay the same
    if open_points and not passing:
        raise StillOpen(open_points)
    let_pass(batch, open_points, by=by)
    planned = _Planned([], [], [], rows=[row.pk for row in rows], title=reading.title or "")
    sources = lines.all_sources()
    for row, read in each(zip(rows, reading.rows, strict=True), _("Checking the rows"), len(rows)):
        money = compose.money_of(read)
        stated = lines.rows_of(money.amounts, money.totals, sources, year=batch.year)
        planned.items.append(compose.plan_of(row, read, people, money))
        planned.money.append(stated)
        planned.amounts.append(summary.stated_amounts(batch.year, stated.totals, stated.lines))
    return planned


def _write_money(programme: Programme, planned: _Planned) -> None:
    """The money of each sub-item, and which row it comes from: the next table is compared with what the row said."""
    keys = programme.sub_items.order_by("position").values_list("pk", flat=True)
    sub_items = [new_row(SubItem, id=key, programme_id=programme.pk) for key in keys]
    linked = [new_row(StagedRow, id=pk, sub_item_id=one.pk) for pk, one in zip(planned.rows, sub_items, strict=True)]
    update_rows(linked, ["sub_item"])
    lines.write_all(stated.of(one) for stated, one in zip(planned.money, sub_items, strict=True))


@transaction.atomic
def undo(batch: ImportBatch, *, by: User | None, reason: str, seen: str | None = None) -> None:
    """Take the programme back while nothing was filed on it. Batch and file stay, as the record of it.

    ``seen`` is what was shown of that which goes with it (``GoesWith.mark``): ``Conflict`` where more does by now.
    """
    locked = lock(batch, {State.COMMITTED, State.UNDONE})
    if locked.programme is None:
        return _only_by(locked, by)
    if not reason.strip():
        raise DomainError(_("Say why the import is undone."))
    programme = locked.programme
    if locked.is_update:
        raise DomainError(
            _("An update is not taken back: import the earlier table again, that is a further update and is on record.")
        )
    if programme.import_batches.exclude(pk=locked.pk).exists():
        raise DomainError(_("The programme was changed by a later table: this import can no longer be undone."))
    goes = goes_with(programme)
    if seen is not None and seen != goes.mark:
        raise Conflict(_("Meanwhile more was recorded on this programme, and would go with it: look at it below."))
    with language.of_the_office():
        title = str(programme)
    _end(locked, State.UNDONE, by=by, reason=reason)
    plans.delete(programme, by=by, reason=reason)
    audit.record(
        "import.undo",
        locked,
        by=by,
        jurisdiction=locked.jurisdiction,
        reason=reason,
        programme=title,
        corrections=goes.corrections,
        waiting=[one.file_name for one in goes.waiting],
    )
    return None


@transaction.atomic
def discard(batch: ImportBatch, *, by: User | None, version: int | None = None) -> None:
    """Put a staged batch aside: it can no longer be confirmed, and stays with its file as a record.

    Raises ``Conflict`` where somebody else decided on it since ``version``: nobody's work goes unseen.
    """
    locked = lock(batch, {State.STAGED, State.DISCARDED})
    if locked.state == State.DISCARDED:
        return _only_by(locked, by)
    if version is not None and not record.is_own_since(locked, version, by):
        raise Conflict(_("Meanwhile others worked on this table. It was not put aside: look at what they did first."))
    _end(locked, State.DISCARDED, by=by)
    audit.record("import.discard", locked, by=by, jurisdiction=locked.jurisdiction)
    return None


def import_table(
    file: File,  # type: ignore[type-arg]
    *,
    jurisdiction: Jurisdiction,
    year: int,
    programme: str,
    by: User | None,
    filing: Mapping[int | tuple[str, int], str],
    passing: bool = False,
    apart: bool = False,
    goes_on: Collection[str] = (),
) -> ImportBatch:
    """Stage and commit in one go; a refusal leaves nothing behind. ``filing``: row of the sheet → name of a unit.
    ``apart``: it is a programme of its own, though most of its rows may be those of another one.
    ``goes_on``: names of other sheets of the file whose rows are read with it.

    Raises what ``stage`` and ``commit`` raise: ``StillOpen`` for a table that leaves questions open, unless a person
    is ``passing`` them; then other tables of the file that nobody named are left unread, too.
    """
    if passing and by is None:
        raise DomainError(_("Only a person can let open questions stay as read: say who imports."))
    batch = None
    try:
        with transaction.atomic():
            batch = stage(file, jurisdiction=jurisdiction, year=year, programme=programme, by=by)
            if batch.is_update:  # it wants a person who looks
                _refuse_again(jurisdiction, batch)
            if apart and (found := alike(batch, batch.rows.order_by("position"))):
                say_apart(batch, found.programme, by=by)
            for name in goes_on:
                batch = _read_on(batch, name, by=by, apart=apart)
            commit(batch, by=by, choices=choices_by_name(batch, filing), passing=passing, leaving=passing)
    except BaseException:
        if batch is not None:
            forget_file(batch)
        raise
    batch.refresh_from_db()
    return batch


def _read_on(batch: ImportBatch, name: str, *, by: User | None, apart: bool) -> ImportBatch:
    try:
        return tables.say(batch, name, GOES_ON, by=by)[0]
    except tables.RowsOfAnother as error:
        if not apart:
            raise
        return tables.say(batch, name, GOES_ON, by=by, twice=error.programme.pk)[0]


def _end(batch: ImportBatch, state: ImportBatch.State, *, by: User | None, reason: str = "") -> None:
    batch.state, batch.programme = state, None
    batch.ended_by, batch.ended_at, batch.ended_reason = by, clock.now(), reason
    batch.save(update_fields=["state", "programme", "ended_by", "ended_at", "ended_reason"])


def _only_by(batch: ImportBatch, by: User | None) -> None:
    """The same step twice by the same person is one step; by another one it is refused."""
    if batch.ended_by != by:
        raise not_possible(batch)


def _refuse_again(jurisdiction: Jurisdiction, batch: ImportBatch) -> None:
    """One programme of a name and year."""
    year, programme = batch.year, batch.programme_name
    if Programme.objects.filter(jurisdiction=jurisdiction, year=year, name=programme).exists():
        raise ProgrammeExists(
            _("The programme “%(name)s” of %(year)s of %(jurisdiction)s exists already; it cannot be imported again.")
            % {"name": programme, "year": year, "jurisdiction": jurisdiction}
        )
    refuse_same_table(jurisdiction, batch.sha256, batch.sheets_read, None)

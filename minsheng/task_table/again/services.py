"""The way of an update: taken for one, matched, decided on, written. Each step is one transaction with one event.

Written is exactly what was shown: where the batch or the programme changed in between nothing is, and what changed is
said.
"""

from collections import Counter
from collections.abc import Mapping

from django.db import transaction
from django.utils.translation import gettext as _

from departments import audit, clock, locks
from departments.bulk import update_rows
from departments.errors import Conflict, DomainError, IllegalTransition
from departments.language import listed
from departments.models import Jurisdiction, User
from minsheng.collector import paused
from minsheng.task_table import answers, record, tables
from minsheng.task_table.again import matching
from minsheng.task_table.again.carried import MATCH
from minsheng.task_table.again.compared import Comparison
from minsheng.task_table.again.comparison import compare
from minsheng.task_table.again.models import TableUpdate
from minsheng.task_table.again.present import present_of
from minsheng.task_table.again.said import Decisions, Gone, Kept, Merged, Said, Seen, merge, others, place, put, stands
from minsheng.task_table.again.writing import KEEP, WITHDRAW, write
from minsheng.task_table.decisions import MustAnswer, MustChoose
from minsheng.task_table.gone import missing
from minsheng.task_table.held import lock, same_version
from minsheng.task_table.models import ImportBatch, ImportDecision
from minsheng.task_table.passing import StillOpen, let_pass
from minsheng.task_table.staging import carry_over, refuse_same_table
from projects.models import Programme, SubItem

__all__ = ["Decisions", "Gone", "Said", "begin", "commit", "confirm", "decide", "settle"]
State = ImportBatch.State


class Unsettled(DomainError):
    """Something is still open that a person must say first."""


class Changed(Conflict):
    """What was shown is no longer what would be written."""


class OtherRows(Conflict):
    """What is said speaks of rows that are read otherwise by now, or compared with another programme."""


@transaction.atomic
def begin(batch: ImportBatch, programme: Programme, *, by: User | None) -> TableUpdate:
    """Take a staged table for an update of ``programme``, of the same jurisdiction and year. Where it is one already,
    what people have said of it stays.
    """
    locked = lock(batch, {State.STAGED})
    if (programme.jurisdiction_id, programme.year) != (locked.jurisdiction_id, locked.year):
        raise DomainError(_("A table changes a programme of its own jurisdiction and year only."))
    begun = TableUpdate.objects.filter(batch=locked, programme=programme).first()
    if begun is not None:
        return begun
    refuse_same_table(locked.jurisdiction, locked.sha256, locked.sheets_read, programme)
    update, _made = TableUpdate.objects.update_or_create(
        batch=locked, defaults={"programme": programme, "rows": {}, "missing": {}}
    )
    locked.programme_name = programme.name
    _count(locked, "programme_name")
    rows = list(locked.rows.order_by("position"))
    if carried := carry_over(rows, programme):
        update_rows(rows, ["corrections", "accepted", "decisions", "left_out"])
        record.keep(locked, carried, step=ImportDecision.Step.CARRY, by=by)
    audit.record("import.again", locked, by=by, jurisdiction=locked.jurisdiction, programme=programme.pk)
    return update


@transaction.atomic
def settle(
    batch: ImportBatch,
    matches: Mapping[int, int | None],
    *,
    by: User | None,
    version: int | None = None,
    seen: Seen | None = None,
    sheet: str | None = None,
) -> Kept:
    """Keep which row is which sub-item: row → its key, ``matching.NEW``, or nothing for a row that is open again.

    ``seen`` tells what he had before him, by field: rows that others matched meanwhile do not matter then, unless he
    says something else of them; these stay as they are, and are given back. ``version`` then is the one of the page.

    Raises ``DomainError`` for a sub-item of another programme, or one that two rows would be; ``Conflict`` where
    somebody decided since ``version``, or another ``sheet`` was read.
    """
    locked = lock(batch, {State.STAGED}, version=version if seen is None else None, sheet=sheet)
    update = _update(locked)
    if seen is not None:
        _same_rows(update, seen, version)
    there = {row.row for row in locked.rows.only("row", "left_out") if row.is_in}
    if (gone := matches.keys() - there) and (why := missing(locked, gone)):
        raise why[1]
    said = {f"{MATCH}-{row}": item for row, item in matches.items()}
    merged = merge(update, said, seen)
    items = present_of(update.programme)
    if set(merged.values.values()) - {None, matching.NEW} - set(items):
        raise DomainError(_("Choose among the sub-items of this programme."))
    kept = others(update, merged, said, by=by)
    _put(update, merged, step=ImportDecision.Step.MATCH, by=by)
    counts = Counter(one["match"] for row, one in update.rows.items() if int(row) in there and one.get("match"))
    if twice := [items[pk].sub_item for pk, count in counts.items() if count > 1 and pk in items]:
        raise DomainError(
            _("Two rows cannot be the same sub-item: %(sub_items)s") % {"sub_items": listed(map(str, twice))}
        )
    if merged.values:
        of_row = {place(name)[0]: pk for name, pk in merged.values.items()}
        audit.record(
            "import.match",
            locked,
            by=by,
            jurisdiction=locked.jurisdiction,
            matches={str(row): items[pk].sub_item.code if pk in items else pk for row, pk in of_row.items()},
        )
    return kept


@transaction.atomic
def decide(
    batch: ImportBatch,
    said: Decisions,
    *,
    by: User | None,
    version: int | None = None,
    seen: Seen | None = None,
    sheet: str | None = None,
) -> Kept:
    """Keep which differences are taken, from which month hand-overs hold, and what becomes of what is missing.

    ``seen`` as for ``settle``: what others said meanwhile and he did not touch stays theirs.
    """
    locked = lock(batch, {State.STAGED}, version=version if seen is None else None, sheet=sheet)
    update = _update(locked)
    if seen is not None:
        _same_rows(update, seen, version)
    fields = said.fields()
    merged = merge(update, fields, seen)
    kept = others(update, merged, fields, by=by)
    _put(update, merged, step=ImportDecision.Step.DIFFER, by=by)
    if merged.values:
        codes = SubItem.objects.filter(pk__in=update.missing).in_bulk()
        audit.record(
            "import.decide",
            locked,
            by=by,
            jurisdiction=locked.jurisdiction,
            rows=update.rows,
            missing={codes[int(pk)].code: said for pk, said in update.missing.items() if int(pk) in codes},
        )
    return kept


def _put(update: TableUpdate, merged: Merged, *, step: ImportDecision.Step, by: User | None) -> None:
    """Put what was merged in its place, and on record under the name of who said it."""
    if not merged.values:
        return
    said = []
    for name, value in merged.values.items():
        row, part = place(name)
        said.append(record.Said(row, part, stands(update, name), value))
        put(update, name, value)
    update.save(update_fields=["rows", "missing", "reason", "document"])
    record.keep(update.batch, said, step=step, by=by, touched=())


@transaction.atomic
def confirm(
    batch: ImportBatch,
    said: Decisions,
    *,
    by: User | None,
    marks: Mapping[str, str],
    version: int | None = None,
    passing: bool = True,
    seen: Seen | None = None,
    sheet: str | None = None,
) -> Programme:
    """``decide`` and ``commit`` as one step: where the second is refused, the first is not kept either. Nobody confirms
    what he has not seen: where anything was decided since ``version``, nothing is written.
    """
    now = locks.held(ImportBatch.objects.all()).get(pk=batch.pk)
    if now.is_staged:
        same_version(now, version)
        if decide(now, said, by=by, version=version, seen=seen, sheet=sheet).clashes:
            raise Conflict(_("Somebody else decided on the same meanwhile: look at both, choose, then confirm."))
    return commit(now, by=by, seen=marks, passing=passing)


@paused()
@transaction.atomic
def commit(
    batch: ImportBatch, *, by: User | None, seen: Mapping[str, str], version: int | None = None, passing: bool = True
) -> Programme:
    """Write what was shown: ``seen`` are the marks of the comparison (``Comparison.marks``) as it stood on the page.

    Whoever confirms twice is told the same. Raises ``Changed`` with what changed since, ``Unsettled`` and
    ``MustChoose`` where something is still to be said, ``StillOpen`` where a question is open and ``by`` is not
    ``passing`` it, ``DomainError`` where the table says nothing new.
    """
    locked = lock(batch, {State.STAGED, State.COMMITTED})
    if locked.programme is not None:
        if locked.committed_by != by:
            raise IllegalTransition(
                _("%(person)s confirmed this import already.") % {"person": audit.signature(locked.committed_by)}
            )
        return locked.programme
    lock(locked, {State.STAGED}, version=version)
    update = _update(locked)
    jurisdiction = locks.held(Jurisdiction.objects.all()).get(pk=locked.jurisdiction_id)
    locks.hold(Programme, update.programme.pk)
    refuse_same_table(jurisdiction, locked.sha256, locked.sheets_read, update.programme)
    held = locks.held(SubItem.objects.filter(programme=update.programme))
    found = compare(update, held)
    _check(found, seen)
    if found.open_points and not passing:
        raise StillOpen(found.open_points)
    let_pass(locked, found.open_points, by=by)
    if answers.write(update.batch, found.staged, by=by):
        del found  # two of them at once are much of a large table
        found = compare(update, held.all())
    write(found, by=by)
    locked.programme, locked.state = found.programme, State.COMMITTED
    locked.committed_by, locked.committed_at = by, clock.now()
    locked.save(update_fields=["programme", "state", "committed_by", "committed_at"])
    audit.record(
        "import.update", locked, by=by, jurisdiction=jurisdiction, programme=found.programme.pk, sha256=locked.sha256
    )
    return found.programme


def _update(batch: ImportBatch) -> TableUpdate:
    found = TableUpdate.objects.select_related("programme__jurisdiction", "batch").filter(batch=batch).first()
    if found is None:
        raise IllegalTransition(_("This table is not an update of a programme."))
    return found


def _same_rows(update: TableUpdate, seen: Seen, version: int | None) -> None:
    """Refuse where rows of the same number are other rows by now, or stand beside another programme."""
    again = update.batch.decisions.filter(step=ImportDecision.Step.REREAD)
    if version is not None and again.filter(version__gt=version).exists():
        raise OtherRows(_("The table was read again meanwhile. Nothing was kept; look at its rows."))
    if seen.get("programme", (update.programme_id,))[0] != update.programme_id:
        raise OtherRows(
            _("The table is compared with “%(programme)s” by now. Nothing was kept; look at it again.")
            % {"programme": update.programme}
        )


def _count(batch: ImportBatch, *fields: str) -> None:
    batch.version += 1
    batch.save(update_fields=["version", *fields])


def _check(found: Comparison, seen: Mapping[str, str]) -> None:
    tables.refuse_unsaid(found.update.batch)
    if not found.matching.is_settled:
        raise Unsettled(_("Say first which rows are which sub-items."))
    if found.is_the_same:
        raise DomainError(_("The table says what the programme says already: there is nothing to write."))
    if seen.get("") != found.marks[""]:
        raise Changed(_changed(found, seen))
    if found.blocking:
        raise MustAnswer(found.blocking, found.update.batch)
    if found.must_choose:
        raise MustChoose([row.staged.row for row in found.must_choose], found.update.batch)
    said = found.update.missing
    undecided = [
        one.sub_item for one in found.missing if said.get(str(one.sub_item.pk), {}).get("act") not in (WITHDRAW, KEEP)
    ]
    if undecided:
        raise Unsettled(
            _("Say what becomes of the sub-items that the table no longer names: %(sub_items)s")
            % {"sub_items": listed(map(str, undecided))}
        )
    for one in found.missing:
        gone = said[str(one.sub_item.pk)]
        if gone["act"] == WITHDRAW and one.sub_item.is_closed:
            raise DomainError(_("“%(sub_item)s” was closed and is not withdrawn.") % {"sub_item": one.sub_item})
        if gone["act"] == WITHDRAW and not gone["reason"]:
            raise Unsettled(_("Say why “%(sub_item)s” is withdrawn.") % {"sub_item": one.sub_item})
    if not found.update.reason:
        raise Unsettled(_("Say why the programme changes: it is kept with each revision."))


def _changed(found: Comparison, seen: Mapping[str, str]) -> str:
    """Which sub-items no longer are as they were shown."""
    now = found.marks
    keys = [pk for pk in {**now, **seen} if pk and now.get(pk) != seen.get(pk)]
    items = [str(found.items[int(pk)].sub_item) for pk in keys if pk.isdigit() and int(pk) in found.items]
    if not items:
        return _("The programme changed since you looked at it. Nothing was written: look at it again, then confirm.")
    return _("Changed since you looked at it: %(sub_items)s. Nothing was written: look at it again, then confirm.") % {
        "sub_items": listed(items)
    }

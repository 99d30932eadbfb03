"""The way of a task table into the portal: staged, decided on, confirmed or discarded, undone.

Each step is one transaction with one event in the audit trail; the batch is locked, so of two people who act at
once the second sees what the first did.
"""

import hashlib
from collections.abc import Collection, Mapping
from pathlib import PurePath
from typing import Any

from django.conf import settings
from django.core.files.base import ContentFile, File
from django.db import transaction
from django.utils.translation import gettext as _

from departments import audit, clock, language
from departments.errors import Conflict, DomainError, IllegalTransition
from departments.models import Jurisdiction, User
from funding.services import lines
from minsheng import figures
from minsheng.progress import each, tell
from minsheng.task_table import compose, record, source
from minsheng.task_table.again.models import TableUpdate
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
from minsheng.task_table.match import Resolver, resolver_of
from minsheng.task_table.models import ImportBatch, ImportDecision, StagedRow
from minsheng.task_table.points import rows_that_block
from minsheng.task_table.reading import dump
from projects.models import Programme, SubItemRevision
from projects.rules.responsible import ASSIST, LEAD
from projects.services import periods, plans

State = ImportBatch.State


class ProgrammeExists(DomainError):
    """A programme of this jurisdiction, year and name is there already."""


def stage(file: File, *, jurisdiction: Jurisdiction, year: int, programme: str, by: User | None) -> ImportBatch:  # type: ignore[type-arg]
    """Read ``file`` and keep what was read, row by row, with the file; nothing is written to the domain.

    Where the programme exists the table is an update of it (``again``). Raises ``DomainError`` where the file is no
    task table, or would change nothing.
    """
    content = file.read(settings.TASK_TABLE_MAX_BYTES + 1)  # one more than the reader takes
    sha256 = hashlib.sha256(content).hexdigest()
    name = PurePath(file.name or "").name
    plans.check_name(year, programme)
    existing = Programme.objects.filter(jurisdiction=jurisdiction, year=year, name=programme).first()
    refuse_same_file(jurisdiction, sha256, existing)
    resolver = resolver_of(jurisdiction)
    read, mapping = source.read_as_before(
        content, name=name, jurisdiction=jurisdiction, year=year, programme=programme, resolver=resolver
    )
    reading = dump(read)
    rows = reading.pop("rows")
    batch = ImportBatch(
        jurisdiction=jurisdiction,
        year=year,
        programme_name=programme,
        file_name=name[:200],
        sha256=sha256,
        size=len(content),
        document=reading,
        mapping=mapping,
        uploaded_by=by,
        uploaded_at=clock.now(),
    )
    # The stored name is ours: what people call their files is kept beside it.
    batch.file.save(f"{sha256[:16]}{PurePath(name).suffix.lower()[:8]}", ContentFile(content), save=False)
    try:
        _keep(batch, rows, resolver, by=by, existing=existing)
    except BaseException:
        forget_file(batch)
        raise
    return batch


@transaction.atomic
def _keep(
    batch: ImportBatch, rows: list[dict[str, Any]], resolver: Resolver, *, by: User | None, existing: Programme | None
) -> None:
    batch.save()
    tell(_("Keeping what was read"))
    if existing:
        TableUpdate.objects.create(batch=batch, programme=existing)
    StagedRow.objects.bulk_create(
        StagedRow(batch=batch, position=position, row=row["row"], reading=row, units=units_of(row, resolver))
        for position, row in enumerate(rows, start=1)
    )
    audit.record(
        "import.stage",
        batch,
        by=by,
        jurisdiction=batch.jurisdiction,
        file=batch.file_name,
        sha256=batch.sha256,
        rows=len(rows),
    )


def units_of(row: Mapping[str, Any], resolver: Resolver) -> dict[str, list[dict[str, Any]]]:
    """What the names of a reading mean today."""
    names = {LEAD: row["lead_units"], ASSIST: row["assisting_units"]}
    return {role.value: [resolver.match(name).dump() for name in listed] for role, listed in names.items()}


def forget_file(batch: ImportBatch) -> None:
    """Remove the stored file of a batch that was never written."""
    if batch.file.name:
        batch.file.storage.delete(batch.file.name)


@transaction.atomic
def decide(
    batch: ImportBatch,
    choices: Mapping[int, Choice],
    *,
    by: User | None,
    version: int | None = None,
    seen: Mapping[int, str] | None = None,
) -> ImportBatch:
    """Keep what ``by`` says of the rows at these positions, in place of what was said of them before.

    ``seen`` tells by position what he had before him (``decisions.seen_of``): rows that others decided on do not
    matter then, unless he says something else of the same row.

    Raises ``DomainError`` for a unit that is not of the jurisdiction, or a choice on a row that asks none, and
    ``Conflict`` where somebody decided since ``version``, or on a row since it was ``seen``.
    """
    locked = lock(batch, {State.STAGED}, version=version)
    rows = list(locked.rows.filter(position__in=choices).order_by("position"))
    known = resolver_of(locked.jurisdiction).labels
    before = {row.pk: row.decisions for row in rows}
    same_seen(rows, choices, seen or {})
    changed = [row for row in rows if put(row, choices[row.position], known)]
    check(changed)
    if changed:
        StagedRow.objects.bulk_update(changed, ["decisions"])
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


@transaction.atomic
def commit(
    batch: ImportBatch,
    *,
    by: User | None,
    choices: Mapping[int, Choice] | None = None,
    version: int | None = None,
) -> Programme:
    """Write the programme exactly as it was staged and decided; everything or nothing.

    ``choices`` are kept first, in the same transaction. Whoever confirms twice gets the programme of the first time.

    Raises ``MustChoose`` where a row needs a filing unit, ``MustAnswer`` where it has an error that nobody answered,
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
    _same_version(locked, version)
    if locked.is_update:
        raise DomainError(_("This table changes a programme that exists: look at the differences, and confirm there."))
    if choices:
        locked = decide(locked, choices, by=by)
    # Imports of one jurisdiction come one after the other.
    jurisdiction = Jurisdiction.objects.select_for_update().get(pk=locked.jurisdiction_id)
    _refuse_again(jurisdiction, locked.year, locked.programme_name, locked.sha256)
    programme = _write(locked, by=by)
    locked.programme, locked.state = programme, State.COMMITTED
    locked.committed_by, locked.committed_at = by, clock.now()
    locked.save(update_fields=["programme", "state", "committed_by", "committed_at"])
    audit.record(
        "import.commit", locked, by=by, jurisdiction=jurisdiction, programme=programme.pk, sha256=locked.sha256
    )
    return programme


def _write(batch: ImportBatch, *, by: User | None) -> Programme:
    rows = [row for row in batch.rows.order_by("position") if row.is_in]
    reading = compose.reading_of(batch, rows)
    people = compose.People(rows)
    if open_rows := rows_to_choose(rows, people):
        raise MustChoose(open_rows)
    if open_rows := rows_that_block(rows, reading.rows, people):
        raise MustAnswer(open_rows)
    pairs = each(zip(rows, reading.rows, strict=True), _("Checking the rows"), len(rows))
    items = [compose.plan_of(row, read, reading.sheet, people) for row, read in pairs]
    tell(_("Writing the sub-items"), 1, 4)
    programme = plans.create(
        batch.jurisdiction,
        batch.year,
        batch.programme_name,
        items,
        by=by,
        title=reading.title or "",
        source_file=batch.file.name,
        source_name=batch.file_name,
        source_sha256=batch.sha256,
        layout=batch.document,
    )
    tell(_("Writing the sub-items"), 2, 4)
    periods.open_periods(programme)  # units can file from the moment it is there
    sub_items = programme.sub_items.select_related("programme").order_by("position")
    sources = lines.all_sources()
    stated = zip(sub_items, map(compose.money_of, reading.rows), strict=True)
    lines.write_all([lines.rows_of(sub_item, money.amounts, money.totals, sources) for sub_item, money in stated])
    tell(_("Computing the lights"), 3, 4)
    figures.refresh_programme(programme)  # what stands on each until its first report
    return programme


@transaction.atomic
def undo(batch: ImportBatch, *, by: User | None, reason: str) -> None:
    """Take the programme back while nothing was filed on it. Batch and file stay, as the record of it."""
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
    with language.of_the_office():
        title = str(programme)
    _end(locked, State.UNDONE, by=by, reason=reason)
    plans.delete(programme, by=by, reason=reason)
    audit.record("import.undo", locked, by=by, jurisdiction=locked.jurisdiction, reason=reason, programme=title)
    return None


@transaction.atomic
def discard(batch: ImportBatch, *, by: User | None) -> None:
    """Put a staged batch aside: it can no longer be confirmed, and stays with its file as a record."""
    locked = lock(batch, {State.STAGED, State.DISCARDED})
    if locked.state == State.DISCARDED:
        return _only_by(locked, by)
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
    filing: Mapping[int, str],
) -> ImportBatch:
    """Stage and commit in one go; a refusal leaves nothing behind. ``filing``: row of the sheet → name of a unit."""
    batch = None
    try:
        with transaction.atomic():
            batch = stage(file, jurisdiction=jurisdiction, year=year, programme=programme, by=by)
            if batch.is_update:  # it wants a person who looks
                _refuse_again(jurisdiction, year, programme, batch.sha256)
            commit(batch, by=by, choices=choices_by_name(batch, filing))
    except BaseException:
        if batch is not None:
            forget_file(batch)
        raise
    batch.refresh_from_db()
    return batch


def _end(batch: ImportBatch, state: ImportBatch.State, *, by: User | None, reason: str = "") -> None:
    batch.state, batch.programme = state, None
    batch.ended_by, batch.ended_at, batch.ended_reason = by, clock.now(), reason
    batch.save(update_fields=["state", "programme", "ended_by", "ended_at", "ended_reason"])


def _only_by(batch: ImportBatch, by: User | None) -> None:
    """The same step twice by the same person is one step; by another one it is refused."""
    if batch.ended_by != by:
        raise _not_possible(batch)


def lock(batch: ImportBatch, allowed: Collection[str], *, version: int | None = None) -> ImportBatch:
    """The batch as it now stands, held for this transaction; refused where it is in no allowed state."""
    locked = ImportBatch.objects.select_for_update().get(pk=batch.pk)
    if locked.state not in allowed:
        raise _not_possible(locked)
    _same_version(locked, version)
    return locked


def _not_possible(batch: ImportBatch) -> IllegalTransition:
    return IllegalTransition(
        _("This import is “%(state)s”: the step is not possible.") % {"state": batch.get_state_display()}
    )


def _same_version(batch: ImportBatch, version: int | None) -> None:
    if version is not None and version != batch.version:
        raise Conflict(_("Somebody else decided on rows of this import meanwhile. Look at it again, then confirm."))


def _refuse_again(jurisdiction: Jurisdiction, year: int, programme: str, sha256: str) -> None:
    """One programme of a name and year."""
    if Programme.objects.filter(jurisdiction=jurisdiction, year=year, name=programme).exists():
        raise ProgrammeExists(
            _("The programme “%(name)s” of %(year)s of %(jurisdiction)s exists already; it cannot be imported again.")
            % {"name": programme, "year": year, "jurisdiction": jurisdiction}
        )
    refuse_same_file(jurisdiction, sha256, None)


def refuse_same_file(jurisdiction: Jurisdiction, sha256: str, updated: Programme | None) -> None:
    """No file twice: as another programme its money would count twice, as the same one nothing would change.

    What was changed since the file was imported may be set back by it.
    """
    same = Programme.objects.filter(jurisdiction=jurisdiction, source_sha256=sha256).first()
    if same is None:
        return
    if same == updated:
        last = same.import_batches.order_by("-committed_at").first()
        later = SubItemRevision.objects.filter(sub_item__programme=same, number__gt=1)
        if last is None or last.committed_at is None or later.filter(at__gt=last.committed_at).exists():
            return
        raise DomainError(
            _("This very file was imported already, as “%(programme)s”: nothing would change.") % {"programme": same}
        )
    raise DomainError(_("This very file was imported already, as “%(programme)s”.") % {"programme": same})

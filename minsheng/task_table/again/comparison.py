"""A staged table beside the programme it changes: matched, compared, and what of it is still open.

Compared three ways: what the table has as the last one had it is no difference, whatever people made of it since; it
is told apart, and set back to the table only where a person says so. The number of queries grows by ten with each 500
rows, and what is held of those that say nothing new is little.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from itertools import islice
from typing import Any, Final

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from departments.bulk import ROWS_AT_ONCE
from funding.models import FundingSource
from funding.services import lines
from minsheng.collector import paused
from minsheng.progress import tell
from minsheng.task_table import corrections
from minsheng.task_table.again import matching
from minsheng.task_table.again.compared import WITHDRAWN, Comparison, Pair, Row, Same, source_of
from minsheng.task_table.again.matching import Known, Matching
from minsheng.task_table.again.models import TableUpdate
from minsheng.task_table.again.pictures import differences, picture
from minsheng.task_table.again.present import Present, Standing, present_of, standing_of
from minsheng.task_table.carry import same_source, says_nothing_new
from minsheng.task_table.compose import People, called, money_of, plan_of, reading_of
from minsheng.task_table.models import StagedRow
from minsheng.task_table.points import open_of
from minsheng.task_table.reading import RowReading
from projects.models import Project, SubItem
from projects.rules.kinds import kind_of
from projects.rules.responsible import Stated, eligible, must_choose, shares
from projects.services import plans

WRITTEN_WHOLE: Final = {"deliverables", "targets", "responsibilities"}
# What a part of the page is in the review: the part that is corrected there, and its values.
READ_AS: Final[Mapping[str, tuple[str, tuple[str, ...]]]] = {
    "serial": ("name", ("serial",)),
    "category": ("name", ("category",)),
    "project": ("name", ("project",)),
    "content": ("content", ("content", "kind")),
    "deliverables": ("deliverables", ("deliverables",)),
    "targets": ("targets", ("targets",)),
    "deadline": ("deadline", corrections.PARTS["deadline"]),
    "funding": ("money", ("funding", "funding_totals")),
    "responsibilities": ("units", ("units",)),
    "leader": ("people", ("leader",)),
    "contact": ("people", ("contact",)),
    "remarks": ("people", ("remarks",)),
    "extra": ("extra", ("extra",)),
}


@paused()
def compare(update: TableUpdate, sub_items: QuerySet[SubItem] | None = None) -> Comparison:
    """``update``'s table beside its programme; the caller may hand the ``sub_items`` in, locked.

    The rows are read twice, a run of them at a time: once to match them, once to compare them.
    """
    programme = update.programme
    items = present_of(programme, sub_items)
    people, matched, total = _matched(update, items)
    found = Comparison(update, programme, items, matched)
    pairs_of, sources = matched.pairs, lines.all_sources()
    for rows, readings in _runs(update):
        tell(_("Comparing with the programme"), len(found.staged), total)
        passable, blocking = open_of(rows, readings, people)
        found.open_points += passable
        found.blocking += blocking
        _compare(found, rows, readings, people, pairs_of, sources)
        found.staged += rows
        for row in rows:
            del row.reading  # by far the most of it; who asks for it all the same fetches it again
    return found


def _runs(update: TableUpdate) -> Iterator[tuple[list[StagedRow], Sequence[RowReading]]]:
    """The rows that count, with their readings, some at a time."""
    every = update.batch.rows.order_by("position").iterator(chunk_size=ROWS_AT_ONCE)
    rows = (row for row in every if row.is_in)
    while some := list(islice(rows, ROWS_AT_ONCE)):
        yield some, reading_of(update.batch, some).rows


def _matched(update: TableUpdate, items: Mapping[int, Present]) -> tuple[People, Matching, int]:
    """Whom the rows name, which sub-items they are, and how many there are."""
    known: list[Known] = []

    def rows() -> Iterator[StagedRow]:
        for some, readings in _runs(update):
            for row, read in zip(some, readings, strict=True):
                project = called(read.project, read.content)
                known.append(Known(row.row, read.serial, project, read.content, read=_as_read(row)))
                yield row

    people = People(rows())
    matched = matching.match(known, [_known(one) for one in items.values()], _decided(update, items))
    return people, matched, len(known)


def _compare(
    found: Comparison,
    rows: Sequence[StagedRow],
    readings: Sequence[RowReading],
    people: People,
    pairs_of: Mapping[int, int],
    sources: Mapping[str, FundingSource],
) -> None:
    """Put on ``found`` what these rows are, and how they differ from the sub-items they are paired with."""
    keys = [pairs_of[row.row] for row in rows if row.row in pairs_of]
    standing = standing_of([found.items[pk] for pk in keys])
    made = [
        _row(row, read, people, standing.get(pairs_of.get(row.row, 0)))
        for row, read in zip(rows, readings, strict=True)
    ]
    paired = [(row, pairs_of[row.number]) for row in made if row.number in pairs_of]
    pairs = _told_apart([_pair(found, row, found.items[pk], standing[pk], sources) for row, pk in paired])
    differing = [pair for pair in pairs if pair.differences or pair.kept]
    found.pairs += [_lean(pair) for pair in differing]
    found.same += [
        Same(
            pair.row.staged,
            pair.present,
            source_of(pair.present.sub_item, pair.drafted, pair.drafted.source_cells),
        )
        for pair in pairs
        if not (pair.differences or pair.kept)
    ]
    whole = {row.number for row in made if row.must_choose or row.number not in found.matching.sure}
    whole |= {pair.row.number for pair in differing}
    found.rows += [row for row in made if row.number in whole]


def _lean(pair: Pair) -> Pair:
    parts = {one.part for one in (*pair.differences, *pair.kept)}
    return replace(
        pair,
        parts=pair.parts if parts & WRITTEN_WHOLE else None,
        money=pair.money if "funding" in parts else None,
    )


def _told_apart(pairs: list[Pair]) -> list[Pair]:
    """Of what differs, that which the table has as the last one had it: people changed it since. One query."""
    differing = [pair.present.sub_item.pk for pair in pairs if pair.differences]
    last = {row.sub_item_id: row for row in StagedRow.objects.filter(sub_item__in=differing)} if differing else {}
    return [_told(pair, last.get(pair.present.sub_item.pk)) for pair in pairs]


def _told(pair: Pair, last: StagedRow | None) -> Pair:
    if last is None:
        return pair
    kept = [one for one in pair.differences if _as_before(one.part, pair.row.staged, last)]
    return replace(pair, differences=[one for one in pair.differences if one not in kept], kept=kept)


def _known(one: Present) -> Known:
    item = one.sub_item
    project = item.project.name
    as_read = (one.read[0], called(*one.read[1:]), one.read[2]) if one.read else None
    return Known(item.pk, item.serial, project, item.content, item.position, item.status == WITHDRAWN, as_read)


def _as_read(row: StagedRow) -> tuple[str, str, str]:
    read = row.reading
    return read["serial"], called(read["project"], read["content"]), read["content"]


def _decided(update: TableUpdate, items: Mapping[int, Present]) -> dict[int, int]:
    """What people said; of a sub-item that is gone nothing is said."""
    said = {int(row): one["match"] for row, one in update.rows.items() if "match" in one}
    return {row: pk for row, pk in said.items() if pk == matching.NEW or pk in items}


def _row(staged: StagedRow, reading: RowReading, people: People, present: Standing | None) -> Row:
    """The plan of a row. What a person said before of an open name, and who files where the table leaves that open,
    holds until somebody says otherwise.
    """
    plan = plan_of(staged, reading, people, money_of(reading))
    stated: Sequence[Stated] = people.stated(staged)
    filing = people.filing(staged)
    if present is not None:
        stated = [_as_named_before(one, present) for one in stated]
        if filing is None and must_choose(stated) and present.filing:
            among, unit = eligible(stated), present.filing.department
            filing = unit if among is None or unit in among else None
    if present is not None and (list(stated), filing) != (list(people.stated(staged)), people.filing(staged)):
        plan = replace(plan, shares=shares(stated, filing=filing))
    return Row(staged, reading, plan, must_choose=sum(share.files for share in plan.shares) != 1)


def _as_named_before(one: Stated, present: Standing) -> Stated:
    if one.units:
        return one
    before = [
        row.department
        for row in present.responsibilities
        if row.department and row.role == one.role and row.stated_as == one.written
    ]
    return replace(one, units=tuple(before)) if before else one


def _pair(
    found: Comparison, row: Row, present: Present, standing: Standing, sources: Mapping[str, FundingSource]
) -> Pair:
    item, update = present.sub_item, found.update
    drafted = plans.sub_item_of(found.programme, row.plan)
    drafted.status = SubItem.Status.ACTIVE if item.status == WITHDRAWN else item.status
    if "kind" not in row.plan.fields and item.kind != kind_of(item.content):
        drafted.kind = item.kind  # a person said so
    if not drafted.category and item.category == item.source_sheet:
        drafted.category = item.category  # its sheet was called so, and is the only one that is read by now
    parts = plans.parts_of(item, row.plan)
    stated = money_of(row.reading)
    money = lines.rows_of(stated.amounts, stated.totals, sources, year=item.programme.year).of(item)
    new = picture(
        drafted,
        plans.cut(Project, "name", row.plan.project),
        deliverables=parts.deliverables,
        targets=parts.targets,
        responsibilities=parts.responsibilities,
        lines=money.lines,
        totals=money.totals,
    )
    said: Mapping[str, Any] = update.rows.get(str(row.number), {})
    month = date.fromisoformat(said["month"]) if said.get("month") else None
    differing = differences(standing.picture, new)
    refused, set_back = frozenset(said.get("refused", ())), frozenset(said.get("set_back", ()))
    by_itself = row.number in found.matching.sure
    return Pair(row, present, drafted, parts, money, differing, refused, month, by_itself, set_back=set_back)


def _as_before(part: str, row: StagedRow, last: StagedRow) -> bool:
    """Whether the table has the part as the last one had it, and nobody said otherwise in this review."""
    if part not in READ_AS:
        return False
    of, names = READ_AS[part]
    return all(same_source(last.reading, row.reading, name) for name in names) and says_nothing_new(
        last, row, of, names
    )

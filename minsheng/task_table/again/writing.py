"""An update as it was shown, written: revisions, new sub-items, money, their order, and which row said what."""

from collections.abc import Iterable
from datetime import date
from typing import Any, Final

from django.utils.translation import gettext as _

from departments.bulk import update_rows
from departments.models import User
from funding.services import lines
from minsheng import figures
from minsheng.progress import tell
from minsheng.task_table.again.compared import Comparison, Pair, Row, source_of
from minsheng.task_table.again.pictures import CELLS, PARTS
from minsheng.task_table.compose import money_of
from minsheng.task_table.models import StagedRow
from projects.models import Programme, SubItem
from projects.services import plans, revisions, shifts
from projects.services.revisions import Revised

WITHDRAW: Final = "withdraw"
KEEP: Final = "keep"


def month_of(pair: Pair) -> date:
    """From which month the new units of a pair hold: as said, else as proposed."""
    return pair.month or shifts.proposed(pair.present.first_month)


def month_of_new(found: Comparison, row: Row) -> date:
    """From which month a new sub-item is reported on: as said, else the present one."""
    said = found.update.rows.get(str(row.number), {}).get("month")
    return date.fromisoformat(said) if said else max(shifts.proposed(None), found.programme.first_month)


def write(found: Comparison, *, by: User | None) -> None:
    programme, update = found.programme, found.update
    tell(_("Writing the sub-items"), 1, 4)
    document = update.document or update.batch.file_name
    new = [(row.plan, month_of_new(found, row)) for row in found.new]
    made = revisions.add(programme, new, by=by, reason=update.reason, document=document) if new else []
    sources = lines.all_sources()
    stated = [money_of(row.reading) for row in found.new]
    lines.write_all(
        [
            lines.rows_of(money.amounts, money.totals, sources, year=programme.year).of(sub_item)
            for sub_item, money in zip(made, stated, strict=True)
        ]
    )
    revised = [_revised(pair) for pair in found.pairs]
    revised += [Revised(one.present.sub_item, values=one.source) for one in found.same if one.source]
    revised += [
        _withdrawn(one.sub_item, said["reason"])
        for one in found.missing
        if (said := update.missing[str(one.sub_item.pk)])["act"] == WITHDRAW
    ]
    tell(_("Writing the sub-items"), 2, 4)
    revisions.revise(programme, revised, by=by, reason=update.reason, document=document)
    lines.revise(
        [
            (pair.present.sub_item, pair.money)
            for pair in found.pairs
            if pair.money is not None and any(one.part == "funding" for one in pair.accepted)
        ]
    )
    revisions.reorder(programme, _order(found, made))
    _link([(row.staged, item) for row, item in zip(found.new, made, strict=True)], found)
    batch = update.batch
    title = batch.document.get("title") or programme.title
    programme.title, programme.layout = plans.cut(Programme, "title", title), batch.document
    programme.source_file = batch.file.name
    programme.source_name, programme.source_sha256 = batch.file_name, batch.sha256
    programme.save(update_fields=["title", "layout", "source_file", "source_name", "source_sha256"])
    tell(_("Computing the lights"), 3, 4)
    figures.refresh_programme(programme)


def _link(new: Iterable[tuple[StagedRow, SubItem]], found: Comparison) -> None:
    """Keep which row said what of which sub-item: the next table is compared with it."""
    pairs = [*new, *((pair.row.staged, pair.present.sub_item) for pair in found.pairs)]
    pairs += [(one.staged, one.present.sub_item) for one in found.same]
    StagedRow.objects.filter(sub_item__in=[item.pk for _row, item in pairs]).update(sub_item=None)
    for row, item in pairs:
        row.sub_item = item
    update_rows([row for row, _item in pairs], ["sub_item"])


def _order(found: Comparison, made: list[SubItem]) -> list[int]:
    """All sub-items in the order of the table; what it does not name stays behind what it followed."""
    place_of = found.update.batch.place_key()
    row_of = {item: place_of(row) for row, item in found.matching.pairs.items()}
    place = (0, 0)
    keys: list[tuple[tuple[int, int], int, int]] = []
    for pk in found.order:
        place = row_of.get(pk, place)
        keys.append((place, len(keys), pk))
    keys += [(place_of(row.number), -1, item.pk) for row, item in zip(found.new, made, strict=True)]
    return [pk for _place, _number, pk in sorted(keys)]


def _revised(pair: Pair) -> Revised:
    sub_item, drafted = pair.present.sub_item, pair.drafted
    accepted = {one.part: one for one in pair.accepted}
    changes = {name: change for one in accepted.values() for name, change in one.changes.items()}
    values: dict[str, Any] = {name: getattr(drafted, name) for part in accepted for name in PARTS[part]}
    if "status" in accepted:
        values |= {"status": SubItem.Status.ACTIVE, "status_reason": ""}
    plan = {name: new for name, (_old, new) in changes.items()}
    if "funding" in accepted:
        plan["funding"] = pair.row.plan.funding
    values |= source_of(sub_item, drafted, _cells(pair))
    return Revised(
        sub_item,
        values=values,
        project=pair.row.plan.project if "project" in accepted else None,
        parts=pair.parts,
        kinds=accepted.keys() & {"deliverables", "targets", "responsibilities"},
        since=month_of(pair) if pair.hands_over else None,
        changes=changes,
        plan=plan,
    )


def _cells(pair: Pair) -> dict[str, Any]:
    """The cells of the new table; of what was refused those of the old one, as the value is still theirs."""
    old, new = pair.present.sub_item.source_cells, dict(pair.drafted.source_cells)
    taken = {name for one in pair.accepted for name in CELLS.get(one.part, (one.part,))}
    for one in pair.differences:
        for name in CELLS.get(one.part, (one.part,)):
            if one.part in pair.refused and name not in taken and name in old:
                new[name] = old[name]
    return new


def _withdrawn(sub_item: SubItem, reason: str) -> Revised:
    return Revised(
        sub_item,
        values={"status": SubItem.Status.WITHDRAWN, "status_reason": reason},
        changes={"status": [str(sub_item.status), str(SubItem.Status.WITHDRAWN)]},
        plan={"status": str(SubItem.Status.WITHDRAWN)},
        reason=reason,
    )

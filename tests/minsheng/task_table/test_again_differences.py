"""The next table of a programme: differences of rows become revisions, and what stands is not touched."""

from datetime import date
from decimal import Decimal

import pytest

from departments import clock
from departments.errors import DomainError
from departments.models import Department
from minsheng.task_table.again import matching
from minsheng.task_table.again.comparison import compare
from minsheng.task_table.again.services import Said
from projects.models import (
    SubItem,
    Target,
    TargetReading,
)
from tests.factories.funding import FundingReadingFactory
from tests.minsheng.task_table.test_again import changed, confirm, filed, fresh, programme, rewritten, take_proposals

__all__ = ["changed", "programme"]


# --- differences


def test_reworded_row_is_proposed_and_its_differences_are_revisions(programme, stage, changed, importer):
    before = filed()
    item = programme.sub_items.get(serial="6")
    old = item.content

    def edit(rows):
        rows[5][2] = rows[5][2].replace("2023年", "2023年内", 1) + "力争提前。"
        rows[5][3] = "2023年10月底"
        rows[5][4] = "财政资金77万元"
        return rows

    batch = stage(changed(rewritten(edit)))
    assert compare(batch.update).matching.best[8].why == matching.Why.REWORDED
    batch = take_proposals(batch, importer)
    (pair,) = compare(batch.update).changed
    parts = [one.part for one in pair.differences]
    assert parts[0] == "content"
    assert {"deadline", "funding"} <= set(parts)

    confirm(batch, importer, rows={8: Said(refused=["content", "deliverables", "targets"])})

    item.refresh_from_db()
    assert (item.content, item.deadline, item.planned) == (old, date(2023, 10, 31), Decimal(770_000))
    revision = item.revisions.get(number=2)
    assert {"deadline", "deadline_text", "funding"} <= revision.changes.keys()
    assert "content" not in revision.changes
    assert (revision.plan["deadline"], revision.plan["content"]) == ("2023-10-31", old)
    assert item.revisions.get(number=1).plan["deadline"] != "2023-10-31"
    assert filed() == before


def test_lines_and_targets_with_readings_are_superseded_not_deleted(programme, stage, changed, importer):
    with_both = programme.sub_items.filter(targets__tracked=True, funding_lines__isnull=False)
    item = with_both.first()
    report = item.reports.order_by("period__month").first()
    target, line = item.targets.filter(tracked=True).first(), item.funding_lines.first()
    reading = TargetReading.objects.create(report=report, target=target, value=3)
    money = FundingReadingFactory(report=report, line=line)

    def edit(rows):
        row = rows[item.position - 1]
        row[2], row[4] = f"{row[2].partition('。')[0]}。建成示范点8处。", "企业自筹5万元"
        return rows

    batch = take_proposals(stage(changed(rewritten(edit))), importer)
    confirm(batch, importer)

    assert not item.targets.filter(pk=target.pk).exists()
    assert not item.funding_lines.filter(pk=line.pk).exists()
    reading.refresh_from_db()
    money.refresh_from_db()
    assert (reading.target.superseded_at, money.line.superseded_at) == (clock.now(), clock.now())
    item.refresh_from_db()
    assert item.planned == Decimal(50_000)


def test_target_whose_figure_moves_keeps_its_readings(programme, stage, changed, importer):
    target = Target.objects.filter(text__contains="452").first()
    report = target.sub_item.reports.order_by("period__month").first()
    TargetReading.objects.create(report=report, target=target, value=3)
    figure = f"{target.minimum.normalize():f}"

    def edit(rows):
        row = rows[target.sub_item.position - 1]
        row[2] = row[2].replace(figure, "9999")
        return rows

    confirm(take_proposals(stage(changed(rewritten(edit))), importer), importer)

    target.refresh_from_db()
    assert (target.minimum, target.superseded_at, target.readings.count()) == (Decimal(9999), None, 1)


def test_hand_over_is_dated_and_the_old_unit_keeps_what_it_filed(programme, stage, changed, importer):
    before = filed()
    item = programme.sub_items.get(serial="6")
    old = item.responsibilities.get(files=True)

    def edit(rows):
        rows[5][5] = "党政办公室"
        return rows

    batch = stage(changed(rewritten(edit)))
    with pytest.raises(DomainError, match="2023年7月"):
        confirm(batch, importer, rows={8: Said(month=date(2023, 6, 1))})
    old.refresh_from_db()
    assert (old.until, filed()) == (None, before)

    confirm(fresh(batch), importer, rows={8: Said(month=date(2023, 8, 1))})

    old.refresh_from_db()
    now = item.responsibilities.get(files=True, until=None)
    assert (old.until, now.since) == (date(2023, 7, 1), date(2023, 8, 1))
    assert now.department == Department.objects.get(name="党政办公室") != old.department
    assert filed() == before


def test_closed_sub_item_keeps_its_plan(programme, stage, changed, importer):
    SubItem.objects.filter(programme=programme, serial="6").update(status=SubItem.Status.CLOSED)
    plan = ("content", "deadline", "deadline_text", "planned", "status", "source_cells")
    before = SubItem.objects.filter(serial="6").values(*plan).get()

    def edit(rows):
        rows[5][3] = "2023年10月底"
        rows[6][3] = "2023年11月底"
        return rows

    confirm(stage(changed(rewritten(edit))), importer)

    assert SubItem.objects.filter(serial="6").values(*plan).get() == before
    assert SubItem.objects.get(serial="7").deadline == date(2023, 11, 30)

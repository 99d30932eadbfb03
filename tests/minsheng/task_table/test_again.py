"""The same programme again: no month of reports moves to another item, and only what was accepted changes."""

import io
from datetime import date, datetime
from decimal import Decimal

import openpyxl
import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile

from departments import clock
from departments.errors import Conflict, DomainError, IllegalTransition
from departments.models import AuditEvent
from funding.models import FundingLine
from minsheng.task_table import services
from minsheng.task_table.again import matching
from minsheng.task_table.again import services as again
from minsheng.task_table.again.comparison import compare
from minsheng.task_table.again.services import Decisions, Gone, Said
from minsheng.task_table.alike import say_apart
from projects.models import (
    MonthlyReport,
    PeriodFigure,
    Programme,
    ReportingPeriod,
    Responsibility,
    SubItem,
    SubItemRevision,
    Target,
)
from tests.factories.departments import UserFactory
from tests.factories.projects import MonthlyReportFactory

TABLE = settings.BASE_DIR / "fixtures" / "task_table_2023.xlsx"
REST = "新建社区食堂。2023年，在辖区新建社区食堂9处。"
JULY = datetime(2023, 7, 6, 9, 0)  # noqa: DTZ001 Shanghai time


@pytest.fixture
def programme(stage, seed, importer):
    """The programme of the seed with reports of January to June, each saying whose it is."""
    made = services.commit(stage(seed()), by=importer)
    clerk = UserFactory()
    for month in range(1, 7):
        period, _made = ReportingPeriod.objects.get_or_create(
            programme=made,
            month=date(2023, month, 1),
            defaults={
                "opens_on": date(2023, month, 1),
                "due_on": date(2023, month, 25),
                "locks_on": date(2023, month + 1, 5),
            },
        )
        for item in made.sub_items.all():
            MonthlyReportFactory(
                sub_item=item,
                period=period,
                percent=item.position,
                progress=item.content,
                edited_by=clerk,
                state=MonthlyReport.State.APPROVED,
            )
    with clock.at(JULY):
        yield made


@pytest.fixture
def changed():
    """The official table after ``change(sheet)``, as a browser sends it."""

    def make(change, name="调整后.xlsx"):
        book = openpyxl.load_workbook(TABLE)
        change(book.active)
        file = io.BytesIO()
        book.save(file)
        return SimpleUploadedFile(name, file.getvalue())

    return make


def rows_of(sheet):
    """The tasks of the table, from its first one on, each project named in each row; merges are taken apart."""
    first = next(row for row in range(1, 10) if str(sheet.cell(row, 1).value) == "1")
    rows, project = [], None
    for row in range(first, first + 22):
        values = [sheet.cell(row, column).value for column in range(1, 8)]
        project = values[1] = values[1] if values[1] and len(values[1]) > 1 else project
        rows.append(values)
    return first, rows


def rewritten(edit):
    """A change of the table: ``edit(rows)`` gives the new rows; serials are numbered anew."""

    def change(sheet):
        first, rows = rows_of(sheet)
        for merged in list(sheet.merged_cells.ranges):
            if merged.max_row >= first:
                sheet.unmerge_cells(str(merged))
        rows = edit(rows)
        for place in range(max(len(rows), 22)):
            values = rows[place] if place < len(rows) else [None] * 7
            for column, value in enumerate(values, start=1):
                sheet.cell(first + place, column).value = value
            if place < len(rows):
                sheet.cell(first + place, 1).value = place + 1

    return change


def filed():
    """Whose each report is, by its own words, and everything that was kept of it."""
    fields = ("pk", "sub_item", "sub_item__code", "progress", "percent", "department", "state")
    return sorted(MonthlyReport.objects.values_list(*fields))


def written(*tables):
    return [list(table._base_manager.order_by("pk").values()) for table in tables]


DOMAIN = (Programme, SubItem, SubItemRevision, Responsibility, Target, FundingLine, MonthlyReport, PeriodFigure)


def take_proposals(batch, by, **other):
    found = compare(batch.update)
    best = found.matching.best
    said = {row: best[row].item if row in best else matching.NEW for row in found.matching.proposed}
    again.settle(batch, {**said, **other}, by=by)
    return fresh(batch)


def fresh(batch):
    return type(batch).objects.get(pk=batch.pk)


def confirm(batch, by, rows=None, missing=None):
    again.decide(batch, Decisions(rows or {}, missing or {}, "年中调整", "济高新发〔2023〕12号"), by=by)
    batch = fresh(batch)
    return again.commit(batch, by=by, seen=compare(batch.update).marks, version=batch.version)


# --- the same again


def test_same_file_again_changes_nothing_and_says_so(programme, stage, seed):
    before = written(*DOMAIN)

    with pytest.raises(DomainError, match="没有任何变化"):
        stage(seed())

    assert written(*DOMAIN) == before


def test_same_content_in_another_file_is_no_difference(programme, stage, changed, importer):
    batch = stage(changed(lambda sheet: setattr(sheet.cell(40, 20), "value", None)))
    before = written(*DOMAIN)

    found = compare(batch.update)

    assert (len(found.matching.sure), found.matching.proposed, found.changed, found.missing) == (22, {}, [], [])
    assert found.is_the_same
    with pytest.raises(DomainError, match="无须写入"):
        again.commit(batch, by=importer, seen=found.marks, version=batch.version)
    assert written(*DOMAIN) == before


# --- rows that move


def test_row_inserted_in_mid_year_moves_no_report_to_another_item(programme, stage, changed, importer):
    before = filed()
    new = [None, "加强养老服务", REST, "2023年12月底", "财政资金90万元", "财政金融局", "经济发展局"]
    batch = stage(changed(rewritten(lambda rows: [*rows[:7], new, *rows[7:]])))

    found = compare(batch.update)
    assert len(found.matching.sure) == 7
    assert len(found.matching.proposed) == 16  # nobody has confirmed any of them
    with pytest.raises(again.Unsettled):
        again.commit(batch, by=importer, seen=found.marks)
    assert filed() == before

    batch = take_proposals(batch, importer)
    confirm(batch, importer, rows={10: Said(month=date(2023, 7, 1))})

    assert filed() == before
    items = list(programme.sub_items.order_by("position"))
    assert [item.serial for item in items] == [str(n) for n in range(1, 24)]
    for item in items:
        reports = list(item.reports.values_list("progress", flat=True))
        assert reports == ([] if item.content == REST else [item.content] * 6)
    made = items[7]
    assert (made.content, made.code, made.starts_on) == (REST, "MS2023-023", date(2023, 7, 1))
    assert made.responsibilities.get(files=True).since == date(2023, 7, 1)
    assert made.planned == Decimal(900_000)
    moved = items[8].revisions.get(number=2)
    assert moved.changes == {"serial": ["8", "9"]}
    assert (moved.reason, moved.document, moved.by) == ("年中调整", "济高新发〔2023〕12号", importer)


def test_neighbours_that_change_places_keep_their_reports(programme, stage, changed, importer):
    before = filed()

    def swap(rows):
        rows[4], rows[5] = rows[5], rows[4]
        return rows

    batch = stage(changed(rewritten(swap)))
    best = compare(batch.update).matching.best
    fifth, sixth = (programme.sub_items.get(serial=serial).pk for serial in "56")

    assert {row: (one.item, one.why) for row, one in best.items()} == {
        7: (sixth, matching.Why.MOVED),
        8: (fifth, matching.Why.MOVED),
    }
    confirm(take_proposals(batch, importer), importer)
    assert filed() == before
    assert [SubItem.objects.get(pk=pk).serial for pk in (fifth, sixth)] == ["6", "5"]


def test_two_rows_merged_one_goes_on_and_the_other_is_asked(programme, stage, changed, importer):
    before = filed()

    def merge(rows):
        rows[2][2] = f"{rows[2][2]}{rows[3][2]}"
        return [*rows[:3], *rows[4:]]

    batch = take_proposals(stage(changed(rewritten(merge))), importer)
    found = compare(batch.update)
    (gone,) = found.missing

    assert found.new == []
    with pytest.raises(again.Unsettled, match="不再列出"):
        confirm(batch, importer)
    batch = fresh(batch)
    with pytest.raises(again.Unsettled, match="调出原因"):
        confirm(batch, importer, missing={gone.sub_item.pk: Gone("withdraw", " ")})
    confirm(fresh(batch), importer, missing={gone.sub_item.pk: Gone("withdraw", "并入上一项")})

    assert filed() == before
    withdrawn = SubItem.objects.get(status=SubItem.Status.WITHDRAWN)
    assert (withdrawn.pk, withdrawn.status_reason) == (gone.sub_item.pk, "并入上一项")
    assert withdrawn.revisions.last().changes == {"status": ["active", "withdrawn"]}


def test_row_split_in_two_is_one_and_a_new_one(programme, stage, changed, importer):
    before = filed()

    def split(rows):
        whole = rows[2][2]
        half = len(whole) * 2 // 3
        halves = ([*rows[2][:2], text, *rows[2][3:]] for text in (whole[:half], whole[half:]))
        return [*rows[:2], *halves, *rows[3:]]

    batch = take_proposals(stage(changed(rewritten(split))), importer)
    found = compare(batch.update)

    assert (len(found.new), found.missing) == (1, [])
    confirm(batch, importer)
    assert filed() == before
    assert programme.sub_items.count() == 23


def test_one_sub_item_is_not_two_rows(programme, stage, changed, importer):
    batch = stage(changed(rewritten(lambda rows: [*rows[:7], rows[6], *rows[7:]])))
    first = programme.sub_items.first().pk

    with pytest.raises(DomainError, match="同一子项"):
        again.settle(batch, {9: first, 10: first}, by=importer)

    assert fresh(batch).update.rows == {}


def test_sub_item_of_another_programme_cannot_be_chosen(programme, stage, changed, importer):
    again_table = stage(changed(lambda sheet: None), programme="重点工作")
    say_apart(again_table, programme, by=importer)
    other = services.commit(again_table, by=importer)
    batch = stage(changed(rewritten(lambda rows: rows[1:])))

    with pytest.raises(DomainError, match="本年度计划"):
        again.settle(batch, {3: other.sub_items.first().pk}, by=importer)


# --- exactly what was shown


def test_programme_that_changed_since_is_refused_with_what_changed(programme, stage, changed, importer):
    def edit(rows):
        rows[5][3] = "2023年10月底"
        return rows

    batch = stage(changed(rewritten(edit)))
    again.decide(batch, Decisions(reason="年中调整"), by=importer)
    batch = fresh(batch)
    seen = compare(batch.update).marks
    SubItem.objects.filter(serial="6").update(leader="示例领导")
    before = written(*DOMAIN)

    with pytest.raises(Conflict, match="以下子项已有变动：6 "):
        again.commit(batch, by=importer, seen=seen, version=batch.version)

    assert written(*DOMAIN) == before
    assert fresh(batch).is_staged


def test_batch_decided_on_since_is_refused(programme, stage, changed, importer):
    batch = stage(changed(rewritten(lambda rows: rows[1:])))
    again.settle(batch, {3: matching.NEW}, by=importer)

    with pytest.raises(Conflict):
        again.decide(batch, Decisions(reason="年中调整"), by=importer, version=0)
    with pytest.raises(Conflict):
        again.commit(batch, by=importer, seen={}, version=0)


def test_whoever_confirms_twice_writes_once(programme, stage, changed, importer):
    batch = stage(changed(rewritten(lambda rows: [*rows[:5], [*rows[5][:3], "2023年10月底", *rows[5][4:]], *rows[6:]])))
    confirm(batch, importer)
    before = written(*DOMAIN)

    assert again.commit(fresh(batch), by=importer, seen={}) == programme
    with pytest.raises(IllegalTransition):
        again.commit(fresh(batch), by=UserFactory(), seen={})
    assert written(*DOMAIN) == before
    assert AuditEvent.objects.filter(action="import.update").count() == 1


def test_update_is_set_back_by_the_earlier_table_and_not_undone(programme, stage, seed, changed, importer):
    items = list(programme.sub_items.values_list("pk", "position", "serial", "content", "deadline", "planned"))
    batch = stage(changed(rewritten(lambda rows: [*rows[:5], [*rows[5][:3], "2023年10月底", *rows[5][4:]], *rows[6:]])))
    confirm(batch, importer)

    with pytest.raises(DomainError, match="又一次更新"):
        services.undo(fresh(batch), by=importer, reason="误导入")
    with pytest.raises(DomainError, match="后来的任务表"):
        services.undo(programme.import_batches.order_by("pk").first(), by=importer, reason="误导入")
    confirm(stage(seed()), importer)

    assert list(programme.sub_items.values_list("pk", "position", "serial", "content", "deadline", "planned")) == items
    assert SubItem.objects.get(serial="6", programme=programme).revisions.count() == 3


def test_table_of_another_name_can_be_taken_for_an_update(programme, stage, changed, importer):
    batch = stage(changed(lambda sheet: None), programme="民生实事（调整）")
    assert not batch.is_update

    update = again.begin(batch, programme, by=importer)

    assert compare(update).is_the_same
    assert fresh(batch).programme_title == str(programme)


def test_queries_of_a_comparison_and_an_update_do_not_grow(stage, table, importer, django_assert_num_queries):
    for year, count in ((2023, 1), (2024, 3)):
        rows = [("财政金融局", "经济发展局")] * count
        services.commit(stage(table(*rows), year=year), by=importer)
        batch = stage(table(*[(*row, "财政资金7万元") for row in rows]), year=year)
        again.decide(batch, Decisions(reason="年中调整"), by=importer)
        batch = fresh(batch)
        with django_assert_num_queries(19):
            found = compare(batch.update)
        assert len(found.changed) == count
        with django_assert_num_queries(68):
            again.commit(batch, by=importer, seen=found.marks, version=batch.version)

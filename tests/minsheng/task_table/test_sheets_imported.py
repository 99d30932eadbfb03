"""No sheet of a file is imported twice, and each of its sheets can be imported once."""

import pytest
from django.urls import reverse

from departments.errors import DomainError
from funding.models import FundingLine
from minsheng.task_table import services
from minsheng.task_table.again import services as again
from minsheng.task_table.again.comparison import compare
from minsheng.task_table.alike import say_apart
from minsheng.task_table.other_tables import APART, GOES_ON
from minsheng.task_table.reread import reread
from minsheng.task_table.tables import RowsOfAnother, open_tables, say
from projects.models import Programme
from tests.minsheng.task_table.test_rows_kept import book, fresh, tasks


def again_from(file):
    file.seek(0)
    return file


def write_update(batch, by):
    again.decide(fresh(batch), again.Decisions(reason="年中调整"), by=by)
    return again.commit(fresh(batch), by=by, seen=compare(fresh(batch).update).marks)


def lead(name, count, units="财政金融局"):
    return tasks(name, count, leads=units)


def test_earlier_file_of_a_programme_is_no_other_programme(stage, importer):
    first, second = book(甲=lead("项目", 2)), book(甲=lead("项目", 2, "经济发展局"))
    services.commit(stage(first), by=importer)
    write_update(stage(second), importer)
    money = list(FundingLine.objects.values())

    with pytest.raises(DomainError, match="民生实事"):
        stage(again_from(first), "重点工作")
    assert (Programme.objects.count(), list(FundingLine.objects.values())) == (1, money)
    write_update(stage(again_from(first)), importer)  # of the same one it is a further update
    with pytest.raises(DomainError, match="没有任何变化"):
        stage(again_from(first))


def test_one_that_was_staged_before_is_refused_when_confirmed(stage, importer):
    first, second = book(甲=lead("项目", 2)), book(甲=lead("项目", 2, "经济发展局"))
    late = stage(first, "重点工作")
    services.commit(stage(again_from(first)), by=importer)
    write_update(stage(second), importer)

    with pytest.raises(DomainError, match="民生实事"):
        services.commit(late, by=importer)

    assert Programme.objects.count() == 1


def test_second_sheet_of_a_file_becomes_another_programme(client, stage, importer):
    file = book(民生实事=lead("项目", 3), 重点工作=lead("工作", 1))
    first, _lost = say(stage(file), "重点工作", APART, by=importer)
    made = services.commit(first, by=importer)

    other = stage(again_from(file), "重点工作")

    assert (other.sheet_read, other.rows.count()) == ("重点工作", 1)
    client.force_login(importer)
    page = client.get(reverse("task_table:batch", args=[other.pk])).content.decode()
    assert "“民生实事”已作为“济宁高新区2023年民生实事”导入" in page
    with pytest.raises(DomainError, match="民生实事"):
        say(other, "民生实事", GOES_ON, by=importer)
    with pytest.raises(DomainError, match="民生实事"):
        reread(other, sheet="民生实事", mapping={}, version=0, by=importer)
    services.commit(other, by=importer)
    assert (Programme.objects.count(), made.sub_items.count()) == (2, 3)
    with pytest.raises(DomainError, match="此文件已导入"):
        stage(again_from(file), "第三项计划")


def test_next_file_of_a_programme_is_read_from_its_own_sheet(stage, importer):
    file = book(民生实事=lead("项目", 3), 重点工作=lead("工作", 2))
    services.commit(say(stage(file), "重点工作", APART, by=importer)[0], by=importer)
    services.commit(stage(again_from(file), "重点工作"), by=importer)

    batch = stage(book(民生实事=lead("项目", 3), 重点工作=lead("工作", 2, "经济发展局")), "重点工作")

    assert batch.sheet_read == "重点工作"
    assert len(compare(batch.update).matching.sure) == 2
    now, _lost = reread(fresh(batch), sheet="重点工作", mapping={"D": "extra"}, version=0, by=importer)
    assert now.sheet_read == "重点工作"


def test_second_table_of_one_task_is_named(stage):
    batch = stage(book(甲=lead("项目", 3), 乙=lead("工作", 1)))

    assert [(one["code"], one["params"]) for one in batch.document["issues"] if one["field"] == "sheet"] == [
        (
            "other_table",
            {
                "name": "乙",
                "rows": 1,
                "text": "1 工作1 新建工作第1处公园。 2023年12月底 财政资金1万元 财政金融局 财政金融局",
            },
        )
    ]


@pytest.fixture
def next_file(stage, importer):
    """The next table of 民生实事, whose file has that of 重点工作, too, with a row more."""
    file = book(民生=lead("项目", 5), 城建=lead("工作", 4))
    services.commit(say(stage(file), "城建", APART, by=importer)[0], by=importer)
    services.commit(stage(again_from(file), "重点工作"), by=importer)
    return stage(book(民生=lead("项目", 5), 城建=lead("工作", 5)))


def test_rows_of_another_programme_are_read_on_only_with_a_second_word(client, next_file, importer):
    client.force_login(importer)
    address = reverse("task_table:tables", args=[next_file.pk])
    posted = {"table": "城建", "said": GOES_ON, "seen": "", "sheet": "民生"}

    refused = client.post(address, posted)

    text = refused.content.decode()
    assert refused.status_code == 409
    assert "“城建”的5行中有4行是“济宁高新区2023年重点工作”的" in text
    assert 'name="twice"' in text
    assert (fresh(next_file).sheets_read, fresh(next_file).rows.count()) == ({"民生"}, 5)
    assert fresh(next_file).other_tables == {}
    other = Programme.objects.get(name="重点工作")
    assert client.post(address, posted | {"twice": other.pk}).status_code == 302
    assert fresh(next_file).rows.count() == 10
    assert fresh(next_file).other_tables["城建"]["also_in"] == other.pk


def test_a_word_on_another_programme_does_not_do(next_file, importer):
    own = Programme.objects.get(name="民生实事")

    with pytest.raises(RowsOfAnother, match="重点工作"):
        say(next_file, "城建", GOES_ON, by=importer, twice=own.pk)

    assert fresh(next_file).rows.count() == 5


def test_rows_of_the_programme_itself_and_of_none_are_read_on(stage, importer):
    first = say(stage(book(民生=lead("项目", 5), 城建=lead("工作", 4))), "城建", GOES_ON, by=importer)[0]
    services.commit(first, by=importer)

    again = stage(book(民生=lead("项目", 5), 城建六月=lead("工作", 4)))

    assert say(again, "城建六月", GOES_ON, by=importer)[0].rows.count() == 9


def test_what_was_read_on_is_asked_about_again_once_it_is_another_programme(stage, importer):
    first = say(stage(book(民生=lead("项目", 5), 城建=lead("工作", 4))), "城建", GOES_ON, by=importer)[0]
    own = services.commit(first, by=importer)
    other = services.commit(say_apart(stage(book(城建=lead("工作", 4)), "重点工作"), own, by=importer), by=importer)

    batch = stage(book(民生=lead("项目", 5, "经济发展局"), 城建=lead("工作", 4)))

    assert batch.sheets_read == {"民生"}
    assert [one.table.name for one in open_tables(batch)] == ["城建"]
    batch, _lost = say(batch, "城建", GOES_ON, by=importer, twice=other.pk)
    write_update(batch, importer)
    third = stage(book(民生=lead("项目", 5), 城建=lead("工作", 4, "经济发展局")))
    assert (third.sheets_read, open_tables(third)) == ({"民生", "城建"}, [])

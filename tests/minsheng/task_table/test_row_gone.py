"""What is said of a row that somebody took out of the table meanwhile is refused with his name, and what was typed
stays.
"""

import pytest
from django.urls import reverse

from departments.errors import Conflict
from minsheng.task_table import services, steps
from minsheng.task_table.again import matching
from minsheng.task_table.again import services as again
from minsheng.task_table.gone import RowGone
from minsheng.task_table.models import ImportDecision
from minsheng.task_table.other_tables import APART, GOES_ON
from minsheng.task_table.tables import say
from tests.minsheng.task_table.conftest import book
from tests.minsheng.task_table.test_rows_kept import address, fresh, tasks, typed, unit

HTMX = {"HX-Request": "true"}
GONE = "“卫生”第3行已不在表中"


@pytest.fixture
def batch(stage, importer):
    """Row 1003 is the third of 卫生, which is read on."""
    made = stage(book(教育=tasks("学校", 4), 卫生=tasks("医院", 3)))
    return say(made, "卫生", GOES_ON, by=importer)[0]


def apart(batch, by):
    return say(fresh(batch), "卫生", APART, by=by)[0]


def people(batch, **more):
    return {"seen": 0, "leader": "张三局长", "contact": "", "remarks": "", "sheet": batch.sheet_read, **more}


def said_since(batch, version):
    return list(batch.decisions.filter(version__gt=version).values_list("row", "part"))


def test_correction_in_place_is_refused_in_the_row_and_the_form_stays(alice, batch, bob):
    now = apart(batch, bob)

    response = alice.post(address(batch, "part", 1003, "people"), people(batch), headers=HTMX)

    told = response.content.decode()
    assert (response.status_code, response["HX-Retarget"]) == (409, "#row-1003-told")
    assert GONE in told
    assert str(bob) in told
    assert "01-10 09:00" in told
    assert said_since(now, now.version) == []


def test_correction_without_scripts_is_refused_with_what_was_typed(alice, batch, bob):
    form = alice.get(address(batch, "part", 1003, "people")).content.decode()
    mark = form.partition('name="typed_by" value="')[2].partition('"')[0]
    apart(batch, bob)

    response = alice.post(address(batch, "part", 1003, "people"), people(batch, typed_by=mark))

    page = response.content.decode()
    assert response.status_code == 409
    assert GONE in page
    assert "<dt>分管领导</dt>" in page
    assert "张三局长" in page


@pytest.mark.parametrize(
    ("step", "rest", "data"),
    [
        ("leave_out", [1003], {"reason": "重复"}),
        ("ask_again", [1003], {"point": "filing.0"}),
        ("take_back", [1003, "people"], {"seen": 1}),
        ("take_in", [1003], {}),
        ("accept", [], {"point": "1003:filing.0"}),
    ],
)
@pytest.mark.parametrize("headers", [{}, HTMX])
def test_other_steps_are_refused_with_the_name(alice, batch, bob, step, rest, data, headers):
    now = apart(batch, bob)

    response = alice.post(address(batch, step, *rest), data | {"sheet": batch.sheet_read}, headers=headers)

    assert response.status_code == 409
    assert GONE in response.content.decode()
    assert said_since(now, now.version) == []


def test_many_questions_accepted_at_once_are_refused_where_one_row_is_gone(alice, batch, bob):
    now = apart(batch, bob)

    response = alice.post(address(batch, "accept"), {"point": ["2:filing.0", "1003:filing.0"], "sheet": "教育"})

    assert response.status_code == 409
    assert GONE in response.content.decode()
    assert said_since(now, now.version) == []


@pytest.mark.parametrize("step", ["decide", "commit"])
def test_choice_is_refused_and_named_and_the_others_stay_chosen(alice, batch, bob, step):
    data = typed(alice.get(address(batch, "batch")))
    street, other = unit("洸河街道"), unit("柳行街道")
    now = apart(batch, bob)

    chosen = {"row-1003-filing": street, "row-2-filing": other}
    response = alice.post(address(batch, step), data | chosen)

    page = response.content.decode()
    assert response.status_code == 409
    assert GONE in page
    assert "洸河街道" in page[page.index(GONE) :][:200]
    assert response.context["form"]["row-2-filing"].value() == str(other)
    assert "选择已保存" not in page
    assert said_since(now, now.version) == []


def test_choice_on_a_row_left_out_meanwhile_is_refused(alice, batch, bob):
    data = typed(alice.get(address(batch, "batch")))
    steps.leave_out(batch, 3, reason="重复", by=bob)

    response = alice.post(address(batch, "decide"), data | {"row-3-filing": unit("洸河街道")})

    assert response.status_code == 409
    assert f"第3行已由{bob}剔除" in response.content.decode()
    assert fresh(batch).rows.get(row=3).decisions == {}


def test_stale_link_to_a_row_tells_who_took_it_away(alice, batch, bob):
    apart(batch, bob)

    response = alice.get(address(batch, "part", 1003, "people"))

    assert response.status_code == 409
    assert GONE in response.content.decode()
    assert alice.get(address(batch, "part", 999, "people")).status_code == 404


@pytest.fixture
def update(stage, importer):
    """Rows 2 and 1003 of it say what no sub-item says: a person matches them."""
    services.commit(stage(book(教育=tasks("学校", 4, "财政金融局"))), by=importer)
    new = stage(book(教育=tasks("校舍", 4, "财政金融局"), 卫生=tasks("医院", 3, "财政金融局")))
    return say(new, "卫生", GOES_ON, by=importer)[0]


def test_match_is_refused_and_the_others_stay_chosen(alice, update, bob):
    page = alice.get(f"{reverse('task_table:again', args=[update.pk])}?step=match")
    data = {bound.name: value for bound in page.context["form"] if (value := bound.value()) is not None}
    apart(update, bob)

    data["sheet"] = "教育"
    rows = {"row-1003": str(matching.NEW), "row-3": str(matching.NEW)}
    response = alice.post(reverse("task_table:again_match", args=[update.pk]), data | rows)

    text = response.content.decode()
    assert response.status_code == 409
    assert GONE in text
    assert "新增子项" in text[text.index(GONE) :][:200]
    assert response.context["form"]["row-3"].value() == str(matching.NEW)
    assert not fresh(update).decisions.filter(step=ImportDecision.Step.MATCH).exists()


def test_service_keeps_no_match_of_a_row_that_is_gone(update, importer, bob):
    apart(update, bob)

    with pytest.raises(RowGone):
        again.settle(fresh(update), {2: matching.NEW, 1003: matching.NEW}, by=importer)


def test_row_left_out_is_no_row_to_match(update, importer):
    steps.leave_out(update, 1003, reason="重复", by=importer)

    with pytest.raises(Conflict, match="剔除"):
        again.settle(fresh(update), {1003: matching.NEW}, by=importer)

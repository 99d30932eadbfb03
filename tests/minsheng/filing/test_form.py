"""The form as the server draws it: what is unchanged folds, what is missing is said, the next item is at hand."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from projects.models import MonthlyReport, ReportEvent
from tests.factories.funding import FundingLineFactory
from tests.factories.projects import SubItemFactory, TargetFactory
from tests.minsheng.filing.test_views import address, typed
from tests.minsheng.life import MEASURE, approved_in_august, content, draft, submitted

State = MonthlyReport.State


def check(world):
    return reverse("filing:check", args=[world.sub_item.pk, "2023-09"])


def points(response, kind="missing"):
    return [point.field for point in getattr(response.context["check"], kind)]


@pytest.fixture
def filed(world):
    approved_in_august(world)
    return world


@pytest.fixture
def clerk(world, client):
    client.force_login(world.clerk)
    return client


def test_lines_begin_as_last_submitted_and_fold(filed, clerk):
    form = clerk.get(address(filed)).context["form"]
    (target,), (money,) = form.target_lines(), form.money_lines()
    assert [target.boxes[0].field.value(), target.unchanged, target.is_open] == ["200", True, False]
    assert [box.last for box in money.boxes] == ["200.00", "100.00"]
    assert [money.unchanged, money.is_open] == [True, False]
    assert form["percent"].value() is None  # stated anew each month


def test_what_changed_is_wrong_or_never_stated_is_open(filed, clerk):
    target, spent = f"target_{filed.target.pk}", f"spent_{filed.line.pk}"
    wrong = clerk.post(address(filed), typed(filed, **{target: "二百", spent: "100"})).context["form"]
    assert [line.is_open for line in (*wrong.target_lines(), *wrong.money_lines())] == [True, False]
    clerk.post(address(filed), typed(filed, **{target: "200", spent: "101"}))
    saved = clerk.get(address(filed)).context["form"]
    assert [line.is_open for line in (*saved.target_lines(), *saved.money_lines())] == [False, True]


def test_lines_of_the_first_month_are_open(world, clerk):
    form = clerk.get(address(world)).context["form"]
    assert [line.is_open for line in (*form.target_lines(), *form.money_lines())] == [True, True]


def test_what_is_missing_is_said_before_submitting(world, clerk):
    target = f"target_{world.target.pk}"
    assert points(clerk.get(address(world))) == ["percent", "progress", target]
    draft(world, content(world, "40"))
    assert points(clerk.get(address(world))) == ["reason", *MEASURE]


@pytest.mark.parametrize(
    ("changed", "missing", "unusual"),
    [
        ({}, [], []),
        ({"percent": "６０"}, ["reason", "reason", *MEASURE], []),  # fell, and behind
        ({"percent": "六十"}, ["percent"], []),
        ({"progress": " "}, ["progress"], []),
        ({"target": "100"}, ["reason"], ["percent"]),  # fell, and far below what the percent says
        ({"target": "1,00"}, ["target"], []),
        ({"spent": "300"}, [], ["spent"]),
        ({"percent": "", "target": "200", "spent": "100", "is_nil": "on", "nil_reason": "等待验收"}, [], ["percent"]),
        (
            {"percent": "80", "is_nil": "on", "nil_reason": "等待验收"},
            ["percent", "target", "spent"],  # what would not count
            ["percent"],
        ),
    ],
)
def test_the_check_speaks_as_the_submission_would_and_writes_nothing(filed, clerk, changed, missing, unusual):
    names = {"target": f"target_{filed.target.pk}", "spent": f"spent_{filed.line.pk}"}
    asked = typed(filed, **{names.get(name, name): value for name, value in changed.items()})
    before = MonthlyReport.objects.count()
    answer = clerk.post(check(filed), asked)
    assert answer.status_code == 200
    # By the end of September 75 % are scheduled: a nil report at 68 % is within ten points.
    assert points(answer) == [names.get(name, name) for name in missing]
    assert points(answer, "unusual") == [names.get(name, name) for name in unusual]
    assert MonthlyReport.objects.count() == before

    done = clerk.post(address(filed), {**asked, "step": "submit"})
    assert done.status_code == (422 if missing else 302)


def test_the_first_error_gets_the_focus(filed, clerk):
    page = clerk.post(address(filed), typed(filed, percent="x", progress="长" * 4001)).content.decode()
    assert page.count(" autofocus") == 1
    assert 'name="percent"' in page[page.index(" autofocus") - 400 : page.index(" autofocus") + 200]


def test_a_nil_report_takes_one_word_and_one_button(filed, clerk):
    done = clerk.post(address(filed), {"version": "0", "nil_reason": "等待验收", "step": "nil"})
    assert done.status_code == 302
    report = MonthlyReport.objects.get(period=filed.september)
    assert (report.state, report.is_nil, report.percent) == (State.SUBMITTED, True, 68)


LAST = {"percent": "68", "target": "200", "secured": "200", "spent": "100"}  # as submitted in August


def nil_with(filed, **changed):
    """A nil report beside the last figures, but for ``changed``."""
    said = LAST | changed
    boxes = {f"target_{filed.target.pk}": said["target"]}
    boxes |= {f"{stage}_{filed.line.pk}": said[stage] for stage in ("secured", "spent")}
    return {"version": "0", "percent": said["percent"], "progress": "主体完工。", "nil_reason": "等待验收"} | boxes


@pytest.mark.parametrize(
    ("changed", "last"),
    [({"percent": "80"}, "68"), ({"target": "201"}, "200"), ({"spent": "100.5"}, "100"), ({"secured": "0"}, "200")],
)
@pytest.mark.parametrize("way", ["button", "box"])
def test_a_nil_report_with_another_figure_is_refused_in_place(filed, clerk, changed, last, way):
    """However it is sent: the figure stands where it was typed, and nothing is submitted or dropped."""
    sent = nil_with(filed, **changed) | ({"step": "nil"} if way == "button" else {"step": "submit", "is_nil": "on"})
    refused = clerk.post(address(filed), sent)
    assert refused.status_code == 422
    form = refused.context["form"]
    (name,) = form.errors
    assert name.startswith(next(iter(changed)))
    assert f"（{last}" in form.errors[name][0]
    assert form[name].value() == next(iter(changed.values()))
    assert bool(form["is_nil"].value()) == (way == "box")  # the button alone ticks nothing
    assert not MonthlyReport.objects.filter(period=filed.september).exists()

    checked = clerk.post(f"{address(filed)}check/", sent | {"is_nil": "on"})
    assert name in checked.context["check"].fields
    assert checked.context["check"].missing


@pytest.mark.parametrize(
    "changed", [{}, {"percent": ""}, {"target": "", "spent": "", "secured": ""}, {"spent": "100.0"}]
)
def test_a_nil_report_with_the_last_figures_or_none_goes_out(filed, clerk, changed):
    assert clerk.post(address(filed), nil_with(filed, **changed) | {"step": "nil"}).status_code == 302
    report = MonthlyReport.objects.get(period=filed.september)
    assert (report.state, report.is_nil, report.percent) == (State.SUBMITTED, True, 68)
    assert report.funding_readings.get().spent == 1_000_000


def test_a_refused_nil_report_shows_what_the_draft_holds(filed, clerk):
    refused = clerk.post(address(filed), nil_with(filed, percent="") | {"nil_reason": "", "step": "nil"})
    assert refused.status_code == 422
    form = refused.context["form"]
    kept = MonthlyReport.objects.get(period=filed.september)
    assert (form["percent"].value(), kept.percent, form["is_nil"].value()) == ("68", 68, True)
    assert form["nil_reason"].errors
    assert form["progress"].value() == "主体完工。"


@pytest.fixture
def eight(world):
    """Three more items of the unit, after the first."""
    return [world.sub_item] + [
        SubItemFactory(project=world.sub_item.project, lead=world.unit, position=world.sub_item.position + place)
        for place in (1, 2, 3)
    ]


def test_after_submitting_the_next_item_that_waits_is_there(world, eight, clerk):
    again = [clerk.post(address(world), typed(world, step="submit")) for _ in range(2)]
    assert [one.url for one in again] == [address(world, sub_item=eight[1])] * 2
    assert ReportEvent.objects.count() == 1
    last = clerk.post(
        address(world, sub_item=eight[3]), {"version": "0", "percent": "80", "progress": "完成。", "step": "submit"}
    )
    assert last.url == address(world, sub_item=eight[1])  # from the last one back to the first that waits


def test_next_saves_what_was_typed_and_nothing_where_nothing_was(world, eight, clerk):
    second = eight[1]
    untouched = {"version": "0", "percent": "", "progress": "", "step": "next"}
    assert clerk.post(address(world, sub_item=second), untouched).url == address(world, sub_item=eight[2])
    assert not MonthlyReport.objects.exists()

    back = clerk.post(address(world, sub_item=second), {**untouched, "progress": "写了一半", "step": "previous"})
    assert back.url == address(world)
    assert MonthlyReport.objects.get().progress == "写了一半"

    wrong = clerk.post(
        address(world, sub_item=second), {**untouched, "version": "1", "percent": "x", "progress": "再写"}
    )
    assert wrong.status_code == 422
    assert wrong.context["form"]["progress"].value() == "再写"
    ends = clerk.post(address(world, sub_item=eight[3]), untouched)
    assert ends.url == reverse("filing:due")


def test_the_place_among_the_items_of_the_month(world, eight, clerk):
    place = clerk.get(address(world, sub_item=eight[1])).context["place"]
    assert (place.number, place.total, place.waiting) == (2, 4, 3)
    assert (place.before.sub_item, place.after.sub_item) == (eight[0], eight[2])


def test_the_to_do_page_counts_what_is_done(world, eight, clerk):
    submitted(world)
    month = clerk.get(reverse("filing:due")).context["months"][-1]
    assert (month.done, month.total, month.waiting) == (1, 4, 3)
    assert [item.sub_item for item in month.settled_items] == [world.sub_item]


def test_form_and_saving_ask_the_same_however_much_is_asked(world, clerk):
    """Each target and each money line is a box more, and no query more: to open, save, submit, look, and review."""
    approved_in_august(world)
    targets, lines, asked = [world.target], [world.line], []
    reviewer = Client()
    reviewer.force_login(world.office)
    clerk.get(address(world))
    for count in (1, 3):
        targets += TargetFactory.create_batch(count - len(targets), sub_item=world.sub_item)
        lines += FundingLineFactory.create_batch(count - len(lines), sub_item=world.sub_item)
        values = {f"target_{target.pk}": "300" for target in targets}
        values |= {f"{stage}_{line.pk}": "200" for line in lines for stage in ("secured", "spent")}
        asked.append([])
        for step in (None, "save", "submit", None):
            with CaptureQueriesContext(connection) as queries:
                if step is None:
                    assert clerk.get(address(world)).status_code == 200
                else:
                    data = typed(world, **values, version="1" if step == "submit" else "0", step=step)
                    assert clerk.post(address(world), data).status_code == 302
            asked[-1].append(len(queries))
        report = MonthlyReport.objects.get(period=world.september)
        assert (report.target_readings.count(), report.funding_readings.count()) == (count, count)
        with CaptureQueriesContext(connection) as queries:
            assert reviewer.get(reverse("review:report", args=[report.pk])).status_code == 200
        asked[-1].append(len(queries))
        report.events.all().delete()
        report.delete()
    assert asked[0] == asked[1]


@pytest.mark.parametrize("count", [1, 3])
def test_the_form_asks_the_same_however_many_items_there_are(world, clerk, django_assert_num_queries, count):
    for _ in range(count - 1):
        SubItemFactory(project=world.sub_item.project, lead=world.unit)
    draft(world)
    clerk.get(address(world))
    with django_assert_num_queries(34):
        clerk.get(address(world))

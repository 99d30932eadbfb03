"""The parts of a sub-item's page: the strip on top now and then, charts, milestones, the timeline, its neighbours."""

from datetime import date, datetime
from decimal import Decimal

import pytest
from django.urls import reverse

from departments import clock
from departments.permissions import FILE_REPORT, OVERSEE
from projects.models import Light, MonthlyReport, PeriodFigure, SubItem, SubItemRevision, Target
from tests.factories.departments import DepartmentFactory, UserFactory
from tests.factories.funding import FundingLineFactory
from tests.factories.projects import (
    MilestoneFactory,
    MonthlyReportFactory,
    PeriodFigureFactory,
    ProgrammeFactory,
    ReportEventFactory,
    ReportingPeriodFactory,
    ResponsibilityFactory,
    SubItemFactory,
    SubItemRevisionFactory,
    TargetFactory,
    TargetReadingFactory,
)
from tests.minsheng.dashboard.figures import Page

pytestmark = pytest.mark.django_db
State = MonthlyReport.State


@pytest.fixture(autouse=True)
def _twentieth_of_october():
    with clock.at(datetime(2023, 10, 20, 9)):  # noqa: DTZ001 - Shanghai time, the clock's own
        yield


@pytest.fixture
def unit():
    return DepartmentFactory(name="发展软环境保障局", contact="张工", telephone="0537-1234567")


@pytest.fixture
def leader(unit):
    return UserFactory(grants={unit.jurisdiction: [OVERSEE]})


@pytest.fixture
def programme(unit):
    return ProgrammeFactory(jurisdiction=unit.jurisdiction)


def make(programme, unit, **fields):
    return SubItemFactory(programme=programme, lead=unit, **fields)


def period(programme, month):
    return ReportingPeriodFactory(programme=programme, month=date(2023, month, 1))


def page(client, user, sub_item, **asked):
    client.force_login(user)
    return client.get(reverse("dashboard:sub_item", args=[sub_item.pk]), asked)


def headline(client, user, sub_item, **asked):
    return page(client, user, sub_item, **asked).context["headline"]


def test_the_strip_says_how_far_how_late_whose_and_how_much(client, programme, unit, leader):
    sub_item = make(
        programme,
        unit,
        light=Light.YELLOW,
        sentence="截至9月底落后。",
        percent=Decimal("53.3"),
        scheduled_percent=Decimal(75),
        planned=Decimal(50_000_000),
        planned_approx=True,
        secured=Decimal(20_000_000),
    )
    strip = headline(client, leader, sub_item)

    assert (strip.light, strip.sentence) == ("yellow", "截至9月底落后。")
    assert (strip.percent, strip.scheduled, strip.behind) == (Decimal("53.3"), "75.0%", True)
    assert "21.7" in strip.gap
    assert "72" in strip.days
    assert not strip.passed
    assert (strip.unit, [str(one) for one in strip.contacts]) == ("发展软环境保障局", ["张工 0537-1234567"])
    assert "5,000.00" in strip.planned != "5,000.00"
    assert (strip.secured, strip.secured_share, strip.spent, strip.spent_share) == ("2,000.00", "40.0%", "—", "")


@pytest.mark.parametrize(
    ("fields", "days", "passed"),
    [
        ({"deadline": date(2023, 10, 8)}, "12", True),
        ({"deadline": date(2023, 10, 8), "deadline_firm": False}, "12", False),
        ({"deadline": date(2023, 10, 8), "light": Light.BLUE}, "", False),
        ({"deadline": None}, "", False),
    ],
)
def test_days_are_counted_while_there_is_something_to_do(client, programme, unit, leader, fields, days, passed):
    strip = headline(client, leader, make(programme, unit, **fields))

    assert (days in strip.days, bool(strip.days), strip.passed) == (True, bool(days), passed)
    assert strip.firm is fields.get("deadline_firm", True)


@pytest.mark.parametrize(
    ("light", "month", "said"),
    [
        (Light.YELLOW, {}, "九月的原因"),
        (Light.GREEN, {}, ""),  # nothing lags now
        (Light.YELLOW, {"month": "2023-08"}, "八月的原因"),
    ],
)
def test_why_it_lags_and_what_is_done_stands_below_the_light(client, programme, unit, leader, light, month, said):
    sub_item = make(programme, unit, light=light)
    for number, words in ((8, "八月"), (9, "九月")):
        report = {"factor": MonthlyReport.Factor.APPROVAL, "reason": f"{words}的原因", "measure": f"{words}的措施"}
        MonthlyReportFactory(sub_item=sub_item, period=period(programme, number), state=State.APPROVED, **report)
        PeriodFigureFactory(sub_item=sub_item, period=period(programme, number), light=Light.RED)
    MonthlyReportFactory(sub_item=sub_item, period=period(programme, 10), state=State.SUBMITTED, reason="尚未审核")
    seen = page(client, leader, sub_item, **month)
    lag = seen.context["headline"].lag

    assert (lag.reason if lag else "") == said
    assert ("手续审批" in seen.text.partition("headline-facts")[0]) is bool(said)


def test_a_day_of_measures_that_is_over_is_marked(client, programme, unit, leader):
    sub_item = make(programme, unit, light=Light.RED)
    report = {"measure": "倒排工期", "measure_by": date(2023, 10, 31)}
    MonthlyReportFactory(sub_item=sub_item, period=period(programme, 9), state=State.APPROVED, **report)
    for day, passed in ((at(2023, 10, 31), False), (at(2023, 11, 1), True)):
        with clock.at(day):
            seen = page(client, leader, sub_item)
        assert seen.context["headline"].lag.passed is passed
        assert ("badge-passed" in seen.text) is passed


def test_a_section_is_reached_through_its_unit(client, programme, unit, leader):
    section = DepartmentFactory(jurisdiction=unit.jurisdiction, parent=unit, name="城乡统筹")
    strip = headline(client, leader, make(programme, section))

    assert (strip.unit, [one.telephone for one in strip.contacts]) == (section.full_name, ["0537-1234567"])


def test_who_files_is_who_is_called_as_on_the_page_of_who_has_not_filed(client, programme, unit, leader):
    UserFactory(name="张伟", telephone="0537-5550111", grants={unit: [FILE_REPORT]})

    assert [str(one) for one in headline(client, leader, make(programme, unit)).contacts] == ["张伟 0537-5550111"]


def test_a_past_month_is_shown_as_it_was_kept(client, programme, unit, leader):
    now = DepartmentFactory(jurisdiction=unit.jurisdiction)
    sub_item = make(programme, now, percent=Decimal(90), light=Light.GREEN)
    ResponsibilityFactory(sub_item=sub_item, department=unit, files=True, until=date(2023, 8, 1))
    sub_item.responsibilities.filter(department=now).update(since=date(2023, 9, 1))
    august = period(programme, 8)
    period(programme, 9)
    PeriodFigureFactory(
        sub_item=sub_item, period=august, department=unit, percent=Decimal(50), light=Light.RED, sentence="八月之句。"
    )
    MonthlyReportFactory(sub_item=sub_item, period=august, state=State.SUBMITTED)
    seen = page(client, leader, sub_item, month="2023-08")
    strip = seen.context["headline"]

    assert (strip.percent, strip.light, strip.sentence, strip.unit) == (Decimal(50), "red", "八月之句。", unit.name)
    assert strip.waiting == []
    assert "122" in strip.days  # from the last day of August
    assert f'href="{reverse("dashboard:sub_item", args=[sub_item.pk])}"' in seen.text
    assert "2023年8月" in seen.text
    assert headline(client, leader, sub_item).percent == Decimal(90)


def test_each_month_of_the_figures_leads_to_the_summary_as_it_was_then(client, programme, unit, leader):
    sub_item = make(programme, unit, percent=Decimal(90))
    for month in (1, 8):
        PeriodFigureFactory(sub_item=sub_item, period=period(programme, month), percent=Decimal(month))
    fold = Page(page(client, leader, sub_item).text)
    links = [one for one in fold.found if one.tag == "a" and one.within("details", "months-fold")]

    assert [link.text for link in links] == ["2023年1月", "2023年8月"]
    for link, percent in zip(links, (1, 8), strict=True):
        then = client.get(reverse("dashboard:sub_item", args=[sub_item.pk]) + link.attrs["href"])
        assert (then.context["month_unknown"], then.context["headline"].percent) == (False, percent)
        assert str(then.context["point"].period) == link.text


@pytest.mark.parametrize("month", ["2023-12", "2022-08", "nonsense", "2023-13"])
def test_a_month_that_is_none_shows_the_present_and_says_so(client, programme, unit, leader, month):
    period(programme, 9)
    seen = page(client, leader, make(programme, unit, percent=Decimal(90)), month=month)

    assert seen.context["headline"].percent == Decimal(90)
    assert seen.context["month_unknown"]
    assert "callout-yellow seen-from" in seen.text


def test_a_month_without_a_figure_says_so(client, programme, unit, leader):
    period(programme, 9)
    sub_item = make(programme, unit, percent=Decimal(90), sentence="现在之句。")
    strip = headline(client, leader, sub_item, month="2023-09")

    assert (strip.kept, strip.percent, strip.sentence) == (False, None, "")


def test_that_a_report_came_back_is_not_for_assisting_units(client, programme, unit, leader):
    assisting = DepartmentFactory(jurisdiction=unit.jurisdiction)
    sub_item = make(programme, unit, assists=[assisting])
    report = MonthlyReportFactory(sub_item=sub_item, period=period(programme, 10), state=State.RETURNED)
    ReportEventFactory(report=report, to_state=State.RETURNED, comment="数据有误")
    (waiting,) = headline(client, leader, sub_item).waiting
    theirs = page(client, UserFactory(grants={assisting: [FILE_REPORT]}), sub_item)

    assert waiting.reason == "数据有误"
    assert theirs.context["headline"].waiting == []
    assert theirs.context["headline"].filing == "" != headline(client, leader, sub_item).filing
    assert "数据有误" not in theirs.text


def test_the_curve_ends_where_the_figures_end(client, programme, unit, leader):
    sub_item = make(programme, unit)
    for month, percent in ((1, 5), (2, 12)):
        PeriodFigureFactory(
            sub_item=sub_item, period=period(programme, month), percent=percent, scheduled_percent=Decimal("9.9")
        )
    MilestoneFactory(sub_item=sub_item, due_on=date(2023, 12, 20), done_on=None)
    MilestoneFactory(sub_item=sub_item, due_on=date(2024, 3, 1))
    curve = page(client, leader, sub_item).context["curve"]

    assert len(curve.months) == 12
    assert [point.value for point in curve.actual] == [5, 12, *[None] * 10]
    assert [point.shown for point in curve.scheduled[:2]] == ["9.9%", "9.9%"]  # as kept, not as planned since
    assert [(mark.month, mark.done) for mark in curve.milestones] == [(curve.months[11], False)]


def test_without_a_plan_and_figures_there_is_no_curve(client, programme, unit, leader):
    sub_item = make(programme, unit, deadline=None)
    assert page(client, leader, sub_item).context["curve"] is None


def test_targets_of_each_kind_stand_in_one_chart(client, programme, unit, leader):
    sub_item = make(programme, unit)
    report = MonthlyReportFactory(sub_item=sub_item, period=period(programme, 9), state=State.APPROVED)
    kinds = (
        ({"text": "新增托位", "minimum": Decimal(400), "maximum": None}, 100),
        ({"text": "达标率", "kind": Target.Kind.RATE, "minimum": Decimal(95), "maximum": None, "unit": "%"}, 76),
        ({"text": "不超过", "kind": Target.Kind.RATE, "minimum": None, "maximum": Decimal(5), "unit": "%"}, 3),
        ({"text": "办结", "kind": Target.Kind.YES_NO, "minimum": None, "maximum": None, "unit": ""}, 1),
        ({"text": "未报", "minimum": Decimal(60), "maximum": Decimal(60), "approx": True}, None),
    )
    for fields, value in kinds:
        target = TargetFactory(sub_item=sub_item, **fields)
        if value is not None:
            TargetReadingFactory(report=report, target=target, value=value)
    count, rate, most, done, unread = page(client, leader, sub_item).context["goals"].goals

    assert (count.share.value, count.share.shown) == (25, "25.0%")
    assert (rate.share.value, "76%" in rate.share.shown, "[" in rate.name, "[" in count.name) == (80, True, True, False)
    assert (most.share.value, "3%" in most.share.shown) == (None, True)
    assert (done.share.value, done.share.shown == done.goal) == (None, False)
    assert (unread.share.value, unread.share.shown, unread.reached) == (None, "—", "—")
    assert "2023年9月" in count.reached
    assert unread.goal != "60个"


def test_bars_are_of_the_years_lines_with_something_known(client, programme, unit, leader):
    sub_item = make(programme, unit)
    FundingLineFactory(sub_item=sub_item, planned=Decimal(50_000_000), approx=True, secured=Decimal(0), use="照明")
    FundingLineFactory(sub_item=sub_item, planned=None, rate=Decimal("2889.43"))
    FundingLineFactory(sub_item=sub_item, planned=Decimal(390_000), year=2022)
    chart = page(client, leader, sub_item).context["money"].chart
    planned, secured = chart.series

    assert len(chart.categories) == 1
    assert "照明" in chart.categories[0].name
    assert planned.points[0].value == 5000
    assert planned.points[0].shown != "5,000.00"
    assert "5,000.00" in planned.points[0].shown
    assert (secured.points[0].value, secured.points[0].shown) == (0, "0.00")


def test_milestones_are_told_apart_without_colour(client, programme, unit, leader):
    sub_item = make(programme, unit)
    MilestoneFactory(sub_item=sub_item, name="招标", due_on=date(2023, 3, 1), done_on=date(2023, 3, 11))
    MilestoneFactory(sub_item=sub_item, name="开工", due_on=date(2023, 3, 2))
    MilestoneFactory(sub_item=sub_item, name="竣工", due_on=date(2023, 12, 31))
    seen = page(client, leader, sub_item)
    done, overdue, due = seen.context["milestones"]
    strip = seen.context["strip"]

    assert [step.state for step in (done, overdue, due)] == ["done", "overdue", "due"]
    assert "10" in done.word
    assert "232" in overdue.word
    assert [mark.step.number for mark in strip.marks] == [1, 2, 3]
    assert strip.marks[0].y < strip.marks[1].y  # a day apart, so one below the other
    assert strip.marks[0].x < strip.marks[1].x < strip.today < strip.marks[2].x <= strip.width
    assert len(strip.ticks) == 12
    assert "<circle" in seen.text
    assert "<rect" in seen.text
    assert "style=" not in seen.text


def test_the_timeline_has_everything_newest_first(client, programme, unit, leader):
    sub_item = make(programme, unit)
    assisting = DepartmentFactory(jurisdiction=unit.jurisdiction, name="财政金融局")
    ResponsibilityFactory(sub_item=sub_item, department=assisting, role="assist", since=date(2023, 2, 1))
    author = UserFactory(department=unit)
    SubItemRevisionFactory(sub_item=sub_item, number=1, at=at(2023, 1, 5), document="任务表.xlsx")
    SubItemRevisionFactory(
        sub_item=sub_item,
        number=2,
        origin=SubItemRevision.Origin.CHANGE,
        at=at(2023, 9, 5),
        by=author,
        reason="用地调整",
        document="区政府办〔2023〕18号",
        changes={
            "deadline": ["2023-11-30", "2023-12-31"],
            "kind": {"old": "other", "new": "construction"},
            "targets": [[{"text": "新建2所", "marker": "①"}], []],
        },
    )
    same = {"sub_item": sub_item}
    PeriodFigureFactory(**same, period=period(programme, 7), light=Light.GREEN, at=at(2023, 7, 26))
    august = period(programme, 8)
    PeriodFigureFactory(**same, period=august, light=Light.RED, newest=False, at=at(2023, 8, 26))
    correction = PeriodFigure.Cause.CORRECTION
    PeriodFigureFactory(
        **same, period=august, light=Light.YELLOW, sequence=2, cause=correction, reason="核实", at=at(2023, 9, 1)
    )
    timeline = page(client, leader, sub_item).context["timeline"]
    events = [*timeline.first, *timeline.rest]
    revised, corrected, red, green, came, baseline = events

    assert [event.at for event in events] == sorted((event.at for event in events), reverse=True)
    assert revised.actor == f"{unit}·{author}"
    assert revised.comment.startswith("用地调整\n")
    assert "18号" in revised.comment
    kind, deadline, targets = revised.changes  # in the order of the plan, whatever the database keeps
    assert (deadline.old, deadline.new) == ("2023-11-30", "2023-12-31")
    assert (kind.old, kind.new) == (SubItem.Kind.OTHER.label, SubItem.Kind.CONSTRUCTION.label)
    assert (targets.old, targets.new) == ("①新建2所", "—")
    assert [(event.before, event.light) for event in (green, red, corrected)] == [
        ("", "green"),
        ("green", "red"),
        ("red", "yellow"),
    ]
    assert "核实" in corrected.badge
    assert "财政金融局" in came.title
    assert "任务表.xlsx" in baseline.comment


def at(year, month, day):
    return datetime(year, month, day, 9, tzinfo=clock.ZONE)


def test_figures_kept_at_one_moment_stand_the_newest_month_first(client, programme, unit, leader):
    sub_item = make(programme, unit)
    for month in (10, 11, 12):
        PeriodFigureFactory(sub_item=sub_item, period=period(programme, month), at=at(2024, 2, 20))
    titles = [event.title for event in page(client, leader, sub_item).context["timeline"].first]
    assert [title[:8] for title in titles] == ["2023年12月", "2023年11月", "2023年10月"]


@pytest.mark.parametrize(("asked", "count"), [("", 13), ("nonsense", 13), ("reports", 12), ("plan", 1), ("units", 0)])
def test_the_timeline_is_narrowed_by_the_address_and_folds(client, programme, unit, leader, asked, count):
    sub_item = make(programme, unit)
    report = MonthlyReportFactory(sub_item=sub_item, period=period(programme, 9), state=State.SUBMITTED)
    for _step in range(12):
        ReportEventFactory(report=report)
    SubItemRevisionFactory(sub_item=sub_item, number=1)
    seen = page(client, leader, sub_item, events=asked)
    timeline = seen.context["timeline"]

    assert timeline.count == count
    assert (len(timeline.first), len(timeline.rest)) == (min(count, 5), max(count - 5, 0))
    assert ('<details class="events-rest">' in seen.text) is (count > 5)
    assert sum(option.current for option in timeline.options) == 1


@pytest.mark.parametrize(("targets", "helpers", "shown"), [(0, 0, 5), (6, 0, 9), (30, 0, 10), (0, 20, 3)])
def test_more_events_stand_beside_more_targets_and_fewer_below_more_units(
    client, programme, unit, leader, targets, helpers, shown
):
    assists = DepartmentFactory.create_batch(helpers, jurisdiction=programme.jurisdiction)
    sub_item = SubItemFactory(programme=programme, lead=unit, assists=assists)
    TargetFactory.create_batch(targets, sub_item=sub_item)
    report = MonthlyReportFactory(sub_item=sub_item, period=period(programme, 9), state=State.SUBMITTED)
    for _step in range(12):
        ReportEventFactory(report=report)

    assert len(page(client, leader, sub_item).context["timeline"].first) == shown


def test_steps_of_a_draft_are_not_in_others_timelines(client, programme, unit, leader):
    sub_item = make(programme, unit)
    report = MonthlyReportFactory(sub_item=sub_item, period=period(programme, 9), state=State.UNIT_REVIEW)
    ReportEventFactory(report=report, to_state=State.UNIT_REVIEW)

    assert page(client, leader, sub_item).context["timeline"].count == 0
    assert page(client, UserFactory(grants={unit: [FILE_REPORT]}), sub_item).context["timeline"].count == 1


def test_neighbours_are_those_the_reader_sees_in_official_order(client, programme, unit, leader):
    other = DepartmentFactory(jurisdiction=unit.jurisdiction)
    first, foreign, withdrawn, middle, last = (
        make(programme, who, position=place, status=status)
        for place, who, status in (
            (1, unit, "active"),
            (2, other, "active"),
            (3, unit, "withdrawn"),
            (4, unit, "active"),
            (5, unit, "active"),
        )
    )
    period(programme, 9)
    clerk = UserFactory(grants={unit: [FILE_REPORT]})

    def beside(user, sub_item, **asked):
        context = page(client, user, sub_item, **asked).context
        return [one.url if one else None for one in (context["before"], context["after"])]

    def url(sub_item):
        return reverse("dashboard:sub_item", args=[sub_item.pk])

    assert beside(clerk, middle) == [url(first), url(last)]
    assert beside(leader, middle) == [url(foreign), url(last)]
    assert beside(leader, first) == [None, url(foreign)]
    assert beside(leader, last, month="2023-09") == [f"{url(middle)}?month=2023-09", None]
    assert withdrawn.pk


def test_only_who_oversees_is_led_to_the_overview(client, programme, unit, leader):
    sub_item = make(programme, unit)
    overview = reverse("dashboard:overview", args=[programme.pk])

    assert overview in page(client, leader, sub_item).text
    assert overview not in page(client, UserFactory(grants={unit: [FILE_REPORT]}), sub_item).text

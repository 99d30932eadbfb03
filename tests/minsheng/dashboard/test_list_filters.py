"""What a list can be narrowed by: each choice gives exactly the rows its words say, now and at the end of a month."""

from datetime import date, datetime
from decimal import Decimal
from types import SimpleNamespace

import pytest
from django.http import QueryDict

from departments import clock
from departments.permissions import FILE_REPORT, OVERSEE
from minsheng.dashboard import addresses, listing
from minsheng.dashboard.filters import SubItemFilter
from projects.models import Light, MonthlyReport, PeriodFigure, SubItem
from tests.factories.departments import DepartmentFactory, UserFactory
from tests.factories.funding import FundingLineFactory, FundingReadingFactory, FundingSourceFactory
from tests.factories.projects import (
    MilestoneFactory,
    MonthlyReportFactory,
    PeriodFigureFactory,
    ProgrammeFactory,
    ReportEventFactory,
    ReportingPeriodFactory,
    ResponsibilityFactory,
    SubItemFactory,
)

pytestmark = pytest.mark.django_db
State = MonthlyReport.State
MILLION = Decimal(1_000_000)
SEPTEMBER = date(2023, 9, 1)


@pytest.fixture(autouse=True)
def _twentieth_of_october():
    with clock.at(datetime(2023, 10, 20, 9)):  # noqa: DTZ001 - Shanghai time, the clock's own
        yield


@pytest.fixture
def world():
    """Six sub-items, called a to f, and g withdrawn: at the end of September other than now.

    October is being filed until 5 November; September was due on 5 October, August before it.
    """
    programme = ProgrammeFactory()
    first, second, helper = DepartmentFactory.create_batch(3, jurisdiction=programme.jurisdiction)
    section = DepartmentFactory(parent=first)
    august, september, october = (
        ReportingPeriodFactory(programme=programme, month=date(2023, n, 1), due_on=date(2023, n + 1, 5))
        for n in (8, 9, 10)
    )
    made = {"programme": programme}
    a = SubItemFactory(**made, lead=first, light=Light.RED, planned=9 * MILLION, deadline=date(2023, 9, 30))
    b = SubItemFactory(**made, lead=section, light=Light.YELLOW, planned=2 * MILLION, secured=MILLION)
    c = SubItemFactory(**made, lead=second, assists=[helper], light=Light.GREEN, deadline=date(2023, 10, 20))
    money = dict.fromkeys(("planned", "secured", "spent"), MILLION)
    d = SubItemFactory(**made, lead=second, light=Light.GREEN, content="新增托位。", **money)
    e = SubItemFactory(**made, light=Light.GREY, lead=helper, deadline=date(2023, 10, 19))
    f = SubItemFactory(**made, lead=first, light=Light.BLUE, status=SubItem.Status.CLOSED, deadline=date(2023, 3, 1))
    g = SubItemFactory(**made, lead=first, light=Light.RED, status=SubItem.Status.WITHDRAWN, planned=MILLION)
    named = dict(zip("abcdefg", (a, b, c, d, e, f, g), strict=True))
    kept = {
        "a": (Light.RED, 8 * MILLION, None),
        "b": (Light.GREEN, None, None),
        "c": (Light.GREEN, MILLION, MILLION),
        "d": (Light.YELLOW, MILLION, MILLION),
        "f": (Light.BLUE, None, None),
    }
    for name, (light, planned, secured) in kept.items():
        figure = {"planned": planned, "secured": secured, "spent": secured}
        PeriodFigureFactory(sub_item=named[name], period=september, light=light, **figure)
    PeriodFigureFactory(sub_item=a, period=august, light=Light.YELLOW)
    PeriodFigureFactory(sub_item=d, period=august, light=Light.GREEN)
    PeriodFigureFactory(sub_item=g, period=august, light=Light.YELLOW)
    district, central = FundingSourceFactory(code="district"), FundingSourceFactory(code="central")
    FundingLineFactory(sub_item=a, source=district, planned=5 * MILLION)
    FundingLineFactory(sub_item=a, source=central, planned=3 * MILLION, approx=True)
    line = FundingLineFactory(sub_item=d, source=district, planned=MILLION, secured=None, spent=None)
    FundingLineFactory(sub_item=b, source=central, planned=MILLION, year=2022)
    MilestoneFactory(sub_item=a, due_on=date(2023, 9, 30), done_on=date(2023, 10, 2))
    MilestoneFactory(sub_item=b, due_on=date(2023, 10, 20))
    MilestoneFactory(sub_item=d, due_on=date(2023, 10, 19))
    filed(a, september, State.APPROVED, day=6)
    filed(c, september, State.APPROVED, day=2, is_nil=True)
    report = filed(d, september, State.APPROVED, day=5)
    reading = FundingReadingFactory(report=report, line=line, secured=MILLION, spent=MILLION)
    filed(b, september, State.RETURNED, day=5)
    filed(a, october, State.SUBMITTED, day=18)
    filed(d, october, State.DRAFT)
    filed(c, october, State.APPROVED, day=19)
    return SimpleNamespace(
        **named,
        programme=programme,
        leader=UserFactory(grants={programme.jurisdiction: [OVERSEE]}),
        first=first,
        second=second,
        helper=helper,
        section=section,
        september=september,
        reading=reading,
        names={sub_item.pk: name for name, sub_item in named.items()},
        source=lambda code: FundingSourceFactory(code=code).pk,
    )


def filed(sub_item, period, state, *, day=None, **fields):
    report = MonthlyReportFactory(sub_item=sub_item, period=period, state=state, **fields)
    if day:
        at = datetime(2023, 10, day, 9, tzinfo=clock.ZONE)
        ReportEventFactory(report=report, to_state=State.SUBMITTED, at=at)
    if state == State.APPROVED:
        SubItem.objects.filter(pk=sub_item.pk).update(figure_period=period)
    return report


def listed(world, user=None, **asked):
    params = QueryDict(addresses.list_url(world.programme, **asked).partition("?")[2])
    point = listing.point_of(world.programme, params, today=clock.today())
    return listing.list_of(user or world.leader, point, params)


def names(world, user=None, **asked):
    found = listed(world, user, **asked)
    assert found.filter.form.errors == {}
    return "".join(world.names[row.pk] for row in found.rows)


# What is asked, and the rows it gives now and at the end of September.
CHOICES = [
    ({}, "abcdef", "abcdef"),
    ({"light": "behind"}, "ab", "ad"),
    ({"light": "red"}, "a", "a"),
    ({"light": "yellow"}, "b", "d"),
    ({"light": "green"}, "cd", "bc"),
    ({"light": "grey"}, "e", ""),
    ({"light": "blue"}, "f", "f"),
    ({"light": "none"}, "", "e"),
    ({"light": "kept"}, "abcdef", "abcdf"),
    ({"filing": "filed"}, "ac", "acd"),
    ({"filing": "unfiled"}, "bde", "be"),
    ({"filing": "pending"}, "a", ""),
    ({"filing": "missing"}, "", "e"),
    ({"filing": "returned"}, "", "b"),
    ({"filing": "late"}, "", "a"),
    ({"filing": "nil"}, "", "c"),
    ({"filing": "on-time"}, "ac", "d"),
    ({"filing": "waiting"}, "bde", ""),
    ({"filing": "exempt"}, "f", "f"),
    ({"filing": "expected"}, "abcde", "abcde"),
    ({"q": "托位。"}, "d", "d"),
    ({"turned": "worse"}, "ab", "ad"),
    ({"turned": "red"}, "a", "a"),
    ({"turned": "yellow"}, "b", "d"),
    ({"moved": "red"}, "a", "a"),
    ({"moved": "yellow"}, "abg", "adg"),  # a left it for red, g with being withdrawn
    ({"moved": "green"}, "c", "bcd"),
    ({"moved": "blue"}, "f", "f"),
    ({"moved": "grey"}, "e", ""),
    ({"deadline": "overdue"}, "ae", "a"),
    ({"deadline": "soon"}, "c", "ce"),
    ({"milestone": "overdue"}, "d", "a"),
    ({"milestone": "soon"}, "b", "bd"),
    ({"money": "planned"}, "abd", "acd"),
    ({"money": "secured"}, "bd", "cd"),
    ({"money": "spent"}, "d", "cd"),
    ({"money": "undetermined"}, "cef", "bf"),
    ({"source": "none"}, "ab", "c"),
    ({"status": "complete"}, "f", "f"),
    ({"status": "withdrawn"}, "g", "g"),
]


def test_each_choice_gives_what_its_words_say(world):
    found = [(asked, names(world, **asked), names(world, month=SEPTEMBER, **asked)) for asked, _now, _then in CHOICES]

    assert found == CHOICES


def test_every_choice_is_among_them(world):
    tested = {(name, value) for asked, _now, _then in CHOICES for name, value in asked.items()}
    point = listing.point_of(world.programme, {}, today=clock.today())
    form = SubItemFilter({}, queryset=listing.seen(world.leader, point), point=point).form
    offered = {
        (name, value)
        for name, field in form.fields.items()
        if hasattr(field, "choices") and name not in ("month", "unit", "involved")
        for value, _label in field.choices
        if value and not (name == "source" and value != "none")
    }

    assert offered == tested - {("q", "托位。")}


def test_units_stand_for_their_sections(world):
    assert names(world, unit=world.first.pk) == "abf"
    assert names(world, unit=world.helper.pk) == "e"
    assert names(world, involved=world.helper.pk) == "ce"
    assert names(world, unit=world.first.pk, filing="unfiled") == "b"


def test_units_offered_are_units_in_official_order_and_of_this_programme_only(world):
    SubItemFactory(lead=DepartmentFactory(jurisdiction=world.programme.jurisdiction))
    form = listed(world).filter.form
    order = [str(unit.pk) for unit in (world.first, world.second, world.helper)]

    assert [key for key, _name in form.fields["unit"].choices if key] == order
    assert [key for key, _name in form.fields["involved"].choices if key] == order


def test_after_a_hand_over_the_month_is_the_old_units(world):
    old = world.a.responsibilities.get()
    old.until = SEPTEMBER
    old.save()
    ResponsibilityFactory(sub_item=world.a, department=world.second, files=True, since=date(2023, 10, 1))
    world.a.figures.update(department=world.first)

    assert names(world, unit=world.second.pk) == "acd"
    assert names(world, involved=world.first.pk) == "bf"
    assert names(world, month=SEPTEMBER, unit=world.first.pk) == "abf"
    assert names(world, month=SEPTEMBER, involved=world.second.pk) == "cd"


def test_a_source_shows_its_own_money_as_it_stood(world):
    now = listed(world, source=world.source("district"))
    then = listed(world, month=date(2023, 8, 1), source=world.source("district"))
    about = listed(world, source=world.source("central"))

    assert (now.sums.count, now.sums.planned, now.sums.approx) == (2, 6 * MILLION, False)
    assert (now.sums.secured, now.sums.spent) == (MILLION, MILLION)
    assert (then.sums.planned, then.sums.secured, then.sums.spent) == (6 * MILLION, None, None)  # not yet approved
    assert (about.sums.planned, about.sums.approx) == (3 * MILLION, True)
    assert [row.shown_planned for row in now.rows] == [5 * MILLION, MILLION]


def test_a_reading_that_leaves_a_figure_open_is_what_the_table_says(world):
    world.reading.spent = None
    world.reading.save()
    world.reading.line.spent = 7
    world.reading.line.save()

    assert listed(world, source=world.source("district")).sums.spent == 7


def test_without_a_source_only_what_no_line_assigns_is_shown(world):
    now = listed(world, source="none")
    then = listed(world, month=SEPTEMBER, source="none")

    assert [row.shown_planned for row in now.rows] == [MILLION, 2 * MILLION]
    assert (now.sums.planned, now.sums.secured, now.sums.spent) == (3 * MILLION, MILLION, None)
    assert [row.shown_planned for row in then.rows] == [MILLION]


def test_the_list_of_a_month_is_its_figures(world):
    rows = {row.pk: row for row in listed(world, month=SEPTEMBER).rows}
    kept = PeriodFigure.objects.filter(period=world.september, newest=True)

    assert len(rows) == len(kept) + 1
    assert rows[world.e.pk].stood_light == ""
    for figure in kept:
        row = rows[figure.sub_item_id]
        assert (row.stood_light, row.stood_percent, row.stood_sentence) == (
            figure.light,
            figure.percent,
            figure.sentence,
        )
        assert (row.shown_planned, row.shown_secured) == (figure.planned, figure.secured)
    sums = listed(world, month=SEPTEMBER).sums
    assert (sums.planned, sums.secured) == (10 * MILLION, 2 * MILLION)


def test_a_figure_that_replaces_an_earlier_one_is_marked(world):
    PeriodFigure.objects.filter(sub_item=world.d, period=world.september).update(newest=False)
    PeriodFigureFactory(sub_item=world.d, period=world.september, sequence=2, light=Light.RED)

    assert names(world, month=SEPTEMBER, light="red") == "ad"
    assert [row.corrected for row in listed(world, month=SEPTEMBER, light="red").rows] == [False, True]
    assert not any(row.corrected for row in listed(world).rows)


def test_whoever_only_assists_does_not_learn_how_it_was_filed(world):
    user = UserFactory(grants={world.helper: [FILE_REPORT]})

    assert names(world, user) == "ce"
    assert {row.pk: row.filing_seen for row in listed(world, user).rows} == {world.c.pk: "", world.e.pk: "waiting"}
    for asked in ("filed", "pending", "on-time", "nil", "late", "returned"):
        assert names(world, user, filing=asked) == names(world, user, filing=asked, month=SEPTEMBER) == ""
    assert names(world, user, filing="unfiled") == "e"
    assert names(world, UserFactory(grants={world.second: [FILE_REPORT]}), filing="filed") == "c"


@pytest.mark.parametrize("month", ["x", "2023-13", "2023-11", "2022-08", "2023-8-1", "9" * 40])
def test_a_month_that_is_none_is_said_and_the_present_shown(world, month):
    params = QueryDict(f"month={month}")
    point = listing.point_of(world.programme, params, today=clock.today())
    found = listing.list_of(world.leader, point, params)

    assert list(found.filter.form.errors) == ["month"]
    assert point.period is None
    assert found.sums.count == 6

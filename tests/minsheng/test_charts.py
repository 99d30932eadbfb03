"""A chart and its table are the same figures; what is drawn is what charts.js documents."""

import json
import re
from decimal import Decimal

import pytest
from django.template.loader import render_to_string
from django.utils import translation

from minsheng.charts import Bars, Category, Cell, Curve, Goal, Goals, Milestone, Point, Series, Stacked


@pytest.fixture(autouse=True)
def _english():
    with translation.override("en"):
        yield


def lights():
    units = [Category("城建局", "/units/1/"), Category("<教育局>")]
    return Stacked(
        "lights",
        "Lights by unit",
        "Unit",
        units,
        [
            Series("Red light", [Point(1, url="/red/1/"), Point(0)], "red"),
            Series("Green light", [Point(2, url="/green/1/"), Point(None)], "green"),
        ],
    )


def test_stacked_bars_and_their_table():
    chart = lights()
    assert chart.data == {
        "unit": "",
        "categories": [{"name": "城建局", "url": "/units/1/"}, {"name": "<教育局>", "url": ""}],
        "series": [
            {
                "name": "Red light",
                "tone": "red",
                "points": [{"value": 1, "text": "1", "url": "/red/1/"}, {"value": 0, "text": "0", "url": ""}],
            },
            {
                "name": "Green light",
                "tone": "green",
                "points": [{"value": 2, "text": "2", "url": "/green/1/"}, {"value": None, "text": "—", "url": ""}],
            },
        ],
    }
    assert chart.rows == [
        [Cell("城建局", "/units/1/", number=False), Cell("1", "/red/1/"), Cell("2", "/green/1/")],
        [Cell("<教育局>", number=False), Cell("0"), Cell("—")],
    ]
    assert chart.foot == [Cell("Total", number=False), Cell("1"), Cell("2")]


def test_amounts_are_shown_exactly_and_not_known_is_not_nothing():
    amounts = [Point(Decimal("1234.5"), "1,234.50"), Point(None, "Undetermined")]
    chart = Bars(
        "money", "Money", "Source", [Category("a"), Category("b")], [Series("planned", amounts)], "10,000 yuan"
    )
    assert [cell.text for cell in chart.head] == ["Source", "planned (10,000 yuan)"]
    assert [row[1].text for row in chart.rows] == ["1,234.50", "Undetermined"]
    assert [point["value"] for point in chart.data["series"][0]["points"]] == [1234.5, None]
    assert chart.foot == []  # a sum is reckoned where the amounts are


def test_a_plan_curve_with_its_milestones():
    points = [Point(Decimal(10), "10.0%"), Point(None)]
    marks = [Milestone("2023-04", "招标", Decimal(10), done=True)]
    chart = Curve("plan", "Plan", ["2023-04", "2023-05"], points, points, marks, as_of="2023-04")
    assert chart.data["milestones"]["points"] == [{"month": "2023-04", "name": "招标", "value": 10.0, "done": True}]
    assert [[cell.text for cell in row] for row in chart.rows] == [
        ["2023-04", "10.0%", "10.0%", "✓ 招标"],
        ["2023-05", "—", "—", ""],
    ]


def test_goals():
    chart = Goals("goals", "Targets", [Goal("托位", "452个", "380个", Point(Decimal("84.1"), "84.1%"), "/t/")])
    assert chart.data["goals"] == [
        {"name": "托位", "url": "/t/", "hint": "380个 / 452个", "value": 84.1, "text": "84.1%"}
    ]
    assert [cell.text for cell in chart.rows[0]] == ["托位", "452个", "380个", "84.1%"]


def test_a_chart_that_does_not_fit_its_axis_is_refused():
    with pytest.raises(ValueError, match="has 1 of 2 points"):
        Stacked("x", "x", "x", [Category("a"), Category("b")], [Series("s", [Point(1)])])
    with pytest.raises(ValueError, match="as many points"):
        Curve("x", "x", ["2023-04"], [], [])
    with pytest.raises(ValueError, match="no such month"):
        Curve("x", "x", ["2023-04"], [Point(1)], [Point(1)], as_of="2023-05")


def test_the_component_draws_table_and_json_of_the_same_chart():
    chart = lights()
    html = render_to_string("components/chart.html", {"chart": chart})
    written = re.search(r'<script id="lights-data" type="application/json">(.*?)</script>', html, re.DOTALL)
    assert json.loads(written[1]) == chart.data
    assert 'data-chart="stacked" data-source="lights-data"' in html
    assert '<a href="/red/1/">1</a>' in html
    assert "&lt;教育局&gt;" in html
    assert "<教育局>" not in html
    assert html.count("<tr>") == 1 + 2 + 1

"""What the benchmark of the overview measures is a year as the services leave it."""

import sys
from decimal import Decimal
from pathlib import Path

import pytest
from django.urls import reverse

from departments import clock
from funding.sources import by_source
from minsheng.figures import refresh_programme
from projects.models import MonthlyReport, SubItem

BENCHMARKS = Path(__file__).resolve().parents[1] / "benchmarks"
STOOD = ("pk", "figure_period", "planned", "secured", "spent")


@pytest.fixture
def filled(db, monkeypatch):
    monkeypatch.syspath_prepend(str(BENCHMARKS))
    module = __import__("filled")
    yield module
    sys.modules.pop("filled", None)


def test_the_year_written_in_bulk_stands_as_the_services_would_leave_it(filled, client):
    programme, leader = filled.fill(22, 9)
    client.force_login(leader)
    newest = dict(MonthlyReport.objects.newest_approved().values_list("sub_item", "period"))
    before = list(SubItem.objects.order_by("pk").values_list(*STOOD))
    with clock.at(filled.TODAY):
        overview = client.get(reverse("dashboard:overview", args=[programme.pk])).context["overview"]
        refresh_programme(programme)

    assert {row[0]: row[1] for row in before} == newest
    assert list(SubItem.objects.order_by("pk").values_list(*STOOD)) == before
    assert overview.lights[0].value == "22"
    assert overview.filing[1].value == "2"
    every = by_source(SubItem.objects.all(), programme=programme)
    assert sum(one.secured for one in every.values()) == sum(row[3] for row in before)
    assert by_source(SubItem.objects.all(), programme=programme, until=filled.TODAY.date().replace(day=1)) == every
    assert sum(point.value or 0 for point in overview.sources.chart.series[2].points) == Decimal(
        overview.sources.chart.totals[2].value
    )

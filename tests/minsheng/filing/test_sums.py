"""A target that says another figure than the units' shares make: told the filer and whoever reviews."""

import html

import pytest
from django.urls import reverse

from minsheng.filing import services as filing
from minsheng.filing.content import content_of
from minsheng.filing.panel import shares_of
from minsheng.filing.services import findings_of
from minsheng.review.bulk import approve_each
from minsheng.review.queue import queue_of
from projects.models import MonthlyReport, ReportEvent, Taking
from tests.factories.projects import TargetFactory
from tests.minsheng.filing.test_taking import take
from tests.minsheng.filing.test_views import address
from tests.minsheng.life import content, contribute, draft, sheet

State = MonthlyReport.State


@pytest.fixture
def clerk(world, client):
    client.force_login(world.clerk)
    return client


def corrected_after_the_sum(world, clerk, streets, *, then="25"):
    """The sum 300 was taken over; then a street says another share."""
    contribute(world, streets[0], share="270")
    contribute(world, streets[1], share="30")
    take(clerk, world, f"take-sum-{world.target.pk}", percent="75")
    contribute(world, streets[1], share=then)


def test_a_share_changed_after_the_sum_was_taken_is_a_finding_for_filer_and_reviewer(world, streets, clerk):
    corrected_after_the_sum(world, clerk, streets, then="35")
    here = sheet(world)
    (finding,) = findings_of(here, content_of(here.report))
    assert finding.field == f"target_{world.target.pk}"
    assert "填报300，各单位合计现为305" in finding.message
    assert "明湖街道 30→35" in finding.message
    assert finding.message in html.unescape(clerk.get(address(world)).content.decode())

    report = filing.submit(here, by=world.clerk)
    assert ReportEvent.objects.get(report=report).snapshot["warnings"] == [finding.message]
    (row,) = queue_of(world.office)
    assert (row.look.off_sum, row.look.off_target, row.in_bulk) == (True, False, False)
    clerk.force_login(world.office)
    pages = [reverse("review:report", args=[report.pk]), reverse("review:queue")]
    for page in pages:
        assert "与各单位合计不符" in clerk.get(page).content.decode()
    assert finding.message in html.unescape(clerk.get(pages[0]).content.decode())
    (outcome,) = approve_each({report.pk: row.newest_event}, by=world.office)
    assert (outcome.done, MonthlyReport.objects.get().state) == (False, State.SUBMITTED)


def test_a_sum_taken_again_or_changed_back_is_in_order(world, streets, clerk):
    corrected_after_the_sum(world, clerk, streets, then="35")
    take(clerk, world, f"take-sum-{world.target.pk}", percent="75")
    here = sheet(world)
    assert findings_of(here, content_of(here.report)) == []
    contribute(world, streets[1], share=None)
    assert "明湖街道 35→—" in findings_of(sheet(world), content_of(here.report))[0].message
    take(clerk, world, f"sure-sum-{world.target.pk}", percent="75")
    contribute(world, streets[0], share="260")
    here = sheet(world)
    finding = findings_of(here, content_of(here.report))[-1]
    assert "光荷街道 270→260" in finding.message
    assert "明湖街道" not in finding.message  # it had none any more when the sum was taken again


def test_less_than_the_units_say_is_pointed_out_and_more_is_not(world, streets):
    contribute(world, streets[0], share="350")
    draft(world, content(world, "75", reached="300"))
    (finding,) = findings_of(sheet(world), content(world, "75", reached="300"))
    assert "填报300，而各单位合计为350" in finding.message
    assert findings_of(sheet(world), content(world, "75", reached="360")) == []


# the filing unit's own share -----------------------------------------------------------------------------------


def own_desk(world):
    return reverse("filing:contribute", args=[world.sub_item.pk, "2023-09", world.unit.pk])


def test_the_filing_unit_states_its_own_share_beside_the_others(world, streets, clerk):
    contribute(world, streets[0], share="20")
    page = clerk.get(address(world)).content.decode()
    assert "2个单位中1个已填" in page
    assert own_desk(world) in page
    assert "采用合计数" in page
    form = clerk.get(own_desk(world)).context["form"]
    hidden = {name: form[name].value() for name in ("version", "base", "editor")}
    sent = clerk.post(own_desk(world), {**hidden, f"target_{world.target.pk}": "280", "step": "submit"})
    assert (sent.status_code, sent.url) == (302, address(world))
    shares = shares_of(sheet(world).contributed, world.target)
    assert (shares.total, shares.own, shares.asked) == (300, True, 3)
    page = clerk.get(address(world)).content.decode()
    assert "3个单位中2个已填" in page
    assert "其中不含本单位份额" not in page
    take(clerk, world, f"take-sum-{world.target.pk}")
    assert MonthlyReport.objects.get().target_readings.get().value == 300
    # Nobody waits for it: it is not asked for.
    assert [one.unit for one in sheet(world).contributed if one.is_asked] == [unit for unit, _clerk in streets]


def test_without_other_units_there_is_no_own_share(world, clerk):
    assert clerk.get(own_desk(world)).status_code == 404


def test_a_sum_that_would_replace_a_larger_figure_is_asked_about_first(world, streets, clerk):
    contribute(world, streets[0], share="20")
    draft(world, content(world, "75", reached="300"))
    asked = take(clerk, world, f"take-sum-{world.target.pk}", **{f"target_{world.target.pk}": "310"})
    assert asked.status_code == 409
    page = asked.content.decode()
    assert "2个单位中1个的合计为20" in page
    assert f"sure-sum-{world.target.pk}" in page
    assert asked.context["form"][f"target_{world.target.pk}"].value() == "310"  # what was typed is kept
    assert MonthlyReport.objects.get().target_readings.get().value == 300
    done = take(clerk, world, f"sure-sum-{world.target.pk}")
    assert done.url == f"{address(world)}#line-target-{world.target.pk}"
    assert MonthlyReport.objects.get().target_readings.get().value == 20


def test_all_sums_at_once_are_asked_about_too(world, streets, clerk):
    """No button sends it: whoever does is asked at each sum that is less than the figure, and nothing is written."""
    other = TargetFactory(sub_item=world.sub_item, text="改造楼道", position=2)
    contribute(world, streets[0], share="20")
    draft(world, content(world, "75", reached="300"))
    figures = {f"target_{world.target.pk}": "310", f"target_{other.pk}": "5"}
    asked = take(clerk, world, "take-sums", **figures)
    assert (asked.status_code, asked.context["form"].asks_again) == (409, {world.target.pk})
    assert "2个单位中1个的合计为20" in asked.content.decode()
    assert f"sure-sum-{world.target.pk}" in asked.content.decode()
    assert MonthlyReport.objects.get().target_readings.get(target=world.target).value == 300
    assert not Taking.objects.exists()
    assert take(clerk, world, "take-sums", **{**figures, f"target_{world.target.pk}": "20"}).status_code == 302

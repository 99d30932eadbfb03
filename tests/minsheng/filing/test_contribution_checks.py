"""What keeps a unit's contribution back: a share that fell without a word, “nothing new” beside new figures."""

from datetime import datetime
from decimal import Decimal

import pytest
from django.urls import reverse

from departments import clock
from funding.services.readings import LineReading
from minsheng.filing import contribute as contributing
from minsheng.filing import services as filing
from minsheng.filing.content import Content
from minsheng.filing.contribution_checks import Refused
from minsheng.filing.panel import panel_of
from minsheng.review import services as review
from projects.models import Contribution, ContributionVersion
from tests.minsheng.filing.test_assigned_lines import LAST, assign, filed
from tests.minsheng.filing.test_views import address
from tests.minsheng.life import contribute, desk, sheet, submitted

__all__ = ["filed"]


@pytest.fixture
def before(filed, streets):
    """The first street stated a share of 93 in August."""
    report = filed.sub_item.reports.get(period=filed.august)
    with clock.at(datetime(2023, 8, 20, 9)):  # noqa: DTZ001 Shanghai time, as the clock reads it
        review.reopen(report, by=filed.office, reason="补协办情况。")
        contribute(filed, streets[0], share="93", period=filed.august)
        filing.submit(sheet(filed, filed.august), by=filed.clerk)
        review.approve(filed.sub_item.reports.get(period=filed.august), by=filed.office)
    return filed


def sent(client, world, street, step, **typed):
    unit, clerk = street
    client.force_login(clerk)
    url = reverse("filing:contribute", args=[world.sub_item.pk, "2023-09", unit.pk])
    form = client.get(url).context["form"]
    hidden = {name: form[name].value() for name in ("version", "base", "editor")}
    return client.post(url, {**hidden, **typed, "step": step})


# a share that fell -------------------------------------------------------------------------------------------------


def test_a_share_that_fell_wants_a_reason_and_the_panel_shows_both(before, streets, client):
    share = f"target_{before.target.pk}"
    refused = sent(client, before, streets[0], "submit", **{share: "5", "progress": "复核。"})
    assert refused.status_code == 422
    form = refused.context["form"]
    assert list(form.errors) == ["reason"]
    assert "低于上次报送（93）" in form.errors["reason"][0]
    page = refused.content.decode()
    assert 'value="5"' in page
    assert "复核。" in page
    assert ContributionVersion.objects.filter(contribution__report__period=before.september).count() == 0

    done = sent(client, before, streets[0], "submit", **{share: "5", "progress": "复核。", "reason": "原数含邻村。"})
    assert done.status_code == 302
    (row,) = panel_of(sheet(before).contributed).rows
    ((_name, value, last, fell),) = [(one.name, one.value, one.last, one.fell) for one in row.shares]
    assert (value.split()[0], last, fell) == ("5", "93", True)
    client.force_login(before.clerk)
    panel = client.get(address(before)).content.decode()
    assert "原数含邻村。" in panel
    assert "上次" in panel.partition('id="contributions"')[2].partition("</details>")[0]


def test_one_that_may_fall_wants_none(before, streets):
    before.target.cumulative = False
    before.target.save()
    assert contribute(before, streets[0], share="5").snapshot["targets"][0]["last"] == "93.0000"
    assert not desk(before, streets[0][0]).explains


@pytest.mark.parametrize("share", ["93", "94", None])
def test_one_that_did_not_fall_wants_none(before, streets, share):
    contribute(before, streets[0], share=share)


def test_a_first_share_has_nothing_to_fall_from(before, streets):
    version = contribute(before, streets[1], share="5")
    assert version.snapshot["targets"][0]["last"] is None
    (row,) = [row for row in panel_of(sheet(before).contributed).rows if row.one.unit == streets[1][0]]
    assert [(one.last, one.fell) for one in row.shares] == [("", False)]


# nothing new -------------------------------------------------------------------------------------------------------


def test_nothing_new_does_not_take_a_changed_share(before, streets, client):
    share = f"target_{before.target.pk}"
    refused = sent(client, before, streets[0], "nothing", **{share: "300"})
    assert refused.status_code == 422
    assert list(refused.context["form"].errors) == [share]
    assert "（93）" in refused.context["form"].errors[share][0]
    assert 'value="300"' in refused.content.decode()  # what was typed stays
    kept = Contribution.objects.get(report__period=before.september)
    assert (kept.state, kept.versions.count(), kept.readings.get().value) == ("draft", 0, 300)

    assert sent(client, before, streets[0], "nothing", **{share: "93"}).status_code == 302
    assert kept.versions.get().snapshot["is_nil"]


def test_nor_a_share_that_was_cleared(before, streets):
    contribute(before, streets[0], text="", share=None, submit=False)
    with pytest.raises(Refused) as refused:
        contributing.submit(desk(before, streets[0][0]), by=streets[0][1], nothing=True)
    assert [field for field, _message in refused.value.findings] == [f"target_{before.target.pk}"]


def test_nor_a_changed_amount(filed, finance, client):
    assign(filed, finance[0])
    amounts = {f"secured_{filed.line.pk}": "260", f"spent_{filed.line.pk}": "100"}
    refused = sent(client, filed, finance, "nothing", **amounts)
    assert (refused.status_code, list(refused.context["form"].errors)) == (422, [f"secured_{filed.line.pk}"])
    assert "200.00" in refused.context["form"].errors[f"secured_{filed.line.pk}"][0]
    assert not ContributionVersion.objects.exists()
    assert sheet(filed).unread == {filed.line.pk: "财政金融局"}
    assert sent(client, filed, finance, "nothing", **{**amounts, f"secured_{filed.line.pk}": "200"}).status_code == 302
    assert next(iter(sheet(filed).assigned.values())).money == {filed.line.pk: LAST}


def test_a_first_nought_is_nothing_new(world, finance, streets):
    assign(world, finance[0])
    nought = Content(money={world.line.pk: LineReading(None, Decimal(0), Decimal(0))})
    contributing.save(desk(world, finance[0]), nought, by=finance[1], seen_version=0)
    assert contributing.submit(desk(world, finance[0]), by=finance[1], nothing=True).number == 1
    contribute(world, streets[0], text="", share="0", submit=False)
    assert contributing.submit(desk(world, streets[0][0]), by=streets[0][1], nothing=True).number == 1
    contribute(world, streets[1], text="", share="3", submit=False)
    with pytest.raises(Refused):
        contributing.submit(desk(world, streets[1][0]), by=streets[1][1], nothing=True)


def test_the_report_is_submitted_with_what_the_street_said(before, streets):
    contribute(before, streets[0], share="120")
    shot = submitted(before).events.get().snapshot["contributions"][0]
    assert [(one["value"], one["last"]) for one in shot["targets"]] == [("120.0000", "93.0000")]

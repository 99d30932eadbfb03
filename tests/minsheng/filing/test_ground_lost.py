"""A form that is open while its ground goes: the unit becomes the filing one, or nobody's, a line or a target goes, the
month locks, the sub-item is withdrawn. What was typed is shown again with why, and nothing is half written.
"""

from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal

import pytest
from django.urls import reverse

from departments import clock
from departments.errors import Conflict
from minsheng.filing import contribute as contributing
from minsheng.filing import drafts
from minsheng.filing.content import Content
from minsheng.filing.merge import Opened, base_of
from minsheng.filing.settled import present_of
from minsheng.handover.services import Share, hand_over
from minsheng.handover.services import present_of as held_now
from minsheng.review import services as review
from projects.models import Contribution, ContributionVersion, MonthlyReport, Responsibility, SubItem, Target
from projects.services import shifts
from tests.factories.funding import FundingLineFactory
from tests.minsheng.filing.test_assigned_lines import assign, read
from tests.minsheng.filing.test_views import typed as report_typed
from tests.minsheng.life import approved_in_august, content, contribute, desk, draft, sheet, submitted

Role = Responsibility.Role
TEXT = "写了很久的进展。"
SHARE, SECURED = "37", "310"


@pytest.fixture
def street(world, streets, client):
    """A street that assists, reads the money line, and has its form open with the line, a share and a text typed in."""
    approved_in_august(world)
    assign(world, streets[0][0])
    client.force_login(streets[0][1])
    return streets[0]


def address(world, unit=None, name=None):
    args = [world.sub_item.pk, "2023-09", *([unit.pk] if unit else [])]
    return reverse(f"filing:{name or ('contribute' if unit else 'report')}", args=args)


def opened(client, world, unit=None, **changed):
    """The form as it was drawn, filled in."""
    page = client.get(address(world, unit))
    form = page.context["form"]
    hidden = {name: form[name].value() for name in ("version", "base", "editor")}
    money = {f"secured_{world.line.pk}": SECURED, f"spent_{world.line.pk}": "155"}
    mark = page.text.partition('name="typed_by" value="')[2].partition('"')[0]
    boxes = {"progress": TEXT, f"target_{world.target.pk}": SHARE, **money}
    base = report_typed(world) if unit is None else {"step": "save"}
    return base | boxes | hidden | {"typed_by": mark} | changed


def goes_to(world, filing, others=(), since=date(2023, 9, 1)):
    """``filing`` files from September on, ``others`` assist."""
    item = world.sub_item
    assisting = [Share(one, Role.ASSIST, files=False, written=one.name) for one in others]
    rows = held_now([item])[item.pk]
    hand_over(
        item.programme,
        {item.pk: [Share(filing, Role.LEAD, files=True, written=filing.name), *assisting]},
        since=since,
        by=world.office,
        reason="调整",
        seen={item.pk: shifts.token(rows)},
    )


def all_written():
    """What a refused form must not have touched."""
    return (
        list(Contribution.objects.order_by("pk").values()),
        list(ContributionVersion.objects.order_by("pk").values_list("pk", "number")),
        list(MonthlyReport.objects.filter(period__month="2023-09-01").values("version", "progress", "edits", "state")),
    )


def refused(client, url, form, *, status, said, shown=(TEXT, SHARE, SECURED)):
    """The step is refused, by hand and by itself, with ``said`` and all that was typed on the page."""
    before = all_written()
    note = client.post(f"{url}autosave/", form)
    assert all_written() == before
    for step in ("save", "submit"):
        answer = client.post(url, form | {"step": step}, follow=True)
        assert (answer.status_code, answer.redirect_chain) == (status, [])
        page = answer.text
        assert said in page
        for text in shown:
            assert text in page
        assert all_written() == before
    return note


# contributing --------------------------------------------------------------------------------------------------------


def test_the_unit_files_itself_by_now(world, streets, street, client):
    """It may state its own share still; its text and the amounts have no box on that page any more."""
    form = opened(client, world, street[0])
    goes_to(world, street[0], [world.unit, streets[1][0]])
    note = refused(client, address(world, street[0]), form, status=409, said="请直接填入月报")
    assert "请直接填入月报" in note.text
    text_alone = form | {f"secured_{world.line.pk}": "", f"spent_{world.line.pk}": ""}
    shown = (TEXT, SHARE)
    note = refused(client, address(world, street[0]), text_alone, status=409, said="请直接填入月报", shown=shown)
    assert "请直接填入月报" in note.text
    share_alone = text_alone | {"progress": ""}
    assert client.post(address(world, street[0]), share_alone).status_code == 302
    assert Contribution.objects.get().readings.get().value == 37


def test_what_had_been_submitted_before_is_not_passed_off_for_what_is_typed_now(world, streets, street, client):
    """The examiner's case: the form opened after a submission, the text typed anew."""
    contribute(world, street, "先前报送。", "20")
    form = opened(client, world, street[0], **{f"secured_{world.line.pk}": "", f"spent_{world.line.pk}": ""})
    goes_to(world, street[0], [world.unit, streets[1][0]])
    refused(client, address(world, street[0]), form, status=409, said="请直接填入月报", shown=(TEXT, SHARE))


def test_an_untouched_text_moves_away_in_silence(world, streets, street, client):
    contribute(world, street, TEXT, "20")
    same = {f"secured_{world.line.pk}": "200", f"spent_{world.line.pk}": "100"}
    form = opened(client, world, street[0], **same)
    goes_to(world, street[0], [world.unit, streets[1][0]])
    assert client.post(address(world, street[0]), form).status_code == 302


def test_the_unit_is_asked_nothing_more(world, streets, street, client):
    """After a word of its own the page stays; without one there is none, and the typed text is shown all the same."""
    form = opened(client, world, street[0])
    assign(world, None)
    goes_to(world, world.unit, [streets[1][0]])
    refused(client, address(world, street[0]), form, status=404, said="本次未保存")


def test_the_unit_is_asked_nothing_more_after_a_word(world, streets, street, client):
    contribute(world, street, "先前报送。", "20")
    form = opened(client, world, street[0])
    assign(world, None)
    goes_to(world, world.unit, [streets[1][0]])
    refused(client, address(world, street[0]), form, status=409, said="未保存")


def test_the_line_is_taken_back(world, street, client):
    """With its reason, where the unit would have explained a fall."""
    form = opened(client, world, street[0], reason="核减的原因。", **{f"secured_{world.line.pk}": "150"})
    assign(world, None)
    shown = (TEXT, SHARE, "150.00", "核减的原因。")
    note = refused(client, address(world, street[0]), form, status=409, said="已改由其他单位报数", shown=shown)
    assert "已改由其他单位报数" in note.text


def test_the_month_locks(world, street, client):
    form = opened(client, world, street[0])
    with clock.at(datetime(2023, 10, 6, 9, tzinfo=clock.ZONE)):
        refused(client, address(world, street[0]), form, status=409, said="锁定")


def test_the_month_locks_and_the_line_is_taken_back(world, street, client):
    """Where no form is shown any more, what has no box stands among what was typed."""
    form = opened(client, world, street[0])
    assign(world, None)
    with clock.at(datetime(2023, 10, 6, 9, tzinfo=clock.ZONE)):
        refused(client, address(world, street[0]), form, status=409, said="锁定", shown=(TEXT, SHARE, "310.00万元"))


def test_the_report_leaves_its_unit(world, street, client):
    form = opened(client, world, street[0])
    submitted(world, content(world))
    refused(client, address(world, street[0]), form, status=409, said="月报已")


def test_the_target_leaves_the_plan(world, street, client):
    form = opened(client, world, street[0])
    Target.objects.filter(pk=world.target.pk).update(tracked=False)
    refused(client, address(world, street[0]), form, status=409, said="已有调整")


def test_the_sub_item_is_withdrawn(world, street, client):
    form = opened(client, world, street[0])
    SubItem.objects.update(status=SubItem.Status.WITHDRAWN)
    refused(client, address(world, street[0]), form, status=404, said="本次未保存")


def test_what_is_asked_changes_while_the_form_is_on_its_way(world, streets, street):
    """The page was read before the hand-over, the desk is written after it."""
    here = desk(world, street[0])
    opened_with = Opened(base_of(here.present), "form")
    goes_to(world, street[0], [world.unit, streets[1][0]])
    said = replace(here.present, progress=TEXT)
    with pytest.raises(Conflict, match="已有调整"):
        contributing.save(here, said, by=street[1], seen_version=0, opened=opened_with)
    assert not Contribution.objects.exists()


# filing --------------------------------------------------------------------------------------------------------------


@pytest.fixture
def clerk(world, client):
    approved_in_august(world)
    client.force_login(world.clerk)
    return client


def test_the_report_is_handed_over(world, streets, clerk):
    """A line of it that is read elsewhere since among what was typed."""
    form = opened(clerk, world)
    assign(world, streets[1][0])
    goes_to(world, streets[0][0], [streets[1][0]])
    note = refused(
        clerk, address(world), form, status=403, said="由光荷街道填报", shown=(TEXT, SHARE, "310.00万元", "75")
    )
    assert "由光荷街道填报" in note.text


def test_the_plan_loses_a_target_and_the_percent(world, clerk):
    form = opened(clerk, world, percent="76")
    Target.objects.filter(pk=world.target.pk).update(tracked=False)
    SubItem.objects.update(progress_kind=SubItem.ProgressKind.MILESTONES)
    note = refused(clerk, address(world), form, status=409, said="任务安排已有调整", shown=(TEXT, SHARE, "76"))
    assert "任务安排已有调整" in note.text
    left = {name: value for name, value in form.items() if not name.startswith(("target_", "percent"))}
    assert clerk.post(address(world), left).status_code == 302
    assert MonthlyReport.objects.get(period=world.september).progress == TEXT


def test_the_plan_loses_a_line(world, clerk):
    form = opened(clerk, world)
    world.line.superseded_at = clock.now()
    world.line.save()
    FundingLineFactory(sub_item=world.sub_item)
    refused(clerk, address(world), form, status=409, said="任务安排已有调整", shown=(TEXT, SHARE, "310.00"))


def test_the_filing_month_locks_and_a_line_is_assigned(world, finance, clerk):
    form = opened(clerk, world)
    assign(world, finance[0])
    with clock.at(datetime(2023, 10, 6, 9, tzinfo=clock.ZONE)):
        refused(clerk, address(world), form, status=409, said="锁定", shown=(TEXT, SHARE, "310.00万元"))


def test_the_report_is_submitted_by_a_colleague(world, clerk):
    form = opened(clerk, world)
    report = submitted(world, content(world))
    refused(clerk, address(world), form, status=409, said="已报送")
    review.approve(MonthlyReport.objects.get(pk=report.pk), by=world.office)
    refused(clerk, address(world), form, status=409, said="审核通过")


def test_a_target_leaves_the_plan_while_the_form_is_on_its_way(world, clerk):
    here = sheet(world)
    begun = present_of(here)
    opened_with = Opened(base_of(begun), "form")
    Target.objects.filter(pk=world.target.pk).update(tracked=False)
    more = replace(begun, progress=TEXT, targets={world.target.pk: Decimal(37)})
    with pytest.raises(Conflict, match="任务安排已有调整"):
        drafts.save_draft(here, more, by=world.clerk, seen_version=0, opened=opened_with)
    assert not MonthlyReport.objects.filter(period=world.september).exists()
    drafts.save_draft(here, replace(begun, progress=TEXT), by=world.clerk, seen_version=0, opened=opened_with)


# assigning and asking ------------------------------------------------------------------------------------------------


def test_a_reason_for_an_exception_is_shown_where_the_item_was_handed_over(world, streets, clerk):
    url = address(world, name="exception")
    with clock.at(datetime(2023, 10, 6, 9, tzinfo=clock.ZONE)):
        mark = clerk.get(url).text.partition('name="typed_by" value="')[2].partition('"')[0]
        form = {"reason": TEXT, "wished_until": "2023-10-12", "typed_by": mark}
        Responsibility.objects.filter(department=world.unit).update(files=False, role=Role.ASSIST)
        answer = clerk.post(url, form)
    assert (answer.status_code, TEXT in answer.text, "本次未保存" in answer.text) == (403, True, True)


def test_what_one_reader_typed_is_no_others(world, finance, streets, client):
    """The line goes on to a third unit while the second types."""
    approved_in_august(world)
    assign(world, finance[0])
    client.force_login(finance[1])
    form = opened(client, world, finance[0])
    assign(world, streets[0][0])
    refused(client, address(world, finance[0]), form, status=404, said="本次未保存")
    read(world, streets[0])
    assert Content(money=desk(world, streets[0][0]).present.money).money
    assert draft(world).funding_readings.count() == 0

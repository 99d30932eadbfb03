"""Taking over what other units contributed: once, under its author's name, and pointed out where it changes later."""

from decimal import Decimal

import pytest
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from departments.permissions import FILE_REPORT
from minsheng.demo.contributions import shares
from minsheng.filing.panel import panel_of, shares_of
from minsheng.filing.taking import is_taking, placed
from minsheng.review import services as review
from minsheng.review.versions import compared, versions_of
from projects.models import MonthlyReport, Taking, Target
from tests.factories.departments import DepartmentFactory, UserFactory
from tests.factories.projects import ResponsibilityFactory, TargetFactory
from tests.minsheng.filing.test_views import address, typed
from tests.minsheng.life import contribute, draft, sheet, submitted

State = MonthlyReport.State


@pytest.fixture
def clerk(world, client):
    client.force_login(world.clerk)
    return client


def opened(client, world, **changed):
    form = client.get(address(world)).context["form"]
    hidden = {name: form[name].value() for name in ("version", "base", "editor")}
    return {**typed(world), **hidden, **changed}


def take(client, world, step, **changed):
    return client.post(address(world), opened(client, world, step=step, **changed))


def panel(world):
    return panel_of(sheet(world).contributed)


def of_target(world):
    return shares_of(sheet(world).contributed, world.target)


def key(world, street):
    return next(one.contribution.pk for one in sheet(world).contributed if one.unit == street[0])


def test_texts_come_below_what_is_typed_each_under_its_units_name(world, streets, clerk):
    contribute(world, streets[0], "已完成入户。")
    contribute(world, streets[1], "完成公示。")
    done = take(clerk, world, "take-texts", progress="主体完工。", problems="资金不足。")
    assert (done.status_code, done.url) == (302, f"{address(world)}#group-progress")
    report = MonthlyReport.objects.get()
    assert report.progress == "主体完工。\n光荷街道：已完成入户。\n明湖街道：完成公示。"
    assert (report.problems, report.state) == ("资金不足。", State.DRAFT)  # what was typed is saved with it
    rows = panel(world).rows
    assert [(row.taken.number, row.taken.taking.by, row.is_new) for row in rows] == [(1, world.clerk, False)] * 2
    page = clerk.get(address(world)).content.decode()
    assert "采用（第1次提交）" in page  # authorship stays visible


def test_one_text_is_taken_by_itself(world, streets, clerk):
    contribute(world, streets[0], "已完成入户。")
    contribute(world, streets[1], "完成公示。")
    take(clerk, world, f"take-text-{key(world, streets[1])}")
    assert MonthlyReport.objects.get().progress == "主体完工。\n明湖街道：完成公示。"
    assert [row.one.unit.name for row in panel(world).new] == ["光荷街道"]


def test_a_change_after_it_was_taken_is_pointed_out_and_taken_in_its_place(world, streets, clerk):
    contribute(world, streets[0], "已完成入户。", "20")
    take(clerk, world, "take-texts", progress="开头。")
    contribute(world, streets[0], "已完成入户。", "25")  # another figure: the text is the same
    assert not panel(world).rows[0].is_new
    contribute(world, streets[0], "入户全部完成。", "25")
    (row,) = panel(world).rows
    assert (row.is_new, row.taken.was, row.taken.number, row.one.newest.number) == (True, "已完成入户。", 1, 3)
    assert "采用之后又有改动" in clerk.get(address(world)).content.decode()
    take(clerk, world, "take-texts", progress="开头。\n光荷街道：已完成入户。\n结尾。")
    assert MonthlyReport.objects.get().progress == "开头。\n光荷街道：入户全部完成。\n结尾。"
    assert [taking.version.number for taking in Taking.objects.order_by("pk")] == [1, 3]


def test_whoever_rewrote_the_text_gets_the_new_one_below(world, streets, clerk):
    contribute(world, streets[0], "已完成入户。")
    take(clerk, world, "take-texts", progress="")
    contribute(world, streets[0], "入户全部完成。")
    take(clerk, world, "take-texts", progress="光荷街道入户基本完成。")
    assert MonthlyReport.objects.get().progress == "光荷街道入户基本完成。\n光荷街道：入户全部完成。"


def test_what_merely_reads_the_same_is_not_taken(world, streets, clerk):
    """That the words stand there already says nothing of who wrote them: versions are compared, not texts."""
    contribute(world, streets[0], "完工。")
    draft(world)
    assert [row.one.unit.name for row in panel(world).new] == ["光荷街道"]
    take(clerk, world, "take-texts", progress="主体完工。")
    assert MonthlyReport.objects.get().progress == "主体完工。\n光荷街道：完工。"


def test_sums_stand_in_the_box_and_changes_are_told(world, streets, clerk):
    contribute(world, streets[0], share="120")
    contribute(world, streets[1], "无数。", None)
    done = take(clerk, world, f"sure-sum-{world.target.pk}")
    assert done.url == f"{address(world)}#line-target-{world.target.pk}"
    report = MonthlyReport.objects.get()
    assert (report.target_readings.get().value, report.progress) == (120, "主体完工。")
    assert (of_target(world).taken.by, of_target(world).changed) == (world.clerk, [])

    contribute(world, streets[0], share="125")
    contribute(world, streets[1], share="30")
    assert [(part.unit, part.was, part.value) for part in of_target(world).changed] == [
        ("光荷街道", "120", "125"),
        ("明湖街道", "—", "30"),
    ]
    (line,) = clerk.get(address(world)).context["form"].target_lines()
    assert (line.total, line.differs_from_total, line.is_open) == (155, True, True)
    assert MonthlyReport.objects.get().target_readings.get().value == 120  # nothing changes by itself
    take(clerk, world, "take-sums", **{f"target_{world.target.pk}": "120"})
    assert MonthlyReport.objects.get().target_readings.get().value == 155
    assert of_target(world).changed == []


def test_all_sums_leave_out_what_does_not_add_up(world, streets, clerk):
    rate = TargetFactory(sub_item=world.sub_item, text="满意率", kind=Target.Kind.RATE)
    contribute(world, streets[0], share="120")
    take(clerk, world, "take-sums", **{f"target_{world.target.pk}": "100", f"target_{rate.pk}": "90"})
    report = MonthlyReport.objects.get()
    assert dict(report.target_readings.values_list("target", "value")) == {world.target.pk: 120, rate.pk: 90}
    nothing = take(clerk, world, f"take-sum-{rate.pk}")
    assert nothing.status_code == 302
    assert Taking.objects.count() == 1


def test_a_second_click_takes_once(world, streets, clerk):
    contribute(world, streets[0], "已完成入户。")
    form = opened(clerk, world, step="take-texts")
    assert [clerk.post(address(world), form).status_code for _ in range(3)] == [302] * 3
    report = MonthlyReport.objects.get()
    assert (report.progress, Taking.objects.count()) == ("主体完工。\n光荷街道：已完成入户。", 1)


def test_a_stale_tab_overwrites_nothing(world, streets, clerk):
    contribute(world, streets[0], "已完成入户。")
    draft(world)
    stale = opened(clerk, world, step="take-texts", progress="旧窗口写的。")
    take(clerk, world, "take-texts", progress="本月完成主体施工。")
    refused = clerk.post(address(world), stale)
    assert refused.status_code == 409
    page = refused.content.decode()
    assert "旧窗口写的。" in page
    assert "光荷街道：已完成入户。" in page
    assert MonthlyReport.objects.get().progress == "本月完成主体施工。\n光荷街道：已完成入户。"


def test_a_colleague_who_takes_the_same_at_once_changes_nothing(world, streets, clerk):
    contribute(world, streets[0], "已完成入户。")
    draft(world)
    stale = opened(clerk, world, step="take-texts", progress="本月完成主体施工。")
    take(clerk, world, "take-texts", progress="本月完成主体施工。")
    clerk.force_login(UserFactory(grants={world.unit: [FILE_REPORT]}))
    assert clerk.post(address(world), stale).status_code == 302
    assert MonthlyReport.objects.get().progress == "本月完成主体施工。\n光荷街道：已完成入户。"


@pytest.mark.parametrize(
    ("changed", "said"),
    [({"progress": "长" * 3998}, "4000"), ({"is_nil": "on", "nil_reason": "等"}, "零报告")],
)
def test_what_cannot_be_taken_is_refused_and_nothing_is_lost(world, streets, clerk, changed, said):
    contribute(world, streets[0], "已完成入户。")
    refused = take(clerk, world, "take-texts", **changed)
    assert refused.status_code == 409
    assert said in refused.content.decode()
    assert refused.context["form"]["progress"].value() == changed.get("progress", "主体完工。")
    assert not Taking.objects.exists()
    assert not MonthlyReport.objects.filter(version__gt=0).exists()


def test_a_co_lead_may_take_over_into_the_draft_and_an_assisting_unit_may_not(world, streets, client):
    contribute(world, streets[0])
    lead = DepartmentFactory(jurisdiction=world.jurisdiction)
    ResponsibilityFactory(sub_item=world.sub_item, department=lead, order=5)
    client.force_login(streets[1][1])
    assert client.post(address(world), typed(world, step="take-texts")).status_code == 403
    assert not Taking.objects.exists()
    client.force_login(UserFactory(grants={lead: [FILE_REPORT]}))
    assert take(client, world, "take-texts").status_code == 302
    assert Taking.objects.count() == 1


def test_nothing_is_taken_once_the_report_has_left_the_unit(world, streets, clerk):
    contribute(world, streets[0])
    form = opened(clerk, world, step="take-texts")
    submitted(world)
    assert clerk.post(address(world), form).status_code == 409
    assert not Taking.objects.exists()


@pytest.mark.parametrize(
    ("step", "taking"),
    [
        *((step, True) for step in ("take-texts", "take-sums", "take-text-12", "take-sum-1")),
        *((step, False) for step in ("save", "12", "take-text-", "take-sum-x", "take-text-１２x", "take-")),
    ],
)
def test_which_buttons_take(step, taking):
    assert is_taking(step) is taking


LINE = st.text(alphabet="甲乙丙：。", min_size=1, max_size=4)


@given(st.lists(LINE, max_size=4), LINE, LINE)
def test_a_text_has_one_place(lines, before, text):
    """Where the text taken before stands by itself, once, the new one takes its place; else it comes below."""
    progress = "\n".join(lines)
    after = placed(progress, text, before=before).split("\n")
    if lines.count(before) == 1:
        assert after == [text if line == before else line for line in lines]
    else:
        assert after == [*lines, text]
    assert placed(progress, text, before="").split("\n") == [*lines, text]


@given(st.integers(0, 100_000))
def test_the_demos_shares_add_up(total):
    parts = shares(Decimal(total)).values()
    assert sum(parts) == total
    assert min(parts) >= 0


# for the reviewers -------------------------------------------------------------------------------------------------


def test_the_reviewer_reads_all_of_it_and_what_changed_between_versions(world, streets, client):
    contribute(world, streets[0], "已完成入户。", "20")
    report = submitted(world)
    client.force_login(world.office)
    page = client.get(reverse("review:report", args=[report.pk]))
    assert [row.one.unit.name for row in page.context["panel"].rows] == ["光荷街道"]
    assert "已完成入户。" in page.content.decode()
    assert "采用文字" not in page.content.decode()

    review.send_back(report, by=world.office, comment="请核实。")
    returned = client.get(reverse("review:report", args=[report.pk]))
    contribute(world, streets[0], "入户全部完成。", "25")
    contribute(world, streets[1], "补报。", "30")
    assert returned.context["panel"] is None  # the unit's own again
    assert "入户全部完成。" not in client.get(reverse("review:report", args=[report.pk])).content.decode()

    submitted(world)
    versions = versions_of(MonthlyReport.objects.get(pk=report.pk), world.office)
    lines = {line.label: line for line in compared(*versions)}
    text = lines["光荷街道协办情况"]
    assert ("".join(piece.text for piece in text.before), "".join(piece.text for piece in text.after)) == (
        "已完成入户。",
        "入户全部完成。",
    )
    share = lines[f"光荷街道：{world.target.text}"]
    assert ([piece.text for piece in share.before], [piece.text for piece in share.after]) == (["20 个"], ["25 个"])
    new = lines["明湖街道协办情况"]
    assert (new.before, [piece.text for piece in new.after]) == ([], ["补报。"])


def test_the_sub_item_page_shows_them_to_leads_office_oversight_and_to_their_author(world, streets, client):
    contribute(world, streets[0], "甲街道写的。", "20")
    contribute(world, streets[1], "乙街道写的。", "30")
    url = reverse("dashboard:sub_item", args=[world.sub_item.pk])

    def seen(person):
        client.force_login(person)
        page = client.get(url).content.decode()
        return [text for text in ("甲街道写的。", "乙街道写的。") if text in page]

    both = ["甲街道写的。", "乙街道写的。"]
    assert seen(world.clerk) == both  # co-leads and the filing unit see the draft with all of it
    assert [seen(person) for person in (world.office, world.leader)] == [[], []]  # a draft is within the unit
    client.force_login(streets[0][1])
    own = client.get(url)
    assert [(one.unit, one.month) for one in own.context["own_contributions"]] == [("光荷街道", "2023年9月")]
    assert client.get(own.context["own_contributions"][0].url).status_code == 200

    report = submitted(world)
    assert [seen(person) for person in (world.office, world.leader)] == [both, both]
    assert seen(streets[0][1]) == []  # the report itself is not approved yet
    review.approve(report, by=world.office)
    assert [seen(one[1]) for one in streets] == [["甲街道写的。"], ["乙街道写的。"]]

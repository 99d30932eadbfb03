"""Two forms of one draft: what only one changed is taken, what both changed is shown to a person."""

import json
from datetime import datetime
from decimal import Decimal

import pytest
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from departments import clock
from departments.permissions import FILE_REPORT
from minsheng.filing.content import Content, content_of
from minsheng.filing.drafts import FieldsConflict
from minsheng.filing.merge import Choice, Opened, base_of, digest, flat, merge
from projects.models import MonthlyReport
from tests.factories.departments import UserFactory
from tests.minsheng.filing.test_views import address, typed
from tests.minsheng.life import content, draft, submitted

TEXTS = st.sampled_from(["", "甲", "乙", "丙"])
CONTENTS = st.builds(
    Content,
    percent=st.sampled_from([None, Decimal(40), Decimal("40.0"), Decimal(60)]),
    progress=TEXTS,
    problems=TEXTS,
    is_nil=st.booleans(),
    targets=st.fixed_dictionaries({1: st.sampled_from([None, Decimal(1), Decimal(2)])}),
)


@given(CONTENTS, CONTENTS, CONTENTS)
def test_each_field_is_mine_theirs_or_a_clash(base, present, mine):
    merged = merge(Opened(base_of(base)), present, mine, marks={})
    was, now, new, got = (flat(one) for one in (base, present, mine, merged.content))
    for name, value in got.items():
        assert digest(value) in {digest(now[name]), digest(new[name])}  # nothing is invented
        if name in merged.clashes:
            assert name == "is_nil" or len({digest(side[name]) for side in (was, now, new)}) == 3
        elif digest(new[name]) != digest(was[name]):
            assert digest(value) == digest(new[name])  # what was typed is not lost
        else:
            assert digest(value) == digest(now[name])  # what the other saved is not lost


def test_an_unknown_base_takes_nothing_that_differs():
    merged = merge(Opened(None), Content(progress="甲"), Content(progress="乙"), marks={})
    assert merged.clashes == ["progress"]


def test_a_form_writes_again_what_it_wrote_itself():
    """Its answer was lost on the way: it still knows the older base."""
    base, present, mine = Content(), Content(progress="甲"), Content(progress="甲乙")
    for form, clashes in (("mine", []), ("another", ["progress"])):
        merged = merge(Opened(base_of(base), "mine"), present, mine, marks={"progress": {"form": form}})
        assert merged.clashes == clashes


@pytest.mark.parametrize(("which", "kept"), [("mine", "乙"), ("theirs", "甲"), ("joined", "甲\n乙")])
def test_a_settled_clash_is_what_was_chosen_of_what_was_seen(which, kept):
    present, mine = Content(progress="甲"), Content(progress="乙")
    settled = Opened(base_of(Content()), choices={"progress": Choice(which, digest("甲"))})
    assert merge(settled, present, mine, marks={}).content.progress == kept
    # Meanwhile it has changed again: chosen was something else.
    assert merge(settled, Content(progress="丙"), mine, marks={}).clashes == ["progress"]


def test_a_nil_report_does_not_sweep_away_what_the_other_typed():
    base, figures, nil = Content(percent=Decimal(40)), Content(percent=Decimal(60)), Content(Decimal(40), is_nil=True)
    assert merge(Opened(base_of(base)), figures, nil, marks={}).clashes == ["is_nil"]
    assert merge(Opened(base_of(base)), nil, figures, marks={}).clashes == ["is_nil"]


# on the pages ------------------------------------------------------------------------------------------------------


def opened(world, client, **changed):
    """The form as it is opened now, with what is typed into it."""
    form = client.get(address(world)).context["form"]
    hidden = {name: form[name].value() for name in ("version", "base", "editor")}
    return {**typed(world), **hidden, **changed}


@pytest.fixture
def two(world, client):
    """A draft stands; two people of the unit have its form open, and have typed nothing new yet."""
    draft(world, content(world))
    colleague = UserFactory(grants={world.unit: [FILE_REPORT]})
    client.force_login(world.clerk)
    same = {"progress": "本月完成主体施工。", f"spent_{world.line.pk}": "100"}
    return world, client, colleague, opened(world, client, **same), opened(world, client, **same)


def as_(client, person, data, url):
    client.force_login(person)
    return client.post(url, data)


def test_other_fields_merge_in_silence(two):
    world, client, colleague, mine, theirs = two
    assert as_(client, colleague, theirs | {"problems": "资金不足。"}, address(world)).status_code == 302
    assert as_(client, world.clerk, mine | {"next_steps": "加快施工。"}, address(world)).status_code == 302
    report = MonthlyReport.objects.get()
    assert (report.problems, report.next_steps) == ("资金不足。", "加快施工。")
    assert report.edits["problems"]["by"].endswith(str(colleague))


def test_the_same_field_shows_both_texts_and_one_is_chosen(two):
    world, client, colleague, mine, theirs = two
    as_(client, colleague, theirs | {"problems": "资金不足。"}, address(world))
    mine |= {"problems": "用地未批。", "next_steps": "加快施工。"}
    refused = as_(client, world.clerk, mine, address(world))
    assert refused.status_code == 409
    page = refused.content.decode()
    assert all(text in page for text in ("资金不足。", "用地未批。", str(colleague)))
    report = MonthlyReport.objects.get()
    assert (report.problems, report.next_steps) == ("资金不足。", "")  # nothing was written

    (row,) = refused.context["form"].clash_rows()
    assert as_(client, world.clerk, mine, address(world)).status_code == 409  # not chosen: asked again
    chosen = mine | {"choose_problems": "joined", "seen_problems": row.clash.seen}
    assert as_(client, world.clerk, chosen, address(world)).status_code == 302
    report = MonthlyReport.objects.get()
    assert (report.problems, report.next_steps) == ("资金不足。\n用地未批。", "加快施工。")


def test_what_the_other_changed_alone_is_shown_beside_the_clash(two):
    """It would look lost, and is not: it stands in its box, and may be written on."""
    world, client, colleague, mine, theirs = two
    spent = f"spent_{world.line.pk}"
    as_(
        client, colleague, theirs | {"problems": "资金不足。", "next_steps": "甲写打算。", spent: "101"}, address(world)
    )
    refused = as_(client, world.clerk, mine | {"problems": "用地未批。"}, address(world))
    form = refused.context["form"]
    shown = {name: form[name].value() for name in ("problems", "next_steps", spent)}
    assert (refused.status_code, shown) == (409, {"problems": "用地未批。", "next_steps": "甲写打算。", spent: "101"})
    assert "他人修改了" in refused.content.decode()

    (row,) = form.clash_rows()
    hidden = {name: form[name].value() for name in ("version", "base", "editor")}
    chosen = {"choose_problems": "mine", "seen_problems": row.clash.seen}
    again = mine | shown | hidden | chosen | {"next_steps": "甲写打算，乙补充。"}
    assert as_(client, world.clerk, again, address(world)).status_code == 302
    report = MonthlyReport.objects.get()
    assert (report.problems, report.next_steps) == ("用地未批。", "甲写打算，乙补充。")
    assert report.funding_readings.get().spent == 1_010_000


def test_what_somebody_else_wrote_is_looked_at_before_it_is_submitted(two):
    world, client, colleague, mine, theirs = two
    as_(client, colleague, theirs | {"problems": "资金不足。"}, address(world))
    sent = as_(client, world.clerk, mine | {"step": "submit"}, address(world))
    assert (sent.status_code, sent.url) == (302, address(world))
    assert MonthlyReport.objects.get().state == MonthlyReport.State.DRAFT


# while typing ------------------------------------------------------------------------------------------------------


def autosave(world):
    return reverse("filing:autosave", args=[world.sub_item.pk, "2023-09"])


def test_what_is_typed_is_kept_quietly(world, client):
    client.force_login(world.clerk)
    begun = opened(world, client)
    answer = client.post(autosave(world), begun)
    assert answer.status_code == 200
    assert "已自动保存 09:00" in answer.content.decode()
    report = MonthlyReport.objects.get()
    assert (report.version, report.progress, report.state) == (1, "主体完工。", MonthlyReport.State.DRAFT)

    # The form stays open, knows what it has saved, and goes on.
    base = answer.context["base"]
    again = client.post(autosave(world), begun | {"base": base, "version": "1"})
    assert (again.status_code, MonthlyReport.objects.get().version) == (204, 1)
    more = client.post(address(world), begun | {"base": base, "version": "1", "progress": "主体完工，开始装修。"})
    assert more.status_code == 302
    assert MonthlyReport.objects.get().progress == "主体完工，开始装修。"


def test_an_untouched_form_makes_no_draft(world, client):
    client.force_login(world.clerk)
    form = client.get(address(world)).context["form"]
    shown = {name: form[name].value() for name in form.fields}
    data = {name: value for name, value in shown.items() if value is not None and value is not False}
    assert client.post(autosave(world), data).status_code == 204
    assert not MonthlyReport.objects.exists()


def test_a_half_written_draft_is_not_kept(world, client):
    client.force_login(world.clerk)
    answer = client.post(autosave(world), opened(world, client, percent="七"))
    assert "进度（%）" in answer.content.decode()
    assert not MonthlyReport.objects.exists()


def test_saving_by_itself_overwrites_nobody(two):
    world, client, colleague, mine, theirs = two
    as_(client, colleague, theirs | {"problems": "资金不足。"}, address(world))
    answer = as_(client, world.clerk, mine | {"next_steps": "加快施工。"}, autosave(world))
    assert "存在问题" in answer.content.decode()
    # The form still shows the empty box; saved again, it does not empty the other's text.
    again = mine | {"next_steps": "加快施工。再加快。", "version": "3", "base": answer.context["base"]}
    as_(client, world.clerk, again, autosave(world))
    report = MonthlyReport.objects.get()
    assert (report.problems, report.next_steps) == ("资金不足。", "加快施工。再加快。")


@pytest.mark.parametrize(("by", "told"), [("colleague", "他人修改了"), ("clerk", "您在另一窗口修改了")])
def test_a_change_of_ones_own_in_another_window_is_not_somebody_elses(two, by, told):
    world, client, colleague, mine, theirs = two
    as_(client, {"colleague": colleague, "clerk": world.clerk}[by], theirs | {"problems": "资金不足。"}, address(world))
    mine |= {"next_steps": "加快施工。"}
    page = as_(client, world.clerk, mine, autosave(world)).content.decode()
    assert f"{told}：存在问题。" in page
    client.post(address(world), mine | {"step": "submit", "measure": "倒排工期。"})
    page = client.get(address(world)).content.decode()
    assert f"已保存，尚未报送。{told}：存在问题。请再看一遍后报送。" in page


def test_a_clash_keeps_nothing_back_but_its_own_field(two):
    """Told by name, with the way to the choice; again and again until it is settled, which no saving by itself does."""
    world, client, colleague, mine, theirs = two
    as_(client, colleague, theirs | {"problems": "资金不足。"}, address(world))
    mine |= {"problems": "用地未批。", "next_steps": "加快施工。"}
    answer = as_(client, world.clerk, mine, autosave(world))
    page = answer.content.decode()
    assert "data-saved" not in page  # the page still has something that is not kept
    assert f"尚未保存：存在问题（{colleague}于09:00改过）。" in " ".join(page.split())
    assert "其他内容已于09:00自动保存。" in page
    assert "查看两份内容并选择" in page
    report = MonthlyReport.objects.get()
    assert (report.problems, report.next_steps) == ("资金不足。", "加快施工。")

    mine |= {"next_steps": "再加快。", "version": answer.context["version"], "base": answer.context["base"]}
    refused = as_(client, world.clerk, mine, address(world))
    (row,) = refused.context["form"].clash_rows()
    chosen = mine | {"choose_problems": "mine", "seen_problems": row.clash.seen}
    answer = as_(client, world.clerk, chosen | {"next_steps": "又加快。"}, autosave(world))
    assert 'href="#clash-problems"' in answer.content.decode()
    report = MonthlyReport.objects.get()
    assert (report.problems, report.next_steps) == ("资金不足。", "又加快。")
    chosen |= {"next_steps": "又加快。", "version": answer.context["version"], "base": answer.context["base"]}
    assert as_(client, world.clerk, chosen, address(world)).status_code == 302
    assert MonthlyReport.objects.get().problems == "用地未批。"


def test_figures_beside_a_nil_report_are_not_kept_in_part(world, client, request):
    with clock.at(datetime(2023, 8, 20, 9)):  # noqa: DTZ001 Shanghai time, as the clock reads it
        submitted(world, content(world), period=world.august)  # the nil report carries what the draft says
    world, client, colleague, mine, theirs = request.getfixturevalue("two")
    as_(client, colleague, theirs | {"is_nil": "on", "nil_reason": "等"}, address(world))
    before = content_of(MonthlyReport.objects.get(period=world.september))
    answer = as_(client, world.clerk, mine | {"percent": "80", "next_steps": "加快施工。"}, autosave(world))
    page = answer.content.decode()
    assert "尚未保存：零报告" in page
    assert "自动保存" not in page
    assert content_of(MonthlyReport.objects.get(period=world.september)) == before


def test_texts_that_are_too_long_together_are_not_joined(two):
    world, client, colleague, mine, theirs = two
    as_(client, colleague, theirs | {"progress": "甲" * 2500}, address(world))
    mine |= {"progress": "乙" * 2500, "problems": "用地未批。"}
    (row,) = as_(client, world.clerk, mine, address(world)).context["form"].clash_rows()
    joined = mine | {"choose_progress": "joined", "seen_progress": row.clash.seen}
    refused = as_(client, world.clerk, joined, address(world))
    assert refused.status_code == 409
    assert "合计5001字，超过上限4000字" in refused.content.decode()
    (row,) = refused.context["form"].clash_rows()  # and may be chosen again
    assert (row.mine, row.theirs) == ("乙" * 2500, "甲" * 2500)
    report = MonthlyReport.objects.get()
    assert (report.progress, report.problems) == ("甲" * 2500, "")
    shorter = joined | {"progress": "乙" * 1499}
    assert as_(client, world.clerk, shorter, address(world)).status_code == 302
    assert len(MonthlyReport.objects.get().progress) == 3999 + 1


def test_what_has_been_submitted_is_not_saved_over(world, client):
    client.force_login(world.clerk)
    begun = opened(world, client)
    submitted(world)
    before = content_of(MonthlyReport.objects.get())
    assert client.post(autosave(world), begun).context["refusal"]
    assert content_of(MonthlyReport.objects.get()) == before


def test_undoing_the_nil_report_brings_the_typed_figures_back(world, client):
    client.force_login(world.clerk)
    draft(world)
    same = {"progress": "本月完成主体施工。", f"spent_{world.line.pk}": "100"}
    begun = opened(world, client, percent="80", is_nil="on", nil_reason="等", **same)
    answer = client.post(autosave(world), begun)
    assert MonthlyReport.objects.get().percent == 0
    del begun["is_nil"]
    client.post(autosave(world), begun | {"base": answer.context["base"], "version": "2"})
    assert (MonthlyReport.objects.get().percent, MonthlyReport.objects.get().is_nil) == (80, False)


def test_a_forged_base_is_no_base(two):
    world, client, colleague, mine, theirs = two
    as_(client, colleague, theirs | {"problems": "资金不足。"}, address(world))
    for base in ("", "[1]", json.dumps({"problems": 3})):
        sent = mine | {"problems": "用地未批。", "base": base}
        assert as_(client, world.clerk, sent, address(world)).status_code == 409
    assert MonthlyReport.objects.get().problems == "资金不足。"


def test_a_clash_names_who_and_when(world):
    draft(world, content(world, "60"))
    colleague = UserFactory(grants={world.unit: [FILE_REPORT]})
    draft(world, content(world, "70"), by=colleague)
    with pytest.raises(FieldsConflict) as refused:
        draft(world, content(world, "10"), seen_version=1)
    (clash,) = refused.value.clashes
    assert (clash.field, clash.mine, clash.theirs, clash.when) == ("percent", Decimal(10), Decimal(70), "09:00")
    assert str(colleague) in clash.who

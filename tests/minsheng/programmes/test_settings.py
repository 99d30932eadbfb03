"""The settings of a programme: its lights are looked at first, then given anew; kept figures stay."""

from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal

import pytest
from django.urls import reverse

from departments import clock
from departments.errors import Conflict, DomainError
from departments.models import AuditEvent
from minsheng import figures
from minsheng.programmes import services
from minsheng.programmes.forms import SettingsForm, settings_form
from projects.models import Light, LightOverride, PeriodFigure, SubItem
from projects.rules.lights import edited_rule, rule_of
from projects.services import programmes
from tests.factories.projects import SubItemFactory
from tests.minsheng.life import approved, content


@pytest.fixture
def programme(world):
    """Its sub-item stands at 45% where August asks for 66.6%: 21.6 points behind, yellow by the standard rule."""
    with clock.at(datetime(2023, 8, 20, 9)):  # noqa: DTZ001 Shanghai time, as the clock reads it
        approved(world, content(world, "45", reached="200", reason="雨季"), period=world.august)
    figures.refresh_programme(world.sub_item.programme)
    world.sub_item.refresh_from_db()
    return world.sub_item.programme


def typed(programme, **changes):
    form = settings_form(programmes.settings_of(programme))
    values = {name: form[name].value() for name in form.fields}
    return {name: "" if value is None else str(value) for name, value in values.items()} | changes


def page(programme):
    return reverse("programmes:settings", args=[programme.pk])


def light(world):
    world.sub_item.refresh_from_db()
    return world.sub_item.light


def nothing_changed(programme):
    before = (programme.title, programme.starts_on, programme.light_preset, programme.light_rule)
    programme.refresh_from_db()
    after = (programme.title, programme.starts_on, programme.light_preset, programme.light_rule)
    return after == before and not AuditEvent.objects.filter(action="programme.settings").exists()


def test_a_look_shows_which_lights_would_change_and_writes_nothing(world, programme, client):
    client.force_login(world.office)
    assert light(world) == Light.YELLOW
    response = client.post(page(programme), typed(programme, **{"standard-green": "5", "standard-yellow": "15"}))
    assert response.status_code == 200
    preview = response.context["preview"]
    assert [(one.sub_item.pk, one.before, one.after) for one in preview.changed] == [
        (world.sub_item.pk, Light.YELLOW, Light.RED)
    ]
    assert {light: (now, then) for light, now, then in preview.lights}[Light.RED] == (0, 1)
    assert "红灯" in preview.changed[0].sub_item.sentence
    assert "1个子项亮灯将变化" in response.content.decode()
    assert light(world) == Light.YELLOW
    assert nothing_changed(programme)


def test_saved_the_lights_are_given_anew_and_kept_figures_stay(world, programme, client):
    kept = list(PeriodFigure.objects.values_list("pk", "light", "sentence", "rule_version"))
    client.force_login(world.office)
    typed_ = typed(
        programme, step="save", reason="按区政府第5次常务会", **{"standard-green": "5", "standard-yellow": "15"}
    )
    response = client.post(page(programme), typed_)
    assert (response.status_code, response.url) == (302, page(programme))
    programme.refresh_from_db()
    assert rule_of(programme.light_preset, programme.light_rule).points == (Decimal(5), Decimal(15))
    assert light(world) == Light.RED
    assert list(PeriodFigure.objects.values_list("pk", "light", "sentence", "rule_version")) == kept
    event = AuditEvent.objects.get(action="programme.settings")
    assert (event.actor, event.object_id, event.details) == (
        world.office,
        str(programme.pk),
        {"changed": {"light_numbers": ["10 / 30", "5 / 15"]}, "reason": "按区政府第5次常务会"},
    )
    shown = client.get(page(programme)).content.decode()
    assert "按区政府第5次常务会" in shown
    assert 'value="5"' in shown


@pytest.mark.parametrize(
    ("preset", "numbers", "kept"),
    [
        ("standard", ("10", "30"), {}),
        ("standard", ("10.00", "30.0"), {}),
        ("standard", ("7.5", "20"), {"points": ["7.5", "20"]}),
        ("strict-ratio", ("80", "60"), {}),
        ("strict-ratio", ("", ""), {}),  # left empty: the preset's own
        ("strict-ratio", ("90", "70"), {"ratio": ["0.9", "0.7"]}),
        ("half", ("100", "40"), {"ratio": ["1", "0.4"]}),
    ],
)
def test_a_preset_is_picked_and_a_copy_of_it_edited(world, programme, client, preset, numbers, kept):
    client.force_login(world.office)
    asked = {"light_preset": preset, f"{preset}-green": numbers[0], f"{preset}-yellow": numbers[1]}
    response = client.post(page(programme), typed(programme, step="save", reason="统一口径", title="新标题", **asked))
    assert response.status_code == 302
    programme.refresh_from_db()
    assert (programme.light_preset, programme.light_rule, programme.title) == (preset, kept, "新标题")
    again = SettingsForm(typed(programme))
    assert again.is_valid()
    assert again.settings() == again.cleaned_data["seen"] == programmes.settings_of(programme)


def test_another_start_moves_the_schedule(world, programme, client):
    client.force_login(world.office)
    asked = typed(programme, starts_on="2023-06-01", step="save", reason="6月方下达")
    assert client.post(page(programme), asked).status_code == 302
    before = world.sub_item.scheduled_percent
    world.sub_item.refresh_from_db()
    assert world.sub_item.scheduled_percent < before
    assert world.sub_item.light == Light.GREEN


@pytest.mark.parametrize(
    "wrong",
    [
        {"standard-green": "40", "standard-yellow": "30"},
        {"standard-green": "-1"},
        {"standard-yellow": "101"},
        {"standard-green": "NaN"},
        {"light_preset": "strict-ratio", "strict-ratio-green": "50", "strict-ratio-yellow": "60"},
        {"light_preset": "none"},
        {"starts_on": "2021-12-31"},
        {"starts_on": "2024-01-01"},
        {"starts_on": "昨天"},
        {"title": "长" * 201},
        {"reason": " ", "title": "又一标题"},
    ],
)
def test_what_the_rules_refuse_is_said_and_changes_nothing(world, programme, client, wrong):
    client.force_login(world.office)
    asked = typed(programme, **{"step": "save", "reason": "理由"} | wrong)
    response = client.post(page(programme), asked)
    assert response.status_code == 422
    html = response.content.decode()
    assert 'role="alert"' in html
    assert all(f'value="{value}"' in html for name, value in wrong.items() if name in ("standard-green", "title"))
    assert nothing_changed(programme)


def test_who_changes_what_somebody_changed_meanwhile_is_told_and_can_go_on(world, programme, client):
    client.force_login(world.office)
    mine = typed(programme, step="save", reason="我的理由", title="我的标题")
    present = programmes.settings_of(programme)
    services.change(programme, replace(present, title="别人的标题"), seen=present, by=world.office, reason="先到")
    response = client.post(page(programme), mine)
    assert response.status_code == 409
    html = response.content.decode()
    assert 'value="我的标题"' in html
    assert "别人的标题" in html  # in the history beside it
    programme.refresh_from_db()
    assert programme.title == "别人的标题"
    again = mine | {"seen": response.context["form"]["seen"].value()}
    assert client.post(page(programme), again).status_code == 302
    programme.refresh_from_db()
    assert programme.title == "我的标题"


def test_nothing_said_anew_is_not_recorded(world, programme, client):
    client.force_login(world.office)
    assert client.post(page(programme), typed(programme, step="save", reason="无")).status_code == 302
    assert nothing_changed(programme)


@pytest.mark.parametrize("person", ["leader", "clerk", "stranger"])
def test_others_do_not_set_it(world, programme, client, person):
    client.force_login(getattr(world, person))
    asked = typed(programme, step="save", reason="越权", title="越权")
    assert client.post(page(programme), asked).status_code in (403, 404)
    assert nothing_changed(programme)


def test_an_override_by_a_person_stays_whatever_the_rule(world, programme):
    LightOverride.objects.create(
        sub_item=world.sub_item,
        light=Light.GREEN,
        reason="特批",
        since=date(2023, 9, 1),
        until=date(2023, 12, 31),
        by=world.office,
        at=clock.now(),
    )
    figures.refresh_programme(programme)
    assert services.preview(programme, strict(programme)).changed == []


def strict(programme):
    return replace(programmes.settings_of(programme), numbers=(Decimal(1), Decimal(2)))


@pytest.mark.parametrize("count", [1, 3])
def test_a_look_asks_as_often_for_many_sub_items_as_for_one(world, programme, client, django_assert_num_queries, count):
    for _number in range(count - 1):
        SubItemFactory(lead=world.unit, project__programme=programme)
    client.force_login(world.office)
    asked = typed(programme, **{"standard-green": "5", "standard-yellow": "15"})
    client.post(page(programme), asked)
    with django_assert_num_queries(14):
        response = client.post(page(programme), asked)
    assert sum(now for _light, now, _then in response.context["preview"].lights) == count


def test_the_service_refuses_what_was_not_seen(world, programme):
    with pytest.raises(Conflict):
        services.change(programme, strict(programme), seen=None, by=world.office, reason="理由")
    with pytest.raises(DomainError):
        edited_rule("half", (Decimal("0.4"), Decimal("0.5")))
    assert nothing_changed(programme)
    assert SubItem.objects.get().light == Light.YELLOW

"""What every page leans on: amounts as staff read them, fields that say what is wrong, pages that need nothing."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from django import forms
from django.template import Context, Template
from django.template.loader import render_to_string
from django.utils import translation

from departments import clock
from minsheng.templatetags import portal


@pytest.fixture(autouse=True)
def _english():
    with translation.override("en"):
        yield


@pytest.mark.parametrize(
    ("yuan", "shown"),
    [
        (Decimal(12345000), "1,234.50"),
        (Decimal(50), "0.005"),  # a column of amounts is exact, only tiles are rounded
        (Decimal(0), "0.00"),  # nothing is not the same as not known
        (None, "Undetermined"),
    ],
)
def test_yuan_are_shown_in_wan(yuan, shown):
    assert portal.wan(yuan) == shown


def test_other_figures():
    assert portal.yi(Decimal(123450000)) == "1.23"
    assert portal.percent(Decimal("66.65")) == "66.7%"
    assert portal.percent(None) == "—"
    assert portal.amount(Decimal(10000)) == '<span class="amount">1.00</span>'
    assert portal.amount(None) == '<span class="undetermined">Undetermined</span>'


def test_a_moment_of_another_year_names_it():
    moment = datetime(2023, 10, 17, 1, 1, tzinfo=UTC)
    with clock.at(datetime(2023, 12, 31, 9, tzinfo=clock.ZONE)):
        assert portal.near_moment(moment) == "10-17 09:01"
    with clock.at(datetime(2024, 1, 1, 9, tzinfo=clock.ZONE)):
        assert portal.near_moment(moment) == "2023-10-17 09:01"
    assert portal.near_moment(None) == ""


@pytest.mark.parametrize("value", [1.5, True, "12"])
def test_what_is_not_exact_is_refused(value):
    with pytest.raises(TypeError):
        portal.wan(value)


class ReportForm(forms.Form):
    percent = forms.DecimalField(help_text="cumulative")
    kind = forms.ChoiceField(choices=[("a", "A")], widget=forms.RadioSelect)


def drawn(source, **context):
    return Template("{% load portal %}" + source).render(Context(context))


def test_a_wrong_field_refers_to_its_help_previous_value_and_errors():
    html = drawn('{% field form.percent previous="38.0" unit="%" %}', form=ReportForm({"percent": "<x>"}))
    assert 'aria-describedby="id_percent-help id_percent-previous id_percent-errors"' in html
    for part in ("help", "previous", "errors"):
        assert f'id="id_percent-{part}"' in html
    assert 'aria-invalid="true"' in html
    assert 'class="form-control is-invalid"' in html
    assert "&lt;x&gt;" in html
    assert "38.0 %" in html


def test_a_fine_field_refers_to_nothing_that_is_not_there():
    html = drawn("{% field form.percent %}", form=ReportForm())
    assert 'aria-describedby="id_percent-help"' in html
    assert "aria-invalid" not in html
    assert "previous" not in html


def test_choices_stand_in_a_fieldset_of_their_own():
    html = drawn("{% field form.kind %}", form=ReportForm({}))
    assert '<fieldset aria-describedby="id_kind-errors">' in html
    assert "<legend" in html


@pytest.mark.parametrize("light", ["green", "yellow", "red", "blue", "grey"])
def test_a_light_is_never_a_colour_alone(light):
    html = render_to_string("components/light.html", {"light": light})
    assert any(shape in html for shape in "●▲■◆○")
    assert any(word in html for word in ("Green", "Yellow", "Red", "Complete", "Not started"))


@pytest.mark.parametrize("template", ["400.html", "500.html"])
def test_the_last_error_pages_need_neither_context_nor_database(template):
    assert "<h1>" in render_to_string(template)


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/accounts/login/", "/", "/nowhere/", "/static/css/portal.css"])
def test_no_answer_goes_out_without_the_policy(client, path):
    answer = client.get(path)
    list(answer)  # a file is let go of at its end
    policy = answer.headers["Content-Security-Policy"]
    assert "script-src 'self'" in policy
    assert "unsafe" not in policy

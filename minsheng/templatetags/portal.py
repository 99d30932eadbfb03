"""Forms, amounts and page links as every page of the portal shows them: ``{% load portal %}``."""

from collections.abc import Iterable, Iterator
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django import forms, template
from django.core.paginator import Page
from django.forms import BoundField
from django.template import Context
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from departments import audit, clock, language
from funding import money
from minsheng import sign_in, words
from minsheng.dashboard import words as dashboard_words
from projects.models import SubItem

if TYPE_CHECKING:
    from minsheng.charts import Cell
    from minsheng.dashboard.heat import Cell as HeatCell
    from minsheng.task_table.models import ImportBatch

register = template.Library()

HEAT = (
    '<td class="heat-{}"><a href="{}" title="{}"><span aria-hidden="true">{}</span>'
    '<span aria-hidden="true" data-figure>{}</span><span class="visually-hidden">{}</span></a></td>'
)
NO_HEAT = mark_safe('<td><span class="soft">—</span></td>')
GROUPED_WIDGETS = (forms.RadioSelect, forms.CheckboxSelectMultiple, forms.MultiWidget)


def _number(value: Any) -> Decimal | None:
    """None for nothing; a float is refused, since a sum of money that went through one is no longer certain."""
    if value is None or value == "":
        return None
    if isinstance(value, bool) or not isinstance(value, Decimal | int):
        raise TypeError(f"{value!r} is not a Decimal.")
    return Decimal(value)


@register.simple_tag(takes_context=True)
def keep_typed(context: Context, *shown: object) -> SafeString:
    """In a form: what is sent after the sign-in has expired is kept until the person has signed in again, and what no
    page takes is shown to him beside its labels: those of ``shown`` (forms, several of them, formsets), of ``form``
    where none is named.
    """
    mark = sign_in.typed_by(context["request"].user, _labels(shown or [context.get("form")]))
    return format_html('<input type="hidden" name="{}" value="{}">', sign_in.FIELD, mark)


def _labels(shown: Iterable[object]) -> dict[str, str]:
    """What stands beside the boxes of forms and formsets, by the names they are sent with; hidden ones have none."""
    every = [one for form in shown for one in (form if isinstance(form, forms.BaseFormSet | list) else [form])]
    labels = {}
    for form in every:
        if isinstance(form, forms.BaseForm):
            label_of = getattr(form, "label_of", None)  # that of a money line names the line
            for box in form.visible_fields():
                labels[box.html_name] = str(label_of(box.name) if label_of else box.label)
    return labels


@register.simple_tag(takes_context=True)
def typed_left(context: Context) -> list[tuple[str, str]]:
    """What was typed into a form that no page takes, label and value, to be copied."""
    request = context.get("request")
    return sign_in.left(request) if request is not None else []


@register.simple_tag(takes_context=True)
def typed_waits(context: Context) -> bool:
    """Whether what was sent after the sign-in had expired waits for its author to sign in again."""
    request = context.get("request")
    return request is not None and sign_in.is_kept(request)


@register.simple_tag(takes_context=True)
def printed(context: Context) -> str:
    """For paper: when what it says was asked for, and by whom."""
    return _("Printed %(time)s by %(person)s") % {
        "time": f"{clock.local(clock.now()):%Y-%m-%d %H:%M}",
        "person": audit.signature(context["user"]),
    }


@register.simple_tag(takes_context=True)
def page_before(context: Context) -> str:
    """The address of the portal that led here, for the way back; empty where none did, or only this page itself."""
    request = context.get("request")
    if request is None:
        return ""
    referer = request.headers.get("Referer", "")
    here = request.build_absolute_uri()
    safe = url_has_allowed_host_and_scheme(referer, {request.get_host()}, require_https=request.is_secure())
    # A form that was refused stands at its own address, and is drawn anew there.
    return referer if safe and (referer != here or request.method == "POST") else ""


@register.filter
def wan(value: Any) -> str:
    """Yuan as 万元, exact and without the unit: Decimal("12345000") → "1,234.50"; None → 未定."""
    return money.format_wan(_number(value))


@register.simple_tag
def amount(value: Any) -> SafeString:
    """Yuan as 万元 in the colour of amounts; 未定 in grey, so that a column shows at once what is open."""
    name = "undetermined" if _number(value) is None else "amount"
    return format_html('<span class="{}">{}</span>', name, wan(value))


@register.filter
def yi(value: Any) -> str:
    """Yuan as 亿元, for tiles, without the unit: Decimal("123450000") → "1.23"; None → 未定."""
    return money.show_yi(_number(value))


@register.filter
def percent(value: Any) -> str:
    """A percentage with one place: Decimal("66.667") → "66.7%"; None → "—"."""
    return words.percent(_number(value))


@register.filter
def figure(value: Any) -> str:
    """A count as people write it, without trailing zeros: Decimal("1330.0000") → "1,330"; None → "—"."""
    return words.number(_number(value))


@register.filter
def listed(parts: Iterable[object]) -> str:
    """The parts in one line, with the comma of the language."""
    return language.listed(parts)


@register.filter
def deadline(sub_item: SubItem) -> str:
    """A sub-item's deadline to the precision the table gives, as lists and its own page show it."""
    return dashboard_words.deadline(sub_item)


@register.filter
def near_day(value: date | None) -> str:
    """A day, with its year where it is not the present one."""
    return words.near_day(value)


@register.filter
def near_moment(value: datetime | None) -> str:
    """10-17 09:01; another year's with its year."""
    return words.near_moment(value)


@register.filter
def row_words(batch: "ImportBatch", row: int) -> str:
    """A row of a staged table in words; of a sheet that is read on with it, where in the file it stands."""
    return batch.words_of(row)


@register.filter
def dash(value: Any) -> Any:
    """A dash where there is nothing; 0 is something."""
    return words.NOTHING if value is None or value == "" else value


@register.simple_tag
def icon(name: str) -> SafeString:
    """One of the icons listed in scripts/vendor/icons.txt, as big as the text: {% icon "printer" %}. It says nothing
    to a screen reader, so a word stands beside it.
    """
    sprite = static("vendor/bootstrap-icons/icons.svg")
    return format_html('<svg class="icon" aria-hidden="true" focusable="false"><use href="{}#{}"/></svg>', sprite, name)


# Tables of hundreds of cells are drawn by functions: an included template costs more than all else in such a row.
@register.simple_tag
def chart_cell(cell: "Cell") -> SafeString | str:
    """What stands in a cell of a chart's table."""
    return format_html('<a href="{}">{}</a>', cell.url, cell.text) if cell.url else cell.text


@register.simple_tag
def heat_cell(cell: "HeatCell") -> SafeString:
    """A cell of the heatmap: mark and number to the eye, all its words to a screen reader and as a hint."""
    if not cell.url:
        return NO_HEAT
    return format_html(HEAT, cell.tone, cell.url, cell.words, cell.mark, cell.count, cell.words)


@register.filter
def elided(page: Page[Any]) -> Iterator[int | str]:
    """The numbers of a pager, with "…" for those left out."""
    return page.paginator.get_elided_page_range(page.number, on_each_side=2, on_ends=1)


@register.inclusion_tag("components/field.html")
def field(
    bound: BoundField, *, previous: Any = None, unit: str = "", rows: int | None = None, optional: bool = False
) -> dict[str, Any]:
    """A form field with everything that belongs to it; ``components/field.html`` says what is drawn.

    ``previous`` is the value beside it, last submitted; ``unit`` (万元, 个, %) stands after the box and after
    ``previous``; ``rows`` is the height of a text area; ``optional`` takes the mark of what is required away, in a row
    that may stay empty as a whole.
    """
    widget = bound.field.widget
    own_id = bound.auto_id or bound.html_name
    parts = {
        "help": f"{own_id}-help" if bound.help_text else "",
        "previous": f"{own_id}-previous" if previous not in (None, "") else "",
        "errors": f"{own_id}-errors" if bound.errors else "",
    }
    described_by = " ".join(part for part in parts.values() if part)
    grouped = isinstance(widget, GROUPED_WIDGETS)
    attrs: dict[str, Any] = {}
    if not grouped:
        own_class = widget.attrs.get("class", "")
        attrs["class"] = f"{_css_class(widget, invalid=bool(bound.errors))} {own_class}".strip()
        if described_by:
            attrs["aria-describedby"] = described_by
    if bound.errors:
        attrs["aria-invalid"] = "true"
    if rows and isinstance(widget, forms.Textarea):
        attrs["rows"] = rows
    return {
        "field": bound,
        "is_required": bound.field.required and not optional,
        "control": bound.as_widget(attrs=attrs),
        "is_hidden": bound.is_hidden,
        "is_checkbox": isinstance(widget, forms.CheckboxInput),
        "is_grouped": grouped,
        "described_by": described_by,
        "ids": parts,
        "previous": previous,
        "unit": unit,
    }


def _css_class(widget: forms.Widget, *, invalid: bool) -> str:
    if isinstance(widget, forms.CheckboxInput):
        name = "form-check-input"
    elif isinstance(widget, forms.Select):
        name = "form-select"
    else:
        name = "form-control"
    return f"{name} is-invalid" if invalid else name

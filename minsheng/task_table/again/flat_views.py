"""The flat list of sub-items: download, upload, look, confirm."""

from typing import cast

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from departments.errors import DomainError
from departments.permissions import IMPORT_TABLE, jurisdictions_granted
from minsheng.http import Request
from minsheng.office import excel, exchange
from minsheng.office.exchange import Preview, Sheet
from minsheng.task_table.again import flat
from minsheng.task_table.again.flat import SubItemRegister
from projects.models import Programme


class FlatForm(forms.Form):
    file = forms.FileField(
        label=gettext_lazy("Excel file"),
        widget=forms.ClearableFileInput(
            attrs={
                "accept": ".xlsx",
                "data-choose": gettext_lazy("Choose a file"),
                "data-none": gettext_lazy("no file chosen"),
            }
        ),
    )


class WhyForm(forms.Form):
    reason = forms.CharField(label=gettext_lazy("Why the programme changes"), max_length=500)


@require_http_methods(["GET", "HEAD", "POST"])
def listing(request: HttpRequest, pk: int) -> HttpResponse:
    """Download, and upload what was corrected: it is read and tried out, nothing is written yet."""
    register = _register(request, pk)
    if request.method != "POST":
        return _page(request, register, FlatForm())
    form = FlatForm(request.POST, request.FILES)
    if not form.is_valid():
        return _page(request, register, form, status=422)
    try:
        sheet = exchange.read(form.cleaned_data["file"], register)
        shown = exchange.preview(sheet, register)
    except DomainError as error:
        form.add_error("file", str(error))
        return _page(request, register, form, status=422)
    return _page(request, register, FlatForm(), shown=shown, of=sheet, status=422 if shown.wrong else 200)


@require_safe
def export(request: HttpRequest, pk: int) -> HttpResponse:
    """The list as it can come back."""
    register = _register(request, pk)
    return excel.download(flat.export(register), str(register.programme))


@require_POST
def confirm(request: HttpRequest, pk: int) -> HttpResponse:
    """Write exactly what was shown. Where that is refused, what it would do now is shown, with the reason typed."""
    token, why = request.POST.get("token", ""), WhyForm(request.POST)
    typed = why.cleaned_data["reason"] if why.is_valid() else ""
    register = _register(request, pk, reason=typed)
    try:
        sheet, _digest = flat.opened(token, register)
    except DomainError as error:
        messages.error(request, str(error))
        return _page(request, register, FlatForm(), status=409)
    if not why.is_valid():
        return _page(
            request, register, FlatForm(), shown=exchange.preview(sheet, register), of=sheet, why=why, status=422
        )
    try:
        done = flat.confirm(token, register)
    except DomainError as error:
        why.add_error(None, str(error))
        return _page(
            request, register, FlatForm(), shown=exchange.preview(sheet, register), of=sheet, why=why, status=409
        )
    text = _("Written: %(changed)s sub-items changed.")
    if done.earlier:
        text = _("This was written already: %(changed)s sub-items changed. Nothing was written a second time.")
    messages.success(request, text % {"changed": done.changed})
    return redirect("task_table:flat", pk)


def _register(request: HttpRequest, pk: int, *, reason: str = "") -> SubItemRegister:
    """Programmes of other jurisdictions do not exist for a person."""
    user = cast(Request, request).user
    mine = jurisdictions_granted(user, IMPORT_TABLE).values("pk")
    found = Programme.objects.filter(jurisdiction__in=mine).select_related("jurisdiction")
    return SubItemRegister(programme=get_object_or_404(found, pk=pk), by=user, reason=reason)


def _page(
    request: HttpRequest,
    register: SubItemRegister,
    form: FlatForm,
    *,
    shown: Preview | None = None,
    of: Sheet | None = None,
    why: WhyForm | None = None,
    status: int = 200,
) -> HttpResponse:
    """With what an upload would do where one is ``shown``, and the button that writes just that where it can be."""
    token = flat.sign(of, shown, register) if of and shown and shown.shown and not shown.wrong else ""
    context = {
        "programme": register.programme,
        "form": form,
        "labels": register.labels.values(),
        "preview": shown,
        "token": token,
        "why": why or WhyForm(),
    }
    return render(request, "task_table/again/flat.html", context, status=status)

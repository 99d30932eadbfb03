"""Registers out and in as Excel: download, upload, look, confirm."""

from typing import Final

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from departments.errors import DomainError
from minsheng.office import excel, exchange, words
from minsheng.office.access import Office, office_of
from minsheng.office.registers import REGISTERS

NOTES: Final[dict[str, str | Promise]] = {
    "units": gettext_lazy(
        "Recognised by unit above and name: a new name is a new unit. Renaming, order and ends are done on the pages."
    ),
    "aliases": gettext_lazy("A new row teaches an alias. Taking one away is done on the unit's page."),
    "people": gettext_lazy(
        "Recognised by the user name. No passwords and no rights: new people get both on their pages."
    ),
    "sources": gettext_lazy("Recognised by the code; another name renames."),
    "rights": gettext_lazy(
        "A new row gives a right, never to oneself. Taking one away, and a second of administration, supervision and "
        "audit for one person, are done on the person's page."
    ),
}


class UploadForm(forms.Form):
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


@require_safe
def listing(request: HttpRequest) -> HttpResponse:
    office = office_of(request)
    kinds = [(kind, words.REGISTERS[kind], NOTES[kind], REGISTERS[kind].labels.values()) for kind in words.REGISTERS]
    return render(request, "office/exchange.html", {"office": office, "tab": "exchange", "kinds": kinds})


@require_safe
def export(request: HttpRequest, kind: str) -> HttpResponse:
    office = office_of(request)
    _known(kind)
    return excel.download(
        exchange.export(kind, area=office.area, by=office.user), f"{office.area}{words.REGISTERS[kind]}"
    )


@require_http_methods(["GET", "HEAD", "POST"])
def upload(request: HttpRequest, kind: str) -> HttpResponse:
    """An upload is read and tried out; nothing is written yet."""
    office = office_of(request)
    _known(kind)
    if request.method != "POST":
        return _upload_page(request, office, kind, UploadForm())
    form = UploadForm(request.POST, request.FILES)
    if not form.is_valid():
        return _upload_page(request, office, kind, form, status=422)
    resource = exchange.register(kind, area=office.area, by=office.user)
    try:
        sheet = exchange.read(form.cleaned_data["file"], resource)
        shown = exchange.preview(sheet, resource)
    except DomainError as error:
        form.add_error("file", str(error))
        return _upload_page(request, office, kind, form, status=422)
    return _preview_page(request, office, kind, sheet, shown, status=422 if shown.wrong else 200)


@require_POST
def confirm(request: HttpRequest, kind: str) -> HttpResponse:
    """Write exactly what was shown; where it would do something else by now, show that instead."""
    office = office_of(request)
    _known(kind)
    try:
        shown, sheet, written = exchange.confirm(request.POST.get("token", ""), kind, area=office.area, by=office.user)
    except DomainError as error:
        messages.error(request, str(error))
        return _upload_page(request, office, kind, UploadForm(), status=409)
    if not written:
        return _preview_page(request, office, kind, sheet, shown, status=409, moved=True)
    messages.success(
        request,
        _("Written: %(new)s new, %(changed)s changed.") % {"new": shown.new, "changed": shown.changed},
    )
    return redirect(f"{reverse('office:exchange')}?area={office.area.pk}")


def _known(kind: str) -> None:
    if kind not in REGISTERS:
        raise Http404


def _upload_page(
    request: HttpRequest, office: Office, kind: str, form: UploadForm, *, status: int = 200
) -> HttpResponse:
    labels = [str(label) for label in REGISTERS[kind].labels.values()]
    context = {"office": office, "tab": "exchange", "kind": kind, "name": words.REGISTERS[kind], "note": NOTES[kind]}
    return render(request, "office/exchange_upload.html", context | {"form": form, "labels": labels}, status=status)


def _preview_page(
    request: HttpRequest,
    office: Office,
    kind: str,
    sheet: exchange.Sheet,
    shown: exchange.Preview,
    *,
    status: int,
    moved: bool = False,
) -> HttpResponse:
    token = exchange.sign(kind, sheet, shown, area=office.area, by=office.user) if not shown.wrong else ""
    context = {"office": office, "tab": "exchange", "kind": kind, "name": words.REGISTERS[kind], "preview": shown}
    more = {"token": token, "moved": moved, "can_confirm": bool(token) and bool(shown.shown)}
    return render(request, "office/exchange_preview.html", context | more, status=status)

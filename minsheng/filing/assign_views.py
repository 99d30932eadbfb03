"""Who reads a money line: the filing unit gives it to another unit, or takes it back; so may the supervision office."""

from datetime import date
from typing import Any, Final, cast

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from departments.errors import DomainError
from departments.models import Department
from departments.permissions import FILE_REPORT, holders, require
from funding.models import FundingLine
from funding.services import assignments
from funding.services.assignments import last_month
from funding.services.readings import is_read, with_readers
from minsheng import sign_in
from minsheng.contacts import contacts_of
from minsheng.filing.assigning import decides_until, eligible, may_assign, month_of
from minsheng.filing.spans import of_months, spans_of, told_of
from minsheng.http import Request
from projects.models import SubItem
from projects.services import reports

UNSTAFFED: Final = gettext_lazy("Nobody may fill in reports for %(unit)s yet: an administrator gives that right.")


class UnitField(forms.ModelChoiceField):  # type: ignore[type-arg]
    """A unit or section, by the name it has outside."""

    def label_from_instance(self, obj: Department) -> str:
        return obj.full_name


class AssignForm(forms.Form):
    """``seen`` is who was to read the line when the page was opened; empty is the filing unit. ``filing`` is the one of
    ``month``, from whose report on the line is assigned.
    """

    unit = UnitField(
        label=gettext_lazy("Read each month by"),
        queryset=Department.objects.none(),
        required=False,
    )
    seen = forms.ModelChoiceField(queryset=Department.objects.all(), required=False, widget=forms.HiddenInput)

    def __init__(
        self, data: Any, *, line: FundingLine, filing: Department | None, month: date, until: date | None
    ) -> None:
        reader = line.reader_in(month)
        super().__init__(data, initial={"unit": reader, "seen": reader})
        unit = cast(UnitField, self.fields["unit"])
        unit.queryset = eligible(line, filing, month)
        unit.help_text = _("It gets the line in its list (reports: %(months)s); other months stay as they are.") % {
            "months": of_months(month, last_month(line, month, until))
        }
        unit.empty_label = _("the filing unit itself (%(unit)s)") % {"unit": filing.full_name if filing else ""}


@require_http_methods(["GET", "HEAD", "POST"])
def assign(request: HttpRequest, sub_item: int, line: int) -> HttpResponse:
    """One money line: who reads it now, and who shall from the month on that the address names (``month=2023-10``),
    without one from the newest on.
    """
    request = cast(Request, request)
    found = _line_or_404(request, sub_item, line)
    month = _month_or_404(request, found.sub_item)
    require(may_assign(request.user, found.sub_item, month))
    filing = reports.filing_unit(found.sub_item, month)
    until = decides_until(request.user, found.sub_item, month)
    form = AssignForm(sign_in.typed(request), line=found, filing=filing, month=month, until=until)
    if request.method != "POST":
        return _page(request, found, month, form)
    if not form.is_valid():
        return _page(request, found, month, form, status=422)
    unit, seen = form.cleaned_data["unit"], form.cleaned_data["seen"]
    try:
        done = assignments.assign(found, unit, by=request.user, seen=seen, month=month, until=until)
    except DomainError as error:
        now = _line_or_404(request, sub_item, line)
        reader = now.reader_in(month)  # the next press answers to what this page says
        sent = {**request.POST.dict(), "seen": str(reader.pk) if reader else ""}
        form = AssignForm(sent, line=now, filing=filing, month=month, until=until)
        form.add_error(None, str(error))
        return _page(request, now, month, form, status=409)
    if done is not None:
        for level, told in told_of(found, unit or filing, done):
            messages.add_message(request, level, told)
        if unit and not holders(FILE_REPORT, unit).exists():
            messages.warning(request, UNSTAFFED % {"unit": unit.full_name})
    return redirect(_back(request, found))


def _line_or_404(request: Request, sub_item: int, line: int) -> FundingLine:
    visible = SubItem.objects.visible_to(request.user).filter(status=SubItem.Status.ACTIVE)
    lines = FundingLine.objects.filter(sub_item__in=visible, sub_item=sub_item)
    related = ("source", "sub_item__programme__jurisdiction", "sub_item__project")
    found = get_object_or_404(with_readers(lines.select_related(*related)), pk=line)
    if not is_read(found, found.sub_item.programme.year):
        raise Http404
    return found


def _month_or_404(request: Request, sub_item: SubItem) -> date:
    try:
        return month_of(sub_item.programme, request.GET.get("month", ""))
    except ValueError:
        raise Http404 from None


def _back(request: Request, line: FundingLine) -> str:
    """Where the person came from, if that is a page of the portal; else the sub-item."""
    back = request.POST.get("back", "") or request.GET.get("back", "")
    if url_has_allowed_host_and_scheme(back, allowed_hosts={request.get_host()}, require_https=request.is_secure()):
        return back
    return reverse("dashboard:sub_item", args=[line.sub_item_id])


def _page(request: Request, line: FundingLine, month: date, form: AssignForm, *, status: int = 200) -> HttpResponse:
    unit = line.reader_in(month)
    context = {
        "line": line,
        "sub_item": line.sub_item,
        "month": month,
        "spans": spans_of(line),
        "form": form,
        "unstaffed": unit is not None and not holders(FILE_REPORT, unit).exists(),
        "taking": unit,
        "contacts": contacts_of([unit])[unit.pk] if unit else [],
        "back": _back(request, line),
    }
    return render(request, "filing/assign.html", context, status=status)

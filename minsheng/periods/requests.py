"""The office answers what units ask for: an exception from the lock, granted until a day or refused with a reason."""

from typing import Any, cast

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from departments.errors import DomainError, IllegalTransition
from departments.permissions import require
from minsheng import sign_in
from minsheng.dashboard.services import overseen_programmes
from minsheng.filing.fields import DayInput
from minsheng.http import Request
from minsheng.periods import services
from projects.filings import let_go
from projects.models import ExceptionRequest, MonthlyReport, ReportEvent, SubItem
from projects.services import exceptions, periods

GRANT, REFUSE = "grant", "refuse"


class AnswerForm(forms.Form):
    """The answer: with a day where it is granted, with a reason where it is refused."""

    step = forms.ChoiceField(choices=[(GRANT, GRANT), (REFUSE, REFUSE)], widget=forms.HiddenInput)
    until = forms.DateField(
        label=gettext_lazy("Until, this day included"),
        widget=DayInput,
        required=False,
        help_text=gettext_lazy("To grant it."),
    )
    answer = forms.CharField(
        label=gettext_lazy("Your word to the unit"),
        help_text=gettext_lazy("A refusal needs a reason: the unit reads it."),
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("step") == GRANT and data.get("until") is None and "until" not in self.errors:
            self.add_error("until", _("Say until when the unit may file."))
        if data.get("step") == REFUSE and not data.get("answer", "").strip():
            self.add_error("answer", _("Say why the request is refused: the unit reads it."))
        return data


@require_http_methods(["GET", "HEAD", "POST"])
def answer(request: HttpRequest, pk: int) -> HttpResponse:
    """One request with what it is about, and the answer."""
    request = cast(Request, request)
    every = ExceptionRequest.objects.filter(period__programme__in=overseen_programmes(request.user))
    found = get_object_or_404(
        every.select_related("period__programme__jurisdiction", "sub_item__project", "department__parent", "exception"),
        pk=pk,
    )
    require(services.may_change(request.user, found.period.programme))
    form = AnswerForm(sign_in.typed(request), initial={"until": found.wished_until})
    if request.method != "POST":
        return _page(request, found, form)
    if not form.is_valid():
        return _page(request, found, form, status=422)
    try:
        _answer(request, found, form)
    except DomainError as error:
        form.add_error(None, str(error))
        found.refresh_from_db()
        return _page(request, found, form, status=409 if isinstance(error, IllegalTransition) else 422)
    return redirect("home")


def _answer(request: Request, found: ExceptionRequest, form: AnswerForm) -> None:
    data = form.cleaned_data
    whom = {"unit": found.department_name, "month": found.period, "day": data["until"]}
    if data["step"] == GRANT:
        periods.grant(found, until=data["until"], by=request.user, answer=data["answer"])
        messages.success(request, _("Granted: %(unit)s may file %(month)s until %(day)s.") % whom)
    else:
        exceptions.refuse(found, by=request.user, answer=data["answer"])
        messages.success(request, _("Refused: %(unit)s reads your reason.") % whom)


def _page(request: Request, found: ExceptionRequest, form: AnswerForm, *, status: int = 200) -> HttpResponse:
    earlier = ExceptionRequest.objects.filter(
        department=found.department_id, period__programme=found.period.programme_id
    )
    owed = exceptions.owed(found.period, found.department) if found.is_waiting else ()
    items = [item for item in owed if found.sub_item_id in (None, item.pk)]
    context = {
        "asked": found,
        "let_go": _let_go(found, items),
        "period": found.period,
        "programme": found.period.programme,
        "form": form,
        "owed": items,
        "earlier": earlier.exclude(pk=found.pk).select_related("period", "sub_item__project")[:20],
    }
    return render(request, "periods/request.html", context, status=status)


def _let_go(found: ExceptionRequest, items: list[SubItem]) -> list[ReportEvent]:
    """The steps by which the office let months go of what is asked for: granted, they may be filed after all."""
    state = MonthlyReport.State
    steps = ReportEvent.objects.filter(report__in=let_go().filter(period=found.period_id, sub_item__in=items))
    newest: dict[int, ReportEvent] = {}
    for step in steps.filter(to_state=state.DRAFT).select_related("report__sub_item__project").order_by("pk"):
        newest[step.report_id] = step
    return list(newest.values())

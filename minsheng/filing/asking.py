"""A unit asks for an exception from the lock: what is locked, what was asked and answered, and the page that asks."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final, TypeVar, cast

from django import forms
from django.contrib import messages
from django.db.models import Exists, OuterRef, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST

from departments import clock
from departments.errors import DomainError
from departments.models import User
from departments.permissions import FILE_REPORT, departments_granted, require
from minsheng import sign_in
from minsheng.filing import services, slots
from minsheng.filing.access import sheet_or_404
from minsheng.filing.fields import DayInput
from minsheng.filing.services import Sheet
from minsheng.http import Request
from projects.filings import let_go
from projects.models import (
    ApprovalKept,
    ExceptionEnd,
    ExceptionRequest,
    FilingException,
    LetGo,
    ReportingPeriod,
    SubItem,
)
from projects.rules.reports import EDITABLE
from projects.services import exceptions, told
from projects.services.reports import DAYS_AFTER_RETURN

THIS, ALL = "this", "all"
Notable = TypeVar("Notable", ExceptionRequest, ExceptionEnd, LetGo, ApprovalKept)
LATEST: Final = 200  # locked items on the filing page


@dataclass(frozen=True)
class Locked:
    """A sub-item that was not filed before its month locked, and what was last asked for it."""

    sub_item: SubItem
    period: ReportingPeriod
    state: str | None
    request: ExceptionRequest | None
    let_go: bool = False


class AskForm(forms.Form):
    """What is asked for: this sub-item, or all the unit owes of the month; why, and until when."""

    scope = forms.ChoiceField(label=_("For what"), widget=forms.RadioSelect, initial=THIS)
    wished_until = forms.DateField(label=_("Wished until, this day included"), widget=DayInput)
    reason = forms.CharField(
        label=_("Reason"),
        help_text=_("The supervision office decides on it; it is kept."),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, *args: Any, sheet: Sheet, owed: Sequence[SubItem], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["wished_until"].initial = clock.today() + timedelta(days=DAYS_AFTER_RETURN)
        every = ngettext(
            "all %(count)d sub-item your unit has not filed of this month",
            "all %(count)d sub-items your unit has not filed of this month",
            len(owed),
        )
        choices = [(THIS, str(sheet.sub_item)), (ALL, every % {"count": len(owed)})]
        cast(forms.ChoiceField, self.fields["scope"]).choices = choices
        if len(owed) < 2:
            del self.fields["scope"]


def locked_items(user: User) -> list[Locked]:
    """What the person's units did not file before the lock, the newest month first. Four queries."""
    gone = let_go().filter(period=OuterRef("period"), sub_item=OuterRef("sub_item"))
    rows: Any = slots.locked(user).annotate(let_go=Exists(gone)).select_related("sub_item__project")
    found = list(rows.order_by("-month", "sub_item__position")[:LATEST])
    periods = ReportingPeriod.objects.in_bulk([row.period for row in found])
    asked: dict[tuple[int, int, int | None], ExceptionRequest] = {}
    units = [row.department_id for row in found]
    requests = ExceptionRequest.objects.filter(period__in=periods, department__in=units).select_related("exception")
    for one in requests.order_by("pk"):
        asked[one.period_id, one.department_id, one.sub_item_id] = one
    return [Locked(row.sub_item, periods[row.period], row.state, _newest(asked, row), row.let_go) for row in found]


def _newest(asked: dict[tuple[int, int, int | None], ExceptionRequest], row: Any) -> ExceptionRequest | None:
    of_it = (asked.get((row.period, row.department_id, key)) for key in (row.sub_item_id, None))
    return max((one for one in of_it if one), key=lambda one: one.pk, default=None)


def last_request(sheet: Sheet) -> ExceptionRequest | None:
    """What the filing unit last asked for the sheet's month, if anything."""
    found = ExceptionRequest.objects.filter(
        Q(sub_item=None) | Q(sub_item=sheet.sub_item), period=sheet.period, department=sheet.unit
    )
    return found.select_related("exception").order_by("pk").last()


def ended_early(sheet: Sheet) -> FilingException | None:
    """The newest exception of the sheet's month that concerns it and was ended before its day, asked for or not; none
    where another one has run out after it.
    """
    reaching = [one for one in sheet.period.exceptions.all() if one.reaches(sheet.sub_item.pk, sheet.unit)]
    newest = max(reaching, key=lambda one: (one.until, one.pk), default=None)
    return newest if newest is not None and newest.ended_at is not None else None


def may_ask(sheet: Sheet, request: ExceptionRequest | None) -> bool:
    """Whether an exception is needed to file it, and none is asked for yet."""
    unfiled = sheet.report is None or sheet.report.state in EDITABLE
    return unfiled and sheet.unit is not None and not sheet.is_open and (request is None or not request.is_waiting)


@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: HttpRequest, sub_item: int, month: str) -> HttpResponse:
    """Ask the supervision office to let the unit file a locked month."""
    request = cast(Request, request)
    sheet = sheet_or_404(request.user, sub_item, month)
    require(services.rights_of(request.user, sheet.sub_item, sheet.period).submit)
    here = ("filing:report", sub_item, month)
    typed = sign_in.typed(request)
    if sheet.unit is None or (typed is None and not may_ask(sheet, last_request(sheet))):
        return redirect(*here)
    owed = list(exceptions.owed(sheet.period, sheet.unit))
    form = AskForm(typed, sheet=sheet, owed=owed)
    status = 200
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            exceptions.ask(
                sheet.period,
                sheet.unit,
                by=request.user,
                reason=data["reason"],
                wished_until=data["wished_until"],
                sub_item=None if data.get("scope") == ALL else sheet.sub_item,
            )
        except DomainError as error:
            form.add_error(None, str(error))
            status = 409
        else:
            messages.success(request, gettext("Asked for. The supervision office answers; you see it in your to-do."))
            return redirect(*here)
    elif request.method == "POST":
        status = 422
    context = {"sheet": sheet, "period": sheet.period, "sub_item": sheet.sub_item, "form": form, "owed": owed}
    return render(request, "filing/ask.html", context, status=status)


@require_POST
def noted(request: HttpRequest, pk: int) -> HttpResponse:
    """Somebody of the unit has read that its request was refused."""
    exceptions.note(_of_mine(request, ExceptionRequest, pk), by=cast(Request, request).user)
    return redirect("home")


@require_POST
def end_noted(request: HttpRequest, pk: int) -> HttpResponse:
    """Somebody of the unit has read that an exception nobody had asked for was ended early."""
    told.note(_of_mine(request, ExceptionEnd, pk), by=cast(Request, request).user)
    return redirect("home")


@require_POST
def let_go_noted(request: HttpRequest, pk: int) -> HttpResponse:
    """Somebody of the unit has read that the office waits for a month no longer."""
    told.note(_of_mine(request, LetGo, pk), by=cast(Request, request).user)
    return redirect("home")


@require_POST
def kept_noted(request: HttpRequest, pk: int) -> HttpResponse:
    """Somebody of the unit has read that an earlier approval was kept."""
    told.note(_of_mine(request, ApprovalKept, pk), by=cast(Request, request).user)
    return redirect("home")


def _of_mine(request: HttpRequest, model: type[Notable], pk: int) -> Notable:
    """What one of the units is told for which the person files; else 404."""
    mine = departments_granted(cast(Request, request).user, FILE_REPORT).values("pk")
    return get_object_or_404(model, pk=pk, department__in=mine)

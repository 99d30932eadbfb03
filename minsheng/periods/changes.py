"""What the office changes of periods: the schedule, one due day, exceptions from the lock, working days."""

from typing import Any, cast

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from departments import clock
from departments.errors import Conflict, DomainError
from minsheng import sign_in
from minsheng.http import Request
from minsheng.periods import forms, services
from minsheng.periods.filings import Reporting
from minsheng.periods.views import opened_or_404, programme_of, state_of, tabs_of
from projects.models import DayOverride, ExceptionRequest, Programme, ReportingPeriod
from projects.rules.working_days import is_announced
from projects.services import periods, schedules
from projects.services.working_days import calendar_of

READ_OR_WRITE = ["GET", "HEAD", "POST"]


@require_http_methods(READ_OR_WRITE)
def settings(request: HttpRequest, pk: int) -> HttpResponse:
    """The schedule of a programme: first what its days would become, then saved."""
    request = cast(Request, request)
    programme = programme_of(request, pk)
    form = forms.schedule_form(schedules.schedule_of(programme), sign_in.typed(request))
    if request.method != "POST":
        return _settings_page(request, programme, form)
    if not form.is_valid():
        return _settings_page(request, programme, form, status=422)
    if request.POST.get("step") != "save":
        return _preview(request, programme, form)
    data = form.cleaned_data
    try:
        changed = periods.change_schedule(
            programme, form.schedule(), seen=data["seen"], by=request.user, reason=data["reason"]
        )
    except DomainError as error:
        form.add_error(None, str(error))
        return _settings_page(request, programme, form, status=_status(error))
    if changed:
        told = ngettext(
            "Settings saved: %(count)d month changed.", "Settings saved: %(count)d months changed.", changed
        )
        messages.success(request, told % {"count": changed})
    else:
        messages.success(request, _("Settings saved: no month changed."))
    return redirect("periods:periods", pk)


def _preview(request: Request, programme: Programme, form: forms.ScheduleForm) -> HttpResponse:
    """The days as they would become, unless the months cannot be had."""
    try:
        schedules.check_months(programme, form.schedule(), calendar_of(programme.jurisdiction))
    except DomainError as error:
        form.add_error(None, str(error))
        return _settings_page(request, programme, form, status=_status(error))
    return _settings_page(request, programme, form, preview=True)


def _settings_page(
    request: Request, programme: Programme, form: forms.ScheduleForm, *, preview: bool = False, status: int = 200
) -> HttpResponse:
    calendar = calendar_of(programme.jurisdiction)
    programme.refresh_from_db(fields=["first_month", "last_month", "due_day", "due_next_month", "lock_after_days"])
    schedule = form.schedule() if preview else schedules.schedule_of(programme)
    context = {
        "programme": programme,
        "form": form,
        "preview": preview,
        "planned": schedules.plan(programme, schedule, calendar),
        "uncertain": schedules.uncertain_years(schedule, calendar),
        "tabs": tabs_of(programme, "settings"),
    }
    return render(request, "periods/settings.html", context, status=status)


@require_http_methods(READ_OR_WRITE)
def due(request: HttpRequest, pk: int, month: str) -> HttpResponse:
    """Another due day for one month, with a reason that the units read."""
    request = cast(Request, request)
    programme = programme_of(request, pk)
    period = opened_or_404(Reporting(programme), month)
    form = forms.due_form(period, sign_in.typed(request))
    status = 200
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            periods.change_due(period, data["due_on"], seen=data["seen"], by=request.user, reason=data["reason"])
        except DomainError as error:
            form.add_error(None, str(error))
            status = _status(error)
            period.refresh_from_db()
        else:
            messages.success(request, _("%(month)s is due on %(day)s now.") % _named(period))
            if not calendar_of(programme.jurisdiction).works(period.due_on):
                messages.warning(request, _("%(day)s is a day off.") % _named(period))
            return redirect("periods:periods", pk)
    elif request.method == "POST":
        status = 422
    context = {"programme": programme, "period": period, "form": form, "state": state_of(period, clock.today())}
    return render(request, "periods/due.html", context, status=status)


@require_http_methods(READ_OR_WRITE)
def exceptions(request: HttpRequest, pk: int, month: str) -> HttpResponse:
    """Who may still file a month after its lock: those that are, and a new one."""
    request = cast(Request, request)
    programme = programme_of(request, pk)
    period = opened_or_404(Reporting(programme), month)
    form = forms.ExceptionForm(sign_in.typed(request), programme=programme)
    status = 200
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            periods.add_exception(period, until=data["until"], reason=data["reason"], by=request.user, **data["whom"])
        except DomainError as error:
            form.add_error(None, str(error))
            status = 422
        else:
            messages.success(request, _("Exception made: filing is possible until %(day)s.") % {"day": data["until"]})
            return redirect(request.path)
    elif request.method == "POST":
        status = 422
    context: dict[str, Any] = {
        "programme": programme,
        "period": period,
        "form": form,
        "state": state_of(period, clock.today()),
        "today": clock.today(),
        "asked": period.exception_requests.filter(state=ExceptionRequest.State.WAITING).select_related(
            "sub_item__project"
        ),
        "exceptions": period.exceptions.select_related("sub_item__project", "department__parent", "by"),
    }
    return render(request, "periods/exceptions.html", context, status=status)


@require_POST
def end_exception(request: HttpRequest, pk: int, month: str, exception: int) -> HttpResponse:
    """End an exception before its day."""
    request = cast(Request, request)
    programme = programme_of(request, pk)
    period = opened_or_404(Reporting(programme), month)
    found = get_object_or_404(period.exceptions.select_related("period__programme__jurisdiction"), pk=exception)
    try:
        periods.end_exception(found, by=request.user)
    except DomainError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("The exception has ended."))
    return redirect("periods:exceptions", pk, month)


@require_http_methods(READ_OR_WRITE)
def calendar(request: HttpRequest, pk: int) -> HttpResponse:
    """The working days that the office knows better than the country's order."""
    request = cast(Request, request)
    programme = programme_of(request, pk)
    form = forms.WorkingDayForm(sign_in.typed(request))
    status = 200
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            moved = services.set_day(
                programme.jurisdiction, data["day"], works=data["works"] == "works", note=data["note"], by=request.user
            )
        except DomainError as error:
            form.add_error(None, str(error))
            status = 422
        else:
            _tell(request, moved)
            return redirect("periods:calendar", pk)
    elif request.method == "POST":
        status = 422
    schedule = schedules.schedule_of(programme)
    years = sorted({schedule.stated_day(month).year for month in schedule.months()})
    context = {
        "programme": programme,
        "form": form,
        "overrides": programme.jurisdiction.day_overrides.select_related("by"),
        "announced": [year for year in years if is_announced(year)],
        "uncertain": schedules.uncertain_years(schedule, calendar_of(programme.jurisdiction)),
        "tabs": tabs_of(programme, "calendar"),
    }
    return render(request, "periods/calendar.html", context, status=status)


@require_POST
def forget_day(request: HttpRequest, pk: int, day: int) -> HttpResponse:
    """The country's order decides the day again; a second click is one with the first."""
    request = cast(Request, request)
    programme = programme_of(request, pk)
    try:
        moved = services.forget_day(programme.jurisdiction, day, by=request.user)
    except DayOverride.DoesNotExist:
        raise Http404 from None
    if moved is None:
        messages.info(request, _("This day has been removed already."))
    else:
        _tell(request, moved)
    return redirect("periods:calendar", pk)


def _tell(request: Request, moved: services.Moved) -> None:
    """What a changed working day did, and what a person has to look at."""
    if not moved.count:
        messages.success(request, _("Saved. No due day moved."))
    else:
        told = ngettext("Saved. %(count)d due day moved.", "Saved. %(count)d due days moved.", moved.count)
        messages.success(request, told % {"count": moved.count})
    for period in moved.off:
        words = {"programme": period.programme, **_named(period)}
        messages.warning(
            request, _("%(programme)s, %(month)s: the due day set by hand, %(day)s, is a day off now.") % words
        )


def _named(period: ReportingPeriod) -> dict[str, str]:
    return {"month": str(period), "day": period.due_on.isoformat()}


def _status(error: DomainError) -> int:
    return 409 if isinstance(error, Conflict) else 422

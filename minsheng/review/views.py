"""Reviewing: the queue of what waits for a decision, and one report with its decision."""

from dataclasses import dataclass
from typing import cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from departments.errors import DomainError
from departments.permissions import require
from minsheng.filing.content import content_of
from minsheng.filing.services import sheet_of, verdict_of, warnings_of
from minsheng.http import Request
from minsheng.review import services
from minsheng.review.forms import DecisionForm
from projects.models import MonthlyReport, SubItem


@dataclass(frozen=True)
class QueueRow:
    """A waiting report as the queue shows it: with the last submitter, since when, and what was unusual."""

    report: MonthlyReport
    since: object
    actor_name: str
    warnings: list[str]


@require_safe
def queue(request: HttpRequest) -> HttpResponse:
    """What waits for this person's decision, the oldest month first."""
    waiting = (
        services.reviewable(cast(Request, request).user)
        .select_related("sub_item__project", "sub_item__programme", "period", "department")
        .prefetch_related("events")
        .order_by("period__month", "sub_item__programme", "sub_item__position")
    )
    return render(request, "review/queue.html", {"rows": [_row(report) for report in waiting]})


def _row(report: MonthlyReport) -> QueueRow:
    last = list(report.events.all())[-1]
    return QueueRow(report, last.at, last.actor_name, last.snapshot.get("warnings", []))


@require_http_methods(["GET", "HEAD", "POST"])
def report(request: HttpRequest, pk: int) -> HttpResponse:
    """One report beside the last one, and the decision on it."""
    request = cast(Request, request)
    found = get_object_or_404(
        services.readable(request.user).select_related(
            "sub_item__programme__jurisdiction", "sub_item__project", "period", "department"
        ),
        pk=pk,
    )
    if request.method != "POST":
        return _page(request, found, DecisionForm())
    form = DecisionForm(request.POST)
    if not form.is_valid():
        return _page(request, found, form, status=422)
    require(_is_theirs(request, found, form.cleaned_data["step"]))
    try:
        _decide(request, found, form)
    except DomainError as error:
        form.add_error(None, str(error))
        found.refresh_from_db()
        return _page(request, found, form, status=409)
    return redirect("review:queue")


def _is_theirs(request: Request, report: MonthlyReport, step: str) -> bool:
    """Whether the person holds the right for ``step``; that the report has moved on is the service's to say."""
    if step == "pass":
        return services.reviews_for_unit(request.user, report)
    if step == "approve":
        return services.supervises(request.user, report)
    return services.reviews_for_unit(request.user, report) or services.supervises(request.user, report)


def _decide(request: Request, report: MonthlyReport, form: DecisionForm) -> None:
    data = form.cleaned_data
    item = {"item": f"{report.sub_item} {report.period}"}
    if data["step"] == "approve":
        services.approve(report, by=request.user, comment=data["comment"], exception=data["exception"])
        messages.success(request, _("“%(item)s” approved.") % item)
    elif data["step"] == "pass":
        services.pass_on(report, by=request.user, comment=data["comment"])
        messages.success(request, _("“%(item)s” passed on to the supervision office.") % item)
    else:
        services.send_back(report, by=request.user, comment=data["comment"])
        messages.success(request, _("“%(item)s” returned to its unit.") % item)


def _page(request: Request, report: MonthlyReport, form: DecisionForm, *, status: int = 200) -> HttpResponse:
    sub_item = SubItem.objects.prefetch_related("targets", "milestones", "overrides").select_related("programme")
    sheet = sheet_of(sub_item.get(pk=report.sub_item_id), report.period)
    context = {
        "report": report,
        "sub_item": report.sub_item,
        "period": report.period,
        "sheet": sheet,
        "form": form,
        "events": list(report.events.all()),
        "targets": report.target_readings.select_related("target"),
        "money": report.funding_readings.select_related("line__source"),
        "warnings": warnings_of(sheet, content_of(sheet.report)) if sheet.report else [],
        "verdict": verdict_of(sheet, report.percent),
        "can_decide": services.can_decide(request.user, report),
        "needs_exception": report.state == MonthlyReport.State.SUBMITTED
        and services.needs_exception(request.user, report),
    }
    return render(request, "review/report.html", context, status=status)

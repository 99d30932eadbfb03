"""Reviewing: the queue of what waits for a decision, and one report with its decision."""

from dataclasses import dataclass
from typing import Any, cast

from django.contrib import messages
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from departments.errors import DomainError
from departments.permissions import REVIEW_REPORT, SUPERVISE, require, rights_held
from minsheng import sign_in
from minsheng.filing.panel import panel_for
from minsheng.filing.remarks import Asked, asked_of, fields_of
from minsheng.filing.services import Sheet, sheet_of
from minsheng.filing.way import taken, way_of
from minsheng.http import Request
from minsheng.narrowing import tidy_address
from minsheng.review import services
from minsheng.review.answers import answers_of
from minsheng.review.doubts import Doubt, Doubts, Kind
from minsheng.review.forms import DecisionForm, QueueForm
from minsheng.review.queue import NARROWED, again_of, look_at, narrowed, place_of, queue_of
from minsheng.review.versions import chosen, compared, versions_in, versions_of
from minsheng.review.withdrawn import withdrawn_before
from projects.models import MonthlyReport, Recheck, ReportEvent, SubItem
from projects.rules.reports import EDITABLE
from projects.services.reports import earlier_undecided, in_order

State = MonthlyReport.State


@require_safe
@tidy_address
def queue(request: HttpRequest) -> HttpResponse:
    """What waits for this person's decision, the unusual first; nobody else has such a page."""
    request = cast(Request, request)
    reviewer_or_404(request)
    everything = queue_of(request.user)
    rows = narrowed(everything, request.GET.dict())
    context = {
        "rows": rows,
        "unusual": sum(row.rank < 2 for row in rows),
        "form": QueueForm(request.GET, rows=everything),
        "narrowing": narrowing_of(request),
        "bulk": sum(row.in_bulk for row in rows),
        "stuck": list(
            services.stuck(request.user).select_related("sub_item__project", "period", "submitted_by__department")
        ),
    }
    return render(request, "review/queue.html", context)


def reviewer_or_404(request: Request) -> None:
    if not rights_held(request.user) & {REVIEW_REPORT, SUPERVISE}:
        raise Http404


@require_http_methods(["GET", "HEAD", "POST"])
def report(request: HttpRequest, pk: int) -> HttpResponse:
    """One report beside the last one, and the decision on it."""
    request = cast(Request, request)
    found = get_object_or_404(loaded(services.readable(request.user)), pk=pk)
    looked = _looked_at(request, found)
    form = looked.form(sign_in.typed(request))
    if request.method != "POST":
        return _page(request, looked, form)
    if not form.is_valid():
        return _page(request, looked, form, status=422)
    require(_is_theirs(request, found, form.cleaned_data["step"]))
    place = place_of(narrowed(queue_of(request.user), request.GET.dict()), found)
    try:
        _decide(request, found, form)
    except DomainError as error:
        form.add_error(None, str(error))
        found.refresh_from_db()
        looked = _looked_at(request, found)
        form.show_doubts(looked.doubts)
        return _page(request, looked, form, status=409)
    if place is None or place.following is None:
        return redirect("review:queue")
    return redirect(reverse("review:report", args=[place.following.pk]) + narrowing_of(request))


@require_safe
def versions(request: HttpRequest, pk: int) -> HttpResponse:
    """Two submissions of one report side by side; ``?a=1&b=2`` names them."""
    user = cast(Request, request).user
    found = get_object_or_404(loaded(services.readable(user)), pk=pk)
    every = versions_of(found, user)
    pair = chosen(every, request.GET.get("a", ""), request.GET.get("b", ""))
    context = {
        "report": found,
        "versions": every,
        "pair": pair,
        "lines": compared(*pair) if pair else [],
        "only": every[0] if len(every) == 1 else None,
        "only_lines": compared(every[0], every[0]) if len(every) == 1 else [],
        "timeline": taken(found.events.order_by("pk")),
    }
    return render(request, "review/versions.html", context)


def loaded(reports: QuerySet[MonthlyReport]) -> QuerySet[MonthlyReport]:
    """``reports`` with what the head of a page says of them."""
    return reports.select_related("sub_item__programme__jurisdiction", "sub_item__project", "period", "department")


def narrowing_of(request: HttpRequest) -> str:
    """What the queue is narrowed by, as the end of an address."""
    asked = {name: request.GET[name] for name in NARROWED if request.GET.get(name)}
    return f"?{urlencode(asked)}" if asked else ""


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
        services.approve(
            report, by=request.user, comment=data["comment"], exception=data["exception"], seen=form.seen_doubts
        )
        messages.success(request, _("“%(item)s” approved.") % item)
    elif data["step"] == "pass":
        services.pass_on(report, by=request.user, comment=data["comment"])
        messages.success(request, _("“%(item)s” passed on to the supervision office.") % item)
    else:
        services.send_back(report, by=request.user, comment=data["comment"], remarks=form.remarks())
        messages.success(request, _("“%(item)s” returned to its unit.") % item)


@dataclass(frozen=True)
class LookedAt:
    """A report as its reviewer looks at it: its sheet, its steps, and what an approval would pass over."""

    report: MonthlyReport
    sheet: Sheet
    events: list[ReportEvent]
    doubts: list[Doubt]
    earlier: MonthlyReport | None  # of an earlier month, that is decided first

    def form(self, data: Any = None) -> DecisionForm:
        return DecisionForm(data, fields_of_report=fields_of(self.sheet), doubts=self.doubts)


def _looked_at(request: Request, report: MonthlyReport) -> LookedAt:
    sub_item = SubItem.objects.prefetch_related("targets", "milestones", "overrides").select_related("programme")
    sheet = sheet_of(sub_item.get(pk=report.sub_item_id), report.period)
    deciding = report.state == State.SUBMITTED and services.supervises(request.user, report)
    doubts = Doubts(request.user, [report]).of(sheet) if deciding else []
    earlier = earlier_undecided(report) if deciding else None
    return LookedAt(report, sheet, list(report.events.order_by("pk")), doubts, earlier)


def _page(request: Request, looked: LookedAt, form: DecisionForm, *, status: int = 200) -> HttpResponse:
    report, sheet, events = looked.report, looked.sheet, looked.events
    within = services.reviews_for_unit(request.user, report)
    with_unit = report.state in EDITABLE
    every = versions_in(events, within=within)
    asked = asked_of(events, within=within) if report.state != State.APPROVED else Asked([])
    can_decide = services.can_decide(request.user, report)
    form.focus_first_error()
    context = {
        "report": report,
        "sub_item": report.sub_item,
        "period": report.period,
        "sheet": sheet,
        "form": form,
        "decision": form if can_decide else None,
        "doubts": looked.doubts,
        "again": None if with_unit or report.state == State.APPROVED else again_of(events),
        "out_of_order": [one for one in looked.doubts if one.kind != Kind.OWN],
        "earlier": looked.earlier,
        "waits_for": in_order(looked.earlier) if looked.earlier else "",
        "asked": asked,
        "answers": {} if with_unit else answers_of(asked, events[-1] if events else None),
        "timeline": taken(events),
        "way": way_of(report, events, reviewed=report.state == State.UNIT_REVIEW or report.reviewed_by_id is not None),
        "place": place_of(narrowed(queue_of(request.user), request.GET.dict()), report),
        "narrowing": narrowing_of(request),
        "targets": report.target_readings.select_related("target"),
        "money": report.funding_readings.select_related("line__source"),
        # The present text of what is with its unit is its work: the reviewer sees what was submitted.
        "look": None if with_unit else look_at(sheet, looked.doubts),
        # What of the last month was corrected, the office reads as a doubt.
        "withdrawn": [
            one for one in (() if with_unit else withdrawn_before(sheet)) if one.is_let_go or not looked.doubts
        ],
        "panel": None if with_unit else panel_for(sheet),
        "submitted_lines": compared(every[-1], every[-1]) if with_unit and every else [],
        "versions": len(every),
        "may_reopen": report.state == State.APPROVED and services.supervises(request.user, report),
        "has_run_out": services.run_out(request.user).filter(pk=report.pk).exists(),
        "can_decide": can_decide,
        **_rechecks(request, report),
    }
    return render(request, "review/report.html", context, status=status)


def _rechecks(request: Request, report: MonthlyReport) -> dict[str, Any]:
    """For the office: what this month carries on and an earlier one says otherwise by now, answered for or not."""
    if report.state != State.APPROVED or not services.supervises(request.user, report):
        return {}
    waiting = Recheck.objects.waiting().filter(report=report).values("pk")
    found = report.rechecks.filter(Q(pk__in=waiting) | Q(said_at__isnull=False))
    return {
        "rechecks": found.select_related("because__report__period"),
        "recheck_at": reverse("review:recheck", args=[report.pk]),
    }

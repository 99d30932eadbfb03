"""Steps of the office beside the decision on one report: many at once, taking over, reopening."""

from collections.abc import Callable
from typing import Any, cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from departments.errors import DomainError
from departments.models import User
from departments.permissions import require
from minsheng import sign_in
from minsheng.filing.contributions import counted_in
from minsheng.filing.remarks import fields_of
from minsheng.filing.services import Sheet
from minsheng.http import Request
from minsheng.review import rechecks, services
from minsheng.review.bulk import approve_each
from minsheng.review.forms import ReasonForm, ReopenForm, RunOutForm
from minsheng.review.kept import doubts_of_keeping, submitted_since
from minsheng.review.queue import queue_of, together
from minsheng.review.versions import content_lines, figures_in, let_go_in, told_otherwise, unsent
from minsheng.review.views import loaded, reviewer_or_404
from projects.models import MonthlyReport, Recheck, ReportEvent
from projects.services.reports import DAYS_AFTER_RETURN, filing_unit, last_approval, open_until

State = MonthlyReport.State


@require_POST
def bulk(request: HttpRequest) -> HttpResponse:
    """First a page that lists the reports chosen with their figures; its button approves exactly these.

    ``report`` names each, ``seen`` (its key and that of its newest step) what was looked at.
    """
    request = cast(Request, request)
    reviewer_or_404(request)
    if request.POST.get("step") == "approve":
        outcomes = approve_each(_seen(request.POST.getlist("seen")), by=request.user)
        return render(request, "review/bulk_done.html", {"outcomes": outcomes})
    asked = set(request.POST.getlist("report"))
    rows = [row for row in queue_of(request.user) if str(row.report.pk) in asked]
    if not rows:
        gone = _("None of the reports chosen waits for your decision any more.")
        messages.warning(request, gone if asked else _("Choose the reports to approve first."))
        return redirect("review:queue")
    chosen = together(rows)
    context = {"rows": chosen, "left_out": [row for row in rows if row not in chosen]}
    return render(request, "review/bulk.html", context)


def _seen(pairs: list[str]) -> dict[int, int]:
    """``12:345`` is report 12 as its step 345 left it; what is not of that form is none."""
    found = {}
    for pair in pairs:
        report, _colon, event = pair.partition(":")
        if report.isdecimal() and event.isdecimal() and len(pair) < 40:
            found[int(report)] = int(event)
    return found


@require_http_methods(["GET", "HEAD", "POST"])
def take_over(request: HttpRequest, pk: int) -> HttpResponse:
    """The office takes a report out of a unit's review that does not move."""
    request = cast(Request, request)
    reachable = services.readable(request.user) | MonthlyReport.objects.filter(
        pk__in=services.stuck(request.user).values("pk")
    )
    found = get_object_or_404(loaded(reachable), pk=pk)
    require(services.supervises(request.user, found))
    typed = sign_in.typed(request)
    if typed is None and found.state != State.UNIT_REVIEW:
        return redirect("review:report", found.pk)
    newest = found.events.order_by("pk").last()
    context = {
        "title": _("Take over from unit review"),
        "button": _("Take over"),
        "about": _(
            "The report goes to the supervision office as it was submitted; nobody has reviewed it for the unit."
            " The unit and its reviewer read your reason."
        ),
        "since": newest,
    }
    done = _("“%(item)s” taken over: it waits for the office's decision.")
    return _step(request, found, typed, services.take_over, context, done)


@require_http_methods(["GET", "HEAD", "POST"])
def reopen(request: HttpRequest, pk: int) -> HttpResponse:
    """The office withdraws its approval so that the unit corrects the report."""
    request = cast(Request, request)
    found = get_object_or_404(loaded(services.readable(request.user)), pk=pk)
    require(services.supervises(request.user, found))
    typed = sign_in.typed(request)
    if typed is None and found.state != State.APPROVED:
        return redirect("review:report", found.pk)
    sheet = services.sheet_for(found)
    done = _("“%(item)s” reopened: it is back with its unit.")
    form = ReopenForm(typed, fields_of_report=fields_of(sheet))

    def act(report: MonthlyReport, *, by: User, reason: str) -> None:
        services.reopen(report, by=by, reason=reason, remarks=form.remarks())

    return _step(request, found, typed, act, _reopening(found, sheet), done, form=form)


def _reopening(found: MonthlyReport, sheet: Sheet) -> dict[str, Any]:
    """What the page that reopens a report shows, and where it is sent."""
    approval = last_approval(found)
    return {
        "action": reverse("review:reopen", args=[found.pk]),
        "title": _("Reopen an approved report"),
        "button": _("Reopen"),
        "about": _(
            "The report returns to its unit with your reason, to be corrected and submitted again. What was approved"
            " stays readable; the new approval adds a correction to the figure of the month and of later months that"
            " carried it on. Until then the sub-item shows its last other approved report. After the lock the unit has"
            " %(days)d days."
        )
        % {"days": DAYS_AFTER_RETURN},
        "lines": content_lines(approval) if approval else [],
        "later": counted_in(sheet.contributed, approval.snapshot) if approval else [],
    }


@require_http_methods(["GET", "HEAD", "POST"])
def recheck(request: HttpRequest, pk: int) -> HttpResponse:
    """The office looks again at a month that only carried on what an earlier one says otherwise by now: it says why it
    is right, or goes on to the page that reopens it, with what it has typed.
    """
    request = cast(Request, request)
    found = get_object_or_404(loaded(services.readable(request.user)), pk=pk)
    require(services.supervises(request.user, found))
    typed = sign_in.typed(request)
    if request.POST.get("step") == "reopen":
        sheet = services.sheet_for(found)
        reopening = ReopenForm(
            fields_of_report=fields_of(sheet), initial={"reason": request.POST.get("reason", "").strip()}
        )
        return render(request, "review/step.html", {"report": found, "form": reopening, **_reopening(found, sheet)})
    waiting = Recheck.objects.waiting().filter(report=found).select_related("because__report__period")
    if typed is None and not waiting:
        return redirect("review:report", found.pk)
    context = {
        "title": _("Check a later month"),
        "button": _("The figures are right"),
        "about": _(
            "This month had only carried on what was said before. Where its figures are wrong by now, reopen it, and"
            " the unit corrects it; else say why they are right."
        ),
        "rechecks": waiting,
        "reopens": True,
    }
    done = _("“%(item)s”: noted that its figures are right.")
    form = ReasonForm(typed)
    form.fields["reason"].help_text = _("Kept, and shown with this report.")
    seen = [int(pk) for pk in request.POST.getlist("seen") if pk.isdecimal() and len(pk) < 20]

    def act(report: MonthlyReport, *, by: User, reason: str) -> None:
        rechecks.say_right(report, by=by, reason=reason, seen=seen)

    return _step(request, found, typed, act, context, done, form=form)


@require_http_methods(["GET", "HEAD", "POST"])
def run_out(request: HttpRequest, pk: int) -> HttpResponse:
    """A returned report that was not filed again in time: its earlier approval stands, it gets more time, or the office
    waits no longer.
    """
    request = cast(Request, request)
    found = get_object_or_404(loaded(services.readable(request.user)), pk=pk)
    require(services.supervises(request.user, found))
    typed = sign_in.typed(request)
    if typed is None and not services.run_out(request.user).filter(pk=found.pk).exists():
        return redirect("review:report", found.pk)
    sheet, approval = services.sheet_for(found), last_approval(found)
    doubts = doubts_of_keeping(request.user, sheet, approval) if approval and found.state == State.RETURNED else []
    form = RunOutForm(typed, doubts=doubts)
    status = 200
    if request.method == "POST" and form.is_valid():
        try:
            done = _end_waiting(request, found, form)
        except DomainError as error:
            form.add_error(None, str(error))
            form.show_doubts(doubts)
            found.refresh_from_db()
            status = 409
        else:
            messages.success(request, done)
            return redirect("home")
    elif request.method == "POST":
        status = 422
    return render(request, "review/run_out.html", _run_out(found, sheet, approval, form), status=status)


def _run_out(found: MonthlyReport, sheet: Sheet, approval: ReportEvent | None, form: RunOutForm) -> dict[str, Any]:
    """What the page shows of a report that was not filed again in time."""
    unit = filing_unit(found.sub_item, found.period.month)
    steps = list(found.events.order_by("pk"))
    returned = next((one for one in reversed(steps) if one.to_state == State.RETURNED), None)
    sent = submitted_since(steps, approval, within=False) if approval else None
    return {
        "report": found,
        "let_go": let_go_in(steps),
        "sent": sent,
        "sent_lines": told_otherwise(approval, sent) if approval and sent else [],
        "unsent": unsent(returned, sheet) if approval else [],
        "later": counted_in(sheet.contributed, approval.snapshot) if approval else [],
        "form": form,
        "returned": returned,
        "until": open_until(found.period, found.sub_item, unit),
        "approval": approval,
        "approved": figures_in(approval) if approval else [],
        "rechecks": Recheck.objects.unanswered().filter(report=found).select_related("because__report__period"),
    }


def _end_waiting(request: Request, report: MonthlyReport, form: RunOutForm) -> str:
    """Take the step that was chosen; what was done."""
    data, by = form.cleaned_data, request.user
    item = {"item": f"{report.sub_item} {report.period}"}
    if data["step"] == "extend":
        services.give_more_time(report, until=data["until"], by=by, reason=data["reason"])
        return _("“%(item)s” may be filed again until %(day)s.") % {**item, "day": data["until"]}
    if data["step"] == "keep":
        services.keep_approval(report, by=by, reason=data["reason"], exception=data["exception"], seen=form.seen_doubts)
        return _("“%(item)s” stands as it had been approved.") % item
    services.let_go(report, by=by, reason=data["reason"])
    return _("“%(item)s” counts as not filed; the following months may be approved.") % item


def _step(
    request: Request,
    report: MonthlyReport,
    typed: QueryDict | None,
    act: Callable[..., None],
    context: dict[str, Any],
    done: str,
    *,
    form: ReasonForm | None = None,
) -> HttpResponse:
    """A step with a reason: asked for, refused in place, or taken."""
    form = form or ReasonForm(typed)
    status = 200
    if request.method == "POST" and form.is_valid():
        try:
            act(report, by=request.user, reason=form.cleaned_data["reason"])
        except DomainError as error:
            form.add_error(None, str(error))
            report.refresh_from_db()
            status = 409
        else:
            messages.success(request, done % {"item": f"{report.sub_item} {report.period}"})
            return redirect("review:report", report.pk)
    elif request.method == "POST":
        status = 422
    return render(request, "review/step.html", {"report": report, "form": form, **context}, status=status)

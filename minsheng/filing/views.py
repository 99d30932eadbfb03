"""Filing: the list of what is due, and the form of one month."""

from typing import Final, cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from departments import audit, clock
from departments.errors import DomainError
from departments.permissions import FILE_REPORT, require, rights_held
from minsheng import sign_in
from minsheng.filing import drafts, nil, services
from minsheng.filing.access import sheet_or_404
from minsheng.filing.asking import ended_early, last_request, locked_items, may_ask
from minsheng.filing.checks import check_of, dropped_by_nil, warnings_of_filed
from minsheng.filing.contributing import asked_of
from minsheng.filing.drafts import FieldsConflict
from minsheng.filing.due import DueItem, due_months, place_of
from minsheng.filing.forms import ReportForm
from minsheng.filing.inherited import inherited_of
from minsheng.filing.nil import LeavesOut
from minsheng.filing.panel import panel_for
from minsheng.filing.remarks import asked_of as returns_of
from minsheng.filing.remarks import still_open
from minsheng.filing.services import Refused, Rights, Sheet
from minsheng.filing.settled import differs
from minsheng.filing.taking import Smaller, is_taking, place_of_taking, take, taken_already
from minsheng.filing.way import taken, way_of
from minsheng.http import Request
from minsheng.review.versions import set_aside_in, uncounted_in
from minsheng.review.withdrawn import withdrawn_before
from projects.models import MonthlyReport
from projects.rules.reports import EDITABLE, Finding, acts_on_behalf

# Steps of the form besides saving: sending it off (as it is, or as a nil report), and turning to the item beside it.
SENDING: Final = ("submit", "nil")
TURNING: Final = ("previous", "next")


@require_safe
def due(request: HttpRequest) -> HttpResponse:
    """What the person's units have to file now."""
    user = cast(Request, request).user
    asked = asked_of(user, clock.today())
    tasks = [task for task in asked if not task.is_frozen]
    months = due_months(user)
    context = {
        "months": months,
        "contributions": [task for task in tasks if task.waits],
        "contributed": [task for task in tasks if not task.waits],
        "frozen": [task for task in asked if task.is_frozen and task.waits],
        "locked": locked_items(user),
        "files": bool(months) or FILE_REPORT in rights_held(user),
    }
    return render(request, "filing/due.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def report(request: HttpRequest, sub_item: int, month: str) -> HttpResponse:
    """One sub-item's report of one month: read, typed, saved as a draft, submitted."""
    request = cast(Request, request)
    sheet = sheet_or_404(request.user, sub_item, month)
    rights = services.rights_of(request.user, sheet.sub_item, sheet.period)
    if not rights.draft:
        return _not_theirs(request, sheet)
    if request.method != "POST":
        return _opened(request, sheet, rights)
    step, known = nil.step_of(request.POST.get("step", "save"))
    require(rights.submit or step not in SENDING)
    form = _typed_form(request, sheet, nil=step == nil.NIL)
    if not form.is_valid():
        return _page(request, sheet, rights, form, status=422)
    if form.displaced():
        form.add_error(None, displaced_words(form))
        return _page(request, sheet, rights, form, status=409)
    dropped = dropped_by_nil(form, form.content()) if step in SENDING else []
    if dropped:
        return _page(request, sheet, rights, _with_findings(request, sheet, dropped), status=422)
    if is_taking(step):
        return _take(request, sheet, rights, form, step)
    return _act(request, sheet, rights, form, step, known=known)


@require_POST
def check(request: HttpRequest, sub_item: int, month: str) -> HttpResponse:
    """What is still missing in what has been typed so far. It writes nothing."""
    request = cast(Request, request)
    sheet = sheet_or_404(request.user, sub_item, month)
    require(services.rights_of(request.user, sheet.sub_item, sheet.period).draft)
    form = _typed_form(request, sheet)
    context = {"sheet": sheet, "form": form, "check": check_of(form), "live": True}
    return render(request, "filing/partials/checked.html", context)


def _opened(request: Request, sheet: Sheet, rights: Rights) -> HttpResponse:
    """The form as it is opened; with what the person sent when his sign-in had expired, which is not saved yet."""
    typed = sign_in.take(request)
    if typed is None:
        return _page(request, sheet, rights, ReportForm(sheet=sheet))
    form = ReportForm(typed, sheet=sheet)
    form.is_valid()
    form.restored = True
    return _page(request, sheet, rights, form)


def _not_theirs(request: Request, sheet: Sheet) -> HttpResponse:
    """Another unit writes it: whose it is, where it can be read, and what was typed, to be copied."""
    sent = request.POST if request.method == "POST" else sign_in.take(request)
    typed = ReportForm(sent, sheet=sheet).typed() if sent is not None else []
    context = {"sheet": sheet, "whose": whose(sheet) if typed else _filed_by(sheet), "typed": typed}
    return render(request, "filing/not_theirs.html", context, status=403)


def displaced_words(form: ReportForm) -> str:
    """Why nothing of a form was saved that had boxes which are gone."""
    if any(one.unit for one in form.displaced()):
        return _("A money line was assigned to another unit meanwhile. Nothing was saved; see below.")
    return _("The plan was changed meanwhile: what is asked is another. Nothing was saved; see below.")


def _filed_by(sheet: Sheet) -> str:
    if sheet.unit is None:
        return _("No unit files this sub-item in %(month)s.") % {"month": sheet.period}
    words = {"month": sheet.period, "unit": sheet.unit.full_name}
    return _("The report of %(month)s is filed by %(unit)s; you have no right to file it.") % words


def whose(sheet: Sheet) -> str:
    if sheet.unit is None:
        return _("You cannot write this report any more: no unit files it this month.")
    return _("You cannot write this report any more: %(unit)s files it.") % {"unit": sheet.unit.full_name}


def _act(request: Request, sheet: Sheet, rights: Rights, form: ReportForm, step: str, *, known: int) -> HttpResponse:
    """Save, then submit or turn to the item beside where asked. What a refusal leaves typed is the draft it now is.

    The same text sent twice by the same person (a double click) is one step, and succeeds once more.
    """
    content = form.content()
    untouched = step in TURNING and not differs(sheet, content)
    if not untouched:
        try:
            saved = drafts.save_draft(
                sheet, content, by=request.user, seen_version=form.cleaned_data["version"], opened=form.opened()
            )
        except DomainError as error:
            fresh = services.sheet_of(sheet.sub_item, sheet.period)
            refused = _with_error(request, fresh, error)
            if refused.displaced() or not services.kept_already(fresh, content, by=request.user):
                return _page(request, fresh, rights, refused, status=409)
        else:
            if saved.theirs and step in SENDING:
                return _look_again(request, form, saved)
    if step in SENDING:
        return _send(request, sheet, rights, known=known)
    if step in TURNING:
        if not untouched:
            messages.success(request, _("Draft of “%(item)s” saved. It is not submitted yet.") % _named(sheet))
        return redirect(_beside(request, sheet, step))
    messages.success(request, _("Draft saved. It is not submitted yet."))
    return redirect(request.path)


def _look_again(request: Request, form: ReportForm, saved: drafts.Saved) -> HttpResponse:
    """Saved, and not submitted: what was written elsewhere meanwhile has not been seen by whoever submits."""
    text = _("Saved, not submitted yet. %(changed)s Look again, then submit.")
    messages.warning(request, text % {"changed": form.changed_elsewhere(saved.theirs, saved.own)})
    return redirect(request.path)


def _take(request: Request, sheet: Sheet, rights: Rights, form: ReportForm, step: str) -> HttpResponse:
    """Take over what other units contributed, with what is typed saved first; a second click is one with the first."""
    content, opened = form.content(), form.opened()
    back = redirect(f"{request.path}#{place_of_taking(step)}")
    if taken_already(sheet, step, content, editor=opened.editor):
        return back
    version = form.cleaned_data["version"]
    try:
        took = take(sheet, step, content, by=request.user, seen_version=version, opened=opened).took
    except DomainError as error:
        fresh = services.sheet_of(sheet.sub_item, sheet.period)
        if taken_already(fresh, step, content, editor=opened.editor):
            return back
        return _page(request, fresh, rights, _with_error(request, fresh, error), status=409)
    if took:
        messages.success(request, _("Taken over into the draft. It is not submitted yet."))
    else:
        messages.warning(request, _("There was nothing to take over. What you typed is saved."))
    return back


def _send(request: Request, sheet: Sheet, rights: Rights, *, known: int) -> HttpResponse:
    """Submit what has just been saved, and go on to the next item that waits."""
    fresh = services.sheet_of(sheet.sub_item, sheet.period)
    place = place_of(request.user, sheet.sub_item, sheet.period)
    try:
        submitted = services.submit(fresh, by=request.user, known=known)
    except DomainError as error:
        now = services.sheet_of(sheet.sub_item, sheet.period)
        if not services.submitted_already(now, by=request.user) or now.report is None:
            return _page(request, now, rights, _with_error(request, now, error), status=422)
        submitted = now.report
    if submitted.on_behalf:
        done = _("“%(item)s” submitted on behalf of %(unit)s.") % {**_named(sheet), "unit": submitted.department_name}
    elif submitted.state == MonthlyReport.State.UNIT_REVIEW:
        done = _("“%(item)s” submitted: your unit's reviewer looks at it now.") % _named(sheet)
    else:
        done = _("“%(item)s” submitted to the supervision office.") % _named(sheet)
    if place is None or place.following is None:
        messages.success(request, done)
        return redirect("filing:due")
    left = ngettext(
        "Next: this one, the last to file this month.",
        "Next: this one. %(count)d are still to be filed this month.",
        place.waiting,
    )
    messages.success(request, f"{done} {left % {'count': place.waiting}}")
    return redirect(_address(place.following))


def _beside(request: Request, sheet: Sheet, step: str) -> str:
    """Where previous or next leads; the to-do page at either end."""
    place = place_of(request.user, sheet.sub_item, sheet.period)
    item = (place.before if step == "previous" else place.after) if place else None
    return _address(item) if item else reverse("filing:due")


def _address(item: DueItem) -> str:
    return reverse("filing:report", args=[item.sub_item.pk, f"{item.period.month:%Y-%m}"])


def _named(sheet: Sheet) -> dict[str, str]:
    return {"item": str(sheet.sub_item)}


def _typed_form(request: Request, sheet: Sheet, *, nil: bool = False) -> ReportForm:
    data = request.POST.copy()
    if nil:
        data["is_nil"] = "on"
    return ReportForm(data, sheet=sheet)


def _with_error(request: Request, sheet: Sheet, error: DomainError) -> ReportForm:
    """The form with the typed text, and each refusal at its field; a refused submission shows the draft it now is."""
    form = _typed_form(request, sheet, nil=nil.step_of(request.POST.get("step", ""))[0] == nil.NIL)
    form.is_valid()
    if isinstance(error, FieldsConflict):
        form.clashes = error.clashes
        form.show_elsewhere(error.elsewhere)
        if error.elsewhere:
            messages.warning(request, form.changed_elsewhere(error.elsewhere, error.own))
    if isinstance(error, Smaller):
        form.asks_again = error.targets
    if isinstance(error, LeavesOut):
        form.nil_known = error.newest
    if isinstance(error, Refused | LeavesOut):
        form.kept_as_draft = True
        form.show_as_kept()
    if isinstance(error, Refused):
        form.noticed_fields = frozenset(finding.field for finding in error.findings)
        for finding in error.findings:
            form.add_error(finding.field if finding.field in form.fields else None, finding.message)
    else:
        form.add_error(None, str(error))
    return form


def _with_findings(request: Request, sheet: Sheet, findings: list[Finding]) -> ReportForm:
    """The form as it was typed, a nil report only where that was ticked, with what is said at its fields."""
    form = _typed_form(request, sheet)
    form.is_valid()
    form.noticed_fields = frozenset(finding.field for finding in findings)
    for finding in findings:
        form.add_error(finding.field if finding.field in form.fields else None, finding.message)
    return form


def _page(
    request: Request,
    sheet: Sheet,
    rights: Rights,
    form: ReportForm,
    *,
    status: int = 200,
) -> HttpResponse:
    check = check_of(form)
    events = list(sheet.report.events.order_by("pk")) if sheet.report else []
    written = sheet.report is not None and sheet.report.state in EDITABLE
    asked = form.asked = still_open(returns_of(events), sheet, events) if written else returns_of([])
    form.noticed_fields = form.noticed_fields | check.fields | asked.boxes
    form.focus_first_error()
    # What has locked is promised no day any more.
    due_on = asked.due_on(sheet.period) if sheet.is_open else sheet.period.due_on
    context = {
        "sheet": sheet,
        "editable": sheet.is_editable,
        "sub_item": sheet.sub_item,
        "period": sheet.period,
        "report": sheet.report,
        "rights": rights,
        "form": form,
        "check": check,
        "place": place_of(request.user, sheet.sub_item, sheet.period),
        "events": events,
        "timeline": taken(events, above=[*asked.returns, asked.let_go]),
        "way": way_of(sheet.report, events, reviewed=services.is_reviewed(sheet, by=request.user)),
        "asked": asked,
        "withdrawn": withdrawn_before(sheet),
        "due_on": due_on,
        "days_left": (due_on - clock.today()).days,
        "on_behalf": _on_behalf(request, sheet),
        "typed": form.typed() if form.is_bound and not sheet.is_editable else [],
        "warnings": warnings_of_filed(sheet),
        "panel": panel_for(sheet),
        "may_assign": rights.submit,
        "set_aside": set_aside_in(events) if rights.draft else None,
        "not_counted": uncounted_in(events) if rights.draft else None,
        "inherited": inherited_of(sheet) if sheet.is_editable else [],
    }
    if not sheet.is_open:
        context["request_made"] = made = last_request(sheet)
        context["ended_early"] = ended_early(sheet)
        context["may_ask"] = rights.submit and may_ask(sheet, made)
    return render(request, "filing/report.html", context, status=status)


def _on_behalf(request: Request, sheet: Sheet) -> str:
    """Who would submit for a unit that is not his own; empty where it is."""
    user = request.user
    acts = sheet.unit is not None and acts_on_behalf(user.department, sheet.unit)
    return audit.signature(user) if acts else ""

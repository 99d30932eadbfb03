"""The pages of a unit's contribution to a month: read, typed, saved, submitted, corrected while the report is open."""

from collections.abc import Iterable
from datetime import date
from typing import Any, Final, cast

from django.contrib import messages
from django.db.models import Q, prefetch_related_objects
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from departments import clock
from departments.errors import DomainError
from departments.models import Department
from departments.permissions import FILE_REPORT, REVIEW_REPORT, departments_granted, require
from minsheng import sign_in
from minsheng.filing import contribute, keeping
from minsheng.filing.contribute import Desk, Kept, desk_of
from minsheng.filing.contribution_checks import Refused, warnings_of
from minsheng.filing.contribution_form import ContributionForm
from minsheng.filing.contributions import Contributed, counted_in
from minsheng.filing.drafts import FieldsConflict
from minsheng.filing.lines import LeftBehind, amounts_of
from minsheng.filing.merge import base_of
from minsheng.filing.panel import row_of
from minsheng.http import Request
from minsheng.review.withdrawn import let_go_before
from projects.models import ContributionVersion, MonthlyReport, ReportEvent, ReportingPeriod, SubItem

# Steps besides saving: submitting as it is, and saying that there is nothing new.
SENDING: Final = ("submit", "nothing")


@require_http_methods(["GET", "HEAD", "POST"])
def page(request: HttpRequest, sub_item: int, month: str, unit: int) -> HttpResponse:
    """What one unit says to one month of a sub-item. Its reviewer may read it too."""
    request = cast(Request, request)
    desk = _desk_or_404(request, sub_item, month, unit)
    if request.method != "POST":
        typed = sign_in.take(request)
        form = ContributionForm(typed, desk=desk)
        if typed is not None:
            form.is_valid()
            form.restored = True
        return _page(request, desk, form)
    require(_may_write(request, desk))
    form = ContributionForm(request.POST, desk=desk)
    if not form.is_valid():
        return _page(request, desk, form, status=422)
    return _act(request, desk, form, request.POST.get("step", "save"))


@require_POST
def autosave(request: HttpRequest, sub_item: int, month: str, unit: int) -> HttpResponse:
    """Keep what has been typed so far, as a report's form does (``keeping``), and say so beside the buttons."""
    request = cast(Request, request)
    desk = _desk_or_404(request, sub_item, month, unit)
    require(_may_write(request, desk))
    form = ContributionForm(request.POST, desk=desk)
    note: dict[str, Any] = {"form": form, "autosave_url": request.path}
    if not form.is_valid():
        return render(request, keeping.NOTE, {**note, "wrong": keeping.wrong_of(form)})
    opened, typed = form.opened(), form.content()
    if opened.base == base_of(typed) and not form.displaced():
        return HttpResponse(status=204)
    try:
        _refuse_displaced(form)
        version = form.cleaned_data["version"]
        kept = contribute.save(desk, typed, by=request.user, seen_version=version, opened=opened, partly=True)
    except DomainError as error:
        return render(request, keeping.NOTE, note | keeping.refused(form, error))
    note |= {"saved": kept, **keeping.kept(form, typed, kept, version=kept.contribution.version)}
    return render(request, keeping.NOTE, note)


def _act(request: Request, desk: Desk, form: ContributionForm, step: str) -> HttpResponse:
    """Save, then submit where asked. The same form sent twice by the same person is one step, and succeeds twice."""
    content = form.content()
    try:
        _refuse_displaced(form)
        kept = contribute.save(
            desk, content, by=request.user, seen_version=form.cleaned_data["version"], opened=form.opened()
        )
    except DomainError as error:
        now = desk_of(desk.sub_item, desk.period, desk.unit)
        if not _kept_already(request, now, form):
            return _refused(request, now, error)
        kept = None
    if step not in SENDING:
        messages.success(request, _saved(desk))
        return redirect(request.path)
    if kept is not None and kept.theirs:
        return _look_again(request, form, kept)
    return _send(request, desk, nothing=step == "nothing")


def _send(request: Request, desk: Desk, *, nothing: bool) -> HttpResponse:
    try:
        contribute.submit(desk, by=request.user, nothing=nothing)
    except DomainError as error:
        now = desk_of(desk.sub_item, desk.period, desk.unit)
        if now.newest is None or now.has_unsent or now.again or now.anew or now.newest.author_id != request.user.pk:
            return _refused(request, now, error)
    filing = desk.filing.full_name if desk.filing else ""
    words = {"item": str(desk.sub_item), "unit": filing}
    now = desk_of(desk.sub_item, desk.period, desk.unit)
    for finding in warnings_of(now, now.present):
        messages.warning(request, finding.message)
    if desk.is_own:
        messages.success(request, _("Your unit's own share counts in the sum now."))
        return redirect("filing:report", desk.sub_item.pk, f"{desk.period.month:%Y-%m}")
    messages.success(request, _("Submitted for “%(item)s”: %(unit)s reads it now.") % words)
    return redirect("filing:due")


def _saved(desk: Desk) -> str:
    if desk.newest is not None:
        return _("Draft of the correction saved: until it is submitted, what was submitted before is read.")
    return _("Draft saved. It is not submitted yet.")


def _look_again(request: Request, form: ContributionForm, kept: Kept) -> HttpResponse:
    """Saved, and not submitted: what was written elsewhere meanwhile has not been seen by whoever submits."""
    text = _("Saved, not submitted yet. %(changed)s Look again, then submit.")
    messages.warning(request, text % {"changed": form.changed_elsewhere(kept.theirs, kept.own)})
    return redirect(request.path)


def _kept_already(request: Request, now: Desk, form: ContributionForm) -> bool:
    """Whether the person himself has just written exactly this: the same form sent twice."""
    stands = now.contribution
    if stands is None or stands.author_id != request.user.pk or form.displaced() or now.is_frozen or not now.is_open:
        return False
    return base_of(now.present) == base_of(contribute.narrowed(now, form.content()))


def _refuse_displaced(form: ContributionForm) -> None:
    gone = form.displaced()
    if gone and form.desk.unit == form.desk.filing:
        raise DomainError(
            _("Your unit files this report itself by now: what it says stands there. Nothing was saved; see below.")
        )
    if any(one.line for one in gone):
        raise DomainError(contribute.LINE_GONE)
    if gone:
        raise DomainError(contribute.ASKED_OTHERWISE)


def _refused(request: Request, now: Desk, error: DomainError) -> HttpResponse:
    """The form with the typed text, and each refusal at its field."""
    form = ContributionForm(request.POST, desk=now)
    form.is_valid()
    if isinstance(error, FieldsConflict):
        form.clashes = error.clashes
        form.show_elsewhere(error.elsewhere)
        if error.elsewhere:
            messages.warning(request, form.changed_elsewhere(error.elsewhere, error.own))
    if not isinstance(error, Refused):
        form.add_error(None, str(error))
        return _page(request, now, form, status=409)
    form = ContributionForm({**request.POST.dict(), "version": str(_version(now))}, desk=now)
    form.is_valid()
    form.kept_as_draft = True
    for name, message in error.findings:
        form.add_error(name if name in form.fields else None, message)
    return _page(request, now, form, status=422)


def _version(desk: Desk) -> int:
    return desk.contribution.version if desk.contribution else 0


def _desk_or_404(request: Request, sub_item: int, month: str, unit: int) -> Desk:
    """A desk exists for whoever sees the sub-item, and for units that only read a money line of it; it is open to the
    unit's own people alone.
    """
    try:
        first_day = date.fromisoformat(f"{month}-01")
    except ValueError:
        raise Http404 from None
    mine = departments_granted(request.user, FILE_REPORT, REVIEW_REPORT)
    own = unit in set(mine.values_list("pk", flat=True))
    reach = Q(pk__in=SubItem.objects.visible_to(request.user).values("pk"))
    if own:
        reach |= Q(funding_lines__assignments__department=unit) | Q(reports__contributions__department=unit)
    found = get_object_or_404(
        SubItem.objects.filter(reach, status=SubItem.Status.ACTIVE)
        .select_related("programme__jurisdiction", "project")
        .prefetch_related("targets")
        .distinct(),
        pk=sub_item,
    )
    periods = ReportingPeriod.objects.filter(programme=found.programme).prefetch_related("exceptions")
    desk = desk_of(
        found,
        get_object_or_404(periods, month=first_day),
        get_object_or_404(Department.objects.select_related("parent"), pk=unit),
    )
    if not desk.is_asked and desk.contribution is None:
        raise Http404
    require(own)
    return desk


def _may_write(request: Request, desk: Desk) -> bool:
    return departments_granted(request.user, FILE_REPORT).filter(pk=desk.unit.pk).exists()


def _page(request: Request, desk: Desk, form: ContributionForm, *, status: int = 200) -> HttpResponse:
    form.focus_first_error()
    steps = list(desk.report.events.order_by("-pk")[:1]) if desk.report and desk.is_frozen else []
    one = _contributed(desk, steps)
    may_write = _may_write(request, desk)
    versions = versions_of(desk)
    decided = desk.report is not None and desk.report.state == MonthlyReport.State.APPROVED
    context = {
        "desk": desk,
        "sub_item": desk.sub_item,
        "period": desk.period,
        "unit": desk.unit,
        "form": form,
        "asked": desk.asked,
        "due_on": desk.asked.due_on(desk.period) if desk.is_open else desk.period.due_on,
        "editable": desk.is_editable and may_write,
        "row": row_of(one) if one.newest else None,
        "uncounted": one.uncounted,
        "frozen_by": steps[0] if desk.is_frozen and steps else None,
        "versions": versions,
        "withdrawn": [] if decided else let_go_before(desk.sub_item, desk.period),
        "let_go": desk.report.events.order_by("pk").last() if desk.report and desk.report.is_let_go else None,
        "left_behind": [LeftBehind(line, by, amounts_of(line, money)) for line, by, money in desk.left_behind],
        "unsent": "" if desk.is_editable else desk.unsent_text,
        "typed": form.typed() if form.is_bound and not (desk.is_editable and may_write) else [],
        "days_left": (desk.period.due_on - clock.today()).days,
    }
    return render(request, "filing/contribution.html", context, status=status)


def _contributed(desk: Desk, steps: Iterable[ReportEvent]) -> Contributed:
    """What the unit has said; of a report that has left its unit, as far as it counts."""
    one = Contributed(desk.unit, desk.role, desk.contribution, desk.lines, files=desk.unit == desk.filing)
    newest = next(iter(steps), None)
    if desk.is_frozen and newest is not None and "contributions" in newest.snapshot:
        return counted_in([one], newest.snapshot)[0]
    return one


def versions_of(desk: Desk) -> list[ContributionVersion]:
    """What the unit submitted, with what the filing unit took over of it."""
    versions = list(desk.contribution.versions.all()) if desk.contribution else []
    prefetch_related_objects(versions, "takings__target")
    return versions

"""The steps of the review: one part of one row, one question, or many rows at once.

With htmx a row is drawn anew in its place; without, each step has its own small page and leads back to the row.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec, cast
from urllib.parse import parse_qs, parse_qsl, urlencode

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from departments.errors import DomainError
from departments.permissions import IMPORT_TABLE, has_grant, require
from minsheng import sign_in
from minsheng.http import Request
from minsheng.task_table import review, steps
from minsheng.task_table.corrections import PARTS, correction, seen_of, standing, was_read
from minsheng.task_table.gone import RowGone, not_there
from minsheng.task_table.held import OtherSheet, same_sheet
from minsheng.task_table.models import ImportBatch, StagedRow
from minsheng.task_table.part_forms import PartForm
from minsheng.task_table.review_forms import LeaveOutForm
from minsheng.task_table.shown import words_of
from minsheng.task_table.spoken import PART_NAMES, spoken
from minsheng.task_table.table import table_of
from minsheng.task_table.views import batch_or_404, page

P = ParamSpec("P")
Step = Callable[Concatenate[HttpRequest, P], HttpResponse]


def tells_gone(step: Step[P]) -> Step[P]:
    """Whoever still has a row before him that was taken out of the table is told by whom and when, with 409; what he
    typed stays: in the form where it was typed, without htmx on the page that tells it.
    """

    @wraps(step)
    def told(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        try:
            return step(request, *args, **kwargs)
        except (RowGone, OtherSheet) as error:
            return _gone_page(cast(Request, request), cast(int, kwargs["pk"]), kwargs["row"], str(error))

    return told


def _gone_page(request: Request, pk: int, row: object, text: str) -> HttpResponse:
    context = {"batch": batch_or_404(request.user, pk), "text": text, "tone": "red", "alert": True}
    if not request.htmx:
        return render(request, "task_table/row_gone.html", context, status=409)
    response = render(request, "components/callout.html", context, status=409)
    response["HX-Retarget"], response["HX-Reswap"] = f"#row-{row}-told", f"innerHTML show:#row-{row}-told:top"
    return response


@require_http_methods(["GET", "HEAD", "POST"])
@tells_gone
def part(request: HttpRequest, pk: int, row: int, part: str) -> HttpResponse:
    """Correct one part of one row. What is wrong is said in place, and what was typed stays."""
    request = cast(Request, request)
    found, staged = _row_or_404(request, pk, row)
    if part not in PARTS:
        raise Http404
    if not found.is_staged:
        return redirect(_address(found, row))
    if request.method != "POST" and not staged.is_in:
        return _done(request, found, row)
    if request.method != "POST":
        typed = sign_in.typed(request)
        return _part_page(request, staged, PartForm(staged, part, jurisdiction=found.jurisdiction, data=typed))
    form = PartForm(staged, part, jurisdiction=found.jurisdiction, data=request.POST)
    if not form.is_valid():
        return _part_page(request, staged, form, status=422)
    try:
        seen = form.form.cleaned_data["seen"]
        found = steps.correct(found, row, part, form.values(), seen=seen, by=request.user, sheet=_sheet(request))
    except steps.ChangedMeanwhile as error:
        again = form.shown_again(error.row)
        return _part_page(request, error.row, again, status=409, refused=str(error))
    except RowGone:
        raise
    except OtherSheet as error:  # what was typed is about another row
        anew = PartForm(staged, part, jurisdiction=found.jurisdiction)
        return _part_page(request, staged, anew, status=409, refused=str(error))
    except DomainError as error:
        return _part_page(request, staged, form, status=409, refused=str(error))
    return _done(request, found, row)


@require_POST
@tells_gone
def take_back(request: HttpRequest, pk: int, row: int, part: str) -> HttpResponse:
    """The reading stands again."""
    request = cast(Request, request)
    found, staged = _row_or_404(request, pk, row)
    if part not in PARTS:
        raise Http404
    seen = request.POST.get("seen", "")
    try:
        seen_number = int(seen) if seen.isascii() and seen.isdigit() else seen_of(staged, part)
        found = steps.take_back(found, row, part, seen=seen_number, by=request.user, sheet=_sheet(request))
    except RowGone:
        raise
    except DomainError as error:
        messages.error(request, str(error))
    return _done(request, found, row)


@require_POST
def accept(request: HttpRequest, pk: int) -> HttpResponse:
    """“As read” for the questions that were shown: one, or all of a kind on the page."""
    request = cast(Request, request)
    found = batch_or_404(request.user, pk)
    require(has_grant(request.user, IMPORT_TABLE, found.jurisdiction))
    points = [(int(row), key) for row, _colon, key in _points(request.POST) if row.isascii() and row.isdigit()]
    try:
        count = steps.accept(found, points, by=request.user, sheet=_sheet(request))
    except RowGone as error:
        if len(points) == 1:
            return _gone_page(request, pk, points[0][0], str(error))
        messages.error(request, str(error))
        asked = dict(parse_qsl(request.POST.get("back", "")))
        return page(request, batch_or_404(request.user, pk), asked=asked, status=409)
    except DomainError as error:
        messages.error(request, str(error))
    else:
        if len(points) > 1:
            text = ngettext(
                "%(count)s question was accepted as read.", "%(count)s questions were accepted as read.", count
            )
            messages.success(request, text % {"count": count})
    return _done(request, found, points[0][0] if len(points) == 1 else None)


@require_POST
@tells_gone
def ask_again(request: HttpRequest, pk: int, row: int) -> HttpResponse:
    """A question that was accepted is open again."""
    request = cast(Request, request)
    found, _staged = _row_or_404(request, pk, row)
    try:
        point = request.POST.get("point", "")
        found = steps.ask_again(found, row, point, by=request.user, sheet=_sheet(request))
    except RowGone:
        raise
    except DomainError as error:
        messages.error(request, str(error))
    return _done(request, found, row)


@require_http_methods(["GET", "HEAD", "POST"])
@tells_gone
def leave_out(request: HttpRequest, pk: int, row: int) -> HttpResponse:
    """Leave a row out, with a reason."""
    request = cast(Request, request)
    found, staged = _row_or_404(request, pk, row)
    if not found.is_staged:
        return redirect(_address(found, row))
    form = LeaveOutForm(sign_in.typed(request))
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                reason = form.cleaned_data["reason"]
                steps.leave_out(found, row, reason=reason, by=request.user, sheet=_sheet(request))
            except RowGone:
                raise
            except DomainError as error:
                form.add_error(None, str(error))
                status = 409
            else:
                messages.success(
                    request, _("%(row)s is left out; it is listed at the top.") % {"row": found.words_of(row)}
                )
                return redirect(back(request, found))
    context = {"batch": found, "staged": staged, "form": form, "row_text": _text_of(staged)}
    return render(request, "task_table/leave_out.html", context, status=status)


@require_POST
@tells_gone
def take_in(request: HttpRequest, pk: int, row: int) -> HttpResponse:
    """Take in a row that was left out, or that the reader took for no task."""
    request = cast(Request, request)
    found = batch_or_404(request.user, pk)
    require(has_grant(request.user, IMPORT_TABLE, found.jurisdiction))
    try:
        steps.take_in(found, row, by=request.user, sheet=_sheet(request))
    except RowGone:
        raise
    except DomainError as error:
        messages.error(request, str(error))
        return redirect(back(request, found))
    messages.success(request, _("%(row)s was taken in. Look at what was read of it.") % {"row": found.words_of(row)})
    return redirect(_address(found, row))


@require_POST
def use_again(request: HttpRequest, pk: int) -> HttpResponse:
    """A correction that was lost when the table was read again is made once more."""
    request = cast(Request, request)
    found = batch_or_404(request.user, pk)
    require(has_grant(request.user, IMPORT_TABLE, found.jurisdiction))
    key = request.POST.get("lost", "")
    lost = found.decisions.filter(pk=int(key), step=steps.Step.LOST).first() if key.isdecimal() else None
    if lost is None or lost.row is None:
        messages.error(request, _("There is no such answer."))
        return redirect(back(request, found))
    try:
        steps.use_again(found, lost, by=request.user)
    except DomainError as error:
        messages.error(request, str(error))
        return redirect(back(request, found))
    messages.success(request, _("%(row)s was corrected as before.") % {"row": found.words_of(lost.row)})
    return redirect(_address(found, lost.row))


@require_safe
@tells_gone
def row(request: HttpRequest, pk: int, row: int) -> HttpResponse:
    """One row as it stands: what a form in its place gives way to."""
    request = cast(Request, request)
    found, _staged = _row_or_404(request, pk, row)
    return _done(request, found, row)


def _part_page(
    request: Request, staged: StagedRow, form: PartForm, *, status: int = 200, refused: str = ""
) -> HttpResponse:
    words = words_of(table_of(staged.batch, row=staged.row)) if refused else None
    template = "task_table/partials/part_form.html" if request.htmx else "task_table/part.html"
    context: dict[str, Any] = {
        "batch": staged.batch,
        "staged": staged,
        "part": form.part,
        "title": PART_NAMES[form.part],
        "form": form,
        "corrected": correction(staged, form.part),
        "refused": refused,
        "theirs": spoken(form.part, standing(staged, form.part), words) if words else "",
        "read": spoken(form.part, was_read(staged, form.part), words) if words else "",
        "back": request.POST.get("back", request.GET.urlencode()),
    }
    response = render(request, template, context, status=status)
    if request.htmx and status != 200:  # the form again, in the place of its part and not of the whole row
        response["HX-Retarget"], response["HX-Reswap"] = f"#row-{staged.row}-{form.part}", "innerHTML"
    return response


def _done(request: Request, found: ImportBatch, row: int | None) -> HttpResponse:
    """The row anew, with the progress and the version; without htmx the page at the row."""
    if request.htmx and row is not None:
        context = review.row_of(batch_or_404(request.user, found.pk), row)
        if context is not None:
            context["version"] = _version_seen(request, context["batch"])
            context["me"] = request.user
            return render(request, "task_table/partials/row_anew.html", context)
        staged = found.rows.filter(row=row).first()
        if staged is not None and staged.left_out:
            return render(request, "task_table/partials/row_left_out.html", {"batch": found, "staged": staged})
    return redirect(back(request, found, row))


def _version_seen(request: Request, now: ImportBatch) -> int | None:
    """The version that the page may confirm: the newest, unless others decided since the page was drawn."""
    posted = request.POST.get("version", "")
    if not (posted.isascii() and posted.isdigit()):
        return None
    others = now.decisions.filter(version__gt=int(posted)).exclude(by=request.user)
    return None if others.exists() else now.version


def _row_or_404(request: Request, pk: int, row: int) -> tuple[ImportBatch, StagedRow]:
    found = batch_or_404(request.user, pk)
    require(has_grant(request.user, IMPORT_TABLE, found.jurisdiction))
    staged = found.rows.filter(row=row).first()
    if staged is None:
        if request.method == "POST":
            same_sheet(found, _sheet(request))
        error = not_there(found, row)
        raise error if isinstance(error, RowGone) else Http404
    staged.batch = found
    return found, staged


def _sheet(request: Request) -> str | None:
    """The sheet whose row the page showed."""
    return request.POST.get("sheet")


def _points(data: QueryDict) -> list[tuple[str, str, str]]:
    return [value.partition(":") for value in data.getlist("point")]


def back(request: Request, found: ImportBatch, row: int | None = None) -> str:
    """The page of the import with what it was narrowed by, at the row."""
    asked = parse_qs(request.POST.get("back", ""))
    kept: dict[str, str] = {name: asked[name][0] for name in ("show", "kind", "page") if name in asked}
    if row is not None:
        kept = {name: value for name, value in kept.items() if name != "page"} | {"row": str(row)}
    query = f"?{urlencode(kept)}" if kept else ""
    return reverse("task_table:batch", args=[found.pk]) + query + (f"#row-{row}" if row is not None else "")


def _address(found: ImportBatch, row: int) -> str:
    return f"{reverse('task_table:batch', args=[found.pk])}?row={row}#row-{row}"


def _text_of(staged: StagedRow) -> str:
    return " ".join(filter(None, [staged.reading["serial"], staged.reading["project"]]))

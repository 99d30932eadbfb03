"""The pages of an import: the list, the upload, the staged table with its decision."""

from collections.abc import Callable, Mapping
from typing import Any, cast

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count, QuerySet
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from departments.errors import Conflict, DomainError
from departments.models import User
from departments.permissions import (
    ADMINISTER,
    IMPORT_TABLE,
    OVERSEE,
    SUPERVISE,
    has_grant,
    jurisdictions_granted,
    require,
)
from minsheng import sign_in
from minsheng.http import Request
from minsheng.progress import tells_progress
from minsheng.task_table import review, services
from minsheng.task_table.again.pages import update_page
from minsheng.task_table.alike import MustSayWhether
from minsheng.task_table.answers import to_make
from minsheng.task_table.changed import changed_since
from minsheng.task_table.decisions import MustAnswer, MustChoose, rows_to_choose, seen_of
from minsheng.task_table.forms import ChoicesForm, ReasonForm, UploadForm
from minsheng.task_table.goes_with import goes_with
from minsheng.task_table.held import other_sheet
from minsheng.task_table.models import ImportBatch
from minsheng.task_table.passing import StillOpen
from minsheng.task_table.points import by_kind, open_of
from minsheng.task_table.table import table_of
from minsheng.task_table.tables import MustSayTables

PER_PAGE = 20
Step = Callable[[ChoicesForm | None, int | None], None]


@require_safe
def batches(request: HttpRequest) -> HttpResponse:
    """The tables of the person's jurisdictions, the newest first."""
    request = cast(Request, request)
    require(jurisdictions_granted(request.user, IMPORT_TABLE).exists())
    found = _visible(request.user).annotate(tasks=Count("rows")).order_by("-uploaded_at", "-pk")
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "task_table/batches.html", {"page": page})


@require_http_methods(["GET", "HEAD", "POST"])
@tells_progress
def upload(request: HttpRequest) -> HttpResponse:
    """Give a table; what is read from it is shown next, and nothing is written before somebody confirms."""
    request = cast(Request, request)
    require(jurisdictions_granted(request.user, IMPORT_TABLE).exists())
    if request.method != "POST":
        return render(request, "task_table/upload.html", {"form": UploadForm(user=request.user)})
    form = UploadForm(request.POST, request.FILES, user=request.user)
    if form.is_valid():
        try:
            staged = services.stage(
                form.source(),
                jurisdiction=form.cleaned_data["jurisdiction"],
                year=form.cleaned_data["year"],
                programme=form.cleaned_data["programme"],
                by=request.user,
            )
        except DomainError as error:
            exists = isinstance(error, services.ProgrammeExists)
            form.add_error("programme" if exists else form.source_field, str(error))
        else:
            return redirect("task_table:again" if staged.is_update else "task_table:batch", staged.pk)
    return render(request, "task_table/upload.html", {"form": form}, status=422)


@require_safe
def batch(request: HttpRequest, pk: int) -> HttpResponse:
    """One table as it was read, beside its text."""
    request = cast(Request, request)
    return page(request, batch_or_404(request.user, pk))


@require_POST
def decide(request: HttpRequest, pk: int) -> HttpResponse:
    """Keep what was chosen, and look at it again."""
    request = cast(Request, request)
    found = batch_or_404(request.user, pk)
    require(has_grant(request.user, IMPORT_TABLE, found.jurisdiction))

    def step(form: ChoicesForm | None, version: int | None) -> None:
        seen = form.seen() if form else {}
        choices = form.choices() if form else {}
        services.decide(found, choices, by=request.user, version=None if seen else version, seen=seen)
        messages.success(request, _("Your choices were kept. Nothing is imported yet."))

    return _choose(request, found, step)


@require_POST
@tells_progress
def commit(request: HttpRequest, pk: int) -> HttpResponse:
    """Confirm: what was shown, with what was chosen, becomes the programme."""
    request = cast(Request, request)
    found = batch_or_404(request.user, pk)
    require(has_grant(request.user, IMPORT_TABLE, found.jurisdiction))

    def step(form: ChoicesForm | None, version: int | None) -> None:
        choices, passing = form.choices() if form else {}, "passing" in request.POST
        programme = services.commit(found, by=request.user, choices=choices, version=version, passing=passing)
        messages.success(request, _("“%(programme)s” was imported.") % {"programme": programme})

    return _choose(request, found, step)


@require_safe
def confirm(request: HttpRequest, pk: int) -> HttpResponse:
    """What is still open, and what confirming adds to the units: asked once more before it is written."""
    request = cast(Request, request)
    found = batch_or_404(request.user, pk)
    require(has_grant(request.user, IMPORT_TABLE, found.jurisdiction))
    if not found.is_staged or found.is_update:
        return redirect("task_table:batch", pk)
    table = table_of(found)
    passable, blocking = open_of(table.rows, table.reading.rows, table.people)
    points = [point for _row, point in passable]
    asked = request.GET.get("version", "")
    context = {
        "batch": found,
        "table": table,
        "open": len(points),
        "blocking": sorted({*rows_to_choose(table.rows, table.people), *blocking}),
        "kinds": by_kind(points),
        "to_make": to_make(found, table.rows),
        "version": asked if asked.isdecimal() else found.version,
    }
    return render(request, "task_table/confirm.html", context)


@require_POST
def discard(request: HttpRequest, pk: int) -> HttpResponse:
    """Put a staged table aside. What others did on it since the page was shown is looked at first."""
    request = cast(Request, request)
    found = batch_or_404(request.user, pk)
    require(has_grant(request.user, IMPORT_TABLE, found.jurisdiction))
    asked = request.POST.get("version", "")
    version = int(asked) if asked.isascii() and asked.isdigit() else None
    try:
        services.discard(found, by=request.user, version=version)
        messages.success(request, _("The table was put aside; nothing of it was imported."))
    except Conflict as error:
        messages.error(request, str(error))
        now = batch_or_404(request.user, pk)
        changed = changed_since(now, version or 0)
        if now.is_update and "update" in request.POST:
            return update_page(request, now, status=409, changed=changed)
        return page(request, now, status=409, changed=changed)
    except DomainError as error:
        messages.error(request, str(error))
    return redirect("task_table:batch", pk)


@require_POST
def undo(request: HttpRequest, pk: int) -> HttpResponse:
    """Take an import back, with a reason."""
    request = cast(Request, request)
    found = batch_or_404(request.user, pk)
    require(has_grant(request.user, IMPORT_TABLE, found.jurisdiction))
    form = ReasonForm(request.POST)
    if not form.is_valid():
        return page(request, found, reason=form, status=422)
    try:
        seen = request.POST.get("goes")
        services.undo(found, by=request.user, reason=form.cleaned_data["reason"], seen=seen)
    except DomainError as error:
        form.add_error(None, str(error))
        return page(request, batch_or_404(request.user, pk), reason=form, status=409)
    messages.success(request, _("The import was undone; the file stays on record."))
    return redirect("task_table:batch", pk)


@require_safe
def source(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The file as it was uploaded, always as a download."""
    found = batch_or_404(cast(Request, request).user, pk)
    try:
        opened = found.file.open("rb")
    except FileNotFoundError:
        raise Http404 from None
    return FileResponse(opened, as_attachment=True, filename=found.file_name, content_type="application/octet-stream")


def _choose(request: Request, found: ImportBatch, step: Step) -> HttpResponse:
    """Take ``step`` with what was chosen. A refusal is said in place and keeps the choices.

    Whoever comes twice sees the result, whoever comes late what somebody else has done.
    """
    if found.is_staged and _is_other_sheet(request, found):
        return page(
            request, found, form=_refused(request, found, other_sheet(found, request.POST["sheet"])), status=409
        )
    form = ChoicesForm(request.POST, table=table_of(found)) if found.is_staged else None
    if form is not None and (gone := form.gone()):
        return page(request, found, form=_refused(request, found, gone), status=409)
    if form is not None and not form.is_valid():
        return page(request, found, form=form, status=422)
    try:
        step(form, form.cleaned_data["version"] if form else None)
    except StillOpen:
        return _ask_once_more(request, found, form)
    except DomainError as error:
        error.__traceback__ = None  # its frames hold every row of the table, and the page holds them again
        if isinstance(error, MustChoose | MustAnswer | MustSayWhether | MustSayTables):
            _keep_choices(request, found, form)  # what is asked for may be answered on another page
        now, version = batch_or_404(request.user, found.pk), form.cleaned_data["version"] if form else None
        form = None
        if now.is_staged:
            status = 422 if isinstance(error, MustChoose | MustAnswer) else 409
            changed = changed_since(now, version) if version is not None and isinstance(error, Conflict) else []
            rows = error.rows if isinstance(error, MustChoose | MustAnswer) else ()
            again = _refused(request, now, error)
            return page(request, now, form=again, status=status, changed=changed, refused=rows)
        messages.error(request, str(error))
    return redirect("task_table:batch", found.pk)


def _ask_once_more(request: Request, found: ImportBatch, form: ChoicesForm | None) -> HttpResponse:
    """The choices are kept; whether what is open is imported as read is asked on a page of its own."""
    error = _keep_choices(request, found, form)
    now = batch_or_404(request.user, found.pk)
    if error is None:
        return redirect(f"{reverse('task_table:confirm', args=[now.pk])}?version={now.version}")
    if now.is_staged:
        return page(request, now, form=_refused(request, now, error), status=409)
    messages.error(request, str(error))
    return redirect("task_table:batch", now.pk)


def _keep_choices(request: Request, found: ImportBatch, form: ChoicesForm | None) -> DomainError | None:
    """Keep what was chosen, though the import is not confirmed yet; why it could not be."""
    try:
        if form is not None:
            services.decide(found, form.choices(), by=request.user, version=form.cleaned_data["version"])
    except DomainError as error:
        error.__traceback__ = None
        return error
    return None


def _is_other_sheet(request: Request, now: ImportBatch) -> bool:
    return bool(request.POST.get("sheet", now.sheet_read) != now.sheet_read)


def _refused(request: Request, now: ImportBatch, error: DomainError) -> ChoicesForm:
    """The form with what was chosen, over the batch as it now stands, and what is wrong at its place."""
    data, table = request.POST.copy(), table_of(now)
    if _is_other_sheet(request, now):  # what was chosen is about other rows
        data = QueryDict("shown=0", mutable=True)
    data["version"] = str(now.version)
    for row in table.rows:
        if f"row-{row.row}-seen" in data:
            data[f"row-{row.row}-seen"] = seen_of(row)
    form = ChoicesForm(data, table=table)
    form.is_valid()
    if isinstance(error, MustChoose):
        form.refuse_rows(error.rows)
    if isinstance(error, Conflict):
        form.tell_other_choices()
    form.add_error(None, str(error))
    return form


def page(
    request: Request,
    found: ImportBatch,
    *,
    asked: Mapping[str, Any] | None = None,
    form: ChoicesForm | None = None,
    reason: ReasonForm | None = None,
    status: int = 200,
    **more: Any,
) -> HttpResponse:
    """The table as it was read. ``asked`` narrows its rows, where the address does not."""
    table = form.table if form else table_of(found)
    if form is None and found.is_staged:
        chosen = sign_in.typed(
            request, *(reverse(f"task_table:{step}", args=[found.pk]) for step in ("commit", "decide"))
        )
        form = ChoicesForm(chosen, table=table) if chosen else None
    undo = reverse("task_table:undo", args=[found.pk])
    context = {
        **review.page_of(table, request.GET if asked is None else asked, form=form),
        "reason": (reason or ReasonForm(sign_in.typed(request, undo)))
        if found.is_committed and not found.is_update
        else None,
        "goes": goes_with(found.programme) if found.programme and not found.is_update else None,
        "me": request.user,
        "next_steps": _next_steps(request.user, found) if found.is_committed else [],
        "others_go_on": found.is_committed and not has_grant(request.user, SUPERVISE, found.jurisdiction),
        **more,
    }
    return render(request, "task_table/batch.html", context, status=status)


def _next_steps(user: User, found: ImportBatch) -> list[tuple[str, str]]:
    """Where the work goes on once the programme is there: words and address, of what the person may do himself."""
    pages = [
        (_("Look at the list of sub-items"), "dashboard:list", {SUPERVISE, OVERSEE}, found.programme_id),
        (_("Set the reporting periods"), "periods:periods", {SUPERVISE}, found.programme_id),
        (_("Give people access for their units"), "office:people", {ADMINISTER}, None),
        (_("Upload a table"), "task_table:upload", {IMPORT_TABLE}, None),
    ]
    granted = {
        grant for grant in (SUPERVISE, OVERSEE, ADMINISTER, IMPORT_TABLE) if has_grant(user, grant, found.jurisdiction)
    }
    return [(words, reverse(name, args=[key] if key else [])) for words, name, grants, key in pages if granted & grants]


def _visible(user: User) -> QuerySet[ImportBatch]:
    """Imports of other jurisdictions do not exist for a person."""
    mine = jurisdictions_granted(user, IMPORT_TABLE).values("pk")
    return ImportBatch.objects.filter(jurisdiction__in=mine).select_related(
        "jurisdiction",
        "update",
        "programme__jurisdiction",
        "uploaded_by__department",
        "committed_by__department",
        "ended_by__department",
    )


def batch_or_404(user: User, pk: int) -> ImportBatch:
    """The import with this key, of a jurisdiction that the person imports for."""
    return get_object_or_404(_visible(user), pk=pk)

"""The steps of an update: which programme, which row is which sub-item, what of the differences is taken, confirm."""

from collections.abc import Sequence
from typing import Any, cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from departments.errors import Conflict, DomainError
from departments.permissions import IMPORT_TABLE, has_grant, require
from minsheng import sign_in
from minsheng.http import Request
from minsheng.progress import tells_progress
from minsheng.task_table.again import services
from minsheng.task_table.again.base import Base, sent
from minsheng.task_table.again.compared import Comparison
from minsheng.task_table.again.comparison import compare
from minsheng.task_table.again.forms import BeginForm, UpdateForm
from minsheng.task_table.again.pages import (
    begin_page,
    match_form,
    match_page,
    match_page_asked,
    programmes_of,
    rows_of,
    tell_theirs,
    typed_over,
    update_form,
    update_of,
    update_page,
)
from minsheng.task_table.again.said import Decisions, Kept, place
from minsheng.task_table.changed import Changed, changed_since
from minsheng.task_table.decisions import MustAnswer, MustChoose
from minsheng.task_table.gone import LeftOut, RowGone
from minsheng.task_table.held import OtherSheet
from minsheng.task_table.models import ImportBatch
from minsheng.task_table.passing import StillOpen
from minsheng.task_table.views import batch_or_404


@require_safe
def again(request: HttpRequest, pk: int) -> HttpResponse:
    """The table beside the programme it changes."""
    request = cast(Request, request)
    batch = batch_or_404(request.user, pk)
    if not batch.is_staged:
        return redirect("task_table:batch", pk)
    if not batch.is_update:
        return begin_page(request, batch)
    decided = (reverse(f"task_table:{step}", args=[pk]) for step in ("again_decide", "again_commit"))
    return _typed_page(request, batch, sign_in.typed(request, *decided))


@require_POST
def begin(request: HttpRequest, pk: int) -> HttpResponse:
    """Take the table for an update of a programme."""
    request, batch = _may(request, pk)
    form = BeginForm(request.POST, programmes=programmes_of(batch))
    if not form.is_valid():
        return begin_page(request, batch, form, status=422)
    try:
        services.begin(batch, form.cleaned_data["programme"], by=request.user)
    except DomainError as error:
        form.add_error(None, str(error))
        return begin_page(request, batch, form, status=409)
    return redirect("task_table:again", pk)


@require_POST
@tells_progress
def match(request: HttpRequest, pk: int) -> HttpResponse:
    """Keep which rows are which sub-items. Where another one said otherwise of the same row, both are shown."""
    request, batch = _may(request, pk)
    if not (batch.is_staged and batch.is_update):
        return redirect("task_table:again", pk)
    found = compare(update_of(batch))
    form = match_form(request, found, request.POST)
    if not form.is_valid():
        return match_page(request, found, form, status=422)
    shown = _shown(request, form.opened, form.cleaned_data)
    if gone := form.gone():
        return _match_again(request, found, str(gone))
    try:
        kept = services.settle(batch, form.matches(), by=request.user, **shown)
    except Conflict as error:
        now = compare(update_of(batch_or_404(request.user, pk)))
        stays = isinstance(error, RowGone | LeftOut)
        if (form.opened and not stays) or isinstance(error, OtherSheet):  # about other rows or sub-items
            return match_page_asked(request, now, (), str(error))
        return _match_again(request, now, str(error))
    except DomainError as error:
        form.add_error(None, str(error))
        return match_page(request, found, form, status=409)
    tell_theirs(request, kept)
    if kept.clashes:
        return match_page_asked(request, compare(kept.update), kept.clashes, _clash())
    messages.success(request, _("Kept. Nothing of the programme is changed yet."))
    single = "?single=1" if "single" in request.GET else ""
    return redirect(reverse("task_table:again", args=[pk]) + single)  # where the rows that are still open come first


def _match_again(request: Request, now: Comparison, why: str) -> HttpResponse:
    """The page as it would be opened now, with what was chosen on the rows that are there, and why it is not kept."""
    fresh = match_form(request, now)
    form = match_form(request, now, sent(fresh, request.POST, [name for name in fresh.fields if "row" in name]))
    form.add_error(None, why)
    return match_page(request, now, form, status=409)


@require_POST
def decide(request: HttpRequest, pk: int) -> HttpResponse:
    """Keep what is said of this page's differences."""
    return _decided(request, pk, commit=False)


@require_POST
@tells_progress
def commit(request: HttpRequest, pk: int) -> HttpResponse:
    """Keep it, and write the update as it was shown."""
    return _decided(request, pk, commit=True)


def _decided(request: HttpRequest, pk: int, *, commit: bool) -> HttpResponse:
    request, batch = _may(request, pk)
    if not (batch.is_staged and batch.is_update):
        return redirect("task_table:batch", pk)
    told = _told(request, batch, commit=commit)
    if isinstance(told, HttpResponse):
        return told
    data, said, shown, onward = told  # nothing of the comparison: the service makes its own, and two are much to hold
    try:
        if not commit:
            kept = services.decide(batch, said, by=request.user, **shown)
            return _kept_page(request, kept, onward)
        programme = services.confirm(
            batch,
            said,
            by=request.user,
            marks=_texts(data["marks"]),
            version=data["version"],
            passing=data.get("passing", False),
            seen=shown["seen"],
            sheet=shown["sheet"],
        )
    except DomainError as error:
        error.__traceback__ = None  # its frames hold the comparison, and the page makes it again
        return _refused(request, pk, error, said, shown)
    messages.success(request, _("“%(programme)s” was updated.") % {"programme": programme})
    return redirect("task_table:batch", pk)


def _kept_page(request: Request, kept: Kept, onward: str) -> HttpResponse:
    """On, or to the question which of two sayings holds."""
    if not kept.clashes:
        tell_theirs(request, kept)
        messages.success(request, _("Kept. Nothing of the programme is changed yet."))
        return redirect(onward)
    return _asked_page(request, kept, _clash())


def _refused(request: Request, pk: int, error: DomainError, said: Decisions, shown: dict[str, Any]) -> HttpResponse:
    """Why nothing was written. What was said is kept where that can be said apart from it: what others changed since
    is on the page then, and what is asked for may be answered on another one.
    """
    batch = batch_or_404(request.user, pk)
    kept, version = None, _number(request.POST.get("version"))
    changed = changed_since(batch, version) if version is not None and isinstance(error, Conflict) else []
    if batch.is_staged and isinstance(error, Conflict | StillOpen | MustChoose | MustAnswer):
        kept = _keep(request, batch, said, shown)
        batch = batch_or_404(request.user, pk)
    if not batch.is_staged:
        messages.error(request, str(error))
        return redirect("task_table:batch", pk)
    if kept is None or not isinstance(error, Conflict):
        return _typed_page(request, batch, request.POST, refusal=str(error), status=409)
    return _asked_page(request, kept, str(error), changed)


def _asked_page(request: Request, kept: Kept, why: str, changed: Sequence[Changed] = ()) -> HttpResponse:
    tell_theirs(request, kept)

    def asked(form: UpdateForm) -> UpdateForm:
        again = form.asked(kept.clashes)
        again.add_error(None, why)
        return again

    first = [place(one.name)[0] for one in kept.clashes]
    batch = batch_or_404(request.user, kept.update.batch.pk)
    return update_page(request, batch, make=asked, first=first, status=409, changed=changed)


def _typed_page(
    request: Request,
    batch: ImportBatch,
    said: QueryDict | None,
    *,
    refusal: str = "",
    refused: dict[str, list[str]] | None = None,
    status: int = 200,
) -> HttpResponse:
    """The differences, with what was typed over what now stands."""

    def typed(form: UpdateForm) -> UpdateForm:
        if said is None:
            return form
        page = rows_of(request, form.found)
        again = update_form(form.found, page, typed_over(form, said, batch))
        again.is_valid()
        if refusal:
            again.add_error(None, refusal)
        for name in (refused or {}).keys() - again.errors.keys():
            again.add_error(name, (refused or {})[name])
        return again

    return update_page(request, batch, make=typed, status=status)


def _keep(request: Request, batch: ImportBatch, said: Decisions, shown: dict[str, Any]) -> Kept | None:
    """Keep what was said, though the update is not confirmed; where that cannot be it stays typed on the page."""
    try:
        return services.decide(batch, said, by=request.user, **shown)
    except DomainError:
        return None


def _told(
    request: Request, batch: ImportBatch, *, commit: bool
) -> HttpResponse | tuple[dict[str, Any], Decisions, dict[str, Any], str]:
    """What the form says, what its page showed, and where the way leads on; or the page that says what is wrong."""
    found = compare(update_of(batch))
    if not found.matching.is_settled:  # somebody opened it again meanwhile
        messages.error(request, _("Say first which rows are which sub-items."))
        reason, document = request.POST.get("reason", ""), request.POST.get("document", "")
        if (reason or document) and not (found.update.reason or found.update.document):
            _keep(request, batch, Decisions(reason=reason, document=document), {})
        return redirect("task_table:again", batch.pk)
    page = rows_of(request, found)
    form = update_form(found, page, request.POST)
    if gone := form.row_gone():
        return _typed_page(request, batch, request.POST, refusal=str(gone), status=409)
    refused = not form.is_valid() or (commit and form.refuse_unseen())
    data = form.cleaned_data
    if refused and not form.errors.keys() <= {"passing", "looked"}:
        return update_page(request, batch, form=form, found=found, status=422)
    said = Decisions(form.rows(), form.gone(), data["reason"], data["document"])
    shown = _shown(request, form.opened, data)
    if refused:  # what he is to look at stands on other pages
        kept = _keep(request, batch, said, shown)
        if kept is not None and kept.clashes:
            return _asked_page(request, kept, _clash())
        why = {name: [str(error) for error in errors] for name, errors in form.errors.items()}
        return _typed_page(request, batch_or_404(request.user, batch.pk), request.POST, refused=why, status=422)
    onward = request.GET.copy()
    if "next" in request.POST and page.has_next():
        onward["page"] = str(page.next_page_number())
    return data, said, shown, f"{reverse('task_table:again', args=[batch.pk])}?{onward.urlencode()}"


def _shown(request: Request, opened: Base | None, data: dict[str, Any]) -> dict[str, Any]:
    """What the page showed, field by field; where it does not tell, at which version."""
    seen = opened.seen() if opened else None
    return {"seen": seen, "sheet": request.POST.get("sheet"), "version": data["version"]}


def _clash() -> str:
    return _("Somebody else decided on the same. Nothing of it was overwritten: look at both, choose, then send again.")


def _number(text: str | None) -> int | None:
    return int(text) if text and text.isascii() and text.isdigit() else None


def _texts(marks: object) -> dict[str, str]:
    return {str(name): str(mark) for name, mark in marks.items()} if isinstance(marks, dict) else {}


def _may(request: HttpRequest, pk: int) -> tuple[Request, ImportBatch]:
    request = cast(Request, request)
    batch = batch_or_404(request.user, pk)
    require(has_grant(request.user, IMPORT_TABLE, batch.jurisdiction))
    return request, batch

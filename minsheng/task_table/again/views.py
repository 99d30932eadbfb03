"""The page of an update: which programme, which row is which sub-item, what differs, confirm."""

from collections.abc import Mapping
from contextlib import suppress
from typing import Any, cast

from django.contrib import messages
from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from departments.errors import DomainError
from departments.permissions import IMPORT_TABLE, has_grant, require
from minsheng import sign_in
from minsheng.http import Request
from minsheng.progress import tells_progress
from minsheng.task_table.again import services
from minsheng.task_table.again.compared import Comparison, Pair, Row
from minsheng.task_table.again.comparison import compare
from minsheng.task_table.again.forms import BeginForm, MatchForm, UpdateForm
from minsheng.task_table.again.models import TableUpdate
from minsheng.task_table.again.present import Present
from minsheng.task_table.again.shown import MissingShown, NewShown, PairShown, differences_of, match_of
from minsheng.task_table.answers import to_make
from minsheng.task_table.decisions import MustAnswer, MustChoose
from minsheng.task_table.models import ImportBatch
from minsheng.task_table.passing import StillOpen
from minsheng.task_table.points import by_kind
from minsheng.task_table.views import batch_or_404
from projects.models import Programme

PER_PAGE = 30


@require_safe
def again(request: HttpRequest, pk: int) -> HttpResponse:
    """The table beside the programme it changes."""
    request = cast(Request, request)
    batch = batch_or_404(request.user, pk)
    if not batch.is_staged:
        return redirect("task_table:batch", pk)
    if not batch.is_update:
        return _begin_page(request, batch)
    decided = (reverse(f"task_table:{step}", args=[pk]) for step in ("again_decide", "again_commit"))
    return _page(request, batch, said=sign_in.typed(request, *decided))


@require_POST
def begin(request: HttpRequest, pk: int) -> HttpResponse:
    """Take the table for an update of a programme."""
    request, batch = _may(request, pk)
    form = BeginForm(request.POST, programmes=_programmes(batch))
    if not form.is_valid():
        return _begin_page(request, batch, form, status=422)
    try:
        services.begin(batch, form.cleaned_data["programme"], by=request.user)
    except DomainError as error:
        form.add_error(None, str(error))
        return _begin_page(request, batch, form, status=409)
    return redirect("task_table:again", pk)


@require_POST
@tells_progress
def match(request: HttpRequest, pk: int) -> HttpResponse:
    """Keep which rows are which sub-items."""
    request, batch = _may(request, pk)
    if not (batch.is_staged and batch.is_update):
        return redirect("task_table:again", pk)
    found = compare(_update(batch))
    form = _match_form(request, found, request.POST)
    if not form.is_valid():
        return _match_page(request, found, form, status=422)
    try:
        services.settle(batch, form.matches(), by=request.user, version=form.cleaned_data["version"])
    except DomainError as error:
        found = compare(_update(batch))
        data = _of_this_sheet(request.POST, found.update.batch)
        data["version"] = str(found.update.batch.version)
        form = _match_form(request, found, data)
        form.add_error(None, str(error))
        return _match_page(request, found, form, status=409)
    messages.success(request, _("Kept. Nothing of the programme is changed yet."))
    single = "?single=1" if "single" in request.GET else ""
    return redirect(reverse("task_table:again", args=[pk]) + single)  # where the rows that are still open come first


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
    data, said, onward = told  # and nothing of the comparison: the service makes its own, and two are much to hold
    try:
        if not commit:
            services.decide(batch, said, by=request.user, version=data["version"])
            messages.success(request, _("Kept. Nothing of the programme is changed yet."))
            return redirect(onward)
        programme = services.confirm(
            batch,
            said,
            by=request.user,
            seen=_texts(data["marks"]),
            version=data["version"],
            passing=data.get("passing", False),
        )
    except DomainError as error:
        error.__traceback__ = None  # its frames hold the comparison, and the page makes it again
        if isinstance(error, StillOpen | MustChoose | MustAnswer):
            _keep_choices(request, batch, said, data["version"])  # what is asked for is answered on another page
        batch = batch_or_404(request.user, pk)
        if not batch.is_staged:
            messages.error(request, str(error))
            return redirect("task_table:batch", pk)
        return _page(request, batch, refusal=str(error), said=request.POST, status=409)
    messages.success(request, _("“%(programme)s” was updated.") % {"programme": programme})
    return redirect("task_table:batch", pk)


def _keep_choices(request: Request, batch: ImportBatch, said: services.Decisions, version: int | None) -> None:
    """Keep what was said, though the update is not confirmed yet; where that cannot be it stays typed on the page."""
    with suppress(DomainError):
        services.decide(batch, said, by=request.user, version=version)


def _told(
    request: Request, batch: ImportBatch, *, commit: bool
) -> HttpResponse | tuple[dict[str, Any], services.Decisions, str]:
    """What the form says, and where the way leads on; or the page that says what is wrong with it."""
    found = compare(_update(batch))
    if not found.matching.is_settled:  # somebody opened it again meanwhile
        messages.error(request, _("Say first which rows are which sub-items."))
        reason, document = request.POST.get("reason", ""), request.POST.get("document", "")
        if (reason or document) and not (found.update.reason or found.update.document):
            _keep_choices(request, batch, services.Decisions(reason=reason, document=document), None)
        return redirect("task_table:again", batch.pk)
    page = _rows(request, found)
    form = _form(found, page, request.POST)
    refused = not form.is_valid() or (commit and form.refuse_unseen())
    data = form.cleaned_data
    if refused and not form.errors.keys() <= {"passing", "looked"}:
        return _page(request, batch, form=form, found=found, status=422)
    said = services.Decisions(form.rows(), form.gone(), data["reason"], data["document"])
    if refused:  # what he is to look at stands on other pages
        _keep_choices(request, batch, said, data["version"])
        why = {name: [str(error) for error in errors] for name, errors in form.errors.items()}
        return _page(request, batch_or_404(request.user, batch.pk), said=request.POST, refused=why, status=422)
    return data, said, f"{reverse('task_table:again', args=[batch.pk])}?{_next(request, page)}"


def _next(request: Request, page: Page[Pair]) -> str:
    """The same page again, or the one after it."""
    asked = request.GET.copy()
    if "next" in request.POST and page.has_next():
        asked["page"] = str(page.next_page_number())
    return asked.urlencode()


def _texts(marks: object) -> dict[str, str]:
    return {str(name): str(mark) for name, mark in marks.items()} if isinstance(marks, dict) else {}


def _may(request: HttpRequest, pk: int) -> tuple[Request, ImportBatch]:
    request = cast(Request, request)
    batch = batch_or_404(request.user, pk)
    require(has_grant(request.user, IMPORT_TABLE, batch.jurisdiction))
    return request, batch


def _update(batch: ImportBatch) -> TableUpdate:
    return TableUpdate.objects.select_related("programme__jurisdiction", "batch__jurisdiction").get(batch=batch)


def _programmes(batch: ImportBatch) -> QuerySet[Programme]:
    return Programme.objects.filter(jurisdiction=batch.jurisdiction, year=batch.year).select_related("jurisdiction")


def _to_match(request: Request, found: Comparison) -> Page[Row]:
    """Rows that a person matches one by one; behind them those he has matched, so that he can say otherwise."""
    moved = {row.number for row, _present in _moved(request, found)}
    rows = [row for row in found.rows if row.number not in found.matching.sure and row.number not in moved]
    rows.sort(key=lambda row: row.number in found.matching.decided)
    return Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))


def _moved(request: Request, found: Comparison) -> list[tuple[Row, Present]]:
    """Rows that only moved, unless he asks to see them one by one."""
    return [] if "single" in request.GET else found.moved


def _match_form(request: Request, found: Comparison, data: QueryDict | None = None) -> MatchForm:
    rows = list(_to_match(request, found))
    return MatchForm(data, found=found, rows=rows, moved=_moved(request, found), words=_words(request))


def _rows(request: Request, found: Comparison) -> Page[Pair]:
    return Paginator(found.listed, PER_PAGE).get_page(request.GET.get("page"))


def _form(found: Comparison, page: Page[Pair], data: QueryDict | None = None) -> UpdateForm:
    """New and missing ones, and those of which only the serial moved, stand on the first page."""
    first = page.number == 1
    return UpdateForm(
        data,
        found=found,
        pairs=page,
        serials=found.serials if first else [],
        more=page.has_next(),
        asking=len(found.open_points),
        new=found.new if first else [],
        missing=found.missing if first else [],
    )


def _words(request: Request) -> str:
    """What the sub-items offered are narrowed to."""
    return request.GET.get("q", "").strip()[:100]


def _begin_page(
    request: Request, batch: ImportBatch, form: BeginForm | None = None, *, status: int = 200
) -> HttpResponse:
    programmes = _programmes(batch)
    context = {"batch": batch, "form": form or BeginForm(programmes=programmes), "programmes": programmes}
    return render(request, "task_table/again/begin.html", context, status=status)


def _page(
    request: Request,
    batch: ImportBatch,
    *,
    form: UpdateForm | None = None,
    found: Comparison | None = None,
    refusal: str = "",
    refused: Mapping[str, list[str]] | None = None,
    said: QueryDict | None = None,
    status: int = 200,
) -> HttpResponse:
    found = found or compare(_update(batch))
    if not found.matching.is_settled or request.GET.get("step") == "match":
        return _match_page(request, found, status=status)
    page = _rows(request, found)
    if said is not None:  # what was typed stays; what it is compared with is what now stands
        data = _of_this_sheet(said, batch)
        fresh = _form(found, page)
        data["version"], data["marks"] = str(fresh["version"].value()), fresh["marks"].value()
        form = _form(found, page, data)
        form.is_valid()
    form = form or _form(found, page)
    if refusal:
        form.add_error(None, refusal)
    for name in (refused or {}).keys() - form.errors.keys():
        form.add_error(name, (refused or {})[name])
    context = {
        "batch": batch,
        "found": found,
        "form": form,
        "page": page,
        "pairs": [
            PairShown(
                pair,
                differences_of(pair.differences, form.takes(pair)),
                differences_of(pair.kept, form.backs(pair)),
                form.bound(f"month-{pair.row.number}"),
            )
            for pair in form.pairs
        ],
        "new": [NewShown(row, form.bound(f"new-{row.number}")) for row in form.new],
        "missing": [
            MissingShown(one, form.bound(f"gone-{one.sub_item.pk}-act"), form.bound(f"gone-{one.sub_item.pk}-reason"))
            for one in form.missing
        ],
        "same": len(found.matching.pairs) - len(found.changed),
        "to_make": to_make(batch, found.staged),
        "kinds": by_kind(point for _row, point in found.open_points),
    }
    return render(request, "task_table/again/differences.html", context, status=status)


def _of_this_sheet(said: QueryDict, batch: ImportBatch) -> QueryDict:
    """What was typed; of another sheet, read since, only what is not about its rows."""
    data = said.copy()
    if data.get("sheet", batch.sheet_read) == batch.sheet_read:
        return data
    kept = QueryDict(mutable=True)
    kept.update({name: str(data[name]) for name in ("reason", "document") if name in data})
    return kept


def _match_page(
    request: Request, found: Comparison, form: MatchForm | None = None, *, status: int = 200
) -> HttpResponse:
    page = _to_match(request, found)
    form = form or _match_form(
        request, found, sign_in.typed(request, reverse("task_table:again_match", args=[found.update.batch.pk]))
    )
    shown = [match_of(row, form[f"row-{row.number}"], found.matching, found.items) for row in page]
    context = {
        "batch": found.update.batch,
        "found": found,
        "form": form,
        "page": page,
        "shown": shown,
        "open": len(found.matching.proposed),
        "words": _words(request),
    }
    return render(request, "task_table/again/match.html", context, status=status)

"""The steps of the review that hold for the whole table: defaults, names, columns, other tables of the file."""

from datetime import date
from typing import Any, Final, cast
from urllib.parse import parse_qsl

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from departments.errors import Conflict, DomainError, IllegalTransition
from departments.language import listed
from departments.permissions import IMPORT_TABLE, has_grant, require
from minsheng import sign_in
from minsheng.http import Request
from minsheng.progress import tells_progress
from minsheng.task_table import defaults, named_defaults, names
from minsheng.task_table.alike import say_apart
from minsheng.task_table.columns_form import ColumnsForm
from minsheng.task_table.match import Kind
from minsheng.task_table.models import ImportBatch
from minsheng.task_table.names_form import Answered, NamesForm
from minsheng.task_table.other_tables import APART
from minsheng.task_table.reread import reread
from minsheng.task_table.review_views import back
from minsheng.task_table.row_spans import RowSpans
from minsheng.task_table.table import table_of
from minsheng.task_table.tables import RowsOfAnother, SaidMeanwhile, say
from minsheng.task_table.views import batch_or_404, page
from projects.models import Programme

_TYPED: Final = {"deadline": "day", "kind": "kind", "category": "category"}  # where the word for it stands


@require_POST
def default(request: HttpRequest, pk: int) -> HttpResponse:
    """What is missing in many rows, said once: deadline, kind of work, category, the order in which units file, or
    that what their contents name is taken.
    """
    request = cast(Request, request)
    found = batch_or_404(request.user, pk)
    require(has_grant(request.user, IMPORT_TABLE, found.jurisdiction))
    try:
        count = _take_default(request, found)
    except IllegalTransition as error:
        messages.error(request, str(error))
    except DomainError as error:
        late = isinstance(error, Conflict)
        what = request.POST.get("what", "deadline")
        wrong = {"what": what, "text": str(error), "typed": request.POST.get(_TYPED.get(what, ""), ""), "late": late}
        now, asked = batch_or_404(request.user, pk), dict(parse_qsl(request.POST.get("back", "")))
        return page(request, now, asked=asked, status=409 if late else 422, wrong=wrong)
    else:
        text = ngettext("The default was taken for %(count)s row.", "The default was taken for %(count)s rows.", count)
        messages.success(request, text % {"count": count})
    return redirect(back(request, found))


@require_POST
def apart(request: HttpRequest, pk: int) -> HttpResponse:
    """The table is a programme of its own, though most of its rows are those of another one."""
    request = cast(Request, request)
    found = batch_or_404(request.user, pk)
    require(has_grant(request.user, IMPORT_TABLE, found.jurisdiction))
    programmes = Programme.objects.filter(jurisdiction=found.jurisdiction)
    programme = programmes.filter(pk=_number(request.POST.get("programme")) or 0).first()
    try:
        if programme is None:
            raise DomainError(_("There is no such programme."))
        say_apart(found, programme, by=request.user)
    except DomainError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("Recorded: the table is a programme of its own."))
    return redirect("task_table:batch", pk)


@require_POST
@tells_progress
def tables(request: HttpRequest, pk: int) -> HttpResponse:
    """Other tables of the file belong to it, or do not, or one is the table: then it is read in place of it."""
    request = cast(Request, request)
    found = batch_or_404(request.user, pk)
    require(has_grant(request.user, IMPORT_TABLE, found.jurisdiction))
    names, (said, sheet) = request.POST.getlist("table"), (request.POST.get(word, "") for word in ("said", "sheet"))
    name = names[0] if len(names) == 1 else ""
    try:
        if not names:
            raise DomainError(_("Tick at least one table."))
        if said == "table":
            version = _number(request.POST.get("version"))
            lost = reread(found, sheet=name, mapping={}, version=-1 if version is None else version, by=request.user)[1]
        else:
            seen = request.POST.get("seen")
            twice = _number(request.POST.get("twice"))
            lost = say(found, names, said, by=request.user, seen=seen, sheet=sheet or None, twice=twice)[1]
    except (SaidMeanwhile, RowsOfAnother) as error:
        now = batch_or_404(request.user, pk)
        twice = error.programme.pk if isinstance(error, RowsOfAnother) else None
        clash = {"table": error.name, "text": str(error), "twice": twice}
        return page(request, now, asked={}, status=409, clash=clash)
    except DomainError as error:
        messages.error(request, str(error))
    else:
        if said == APART:
            messages.success(request, _("Recorded: “%(name)s” is no part of the table.") % {"name": listed(names)})
        else:
            _tell_lost(request, len(lost))
    onward = "task_table:again" if "update" in request.POST else "task_table:batch"
    return redirect(onward, pk)


@require_http_methods(["GET", "HEAD", "POST"])
def unknown(request: HttpRequest, pk: int) -> HttpResponse:
    """Names that leave open who is meant, each answered once for all its rows. To make new units of all that are left
    is shown first, and kept only by a second step.
    """
    request = cast(Request, request)
    found = batch_or_404(request.user, pk)
    require(has_grant(request.user, IMPORT_TABLE, found.jurisdiction))
    if not found.is_staged:
        return redirect("task_table:batch", pk)
    if request.method == "POST" and "all_new" in request.POST:
        return _names_page(request, found, _names_form(found, all_new=True))
    form = _names_form(found, sign_in.typed(request))
    if request.method != "POST":
        return _names_page(request, found, form)
    if not form.is_valid():
        return _names_page(request, found, form, status=422)
    answered = list(form.answers())
    try:
        rows = names.answer_all(found, [_answer(form, one) for one in answered], by=request.user)
    except names.NotKept as error:
        now = batch_or_404(request.user, pk)
        form = _names_form(now, request.POST, anew=True)  # what was chosen stays; saved again it holds
        form.is_valid()
        for place, why in error.errors.items():
            form.refuse(answered[place].name.written, str(why))
        if len(answered) > len(error.errors):
            form.add_error(None, _("None of the answers is kept yet: they are kept together."))
        return _names_page(request, now, form, status=422)
    except DomainError as error:
        form.add_error(None, str(error))
        return _names_page(request, found, form, status=409)
    text = ngettext("Answered for %(count)s row.", "Answered for %(count)s rows.", len(rows))
    messages.success(request, text % {"count": len(rows)})
    left = names.unanswered(table_of(batch_or_404(request.user, pk)).rows)
    return redirect("task_table:unknown" if left else "task_table:batch", pk)


@require_http_methods(["GET", "HEAD", "POST"])
@tells_progress
def columns(request: HttpRequest, pk: int) -> HttpResponse:
    """Which column was read as what, and which sheet: changed, the table is read again."""
    request = cast(Request, request)
    found = batch_or_404(request.user, pk)
    require(has_grant(request.user, IMPORT_TABLE, found.jurisdiction))
    if not found.is_staged:
        return redirect("task_table:batch", pk)
    form = ColumnsForm(sign_in.typed(request), batch=found)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                lost = _read_again(request, found, form)
            except Conflict as error:
                status = 409
                form = form.shown_again(batch_or_404(request.user, pk), request.user)
                if not form.is_bound:  # of another sheet: nothing that was chosen is left in it
                    messages.error(request, str(error))
                else:
                    form.add_error(None, str(error))
            except DomainError as error:
                form.add_error(None, str(error))
            else:
                _tell_lost(request, lost)
                return redirect("task_table:batch", pk)
    return render(request, "task_table/columns.html", {"batch": found, "form": form}, status=status)


def _read_again(request: Request, found: ImportBatch, form: ColumnsForm) -> int:
    """Read the table with what was said, in which others may have changed other columns; how many answers were lost."""
    data, mapping, version = form.cleaned_data, form.mapping(), form.cleaned_data["version"]
    if "by_words" in request.POST:
        mapping = {}
    elif form.is_of_this_sheet and data["sheet"] == found.sheet_read and version != found.version:
        if form.clashes():
            raise Conflict(_("Another one said otherwise of the same columns. Look at both, choose, then send again."))
        if form.says_nothing_new:
            return 0
        version = found.version  # what it was merged with
    _now, lost = reread(found, sheet=data["sheet"], mapping=mapping, version=version, by=request.user)
    return len(lost)


def _names_form(
    found: ImportBatch, posted: QueryDict | None = None, *, all_new: bool = False, anew: bool = False
) -> NamesForm:
    table = table_of(found)
    asked = names.names_of(table.rows)
    return NamesForm(
        None if posted is None else NamesForm.in_place(posted, asked, anew=anew),
        names=asked,
        labels=table.labels,
        groups=names.groups_of(found.jurisdiction),
        all_new=all_new,
    )


def _names_page(request: Request, found: ImportBatch, form: NamesForm, *, status: int = 200) -> HttpResponse:
    return render(request, "task_table/names.html", {"batch": found, "form": form}, status=status)


def _answer(form: NamesForm, one: Answered) -> names.Answer | names.Members:
    if one.name.kind == Kind.OPEN:
        return names.Members(one.name.written, one.units, form.seen_units(one))
    return names.Answer(one.name.written, one.meaning, one.remember, form.seen(one))


def _tell_lost(request: Request, lost: int) -> None:
    messages.success(request, _("The table was read again."))
    if lost:
        text = ngettext(
            "%(count)s answer was about cells that are read otherwise now, and no longer holds; it is listed below.",
            "%(count)s answers were about cells that are read otherwise now; they no longer hold and are listed below.",
            lost,
        )
        messages.warning(request, text % {"count": lost})


def _take_default(request: Request, found: ImportBatch) -> int:
    """How many rows took what was said."""
    version, rows = _number(request.POST.get("version")), request.POST.get("rows")
    spans = None if rows is None else RowSpans.read(rows) or RowSpans.of(())
    how: dict[str, Any] = {"by": request.user, "shown": defaults.Shown(request.POST.get("sheet"), version, spans)}
    match request.POST.get("what"):
        case "filing":
            return defaults.default_filing(found, **how)
        case "kind":
            return defaults.default_kind(found, request.POST.get("kind", ""), **how)
        case "days" | "amounts" as what:
            return named_defaults.DEFAULTS[what](found, **how)
        case "category":
            return defaults.default_category(found, request.POST.get("category", ""), **how)
    return defaults.default_deadline(found, _day(request.POST), **how)


def _number(text: str | None) -> int | None:
    return int(text) if text and text.isascii() and text.isdigit() else None


def _day(data: QueryDict) -> date:
    try:
        day = parse_date(data.get("day", ""))
    except ValueError:
        day = None
    if day is None:
        raise DomainError(_("Name the day that is to be the deadline."))
    return day

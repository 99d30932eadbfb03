"""The pages of an update as they stand: which programme, which row is which sub-item, what differs."""

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from django.contrib import messages
from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.http import HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from departments.language import listed
from minsheng import sign_in
from minsheng.http import Request
from minsheng.task_table.again.base import Base, sent
from minsheng.task_table.again.compared import Comparison, Pair, Row
from minsheng.task_table.again.comparison import compare
from minsheng.task_table.again.forms import BeginForm, UpdateForm, label_of
from minsheng.task_table.again.match_form import MatchForm
from minsheng.task_table.again.models import TableUpdate
from minsheng.task_table.again.present import Present
from minsheng.task_table.again.said import Kept, place
from minsheng.task_table.again.shown import MissingShown, NewShown, PairShown, differences_of, match_of
from minsheng.task_table.answers import to_make
from minsheng.task_table.changed import Changed
from minsheng.task_table.models import ImportBatch
from minsheng.task_table.others import Other
from minsheng.task_table.points import by_kind
from minsheng.task_table.tables import tables_of
from projects.models import Programme

PER_PAGE = 30


def begin_page(
    request: Request, batch: ImportBatch, form: BeginForm | None = None, *, status: int = 200
) -> HttpResponse:
    programmes = programmes_of(batch)
    context = {"batch": batch, "form": form or BeginForm(programmes=programmes), "programmes": programmes}
    return render(request, "task_table/again/begin.html", context, status=status)


def programmes_of(batch: ImportBatch) -> QuerySet[Programme]:
    return Programme.objects.filter(jurisdiction=batch.jurisdiction, year=batch.year).select_related("jurisdiction")


def update_of(batch: ImportBatch) -> TableUpdate:
    return TableUpdate.objects.select_related("programme__jurisdiction", "batch__jurisdiction").get(batch=batch)


def match_form(
    request: Request, found: Comparison, data: QueryDict | None = None, first: Iterable[int] = ()
) -> MatchForm:
    """The rows of the page; those ``first`` stand before the others."""
    first = {*first}
    before = [row for row in found.rows if row.number in first]
    rows = before + [row for row in _to_match(request, found) if row.number not in first]
    return MatchForm(data, found=found, rows=rows, moved=_moved(request, found), words=_words(request))


def match_page(
    request: Request,
    found: Comparison,
    form: MatchForm | None = None,
    *,
    status: int = 200,
    changed: Sequence[Changed] = (),
) -> HttpResponse:
    """Which row is which sub-item. ``changed`` as on the page of the differences."""
    batch = found.update.batch
    if form is None:
        typed = sign_in.typed(request, reverse("task_table:again_match", args=[batch.pk]))
        form = match_form(request, found, typed)
    context = {
        "batch": batch,
        "found": found,
        "form": form,
        "page": _to_match(request, found),
        "shown": [match_of(row, form[f"row-{row.number}"], found.matching, found.items) for row in form.rows],
        "open": len(found.matching.proposed),
        "words": _words(request),
        "changed": changed,
        "tables": tables_of(batch),
    }
    return render(request, "task_table/again/match.html", context, status=status)


def match_page_asked(request: Request, found: Comparison, clashes: Sequence[Other], why: str) -> HttpResponse:
    """The rows of which another one said something else meanwhile, and those of the page."""
    form = match_form(request, found, first=[row for one in clashes if (row := place(one.name)[0])]).asked(clashes)
    form.add_error(None, why)
    return match_page(request, found, form, status=409)


def rows_of(request: Request, found: Comparison) -> Page[Pair]:
    return Paginator(found.listed, PER_PAGE).get_page(request.GET.get("page"))


def update_form(
    found: Comparison, page: Page[Pair], data: QueryDict | None = None, first: Iterable[int | None] = ()
) -> UpdateForm:
    """New and missing ones, and those of which only the serial moved, stand on the first page. Pairs of the rows
    ``first`` stand before those of the page.
    """
    is_first = page.number == 1
    first = {*first}
    before = [pair for pair in found.pairs if pair.row.number in first]
    return UpdateForm(
        data,
        found=found,
        pairs=before + [pair for pair in page if pair.row.number not in first],
        serials=found.serials if is_first else [],
        more=page.has_next(),
        asking=len(found.open_points),
        new=found.new if is_first else [],
        missing=found.missing if is_first else [],
    )


def update_page(
    request: Request,
    batch: ImportBatch,
    *,
    form: UpdateForm | None = None,
    found: Comparison | None = None,
    make: Callable[[UpdateForm], UpdateForm] | None = None,
    first: Iterable[int | None] = (),
    status: int = 200,
    changed: Sequence[Changed] = (),
) -> HttpResponse:
    """What differs. ``make`` turns the form as it would be opened now into the one that is shown. ``changed`` was
    decided since the person's page was shown.
    """
    found = found or compare(update_of(batch))
    if not found.matching.is_settled or request.GET.get("step") == "match":
        return match_page(request, found, status=status, changed=changed)
    page = rows_of(request, found)
    if form is None:
        form = update_form(found, page, first=first)
        form = make(form) if make else form
    context = {
        "batch": batch,
        "found": found,
        "form": form,
        "page": page,
        "pairs": [_pair_shown(form, pair) for pair in form.pairs],
        "new": [NewShown(row, form.bound(f"month-{row.number}")) for row in form.new],
        "missing": [
            MissingShown(one, form.bound(f"gone-{one.sub_item.pk}-act"), form.bound(f"gone-{one.sub_item.pk}-reason"))
            for one in form.missing
        ],
        "same": len(found.matching.pairs) - len([pair for pair in found.pairs if pair.differences or pair.kept]),
        "to_make": to_make(batch, found.staged),
        "kinds": by_kind(point for _row, point in found.open_points),
        "changed": changed,
        "tables": tables_of(batch),
    }
    return render(request, "task_table/again/differences.html", context, status=status)


def _pair_shown(form: UpdateForm, pair: Pair) -> PairShown:
    return PairShown(
        pair,
        differences_of(pair.differences, form.takes(pair)),
        differences_of(pair.kept, form.backs(pair)),
        form.bound(f"month-{pair.row.number}"),
    )


def typed_over(form: UpdateForm, said: QueryDict, batch: ImportBatch) -> QueryDict:
    """What was typed, over what now stands: of the fields that a person touched. Of another sheet, read since, or
    beside another programme, only what is not about rows.
    """
    base = Base.read(said.get("base"))
    here = said.get("sheet", batch.sheet_read) == batch.sheet_read
    if not here or (base is not None and base.programme != form.found.programme.pk):
        return sent(form, said, {"reason", "document"} & said.keys())
    if base is None:  # a page that does not tell: what it sends is all there is
        data = said.copy()
        fresh = sent(form)
        for name in ("version", "marks", "base"):
            data[name] = str(fresh[name])
        return data
    touched = {name for name in base.touched(said) if name in form.fields}
    data = sent(form, said, touched | ({"serials_taken", "looked", "passing"} & form.fields.keys()))
    kept: Base = form.shown()
    data["base"] = json.dumps(
        replace(kept, fields={**kept.fields, **{one: base.fields[one] for one in touched}}).dump()
    )
    return data


def tell_theirs(request: Request, kept: Kept) -> None:
    """What others said meanwhile of fields that were left as they were shown."""
    by_whom: dict[tuple[str, bool], list[Other]] = {}
    for one in kept.theirs:
        by_whom.setdefault((one.who, one.own), []).append(one)
    for (who, own), some in by_whom.items():
        if not own:
            text = _("%(who)s said otherwise meanwhile (%(when)s), and it stands so: %(fields)s")
            # Of one that is missing, act and reason have one label.
            fields = dict.fromkeys(label_of(one.name, kept.update.batch) for one in some)
            what = {"who": who or _("Somebody else"), "when": some[-1].when, "fields": listed(fields)}
            messages.warning(request, text % what)


def _to_match(request: Request, found: Comparison) -> Page[Row]:
    """Rows that a person matches one by one; behind them those he has matched, so that he can say otherwise."""
    moved = {row.number for row, _present in _moved(request, found)}
    rows = [row for row in found.rows if row.number not in found.matching.sure and row.number not in moved]
    rows.sort(key=lambda row: row.number in found.matching.decided)
    return Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))


def _moved(request: Request, found: Comparison) -> list[tuple[Row, Present]]:
    """Rows that only moved, unless he asks to see them one by one."""
    return [] if "single" in request.GET else found.moved


def _words(request: Request) -> str:
    """What the sub-items offered are narrowed to."""
    return request.GET.get("q", "").strip()[:100]

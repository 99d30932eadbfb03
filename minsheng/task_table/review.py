"""What the page of a staged table shows of it: which rows, in which order, with what is asked and how far it is."""

from collections.abc import Container, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final
from urllib.parse import urlencode

from django.core.paginator import Page, Paginator
from django.utils.functional import Promise
from django.utils.translation import pgettext_lazy

from minsheng.task_table import record
from minsheng.task_table.again.carried import MATCH
from minsheng.task_table.alike import alike
from minsheng.task_table.answers import to_make
from minsheng.task_table.compose import People
from minsheng.task_table.corrections import PARTS
from minsheng.task_table.counted import progress_of
from minsheng.task_table.defaults import LONGEST_CATEGORY, OTHER, without_category, without_deadline, without_kind
from minsheng.task_table.forms import ChoicesForm
from minsheng.task_table.models import ImportBatch, ImportDecision
from minsheng.task_table.named_defaults import days_named, money_named
from minsheng.task_table.names import names_of
from minsheng.task_table.points import FILING, kind_words
from minsheng.task_table.row_spans import RowSpans
from minsheng.task_table.shown import BatchShown, RowShown, show
from minsheng.task_table.spoken import KINDS, PART_NAMES, spoken
from minsheng.task_table.table import Table, table_of
from minsheng.task_table.tables import not_of_tables, open_tables, tables_of
from projects.rules.responsible import eligible

ROWS: Final = 20  # on one page
SHOW: Final[dict[str, Promise]] = {
    "": pgettext_lazy("rows of an import", "All rows, questions first"),
    "open": pgettext_lazy("rows of an import", "With open questions"),
    "error": pgettext_lazy("rows of an import", "Must be answered"),
    "answered": pgettext_lazy("rows of an import", "Questions answered"),
    "changed": pgettext_lazy("rows of an import", "Corrected"),
    "sure": pgettext_lazy("rows of an import", "Nothing asked"),
    "table": pgettext_lazy("rows of an import", "All rows, as in the table"),
}


LOST_WORDS: Final[dict[str, Promise]] = {
    FILING: pgettext_lazy("an answer", "who files, and which units were named"),
    "row": pgettext_lazy("an answer", "row left out"),
    MATCH: pgettext_lazy("an answer", "which sub-item the row is, and what of it is taken"),
}


@dataclass(frozen=True)
class Look:
    """Which rows the address asks for."""

    show: str
    kind: str
    row: int | None  # the page with this row of the sheet
    page: str

    @classmethod
    def of(cls, asked: Mapping[str, Any]) -> "Look":
        show, row = str(asked.get("show", "")), str(asked.get("row", ""))
        return cls(
            show if show in SHOW else "",
            str(asked.get("kind", "")),
            int(row) if row.isascii() and row.isdigit() else None,
            str(asked.get("page", "")),
        )

    def takes(self, row: RowShown) -> bool:
        if self.kind and not any(point.kind == self.kind and point.is_open for point in row.points):
            return False
        return {
            "open": row.is_asking,
            "error": row.blocks,
            "answered": any(not point.is_open for point in row.points),
            "changed": row.is_corrected,
            "sure": not row.points,
        }.get(self.show, True)

    def query(self, **changes: Any) -> str:
        """The address's question with these changes; the page begins anew."""
        asked = {"show": self.show, "kind": self.kind} | changes
        return urlencode({name: value for name, value in asked.items() if value})


def page_of(table: Table, asked: Mapping[str, Any], *, form: ChoicesForm | None = None) -> dict[str, Any]:
    """What the page shows. ``form`` is one that was answered: the page then shows its rows."""
    look, shown = Look.of(asked), show(table)
    refusals = form.non_field_errors() if form else []
    if form is not None and not form.rows:
        form = None  # it spoke of no row: it was sent by the page that asks once more
    page = _page(shown, look, form)
    if table.batch.is_staged:
        form = form or ChoicesForm(table=table, rows=[row.staged for row in page])
        for row in page:
            row.form = form
    return {
        "batch": table.batch,
        "shown": shown,
        "page": page,
        "form": form,
        "refusals": refusals,
        "look": look,
        "tabs": _tabs(shown, look),
        "workers": record.workers(table.batch),
        "progress": shown.progress,
        "next": shown.progress.following,
        "to_make": to_make(table.batch, table.rows) if table.batch.is_staged else None,
        "issues": not_of_tables(shown.reading.issues),
        "table_asks": any(issue.asks for issue in not_of_tables(shown.reading.issues)),
        "tables": tables_of(table.batch),
        "tables_open": len(open_tables(table.batch)) if table.batch.is_staged else 0,
        "alike": alike(table.batch, table.rows) if table.batch.is_staged and not table.batch.is_update else None,
        **(_offers(table, shown, look, page) if table.batch.is_staged else {}),
    }


def row_of(batch: ImportBatch, row: int) -> dict[str, Any] | None:
    """What one row of the page shows, after it was changed; none where it is none of those that are written.

    Of the others only what is counted is asked for.
    """
    table = table_of(batch, row=row)
    if not table.rows:
        return None
    (found,) = show(table).rows
    if batch.is_staged:
        found.form = ChoicesForm(table=table, rows=[found.staged])
    progress = progress_of(batch, row)
    tables_open = len(open_tables(batch)) if batch.is_staged else 0
    return {
        "batch": batch,
        "progress": progress,
        "row": found,
        "next": progress.following,
        "tables_open": tables_open,
    }


def _page(shown: BatchShown, look: Look, form: ChoicesForm | None) -> Page[RowShown]:
    if form is not None and form.data.get("shown"):
        rows = [row for row in shown.rows if row.staged in form.rows]
        return Paginator(rows, max(len(rows), 1)).get_page(1)
    rows = [row for row in shown.rows if look.takes(row)]
    if not look.show:
        rows.sort(key=lambda row: (not row.blocks, not row.is_asking))
    number: Any = look.page
    if look.row is not None:
        place = next((place for place, row in enumerate(rows) if row.staged.row == look.row), 0)
        number = place // ROWS + 1
    return Paginator(rows, ROWS).get_page(number)


def _tabs(shown: BatchShown, look: Look) -> list[dict[str, Any]]:
    tabs = []
    for name, title in SHOW.items():
        count = sum(Look(name, "", None, "").takes(row) for row in shown.rows)
        tabs.append({"title": title, "count": count, "query": urlencode({"show": name}), "on": look.show == name})
    return [tab for tab in tabs if tab["count"] or tab["on"]]


def _offers(table: Table, shown: BatchShown, look: Look, page: Page[RowShown]) -> dict[str, Any]:
    """What can be settled for many rows at once."""
    same = [
        (row.staged.row, point) for row in page for point in row.points
        if look.kind == point.kind and point.is_open and point.acceptable
    ]  # fmt: skip
    named = {"days": days_named(table.batch, table.rows), "amounts": money_named(table.batch, table.rows)}
    lacking = {
        "without_deadline": [row.row for row in table.rows if without_deadline(row)],
        "without_kind": [row.row for row in table.rows if without_kind(row)],
        "without_category": [row.row for row in table.rows if without_category(row)],
        "first_files": [row.staged.row for row in shown.rows if _first_could_file(row, table.people)],
    }
    lacking |= {what: [one.row.row for one in found] for what, found in named.items()}
    asked = names_of(table.rows)
    there = {row.row for row in (*table.rows, *table.left_out)}
    return {
        "lost": [_lost(one, shown, there, table.batch.sheet_read) for one in record.lost(table.batch)],
        "unknown": [name for name in asked if name.is_open],
        "answered_names": sum(not name.is_open for name in asked),
        **{name: len(rows) for name, rows in lacking.items()},
        "lacking": {name: RowSpans.of(rows) for name, rows in lacking.items()},
        "named": {
            what: [(one.row.row, one.words, one.taken(shown.words)) for one in found] for what, found in named.items()
        },
        "year_end": date(table.batch.year, 12, 31),
        "kinds_of_work": [(kind, words) for kind, words in KINDS.items() if kind != OTHER],
        "longest_category": LONGEST_CATEGORY,
        "same": same,
    }


def _lost(one: ImportDecision, shown: BatchShown, there: Container[int | None], sheet: str) -> dict[str, Any]:
    """An answer that does not hold of the new reading: whose, about what, and whether it can be used again."""
    said = one.before or {}
    same = one.row in there and not said.get("elsewhere") and said.get("sheet", sheet) == sheet
    again = bool(said.get("values")) and one.part in PARTS and same
    what = PART_NAMES.get(one.part) or (LOST_WORDS.get(one.part) or kind_words(one.part.rpartition(".")[0]))
    text = spoken(one.part, said["values"], shown.words) if said.get("values") and one.part in PARTS else ""
    return {"pk": one.pk, "row": one.row, "what": what, "text": text, "by": said.get("by_name", ""), "again": again}


def _first_could_file(row: RowShown, people: People) -> bool:
    asked = any(point.kind == "filing" and point.is_open for point in row.points)
    return asked and eligible(people.stated(row.staged)) is not None

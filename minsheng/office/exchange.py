"""A register out as Excel, and back in: read, shown row by row, and written exactly as shown, all of it or nothing."""

import hashlib
import io
import json
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, BinaryIO, Final

import tablib
from django.core import signing
from django.db import transaction
from django.utils.translation import gettext as _
from openpyxl import load_workbook
from openpyxl.utils import get_column_letter

from departments import audit
from departments.errors import Conflict, DomainError
from departments.language import listed
from departments.models import Jurisdiction, User
from departments.services import names
from minsheng.office import excel
from minsheng.office.registers import REGISTERS
from minsheng.office.resources import Register
from minsheng.task_table.package import check_zip, read_file
from minsheng.task_table.workbook import has_formulas

MOST_ROWS: Final = 2000
GOOD_FOR: Final = 3600  # seconds between the look and the confirmation
_SALT: Final = "office.exchange"


@dataclass(frozen=True)
class Sheet:
    """An upload as it was read: names of columns, rows of text, and where each row stood."""

    columns: list[str]
    rows: list[list[str]]
    numbers: list[int]


@dataclass(frozen=True)
class Cell:
    heading: str
    new: str
    old: str | None = None  # where it differs from what stood there
    errors: tuple[str, ...] = ()


@dataclass(frozen=True)
class Row:
    number: int
    kind: str  # new, update, skip, or wrong
    cells: tuple[Cell, ...]
    errors: tuple[str, ...] = ()


@dataclass(frozen=True)
class Preview:
    """What an upload would do."""

    headings: list[str]
    rows: list[Row] = field(default_factory=list)

    def count(self, kind: str) -> int:
        return sum(row.kind == kind for row in self.rows)

    @property
    def new(self) -> int:
        return self.count("new")

    @property
    def changed(self) -> int:
        return self.count("update")

    @property
    def unchanged(self) -> int:
        return self.count("skip")

    @property
    def wrong(self) -> int:
        return self.count("wrong")

    @property
    def shown(self) -> list[Row]:
        """Everything but what stays as it is."""
        return [row for row in self.rows if row.kind != "skip"]

    @property
    def digest(self) -> str:
        told = [[row.kind, [[cell.old, cell.new] for cell in row.cells]] for row in self.rows]
        return hashlib.sha256(json.dumps(told).encode()).hexdigest()


def register(kind: str, *, area: Jurisdiction, by: User) -> Register:
    return REGISTERS[kind](area=area, by=by)


def export(kind: str, *, area: Jurisdiction, by: User) -> bytes:
    """The register as a workbook of inert text, in the form in which it can come back."""
    resource = register(kind, area=area, by=by)
    data = resource.export(resource.rows())
    return excel.workbook([str(label) for label in resource.labels.values()], data)


def read(source: BinaryIO, resource: Register) -> Sheet:
    """The first sheet of an upload: one row of headings, then text. Refused where it is not this register."""
    data = read_file(source)
    archive = check_zip(data)  # of allowed size unpacked, unencrypted, without entities
    try:
        book = load_workbook(io.BytesIO(data), read_only=True, data_only=True)
        lines = [[_text(value) for value in line] for line in _lines(book)]
    except Exception as error:  # what openpyxl raises for a damaged file is anything
        raise DomainError(
            _("The file is not an Excel workbook, or it is damaged. Save it as .xlsx and try again.")
        ) from error
    if has_formulas(archive):
        _check_results(lines, load_workbook(io.BytesIO(data), read_only=True))
    columns = _columns(lines[0] if lines else [], resource)
    width = len(columns)
    rows = [(number, line[:width] + [""] * (width - len(line))) for number, line in enumerate(lines[1:], start=2)]
    filled = [(number, line) for number, line in rows if any(line)]
    if not filled:
        raise DomainError(_("The sheet has headings but no row."))
    if len(filled) > MOST_ROWS:
        raise DomainError(_("The sheet has more than %(most)s rows; split it.") % {"most": MOST_ROWS})
    return Sheet(columns, [line for _number, line in filled], [number for number, _line in filled])


def _lines(book: Any) -> list[Any]:
    sheet = book.worksheets[0]
    sheet.reset_dimensions()
    return [line for line, _n in zip(sheet.iter_rows(values_only=True, max_col=50), range(MOST_ROWS * 2), strict=False)]


def _check_results(lines: list[list[str]], formulas: Any) -> None:
    """A formula that no program has worked out yet reads as nothing: it is refused, or its row would be left out."""
    for row, (line, written) in enumerate(zip(lines, _lines(formulas), strict=False), start=1):
        for column, (text, formula) in enumerate(zip(line, written, strict=False), start=1):
            if not text and str(formula or "").startswith("="):
                cell = {"cell": f"{get_column_letter(column)}{row}"}
                raise DomainError(
                    _(
                        "Cell %(cell)s holds a formula without a saved result. Open the file in Excel, save it and try "
                        "again."
                    )
                    % cell
                )


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, datetime):
        return value.date().isoformat()
    if isinstance(value, date):
        return value.isoformat()
    return str(value).strip()


def _columns(headings: list[str], resource: Register) -> list[str]:
    while headings and not headings[-1]:
        headings = headings[:-1]
    if not headings:
        raise DomainError(
            _("The first row of the first sheet is empty; the headings of the register must stand there.")
        )
    twice = [heading for heading in dict.fromkeys(headings) if heading and headings.count(heading) > 1]
    if twice:
        raise DomainError(_("More than one column is headed %(names)s; keep one.") % {"names": listed(twice)})
    known = {str(label): name for name, label in resource.labels.items()}
    strange = [heading or _("(empty)") for heading in headings if heading not in known]
    if strange:
        raise DomainError(
            _("The first row must hold the headings of this register: %(known)s. Not understood: %(strange)s")
            % {"known": listed(known), "strange": listed(strange)}
        )
    columns = [known[heading] for heading in headings]
    missing = [str(resource.labels[name]) for name in resource.key if name not in columns]
    if missing:
        raise DomainError(_("The column %(names)s is missing.") % {"names": listed(missing)})
    return columns


def preview(sheet: Sheet, resource: Register, *, dry: bool = True) -> Preview:
    """What ``sheet`` would do, tried out and taken back; not ``dry``: done, or nothing of it where a row is wrong."""
    return _run(sheet, resource, dry=dry)


def _run(sheet: Sheet, resource: Register, *, dry: bool) -> Preview:
    data = tablib.Dataset(*sheet.rows, headers=sheet.columns)
    resource.doubles = _doubles(sheet, resource)
    result = resource.import_data(
        data, dry_run=dry, raise_errors=False, use_transactions=True, rollback_on_validation_errors=True
    )
    if result.base_errors:
        raise DomainError(_("The sheet could not be read as this register."))
    rows = [
        _row(number, line, row, sheet, resource)
        for number, line, row in zip(sheet.numbers, sheet.rows, result.rows, strict=True)
    ]
    return Preview([str(resource.labels[name]) for name in sheet.columns], rows)


def _doubles(sheet: Sheet, resource: Register) -> dict[int, int]:
    """Which rows, counted from 1, have the key of an earlier one, and the number of that in the sheet."""
    first: dict[tuple[str, ...], int] = {}
    doubles = {}
    for place, (number, line) in enumerate(zip(sheet.numbers, sheet.rows, strict=True), start=1):
        key = resource.identity(dict(zip(sheet.columns, line, strict=True)))
        if any(key) and first.setdefault(key, number) != number:
            doubles[place] = first[key]
    return doubles


def _row(number: int, line: list[str], row: Any, sheet: Sheet, resource: Register) -> Row:
    headings = [str(resource.labels[name]) for name in sheet.columns]
    if row.errors or row.validation_error:
        said, whole = _refusals(row, sheet)
        cells = [
            Cell(heading, text, errors=tuple(said.get(name, ())))
            for heading, name, text in zip(headings, sheet.columns, line, strict=True)
        ]
        return Row(number, "wrong", tuple(cells), tuple(whole))
    cells = []
    for heading, name in zip(headings, sheet.columns, strict=True):
        new = resource.fields[name].export(row.instance)
        old = resource.fields[name].export(row.original) if row.original is not None else None
        cells.append(Cell(heading, new, old if old not in (None, new) else None))
    return Row(number, row.import_type, tuple(cells))


def _refusals(row: Any, sheet: Sheet) -> tuple[dict[str, list[str]], list[str]]:
    """What is wrong with single cells, by column, and with the row as a whole."""
    if row.errors:
        return {}, [_("This row cannot be saved as it stands.")]
    if not hasattr(row.validation_error, "error_dict"):
        return {}, list(row.validation_error.messages)
    said = row.validation_error.message_dict
    return said, [text for name, texts in said.items() if name not in sheet.columns for text in texts]


def sign(kind: str, sheet: Sheet, shown: Preview, *, area: Jurisdiction, by: User) -> str:
    """The upload itself and what was shown of it, for whom, so that just this can be confirmed."""
    held = {
        "kind": kind,
        "area": area.pk,
        "by": by.pk,
        "columns": sheet.columns,
        "rows": sheet.rows,
        "numbers": sheet.numbers,
        "digest": shown.digest,
    }
    return signing.dumps(held, salt=_SALT, compress=True)


def confirm(token: str, kind: str, *, area: Jurisdiction, by: User) -> tuple[Preview, Sheet, bool]:
    """Write what was signed, all of it; or nothing, where it would no longer do just what was shown.

    Gives what it does, the sheet, and whether it was written.
    """
    try:
        held = signing.loads(token, salt=_SALT, max_age=GOOD_FOR)
    except signing.BadSignature as error:
        raise Conflict(_("What you looked at is no longer valid: upload the file again.")) from error
    if (held["kind"], held["area"], held["by"]) != (kind, area.pk, by.pk):
        raise Conflict(_("What you looked at is no longer valid: upload the file again."))
    sheet = Sheet(held["columns"], held["rows"], held["numbers"])
    with transaction.atomic():
        names.lock(area)
        done = _run(sheet, register(kind, area=area, by=by), dry=False)
        if done.wrong or done.digest != held["digest"]:
            transaction.set_rollback(True)
            return done, sheet, False
        audit.record("office.import", area, by=by, jurisdiction=area, kind=kind, rows=done.new + done.changed)
    return done, sheet, True

"""The tables of a Word document as sheets of cells."""

import io
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from django.utils.translation import gettext as _
from docx.oxml import parse_xml
from docx.oxml.ns import qn
from docx.package import Package
from docx.parts.document import DocumentPart

from minsheng.task_table.package import TaskTableRefused
from minsheng.task_table.sheet import Cell, Place, Sheet
from minsheng.task_table.word_looks import Looks, marked
from minsheng.task_table.word_numbers import Numbers

_MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
# What only wraps paragraphs, tables, rows, cells: content controls, tracked insertions. Its contents are on the page.
_WRAPPERS = {qn(f"w:{name}") for name in ("sdt", "sdtContent", "ins", "moveTo", "smartTag", "customXml")}
_WRAPPERS |= {f"{_MC}AlternateContent", f"{_MC}Choice"}
# What is in the file and not on the page: tracked deletions, the double of a text box for old programs.
_GONE = {qn("w:del"), qn("w:moveFrom"), f"{_MC}Fallback"}
_P, _TBL, _TR, _TC = (qn(f"w:{name}") for name in ("p", "tbl", "tr", "tc"))
_RUNS, _TEXTS = {qn("w:r"), qn("m:r")}, {qn("w:t"), qn("m:t")}  # of words, and of formulas
_SIGNS = {qn("w:br"): "\n", qn("w:cr"): "\n", qn("w:tab"): "\t", qn("w:noBreakHyphen"): "-"}
_MOST_COLUMNS = 100


@dataclass(frozen=True)
class _Text:
    text: str = ""
    struck: str = ""
    hidden: str = ""
    comment: str = ""


def read_word(data: bytes) -> list[Sheet]:
    """Each table as one sheet, those inside cells last; rows count inside the table, from 1.

    Raises ``TaskTableRefused``. python-docx opens the document and knows its parts; its own texts leave out tracked
    insertions and content controls, so those are walked here. The text round the tables becomes their notes.
    """
    try:
        return _Reader(Package.open(io.BytesIO(data)).main_document_part).sheets()
    except Exception as error:  # python-docx and lxml have no common error for damaged documents
        raise TaskTableRefused(
            _("The Word document is damaged. Open it, save it again as .docx and try again.")
        ) from error


class _Reader:
    def __init__(self, part: Any) -> None:
        # Documents with macros are of a type that python-docx leaves unparsed.
        root = part.element if isinstance(part, DocumentPart) else parse_xml(part.blob)
        self.body = root.find(qn("w:body"))
        self.numbers = Numbers(part)
        self.looks = Looks(part)
        comments = part.comments if isinstance(part, DocumentPart) else ()
        self.comments = {str(comment.comment_id): comment.text for comment in comments}
        self.inner: list[Sheet] = []

    def sheets(self) -> list[Sheet]:
        sheets: list[Sheet] = []
        notes: list[str] = []
        between: list[str] = []
        for element in _children(self.body):
            tables = [element] if element.tag == _TBL else list(_boxed(element))
            if element.tag == _P and not tables:
                between.append(self.paragraph(element).text)
            for table in tables:
                above = tuple(text.strip() for text in between if text.strip())
                name = _("Table %(number)s") % {"number": len(sheets) + 1}
                notes += between
                before = tuple(text for text in notes if text.strip())
                sheets.append(replace(self.table(table, name, above), before=before))
                between = []
        around = tuple(note for note in (*notes, *between) if note.strip())
        return [
            *(replace(sheet, notes=around, in_document=True) for sheet in sheets),
            *(replace(sheet, notes=around) for sheet in self.inner),
        ]

    def table(self, table: Any, name: str, above: tuple[str, ...]) -> Sheet:
        cells: dict[Place, Cell] = {}
        anchors: dict[Place, Place] = {}
        ranges: dict[Place, Place] = {}
        hidden_rows: set[int] = set()
        tops: dict[int, Place] = {}  # column → top left of the merged range that may go on
        row = columns = 0
        for row, line in enumerate(_children(table, _TR), 1):
            gone = marked(line.trPr, "w:del")
            if marked(line.trPr, "w:hidden"):
                hidden_rows.add(row)
            column = 1 + line.grid_before
            for cell in _children(line, _TC):
                width = max(1, min(_MOST_COLUMNS, cell.grid_span))
                top = tops.get(column) if cell.vMerge == "continue" else None
                start = top or (row, column)
                if top is None:
                    found = self.cell(cell, name)
                    if found.text:
                        struck = gone or found.text.strip() == found.struck.strip()
                        cells[start] = Cell(
                            row, column, found.text, struck=struck, struck_part=found.struck,
                            hidden_part=found.hidden, comment=found.comment,
                        )  # fmt: skip
                tops[column] = start
                if top is not None or width > 1:
                    ranges[start] = (row, column + width - 1)
                    anchors |= {(row, c): start for c in range(column, column + width)}
                    anchors[start] = start
                column += width
            columns = max(columns, column - 1)
        return Sheet(
            name, cells, anchors, ranges, hidden_rows=frozenset(hidden_rows), above=above, columns=columns, height=row
        )

    def cell(self, cell: Any, name: str) -> _Text:
        """The paragraphs of a cell, one a line; a table inside it is a sheet of its own and stands here as text."""
        lines: list[_Text] = []
        for element in _children(cell):
            if element.tag == _P:
                lines.append(self.paragraph(element))
            elif element.tag == _TBL:
                inner = self.table(element, f"{name}.{len(self.inner) + 1}", ())
                self.inner.append(inner)
                lines += [_Text("".join(c.text for c in inner.filled(row))) for row in inner.rows]
        if not any(line.text.strip() for line in lines):  # a serial number that Word counts by itself
            numbers = [self.numbers.take(element) for element in _children(cell, _P)]
            return _Text("\n".join(filter(None, numbers)), comment="\n".join(n.comment for n in lines if n.comment))
        return _Text(
            "\n".join(line.text for line in lines).strip("\n"),
            "".join(line.struck for line in lines),
            "".join(line.hidden for line in lines),
            "\n".join(line.comment for line in lines if line.comment),
        )

    def paragraph(self, paragraph: Any) -> _Text:
        pieces: list[str] = []
        struck: list[str] = []
        hidden: list[str] = []
        comments: list[str] = []
        for run in _runs(paragraph):
            text = _text(run)
            pieces.append(text)
            if self.looks.struck(run):
                struck.append(text)
            if self.looks.hidden(run, paragraph):
                hidden.append(text)
            comments += [self.comments.get(mark.get(qn("w:id")), "") for mark in run.iter(qn("w:commentReference"))]
        text = "".join(pieces)
        number = self.numbers.take(paragraph) if text.strip() else ""
        return _Text(number + text, "".join(struck), "".join(hidden), "\n".join(filter(None, comments)))


def _children(element: Any, tag: str = "") -> Iterator[Any]:
    """Children, those of wrappers among them."""
    for child in element:
        if child.tag in _WRAPPERS:
            yield from _children(child, tag)
        elif child.tag not in _GONE and (not tag or child.tag == tag):
            yield child


def _boxed(element: Any) -> Iterator[Any]:
    """Tables in text boxes of a paragraph, not those inside their cells."""
    for child in element:
        if child.tag == _TBL:
            yield child
        elif child.tag not in _GONE:
            yield from _boxed(child)


def _runs(element: Any) -> Iterator[Any]:
    """The runs of a paragraph, in links, fields, text of the other direction and whatever else may hold them."""
    for child in element:
        if child.tag in _RUNS:
            yield child
        elif child.tag not in _GONE:
            yield from _runs(child)


def _text(run: Any) -> str:
    pieces = []
    for element in run:
        if element.tag in _TEXTS:
            pieces.append(element.text or "")
        elif element.tag in _SIGNS:
            pieces.append(_SIGNS[element.tag])
        elif element.tag == qn("w:sym"):
            pieces.append("□")
        elif element.tag not in _GONE and len(element):  # drawings with text boxes
            pieces += [
                t.text or "" for t in element.iter(*_TEXTS) if not any(a.tag in _GONE for a in t.iterancestors())
            ]
    return "".join(pieces)

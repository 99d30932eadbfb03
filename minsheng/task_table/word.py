"""The tables of a Word document as sheets of cells."""

import re
import zipfile
from collections.abc import Iterator
from xml.etree import ElementTree as ET

from django.utils.translation import gettext as _

from minsheng.task_table.package import TaskTableRefused
from minsheng.task_table.sheet import Cell, Place, Sheet

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


def read_word(archive: zipfile.ZipFile) -> list[Sheet]:
    """Each top-level table as one sheet; rows count inside the table, from 1; the text round it becomes its notes."""
    try:
        # read_package refused every part with a DOCTYPE, and so every entity.
        body = ET.fromstring(archive.read("word/document.xml")).find(f"{_W}body")  # noqa: S314
    except ET.ParseError as error:
        raise TaskTableRefused(
            _("The Word document is damaged. Open it, save it again as .docx and try again.")
        ) from error
    sheets: list[Sheet] = []
    notes: list[str] = []
    for element in body if body is not None else ():
        if element.tag == f"{_W}p":
            notes.append(_text(element))
        elif element.tag == f"{_W}tbl":
            sheets.append(_table(element, len(sheets) + 1))
    around = tuple(note for note in notes if note.strip())
    return [Sheet(s.name, s.cells, s.anchors, s.ranges, notes=around) for s in sheets]


def _table(table: ET.Element, number: int) -> Sheet:
    cells: dict[Place, Cell] = {}
    anchors: dict[Place, Place] = {}
    ranges: dict[Place, Place] = {}
    above: dict[int, Place] = {}  # column → top left of the merged range that may go on
    for row, line in enumerate(table.findall(f"{_W}tr"), 1):
        for column, width, merge, cell in _row(line):
            top = above.get(column) if merge == "continue" else None
            start = top or (row, column)
            if top is None:
                text = "\n".join(_text(paragraph) for paragraph in cell.findall(f"{_W}p")).strip("\n")
                if text:
                    cells[start] = Cell(row, column, text)
            above[column] = start
            if top is not None or width > 1:
                ranges[start] = (row, column + width - 1)
                for c in range(column, column + width):
                    anchors[row, c] = start
                anchors[start] = start
    return Sheet(_("Table %(number)s") % {"number": number}, cells, anchors, ranges)


def _row(line: ET.Element) -> Iterator[tuple[int, int, str, ET.Element]]:
    """Column, width, vertical merge and element of each cell."""
    before = line.find(f"{_W}trPr/{_W}gridBefore")
    column = 1 + _value(before, 0)
    for cell in line.findall(f"{_W}tc"):
        width = max(1, min(100, _value(cell.find(f"{_W}tcPr/{_W}gridSpan"), 1)))
        merge = cell.find(f"{_W}tcPr/{_W}vMerge")
        kind = "" if merge is None else merge.get(f"{_W}val", "continue")
        yield column, width, kind, cell
        column += width


def _value(element: ET.Element | None, default: int) -> int:
    value = element.get(f"{_W}val", "") if element is not None else ""
    return int(value) if re.fullmatch(r"\d{1,4}", value) else default


def _text(paragraph: ET.Element) -> str:
    """The text of a paragraph; deleted text of tracked changes is gone, as it is on the page."""
    pieces = []
    for element in paragraph.iter():
        if element.tag == f"{_W}t":
            pieces.append(element.text or "")
        elif element.tag in (f"{_W}br", f"{_W}cr"):
            pieces.append("\n")
        elif element.tag == f"{_W}tab":
            pieces.append("\t")
    return "".join(pieces)

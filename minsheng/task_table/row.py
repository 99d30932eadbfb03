"""Reading one row of a task table: each column through its parser."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from minsheng.task_table.column import Column
from minsheng.task_table.header import Header
from minsheng.task_table.headings import Headings
from minsheng.task_table.in_content import tell_of_content
from minsheng.task_table.left_out import left_out
from minsheng.task_table.money import compare_columns, read_money
from minsheng.task_table.parsers.deadline import Deadline, parse_deadline
from minsheng.task_table.parsers.deliverables import parse_deliverables
from minsheng.task_table.parsers.parsed import Issue, Param, Severity
from minsheng.task_table.parsers.text import follows, is_ditto, is_nothing, key, one_line, plain, without_serial
from minsheng.task_table.parsers.units import Known
from minsheng.task_table.parts_of_total import ask_of_parts
from minsheng.task_table.responsible import read_units
from minsheng.task_table.result import Deliverable, RowReading, SourceCell
from minsheng.task_table.set_apart import sets_apart
from minsheng.task_table.sheet import Cell, Sheet
from minsheng.task_table.stated_targets import read_targets
from minsheng.task_table.told_in_content import clauses_of_time, column_telling, tells_money_too
from minsheng.task_table.unknown import ask_about_unknown

_CANCELLED = re.compile(r"取消|作废|撤销|调出|不再实施|终止实施|已删除|移出|剔除|暂缓")
_BROKEN = re.compile(r"#(?:REF!|N/A|VALUE!|NAME\?|DIV/0!|NULL!|NUM!)")
# Which columns tell which field of a row.
_FIELDS = {
    "serial": "serial", "project": "project", "content": "content", "project_content": "content",
    "deadline": "deadline", "lead_units": "lead_units", "assisting_units": "assisting_units", "remarks": "remarks",
    "category": "category", "leader": "leader", "contact": "contact", "target": "targets", "funding": "funding",
    "amount": "funding", "amount_total": "funding", "amount_sum": "funding", "amount_year_plan": "funding",
}  # fmt: skip
_OWN_COLUMNS = {*_FIELDS, "unit_of_measure"}


@dataclass
class Above:
    """What rows further up lend to those below."""

    year: int | None
    level: str = ""  # of the government whose table it is: 省, 市, 县
    first_leads: bool = False
    mark_leads: bool = False
    known_units: Known = ()
    category: str = ""
    of_sheet: str = ""  # the category that the name of the sheet tells
    headings: Headings = field(default_factory=Headings)
    previous: RowReading | None = None
    tasks: list[int] = field(default_factory=list)  # the rows of those read
    seen: dict[tuple[str, ...], int] = field(default_factory=dict)

    def begin(self, category: str, *, goes_on: bool, under_same: bool = False) -> None:
        """Another sheet: one without a header goes on from the rows above, of one with its own they tell nothing, but
        for outer headings that it is ``under``, the ``same`` ones.
        """
        self.of_sheet, self.tasks = category, []
        if not (goes_on or under_same):
            self.headings.begin()
            self.category, self.previous = category, None


class RowReader:
    """Reads one row; ``issues`` gathers the questions on the way."""

    def __init__(self, sheet: Sheet, header: Header, row: int, above: Above) -> None:
        self.sheet, self.header, self.row, self.above = sheet, header, row, above
        self.issues: list[Issue] = []

    def ask(self, field: str, severity: Severity, code: str, **params: Param) -> None:
        self.issues.append(Issue(field, severity, code, params))

    def cell(self, *meanings: str) -> Cell | None:
        column = self.header.column(*meanings)
        return self.sheet.cell(self.row, column.index) if column else None

    def text(self, *meanings: str) -> str:
        """The text of a column, through merged cells; 同上 is the text above."""
        return self.written(self.cell(*meanings))

    def text_at(self, column: Column) -> str:
        return self.written(self.sheet.cell(self.row, column.index))

    def texts(self, meaning: str) -> list[str]:
        """The texts of every column of a meaning that hold something (责任单位 | 配合单位, beside 牵头单位)."""
        columns = [column for column in self.header.columns if column.meaning == meaning]
        return [text for column in columns if (text := self.text_at(column))]

    def written(self, cell: Cell | None) -> str:
        if cell is None or is_nothing(cell.text):
            return ""
        for row in reversed(self.above.tasks if is_ditto(cell.text) else ()):
            cell = self.sheet.cell(row, cell.column)
            if not is_ditto(cell.text):
                break
        return cell.text.strip()

    def read(self, *, further: bool = False) -> RowReading:
        """The reading of the row; ``further``: of another table than the main one, so that a person is asked."""
        if further:
            self.ask("row", "warning", "row_of_further_table", row=self.header.rows[0])
        continues, serial, project = self._name()
        content = self._content(project)
        when, when_text = self._deadline(continues=continues)
        units = read_units(self, continues=continues)
        money, issues = read_money(self.sheet, self.header, self.row, self.above.year, self.above.level)
        self.issues += [*issues, *(compare_columns(money) if self.header.column("amount_sum") else ())]
        self.issues += ask_of_parts(self.sheet, self.header, self.row)
        parts = parse_deliverables(content)
        reading = RowReading(
            self.row, serial, project, content,
            category=self._category(), leader=self.text("leader"), remarks=self.text("remarks"),
            contact=self.text("contact") or "、".join(units.persons), extra=self._extra(), deadline=when.day,
            deadline_precision=when.precision, deadline_firm=when.firm,
            deadline_status=when.status, deadline_text=when_text, deadline_note=when.note,
            deliverables=tuple(Deliverable(part.marker, part.text) for part in parts),
            targets=read_targets(self, content),
            funding=money.lines, funding_totals=money.totals, lead_units=units.lead,
            assisting_units=units.assist,
            source=self._source(),
        )  # fmt: skip
        self._belongs(reading)
        ask_about_unknown(self, reading)
        tell_of_content(self, reading)
        # Nobody has it yet, and to build it anew for the questions, the last to be known, takes as long as a rule.
        object.__setattr__(reading, "issues", tuple(self.issues))
        return reading

    def _name(self) -> tuple[bool, str, str]:
        """Whether the row continues the one above, its serial, its project."""
        previous = self.above.previous
        written = self.text("project", "project_content")
        inside, project = without_serial(written) if written else ("", "")
        if not inside:
            inside, project = self._number_against(written) or ("", project)
        own = self.cell("project", "project_content")
        continues = not project and previous is not None and self.header.column("project") is not None
        if continues and previous is not None:
            project = previous.project
            if previous.category != self._category():
                self.ask("project", "warning", "project_continued_over_heading", text=project)
        elif not project:
            project = self._project_of_content()
        elif self.header.column("project_content") and own is not None:
            parts = parse_deliverables(written) if inside else ()
            project = self._short("".join(one_line(part.text) for part in parts) or project)
        else:
            project = project.rstrip("。．")
        return continues, self._serial(inside, continues=continues), project

    def _number_against(self, written: str) -> tuple[str, str] | None:
        """The number in front of a name that begins with a digit (8.5G网络覆盖), where the row above is number 7."""
        previous = self.above.previous
        if self.header.column("serial") or previous is None or not previous.serial.isdigit():
            return None
        found = re.match(rf"({int(previous.serial) + 1})[.．、](?=\d)", one_line(written))
        return (found[1], one_line(written)[found.end() :]) if found else None

    def _project_of_content(self) -> str:
        text = one_line(self.text("content"))
        self.ask("project", "warning", "project_missing")
        return self._short(without_serial(text)[1])

    def _short(self, text: str) -> str:
        """The name of a task that is told in one text only: the text without its full stop, or its first sentence."""
        name = text.rstrip("。．.;；，,、 ")
        first, stop, rest = name.partition("。")
        if stop and rest:
            self.ask("project", "warning", "project_from_sentence", text=first)
            return first
        return name

    def _serial(self, inside: str, *, continues: bool) -> str:
        if self.header.column("serial") is None:
            if not inside and continues and self.above.previous:
                return self.above.previous.serial
            return inside
        serial = one_line(self.text("serial"))
        if not serial and continues and self.above.previous and self.above.previous.serial:
            self.ask("serial", "info", "serial_continued", text=self.above.previous.serial)
            return self.above.previous.serial
        if not serial:
            self.ask("serial", "info", "serial_missing")
        self._in_step(serial)
        return serial

    def _in_step(self, serial: str) -> None:
        """Tell where a serial number is double or does not follow: many tables are so, and nothing hangs on it."""
        previous, cell = self.above.previous, self.cell("serial")
        if (
            not serial
            or previous is None
            or cell is None
            or cell.row != self.row
            or previous.category != self.above.category
        ):
            return
        if previous.serial == serial:
            self.ask("serial", "info", "serial_double", text=serial)
        elif not follows(serial, previous.serial):
            self.ask("serial", "info", "serial_out_of_step", text=serial, previous=previous.serial)

    def _content(self, project: str) -> str:
        content = self.text("content", "project_content")
        if not content:
            self.ask("content", "warning", "content_missing", text=project)
        return content

    def _category(self) -> str:
        if self.header.column("category"):
            own = one_line(self.text("category"))
            return own or (self.above.previous.category if self.above.previous else "") or self.above.category
        return self.above.category

    def _deadline(self, *, continues: bool) -> tuple[Deadline, str]:
        """The deadline and the words it was read from."""
        cell = self.cell("deadline")
        if cell is None:
            return self._deadline_in_content()
        written = text = self.text("deadline")
        previous = self.above.previous
        if not text and continues and previous and previous.deadline_text:
            text = previous.deadline_text
            self.ask("deadline", "warning", "deadline_continued", text=text)
        header = self.header.by_meaning["deadline"].header
        if "月" in header and re.fullmatch(r"(?:0?[1-9]|1[0-2])", plain(text)):
            text = f"{text}月"
        elif "年" in header and re.fullmatch(r"20\d\d", plain(text)):  # 建设年限: 2020
            text = f"{text}年"
        parsed = parse_deadline(text, year=self.above.year)
        self.issues += parsed.issues
        if not text:  # a stroke says that there is none, a blank may be forgotten
            self.ask("deadline", "warning" if not plain(cell.text) else "info", "deadline_missing")
        if cell.is_number and re.fullmatch(r"20\d\d\.1", text):
            self.ask("deadline", "warning", "deadline_january_or_october", text=text)
        for column in self.header.other_deadlines:
            other = parse_deadline(self.text_at(column), year=self.above.year).value
            if None not in (other.day, parsed.value.day) and other.day != parsed.value.day:
                self.ask("deadline", "warning", "deadline_other_column", text=self.text_at(column), column=column.own)
        if cell.month_or_day and text == cell.text:
            self.ask("deadline", "warning", "deadline_month_or_day", text=text)
        return parsed.value, written

    def _deadline_in_content(self) -> tuple[Deadline, str]:
        """What the text of contents says of when, where its header says that it does: 内容、预算与时限."""
        column = column_telling(self.header, "deadline")
        if column is None:
            return Deadline(status="missing"), ""
        text = clauses_of_time(self.written(self.sheet.cell(self.row, column.index)), self.above.year)
        parsed = parse_deadline(text, year=self.above.year)
        self.issues += parsed.issues
        if not text:
            self.ask("deadline", "warning", "deadline_missing")
        return parsed.value, text

    def _extra(self) -> dict[str, str]:
        """Columns that the portal has no field for, under the words of their header; two of the same words apart."""
        extra: dict[str, str] = {}
        for column in self.header.columns:
            if column.meaning.partition(":")[0] in _OWN_COLUMNS:
                continue
            text = self.sheet.text(self.row, column.index).strip()
            if not is_nothing(text):
                name = one_line(column.header) or column.letter
                extra[f"{name} {column.letter}" if name in extra else name] = text
        return extra

    def _source(self) -> dict[str, SourceCell]:
        source: dict[str, SourceCell] = {}
        for column in self.header.columns:
            name = _FIELDS.get(column.meaning.partition(":")[0])
            cell = self.sheet.cell(self.row, column.index)
            own = name if name and name not in source else one_line(column.header) or column.letter
            source[f"{own} {column.letter}" if own in source else own] = SourceCell(cell.address, cell.text)
            if name is None:
                continue
            if cell.formula_without_value:
                self.ask(name, "error", "formula_without_value", cell=cell.address)
            if cell.comment:
                self.ask(name, "info", "cell_comment", cell=cell.address, text=one_line(cell.comment)[:200])
            if cell.struck_part and not self._all_struck():
                self.ask(name, "warning", "cell_struck", cell=cell.address, text=one_line(cell.struck_part)[:200])
            if cell.hidden_part and self.row not in self.sheet.hidden_rows:
                self.ask(name, "warning", "cell_hidden", cell=cell.address, text=one_line(cell.hidden_part)[:200])
            if "#" in cell.text and _BROKEN.search(cell.text):
                self.ask(name, "error", "cell_error", cell=cell.address, text=cell.text)
            if column.meaning == "project_content":
                source["project"] = source["content"]
        source |= {name: told for name, told in self._told_in_content() if name not in source}
        return source

    def _told_in_content(self) -> Iterator[tuple[str, SourceCell]]:
        """The cell of contents for what is read out of it."""
        for name, column in (
            ("deadline", column_telling(self.header, "deadline")),
            ("funding", tells_money_too(self.header)),
        ):
            if column is not None:
                cell = self.sheet.cell(self.row, column.index)
                yield name, SourceCell(cell.address, cell.text)

    def _all_struck(self) -> bool:
        cells = self.sheet.filled(self.row)
        return bool(cells) and all(cell.struck for cell in cells)

    def _belongs(self, reading: RowReading) -> None:
        """Questions whether the row belongs at all: hidden, struck through, cancelled, or there twice."""
        if self.row in self.sheet.hidden_rows:
            self.ask("row", "warning", "row_hidden", row=self.row)
        if self._all_struck():
            self.ask("row", "warning", "row_struck", row=self.row)
        if self.row in self.sheet.folded:
            self.ask("row", "warning", "row_folded", row=self.row, last=self.sheet.folded[self.row])
        words = "".join([reading.remarks, reading.project[-8:], *reading.extra.values()])
        if (left := left_out(reading.remarks, reading.project, reading.extra)) or _CANCELLED.search(plain(words)):
            self.ask("row", "warning", "row_cancelled", text=left or reading.remarks or reading.project)
        years = frozenset({self.above.year} if self.above.year else ())
        own = [reading.category] if self.header.column("category") else []
        if heading := next((one for one in (*self.above.headings.unasked(), *own) if sets_apart(one, years)), ""):
            self.ask("row", "warning", "row_set_apart", text=heading)
        same = (
            key(reading.project), key(reading.content), key(reading.deadline_text), *map(key, reading.lead_units),
            *(f"{target.quantity}{target.unit}" for target in reading.targets),
        )  # fmt: skip
        first = self.above.seen.setdefault(same, self.row)
        if first != self.row:
            self.ask("row", "warning", "row_twice", row=first)

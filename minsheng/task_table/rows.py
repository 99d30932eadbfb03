"""What the rows of a task table are: tasks, headings, totals, notes."""

import re

from minsheng.task_table.header import Header, repeats
from minsheng.task_table.meanings import SIGNED
from minsheng.task_table.parsers.text import heading, is_nothing, key, one_line, plain
from minsheng.task_table.sheet import Cell, Sheet

_NOTE = re.compile(
    r"(?:说明|注|备注|附注|填表|填报|制表|审核|审批|联系人|联系电话|附件|附表|本表|以上|上述|[※＊*★▲]+(?:为|"
    r"表示|号)|\d?[.、]?注)(?:[:：;；\d一二三(（]|单位|人|时间|日期|各|中|$)|.*单位[:：]万?元|"
    r"(?:20\d\d年\d+月\d+日|第\d+页)"
)
# 合计, 本页小计, 教育类合计: also with what is counted, or how much of it.
_TOTAL = re.compile(r"(?:[^\d,，;；。:：、]{0,6}(?:合计|总计|小计)|共计|总合计|累计)(?:[:：(].*|\d+.{0,4})?")
_ABOUT_LEAD = re.compile(
    r"(?:第一|首位|首个|最前|前面的?)(?:位|个|家|名|单位|部门|者|的)*[^,，。;；]{0,10}(?:牵头|主办|主责|责任|"
    r"总负责|汇总)|(?:牵头|主办)(?:单位|部门)[^,，。;；]{0,6}(?:排|列|位于)[^,，。;；]{0,4}(?:第一|首位|首)"
)
# 为第一责任单位: who answers first among those who lead.
_RANKED = re.compile(r"为(?:第一|首要|总|主要)+(?:责任|牵头|主办|主责)|牵头抓总|总负责")
# （市政府办公室 2026年2月） below the title says who wrote it and when.
_NOT_TITLE = re.compile(
    r"附件|附表|.*[〔\[(（]20\d\d[〕\])）].*号|单位[:：]|填报|制表|编制|时间[:：]|日期[:：]|\([^()]*(?:20\d\d年\d{1,2}月|通过|审议)[^()]*\)$"
)
# （单位：万元） behind a title says of what the figures are; the rest is still its name.
_WITH_UNIT = re.compile(
    r"[(（\[【][^()（）\[\]【】]{0,8}单\s*位\s*[:：][^()（）\[\]【】]*[)）\]】]|\s+(?:金额)?单\s*位\s*[:：]\s*[百千万亿]*元\s*$"
)
# What a total says besides: how many, how much.
_COUNT = re.compile(r"约?[\d,.]+[一-鿿%]{0,4}")
_TASK_MEANINGS = ("content", "lead_units", "assisting_units", "deadline", "funding", "target")
DATA = "data"


def kind_of(sheet: Sheet, header: Header, row: int, title: str) -> str:
    """``data``, or why the row is none: repeated_header, header, title, category, subtotal, note.

    In doubt a row is data: a task must not get lost, and one too many is seen.
    """
    cells = sheet.filled(row)
    if repeats(sheet, header, row):
        return "repeated_header"
    first = plain(cells[0].text)
    if title and key(without_unit(cells[0].text)) == key(title):
        return "title"
    if (
        len(cells) > 2
        and all(plain(cell.text) == str(number) for number, cell in enumerate(cells, 1))
        and row == header.first_data_row
    ):
        return "header"
    if _is_total(sheet, header, row, cells):
        return "subtotal"
    if _is_signed(sheet, row, cells):
        return "note"
    if _tells_no_task(sheet, header, row):
        amounts = {column.index for column in header.columns if column.meaning.startswith("amount")}
        cells = [cell for cell in cells if cell.column not in amounts] or cells  # a heading may carry its subtotals
        alone = len(cells) == 1
        if _NOTE.match(first) or (alone and first.endswith("。") and len(first) > 30):
            return "note"
        wide = sheet.width(cells[0]) >= max(2, len(header.columns) // 2)
        if (
            heading(first)
            or (alone and (wide or _in_front(header, cells[0])) and len(first) <= 60)
            or _numbered(header, cells)
        ):
            return "category"
        if alone and wide:
            return "note"
    return DATA


def is_note(line: str) -> bool:
    """Whether a line round a table says something about it: 注：…, 填表人：…, 单位：万元."""
    return _NOTE.match(plain(line)) is not None


def heading_of(sheet: Sheet, header: Header, row: int) -> str:
    """The text of a heading row without its subtotals; a number in its own cell gets its comma: 一、社保惠民项目."""
    amounts = {column.index for column in header.columns if column.meaning.startswith("amount")}
    words = [one_line(cell.text) for cell in sheet.filled(row) if cell.column not in amounts]
    return (
        re.sub(r"^([一二三四五六七八九十]+)(?=[^、.)）一二三四五六七八九十])", r"\1、", "".join(words))
        if len(words) > 1
        else "".join(words)
    )


def _is_total(sheet: Sheet, header: Header, row: int, cells: list[Cell]) -> bool:
    if _TOTAL.fullmatch(plain(cells[0].text)) and all(_COUNT.fullmatch(plain(cell.text)) for cell in cells[1:]):
        return True  # wherever it stands: 合计 in a first column of units
    front = [cell for cell in cells if cell.column <= header.last_front] or cells[:1]
    return any(_TOTAL.fullmatch(plain(cell.text)) for cell in front) and not _own(sheet, header, row, "lead_units")


def _is_signed(sheet: Sheet, row: int, cells: list[Cell]) -> bool:
    """审核人：… | 填表人：… | 日期：…, and nothing else in the row, not even from a cell merged over it from above."""
    if not all(SIGNED.fullmatch(plain(cell.text)) for cell in cells):
        return False
    return all(sheet.cell(row, column).row == row for column in range(1, sheet.last_column + 1))


def _in_front(header: Header, cell: Cell) -> bool:
    column = header.column("project", "project_content")
    return column is not None and cell.column <= column.index


def _numbered(header: Header, cells: list[Cell]) -> bool:
    """一 | 教育惠民: a heading whose number has its own cell."""
    serial = header.column("serial")
    return (
        len(cells) == 2 and serial is not None and cells[0].column == serial.index
        and re.fullmatch(r"[(]?[一二三四五六七八九十]+[)]?[、.]?", plain(cells[0].text)) is not None
    )  # fmt: skip


def _own(sheet: Sheet, header: Header, row: int, meaning: str) -> bool:
    """Whether a column says something about this row that does not come from one cell over the whole row."""
    column = header.column(meaning)
    if column is None:
        return False
    cell = sheet.cell(row, column.index)
    spread = meaning == "content" and cell.column != column.index
    wide = sheet.width(cell) > max(2, len(header.columns) // 2)
    return not is_nothing(cell.text) and not wide and not spread


def _tells_no_task(sheet: Sheet, header: Header, row: int) -> bool:
    """Whether nothing but a name stands in the row. With one description only, that description is its name."""
    return not any(_own(sheet, header, row, meaning) for meaning in _TASK_MEANINGS)


def first_leads(texts: list[str], *, apart: bool = False) -> bool:
    """Whether a note says so: 排在第一位的为牵头单位.

    ``apart``: those who lead have a column of their own, beside that of those who assist. What a note ranks there
    (第一责任单位) are leads, all of them.

    >>> first_leads(["说明：列第一位者为工作牵头单位或汇总单位。"]), first_leads(["说明：以实际下达数为准。"])
    (True, False)
    >>> [first_leads(["注：排首位的为第一责任单位。"], apart=apart) for apart in (False, True)]
    [True, False]
    """
    notes = [words for text in texts if _ABOUT_LEAD.search(words := plain(text))]
    return any(not (apart and _RANKED.search(words)) for words in notes)


def mark_leads(texts: list[str]) -> bool:
    """Whether a note says so: 标★的为牵头单位."""
    return any(re.search(r"[★☆▲△●◎*※][^,，。;；]{0,8}(?:牵头|主办|主责)", plain(text)) for text in texts)


def title_of(sheet: Sheet, header: Header) -> str:
    """The longest line above the header, or before a Word table, that is no 附件, issue number, unit or note.

    What stands below a table is never its title.
    """
    inside = ["".join(cell.text for cell in sheet.filled(row)) for row in sheet.rows if row < header.rows[0]]
    outside = (
        [line for line in lines if len(line) < 60 and not heading(plain(line))] for lines in (sheet.above, sheet.before)
    )
    named = ([without_unit(line) for line in lines] for lines in (inside, *outside))
    titles = (max(filter(may_be_title, lines), key=len, default="") for lines in named)
    return next(filter(None, titles), "").strip()


def without_unit(line: str) -> str:
    """A line above a table without what it says of the unit of its figures.

    >>> without_unit("清河县2023年投资计划表（单位：万元）"), without_unit("清河县2023年投资计划表  单位：万元")
    ('清河县2023年投资计划表', '清河县2023年投资计划表')
    >>> without_unit("（单位：万元）"), without_unit("清河县2023年民生实事（试行）")
    ('', '清河县2023年民生实事（试行）')
    """
    return _WITH_UNIT.sub("", line) if "位" in line else line


def may_be_title(line: str) -> bool:
    """Whether a line may call a table by its name.

    >>> may_be_title("江州市2026年为民办实事项目安排表")
    True
    >>> may_be_title("说明：1.资金按实际安排执行"), may_be_title("联系人：张三")
    (False, False)
    >>> may_be_title("（经市十七届人大三次会议票决通过）"), may_be_title("现将任务印发给你们，请贯彻落实。")
    (False, False)
    """
    words = plain(line)
    return bool(words) and not (_NOT_TITLE.match(words) or _NOTE.match(words) or words.endswith(("。", "：", ":")))

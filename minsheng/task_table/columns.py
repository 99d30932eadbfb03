"""What the columns of a task table mean, by their headers together and by what stands in them."""

import re
from collections.abc import Mapping
from dataclasses import replace

from minsheng.task_table.column import Column, samples
from minsheng.task_table.column_keys import place_of
from minsheng.task_table.deadline_column import deadlines_found, right_of_pairs
from minsheng.task_table.meanings import DESCRIPTIONS, content_with, payer_of, surely_payer_of
from minsheng.task_table.money_columns import stages_told
from minsheng.task_table.name_columns import is_code, named_by_words
from minsheng.task_table.parsers.measures import MEASURES
from minsheng.task_table.parsers.numbers import ARABIC
from minsheng.task_table.parsers.own_level import level_of, own_level_left
from minsheng.task_table.parsers.sources import UNSPECIFIED, one_source
from minsheng.task_table.parsers.text import plain
from minsheng.task_table.parsers.times import tells_only_when
from minsheng.task_table.parsers.units import looks_like_unit, parse_units
from minsheng.task_table.sheet import Sheet
from minsheng.task_table.target_columns import split_targets, without_several_years

_HOW = re.compile("标准|要求|措施|举措")
_UNITS = ("lead_units", "assisting_units", "implementing_units")
_ASSISTS = re.compile(r"配合|协|参[与加]|会[办商同]|联|支持|共同|(?:^|[^一-鿿])(?:其他)?责任(?:单位|部门)")
_BARE_AMOUNT = re.compile(rf"[≤约¥]*{ARABIC}(?:万元|元)?")
# 经费预算 is public money; a bare 预算, as a sum of investment, may be anybody's.
_PUBLIC = re.compile("^(?!.*(?:投资|工程|概算|项目)).*(?:财政|经费预算|预算(?:经费|资金|安排))")
_SHORT_TARGET = re.compile(rf"(?:约|≥|不少于)?{ARABIC}(?:[-—–~～至/]+{ARABIC})?[万亿]?[^\d,，;；。]{{0,4}}(?:以上)?")


_OF_YEAR = re.compile(
    r"(?:20\d\d年?|本年|今年|全年|当年|年度|年)度?(?:计划|预期|安排|拟完成)(?:完成)?[数值量]?(?:\(.*\))?"
)
_SERIAL = re.compile(r"[(]?(?:\d{1,3}|[一二三四五六七八九十]{1,3})[)]?[.、]?")


def settle(columns: list[Column], sheet: Sheet, rows: range) -> list[Column]:
    """Decide what a word alone does not: by the other columns and by what stands below.

    A table has one project and one content at most; with one description alone it is both. 责任单位 beside 牵头单位
    assist. A column 单位 that holds 个 and 户 is the unit of measure, and a remarks column of departments only leads.
    """
    settled = [_by_cells(column, columns, sheet, rows) for column in columns]
    settled = _planned(without_several_years(settled), sheet, rows)
    settled = split_targets(settled, sheet, rows, _is_figure)
    settled = stages_told(_payers(settled, sheet, rows))
    settled = _units(settled, sheet, rows)
    settled = _one_serial(settled, sheet, rows)
    settled = _numbers(settled, sheet, rows)
    settled = _descriptions(named_by_words(settled, sheet, rows), sheet, rows)
    settled = deadlines_found(right_of_pairs(settled, sheet, rows), sheet, rows)
    settled = _unnamed_serial(settled, sheet, rows)
    settled = _assisting(settled)
    taken: set[tuple[str, str]] = set()
    result = []
    for column in settled:
        kind = (column.meaning, "")
        if column.meaning == "target":  # several of one header
            kind = ("target", column.above or str(column.index))
            repeated = any(meaning == "target" for meaning, _ in taken - {kind})
        else:
            repeated = is_once(column.meaning) and kind in taken
        taken.add(kind)
        result.append(replace(column, meaning="extra") if repeated or not column.meaning else column)
    return result


def is_once(meaning: str) -> bool:
    """Whether a table has one column of this meaning at most: of two the second would not be read.

    >>> is_once("deadline"), is_once("amount:中央"), is_once("extra")
    (True, False, False)
    """
    several = ("", "extra", "funding", "progress", "plan", "assisting_units", "target")
    return meaning not in several and not meaning.startswith("amount")


def meant_twice(meanings: Mapping[str, str]) -> list[tuple[str, list[str]]]:
    """Of columns by their keys: meanings that only one of a sheet can have, and those that have it.

    >>> meant_twice({"A": "serial", "F": "deadline", "G": "plan", "H": "deadline", "I": "plan", "附!F": "deadline"})
    [('deadline', ['F', 'H'])]
    """
    found: dict[tuple[str, str], list[str]] = {}
    for column, meaning in meanings.items():
        if is_once(meaning):
            found.setdefault((place_of(column)[0], meaning), []).append(column)
    return [(meaning, columns) for (_sheet, meaning), columns in found.items() if len(columns) > 1]


def own_level_named(columns: list[Column], sheet: Sheet, header_row: int) -> list[Column]:
    """中央 | 本级: the second is the government whose table it is, as the lines above the header tell."""
    above = ["".join(cell.text for cell in sheet.filled(row)) for row in sheet.rows if row < header_row]
    levels = {level for line in (*above, *sheet.notes) if (level := level_of(line))}
    if len(levels) != 1:
        return columns
    meaning, own = f"amount:{UNSPECIFIED}", f"amount:{one_source(f'{levels.pop()}级财政')}"
    return [
        replace(c, meaning=own) if c.meaning == meaning and own_level_left(plain(c.header.rpartition("/")[2])) else c
        for c in columns
    ]


def _planned(columns: list[Column], sheet: Sheet, rows: range) -> list[Column]:
    """计量单位 | 2023年实际 | 2024年计划: without a column of targets, the figures planned for the year are those."""
    meanings = [column.meaning for column in columns]
    planned = [
        column for column in columns if column.meaning in ("", "extra") and _OF_YEAR.fullmatch(plain(column.header))
    ]
    if "target" in meanings or "unit_of_measure" not in meanings or len(planned) != 1:
        return columns
    cells = samples(sheet, planned[0].index, rows)
    if sum(_SHORT_TARGET.fullmatch(cell) is not None for cell in cells) * 3 < len(cells) * 2 or not cells:
        return columns
    return [replace(column, meaning="target") if column is planned[0] else column for column in columns]


def _payers(columns: list[Column], sheet: Sheet, rows: range) -> list[Column]:
    """中央 | 省级 | 县级 | 合计 without a header above them: several columns of figures called by who pays.

    区财政, 省级资金 and 镇配套 are such a column also alone.
    """
    bare = {
        column.index
        for column in columns
        if column.meaning in ("", "extra", "amount", f"amount:{UNSPECIFIED}")
        and (cells := samples(sheet, column.index, rows))
        and sum(_BARE_AMOUNT.fullmatch(cell) is not None for cell in cells) * 3 >= len(cells) * 2
    }
    sure = {c.index: meaning for c in columns if c.index in bare and (meaning := surely_payer_of(c.header))}
    columns = [replace(column, meaning=sure.get(column.index, column.meaning)) for column in columns]
    found = {
        column.index: meaning
        for column in columns
        if column.index in bare and column.index not in sure and (meaning := payer_of(column.header))
    }
    payers = [meaning for meaning in (*found.values(), *(c.meaning for c in columns)) if meaning.startswith("amount:")]
    if len(payers) < 2:
        return columns
    return [replace(column, meaning=found.get(column.index, column.meaning)) for column in columns]


def _unnamed_serial(columns: list[Column], sheet: Sheet, rows: range) -> list[Column]:
    """A first column without a header that counts up is the serial number."""
    first = min(columns, key=lambda column: column.index)
    if any(column.meaning == "serial" for column in columns) or plain(first.header) or first.meaning:
        return columns
    cells = samples(sheet, first.index, rows)
    counted = sum(_SERIAL.fullmatch(cell) is not None for cell in cells)
    if len(set(cells)) < 2 or counted * 5 < len(cells) * 4:
        return columns
    return [replace(column, meaning="serial") if column is first else column for column in columns]


def _one_serial(columns: list[Column], sheet: Sheet, rows: range) -> list[Column]:
    """序号 一 over several rows | 项目序号 1, 2, 3: of two serial numbers the one that counts every task."""
    serials = [column for column in columns if column.meaning == "serial"]
    counting = [column for column in serials if not is_code(column)]
    if counting and len(counting) < len(serials):  # 项目编码 | 序号
        return _one_serial(
            [replace(c, meaning="extra") if c in serials and c not in counting else c for c in columns], sheet, rows
        )
    if len(serials) < 2 or _names_rows(samples(sheet, serials[0].index, rows)):
        return columns
    counts = next((column for column in serials if _names_rows(samples(sheet, column.index, rows))), serials[0])
    return [replace(c, meaning="extra") if c in serials and c is not counts else c for c in columns]


def _numbers(columns: list[Column], sheet: Sheet, rows: range) -> list[Column]:
    """民生实事 | 任务内容, and 1, 2, 3 stand below the first: it numbers the tasks and names none."""
    if any(column.meaning == "serial" for column in columns):
        return columns
    for column in columns:
        cells = samples(sheet, column.index, rows) if column.meaning in ("project", "project_content") else []
        if cells and all(map(_SERIAL.fullmatch, cells)):
            return [replace(c, meaning="serial") if c is column else c for c in columns]
    return columns


def _by_cells(column: Column, columns: list[Column], sheet: Sheet, rows: range) -> Column:
    cells = samples(sheet, column.index, rows)
    called_unit = column.meaning in _UNITS or plain(column.header).endswith("单位")
    if called_unit and sum(map(is_measure, cells)) * 2 > len(cells):
        return replace(column, meaning="unit_of_measure")
    with_times = column.meaning == "content" and "deadline" in content_with(column.header)
    if (
        with_times and sum(map(tells_only_when, cells)) * 5 >= len(cells) * 4 > 0
    ):  # 目标及时限 over 10月底前, and nothing besides
        return replace(column, meaning="deadline")
    if column.meaning in ("content", "quantity") and cells:
        short = sum(_SHORT_TARGET.fullmatch(cell) is not None for cell in cells)
        if short * 3 >= len(cells) * 2:
            return replace(column, meaning="target")
    if column.meaning == "quantity":
        return replace(column, meaning="target")
    if column.meaning in ("amount", "amount_total") and cells:
        wordy = sum(re.search(r"[一-鿿]{3,}", cell.replace("万元", "")) is not None for cell in cells)
        if wordy * 2 > len(cells) and not any(other.meaning == "funding" for other in columns):
            return replace(column, meaning="funding")
    bare = sum(_BARE_AMOUNT.fullmatch(cell) is not None for cell in cells)
    if (column.meaning == "amount" and bare * 3 >= len(cells) * 2) or (
        column.meaning == "funding" and bare == len(cells)
    ):
        others = [(c.meaning or payer_of(c.header)).partition(":")[0] for c in columns if c is not column]
        alone = not {"funding", "amount"} & set(others)  # 预算安排 | 其中：省级 | 其中：县级: a sum
        public = alone and bare and _PUBLIC.search(plain(column.header))
        return replace(column, meaning=f"amount:{UNSPECIFIED}" if public else "amount" if bare else column.meaning)
    return column


def _is_figure(cell: str) -> bool:
    return _SHORT_TARGET.fullmatch(cell) is not None


def is_measure(cell: str) -> bool:
    """Whether a cell holds a unit of measure and nothing else.

    >>> is_measure("个"), is_measure("万平方米"), is_measure("个（处）"), is_measure("公里/座"), is_measure("县住建局")
    (True, True, True, True, False)
    """
    parts = [part for part in re.split("[/、()]", plain(cell)) if part]
    return bool(parts) and all(part in MEASURES or part.lstrip("万亿") in MEASURES for part in parts)


def holds_units(cell: str) -> bool:
    """Whether a cell holds names of units and nothing else.

    >>> holds_units("县教育局"), holds_units("县残联、各乡镇（街道）"), holds_units("续建"), holds_units("新建公园2处")
    (True, True, False, False)
    """
    names = parse_units(cell).value
    return bool(names) and all(len(name) > 2 and looks_like_unit(name) for name in names)


def _units(columns: list[Column], sheet: Sheet, rows: range) -> list[Column]:
    leads = [column for column in columns if column.meaning == "lead_units"]
    if len(leads) > 1:
        # 牵头单位 and 责任单位 side by side: the one that says it leads does.
        first = next((c for c in leads if re.search("牵头|主办|主责|第一", plain(c.header))), leads[0])
        return [replace(c, meaning="assisting_units") if c in leads and c is not first else c for c in columns]
    if leads:
        return columns
    implementing = [column for column in columns if column.meaning == "implementing_units"]
    if implementing:
        return [replace(c, meaning="lead_units") if c is implementing[0] else c for c in columns]
    for column in columns:
        if column.meaning in ("remarks", "", "contact", "leader"):
            cells = samples(sheet, column.index, rows)
            if cells and sum(len(cell) < 60 and holds_units(cell) for cell in cells) * 3 >= len(cells) * 2:
                return [replace(c, meaning="lead_units") if c is column else c for c in columns]
    return columns


def _assisting(columns: list[Column]) -> list[Column]:
    """牵头单位 | 责任单位 | 配合单位: the last two assist. 市县责任主体 beside them is something else."""
    assisting = [column for column in columns if column.meaning == "assisting_units"]
    named = [column for column in assisting if _ASSISTS.search(plain(column.header))] or assisting[:1]
    return [replace(c, meaning="extra") if c in assisting and c not in named else c for c in columns]


def _descriptions(columns: list[Column], sheet: Sheet, rows: range) -> list[Column]:
    described = [column for column in columns if column.meaning in DESCRIPTIONS]
    names = [column for column in described if column.meaning != "content"]
    contents = [column for column in described if column.meaning == "content"]
    if not names and contents:  # 类目 | 建设内容, and every row has a 类目 of its own: it names the task
        named = next(
            (c for c in columns if c.meaning == "category" and _names_rows(samples(sheet, c.index, rows))), None
        )
        if named is not None:
            return _descriptions([replace(c, meaning="project") if c is named else c for c in columns], sheet, rows)
    if len(described) == 1:
        return [replace(c, meaning="project_content") if c is described[0] else c for c in columns]
    if not names and len(contents) > 1:  # 任务 | 具体内容: the first names, the longest tells
        return [replace(c, meaning="project") if c is contents[0] else c for c in columns]
    if len(names) > 1 and not contents:
        longest = max(names[1:], key=lambda c: sum(map(len, samples(sheet, c.index, rows))))
        columns = [replace(c, meaning="content") if c is longest else c for c in columns]
        names = [c for c in names if c is not longest]
    if any(c.meaning == "project_content" for c in names):  # 名称及内容 | 工作标准: the second tells how, not what
        columns = [
            replace(c, meaning="extra") if c in contents and _HOW.search(plain(c.header)) else c for c in columns
        ]
        contents = [c for c in contents if not _HOW.search(plain(c.header))]
    if len(contents) > 1:  # 主要内容 | 年度目标: the one that is called content, or else the longest

        def weight(c: Column) -> tuple[bool, int]:
            return re.search("内容|规模", plain(c.header)) is not None, sum(map(len, samples(sheet, c.index, rows)))

        main = max(contents, key=weight)
        columns = [replace(c, meaning="goal") if c in contents and c is not main else c for c in columns]
    return [replace(c, meaning="project") if c.meaning == "project_content" and contents else c for c in columns]


def _names_rows(cells: list[str]) -> bool:
    return len(cells) > 2 and len(set(cells)) == len(cells)

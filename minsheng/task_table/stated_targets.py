"""The targets of one row, out of the columns that hold figures and the texts that state some."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from minsheng.task_table.column import Column
from minsheng.task_table.parsers.counts import DOING
from minsheng.task_table.parsers.parsed import Issue, Parsed
from minsheng.task_table.parsers.states import OTHER_YEAR
from minsheng.task_table.parsers.target_cells import measure_in_name, parse_target_cell
from minsheng.task_table.parsers.targets import Target, parse_targets
from minsheng.task_table.parsers.text import key, one_line, plain, without_serial
from minsheng.task_table.target_columns import called, measure_of

if TYPE_CHECKING:
    from minsheng.task_table.row import RowReader

_INDICATOR = re.compile(r"指标(?:名称|内容)?$|^分项(?:任务|目标|指标)$")
# 完成标准, 质量要求: how well; 目标要求 and 任务要求 are what.
_HOW = re.compile("^(?!.*(?:目标|任务|指标|内容)).*(?:标准|要求|质量|规范|规格)")
# 推进措施及时间节点: how it is gone about, and what is reached on the way.
_BY_STEPS = re.compile("^(?!.*(?:目标|任务|指标|内容)).*(?:措施|举措|节点|步骤|进度|做法|路径)")
_SHORT_NAME = re.compile(r"[^\d,，;；。:：]{2,24}")
_NUMBER = re.compile(r"\d|[一二两三四五六七八九十百]")


def read_targets(row: RowReader, content: str) -> tuple[Target, ...]:
    """What the row is to reach: by its columns of figures, else by its goal, else by its text and its name.

    A column of standards (完成标准, 质量要求) tells how the text's figures are to be reached: its own come besides.
    """
    goal = row.text("goal")
    told = [(c, text) for c in row.header.targets if (text := row.written(row.sheet.cell(row.row, c.index)))]
    if told:
        parsed = _in_columns(row, told, content)
        parsed = replace(parsed, value=(*parsed.value, *_beside(row, parsed.value, content, goal)))
    elif (
        goal
        and _BY_STEPS.search(row.header.by_meaning["goal"].own)
        and parse_targets(content, year=row.above.year).value
    ):
        parsed = parse_targets(content, year=row.above.year)
    elif goal and parse_targets(goal, year=row.above.year).value:
        parsed = parse_targets(goal, year=row.above.year)
        row.ask("targets", "info", "targets_from_goal", text=goal)
        if _tells_how(row) and (own := parse_targets(content, year=row.above.year)).value:
            parsed = _with_standards(own, parsed)
    else:
        parsed = parse_targets(content, year=row.above.year)
    row.issues += parsed.issues
    return _with_name(row, parsed.value, content)


def _tells_how(row: RowReader) -> bool:
    column = row.header.column("goal")
    return column is not None and _HOW.search(column.own) is not None


def _with_standards(
    own: Parsed[tuple[Target, ...]], standards: Parsed[tuple[Target, ...]]
) -> Parsed[tuple[Target, ...]]:
    """改造泵房45座 | 验收合格率100%: the second is a standard of the first, and no figure of another year is one."""
    others = {issue.params["text"] for issue in standards.issues if issue.code == OTHER_YEAR}
    read = {(target.quantity, target.unit) for target in own.value}
    further = tuple(
        replace(target, core=False)
        for target in standards.value
        if (target.quantity, target.unit) not in read and target.text not in others
    )
    issues = (replace(i, severity="info") if i.code == OTHER_YEAR else i for i in standards.issues)
    return Parsed((*own.value, *further), own.raw, (*own.issues, *issues))


def _in_columns(row: RowReader, told: list[tuple[Column, str]], content: str) -> Parsed[tuple[Target, ...]]:
    """The figures of one column, or of several under one header, each called by the words of its own."""
    unit = row.text("unit_of_measure") or measure_in_name(content)
    targets: list[Target] = []
    issues: list[Issue] = []
    for column, text in told:
        parsed = parse_target_cell(text, measure_of(column) or unit, year=row.above.year)
        own = _called(row, parsed.value, text, content)
        word = called(column) if len(row.header.targets) > 1 else ""
        targets += [replace(target, text=f"{target.text}（{word}）") for target in own] if word else own
        issues += parsed.issues
    return Parsed(tuple(targets), content, tuple(issues))


def _called(row: RowReader, targets: tuple[Target, ...], cell: str, content: str) -> tuple[Target, ...]:
    """A bare figure in a column of figures is that of the task: it is called by its indicator, or its name."""
    name = without_serial(_indicator(row, content) or row.text("project", "project_content"))[1]
    name = name or content.partition("。")[0]
    bare = len(targets) == 1 and targets[0].text == plain(cell)
    return (replace(targets[0], text=name),) if bare and name else targets


def _indicator(row: RowReader, content: str) -> str:
    """What a figure in a column of its own counts: 量化指标, or a short content below a project of several."""
    named = next((c for c in row.header.columns if _INDICATOR.search(plain(c.header).rpartition("/")[2])), None)
    written = row.written(row.sheet.cell(row.row, named.index)) if named else ""
    return next((text for text in (written, content) if text and _SHORT_NAME.fullmatch(plain(text))), "")


def _beside(row: RowReader, own: tuple[Target, ...], content: str, goal: str) -> tuple[Target, ...]:
    """Further commitments, of another measure, in the words beside a column of figures: 8 所 | 新增学位2880个."""
    units = {target.unit for target in own}
    beside = list(
        dict.fromkeys(t for text in (content, goal) if text for t in parse_targets(text, year=row.above.year).value)
    )
    further = [t for t in beside if t.unit not in units]
    words = plain(f"{content}\n{goal}")
    promised: tuple[Target, ...] = ()
    for target in further:  # 新建变压器45台、线路62千米: one doing for both
        listed = promised and re.search(rf"{re.escape(promised[-1].text)}[、和及]{re.escape(target.text)}", words)
        if listed or re.search(DOING, target.text):
            promised = (*promised, target)
    if promised:
        row.ask("targets", "info", "targets_from_goal", text="，".join(t.text for t in promised))
    same = [t for t in beside if t.unit in units and all(t.quantity != one.quantity for one in own)]
    parts = len(own) == 1 and sum(t.quantity for t in same) == own[0].quantity
    for target in [*(t for t in further if t not in promised), *(() if parts else same)]:
        row.ask("targets", "info", "target_or_size", text=target.text)
    return promised


def _with_name(row: RowReader, targets: tuple[Target, ...], content: str) -> tuple[Target, ...]:
    """The targets with those that only the name of the task states: 新建幼儿园7所 | 4月底前主体完工 ….”"""
    name = row.text("project")
    if not _NUMBER.search(name) or key(name) == key(content) or row.header.column("target"):
        return targets
    read = {(target.quantity, target.unit) for target in targets}
    named = tuple(t for t in parse_targets(name, year=row.above.year).value if (t.quantity, t.unit) not in read)
    if named:
        row.ask("targets", "warning" if targets else "info", "targets_from_name", text=one_line(name))
    return (*named, *targets)

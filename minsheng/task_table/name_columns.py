"""Which column names the projects: 项目名称, and not 项目级别 or 项目编码, wherever they stand."""

import re
from collections.abc import Sequence
from dataclasses import replace

from minsheng.task_table.column import Column, samples
from minsheng.task_table.meanings import meaning_of
from minsheng.task_table.sheet import Sheet

# 民生实事, 候选项目, 工程名称: the words end with what is named. 项目 with a word behind it may tell anything of it.
_NAMES = re.compile(r"名称|(?:项目|实事|事项|工程|任务|工作|名|题目?)(?:\([^()]*\))*$")
_CODE = re.compile("[编代][号码]|识别码|[Ii][Dd]$")


def says_name(column: Column) -> bool:
    """Whether the words of a column say that it names the projects, and not only that it tells of them.

    >>> [says_name(Column(1, words, "project")) for words in ("项目名称", "民生实事", "项目（事项）", "项目要素")]
    [True, True, True, False]
    """
    return _NAMES.search(column.own) is not None


def is_code(column: Column) -> bool:
    """Whether a column of numbers holds codes, which count nothing (项目编码).

    >>> [is_code(Column(1, words, "serial")) for words in ("项目代码", "项目编号", "序号")]
    [True, True, False]
    """
    return _CODE.search(column.own) is not None


def named_by_words(columns: list[Column], sheet: Sheet, rows: range) -> list[Column]:
    """项目要素 | 项目名称 | 建设内容: beside a column that says it holds the names, another word of 项目 holds none.

    Without a column of contents the longest of the others tells what is to be done, where it tells more than the name.
    """
    names = [column for column in columns if column.meaning == "project"]
    sure = [
        column for column in columns if column.meaning == "project_content" or (column in names and says_name(column))
    ]
    others = [column for column in names if column not in sure]
    if not sure or not others:
        return columns
    told = {column.index: sum(map(len, samples(sheet, column.index, rows))) for column in (*sure[:1], *others)}
    longest = max(others, key=lambda column: told[column.index])
    tells = told[longest.index] > told[sure[0].index] and all(column.meaning != "content" for column in columns)
    return [replace(c, meaning="content" if tells and c is longest else "extra") if c in others else c for c in columns]


def unsure_names(columns: Sequence[Column]) -> list[Column]:
    """Columns of which a person is asked whether they name the projects: the one that was taken, where its words do not
    say so, and others whose words do.
    """
    taken = next((column for column in columns if column.meaning == "project"), None)
    if taken is None:
        return []
    own = [] if says_name(taken) or meaning_of(taken.own) != "project" else [taken]
    others = [c for c in columns if c.meaning == "extra" and says_name(c) and meaning_of(c.own) == "project"]
    return [*own, *others]

"""How fast a task table is read, beside the bare parse of the same file: ``make bench-reading``.

Each figure is the median of three runs in a process of their own, in seconds of its processor, so that other work on
the machine does not count; memory is the peak of that process. Seconds differ from machine to machine: the ratio within
one run is what counts.
"""

import argparse
import json
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import openpyxl

ROOT = Path(__file__).resolve().parent.parent
GOAL_RATIO, GOAL_MEMORY = 6, 400
HEADER = ("序号", "项目名称", "项目内容及规模", "完成期限", "资金渠道及筹资落实情况", "主办单位", "协办单位", "备注")
TASKS = (
    ("学位扩容", "①新建小学{n}所；②新增学位{n}40个。", "2023年8月底前", "专项债{n}00万元，区财政{n}0万元", "教育局"),
    ("畅通工程", "新改建道路{n}.6公里，打通断头路3条。", "11月底", "计划申请专项债{n}00万元", "城乡建设和交通局"),
    (
        "养老服务",
        "新增养老床位{n}张，为65岁以上老人免费体检约{n}00人次。",
        "年底",
        "区级财政约{n}.5万元",
        "民政局、各街道",
    ),
    (
        "稳岗就业",
        "新增城镇就业{n}00人以上，开展培训不少于{n}次。",
        "第四季度",
        "按每人每月2889.43元从就业补助资金列支",
        "人社局",
    ),
    (
        "老旧小区",
        "改造老旧小区{n}个，惠及居民{n}20余户。",
        "2023-10-31",
        "总投资{n}000万元，其中中央{n}00万元",
        "住建局牵头，城管局配合",
    ),
)


def generate(rows: int, path: Path, *, same: bool) -> None:
    """A table of ``rows`` tasks; with ``same`` their texts repeat, else each has figures of its own."""
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet("任务分解表")
    sheet.append(["某区2023年民生实事项目任务分解表"])
    sheet.append(list(HEADER))
    for number in range(1, rows + 1):
        name, content, deadline, funding, units = TASKS[number % len(TASKS)]
        n = number % 7 + 2 if same else number % 9973 + 2
        sheet.append([
            number, f"{name}{'' if same else '（' + str(number) + '号）'}", content.format(n=n), deadline,
            funding.format(n=n), units, "财政局、各街道办事处", "",
        ])  # fmt: skip
    book.save(path)


def calamine(path: Path) -> int:
    from python_calamine import CalamineWorkbook

    sheet = CalamineWorkbook.from_path(str(path)).get_sheet_by_index(0)
    return len(sheet.to_python()) + len(sheet.merged_cell_ranges or ())


def openpyxl_bare(path: Path) -> int:
    sheet = openpyxl.load_workbook(path, data_only=True).worksheets[0]
    return sum(1 for row in sheet.iter_rows(values_only=True) if any(row))


def reading(path: Path) -> int:
    from minsheng.task_table.reading import read_table

    return len(read_table(path, name=path.name).rows)


WAYS: dict[str, Callable[[Path], int]] = {"calamine": calamine, "openpyxl": openpyxl_bare, "reading": reading}


def measure(way: str, path: Path) -> dict[str, float]:
    """Seconds and MB of one way, in a fresh process."""
    run = subprocess.run(
        [sys.executable, __file__, "--way", way, "--file", str(path)],
        capture_output=True,
        text=True,
        check=True,
        cwd=ROOT,
    )
    return dict(json.loads(run.stdout))


def one_way(way: str, path: Path) -> None:
    if way == "reading":
        prepare()
    seconds = []
    for _ in range(3):
        started = time.process_time()
        WAYS[way](path)
        seconds.append(time.process_time() - started)
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"seconds": statistics.median(seconds), "memory": memory}))


def prepare() -> None:
    """Settings and imports are the start of a server and not of a reading."""
    import os

    sys.path.insert(0, str(ROOT))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "minsheng.settings")
    import django

    django.setup()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, nargs="*", default=[5000, 20_000])
    parser.add_argument("--way", choices=sorted(WAYS))
    parser.add_argument("--file", type=Path)
    options = parser.parse_args()
    if options.way:
        one_way(options.way, options.file)
        return
    print(
        f"{'rows':>7} {'texts':8} {'calamine s':>11} {'openpyxl s':>11} {'reading s':>10} {'ratio':>6} {'peak MB':>8}"
    )
    with tempfile.TemporaryDirectory() as folder:
        for rows in options.rows:
            for same in (True, False):
                path = Path(folder) / f"{rows}_{same}.xlsx"
                generate(rows, path, same=same)
                found = {way: measure(way, path) for way in WAYS}
                ratio = found["reading"]["seconds"] / found["openpyxl"]["seconds"]
                seconds = "".join(
                    f" {found[way]['seconds']:>{width}.2f}" for way, width in zip(WAYS, (11, 11, 10), strict=True)
                )
                print(
                    f"{rows:>7} {'repeated' if same else 'own':8}{seconds} {ratio:>6.1f} "
                    f"{found['reading']['memory']:>8.0f}"
                )
    print(f"goal: ratio of reading to openpyxl at most {GOAL_RATIO}, memory below {GOAL_MEMORY} MB")


if __name__ == "__main__":
    main()

"""How long a table takes from the file into the portal, beside the bare parse of it: ``make bench-importing``.

Read, staged, shown, committed; then the same table with changes staged again, compared, written. Each figure is the
median of three runs, each in a process and a database (SQLite; with ``DATABASE_URL``, that one's test database) of its
own; memory is the peak of that process. What counts is the ratio within one run.
"""

import argparse
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
GOAL_RATIO, GOAL_MEMORY, RUNS = 10, 400, 3
STEPS = ("read + stage", "check", "commit", "stage again", "compare", "update")


def portal(first: Path, second: Path) -> dict[str, float]:
    """Seconds of each step over a new database."""
    import django

    sys.path.insert(0, str(ROOT))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "minsheng.settings")
    django.setup()
    from django.core.files.base import ContentFile
    from django.test.runner import DiscoverRunner

    runner = DiscoverRunner(verbosity=0, interactive=False)
    databases = runner.setup_databases()
    try:
        return _ways(ContentFile(first.read_bytes(), "表.xlsx"), ContentFile(second.read_bytes(), "新表.xlsx"))
    finally:
        runner.teardown_databases(databases)


def _ways(first: Any, second: Any) -> dict[str, float]:
    from departments.models import Jurisdiction
    from departments.services import units
    from minsheng.task_table import services
    from minsheng.task_table.again import services as again
    from minsheng.task_table.again.comparison import compare
    from minsheng.task_table.decisions import Choice, rows_to_choose
    from minsheng.task_table.shown import show
    from minsheng.task_table.table import table_of

    units.load(json.loads((ROOT / "fixtures" / "departments.json").read_text(encoding="utf-8")), by=None)
    area = Jurisdiction.objects.get(code="370871")
    of: dict[str, Any] = {"jurisdiction": area, "year": 2023, "programme": "民生实事", "by": None}
    seconds: dict[str, float] = {}
    with timed(seconds, "read + stage"):
        batch = services.stage(first, **of)
    with timed(seconds, "check"):
        table = table_of(batch)
        show(table)
    lead = next(iter(table.labels))
    asked = set(rows_to_choose(table.rows, table.people))
    choices = {row.position: Choice(filing=lead) for row in table.rows if row.row in asked}
    with timed(seconds, "commit"):
        services.commit(batch, by=None, choices=choices)
    del table
    with timed(seconds, "stage again"):
        batch = services.stage(second, **of)
    with timed(seconds, "compare"):
        found = compare(batch.update)
    again.settle(batch, {row: one.item for row, one in found.matching.best.items()}, by=None)
    again.decide(batch, again.Decisions(reason="年中调整"), by=None)
    batch.refresh_from_db()
    update = type(batch.update).objects.get(pk=batch.pk)
    marks = compare(update).marks
    with timed(seconds, "update"):
        again.commit(batch, by=None, seen=marks)
    return seconds


@contextmanager
def timed(seconds: dict[str, float], name: str) -> Iterator[None]:
    started = time.perf_counter()
    yield
    seconds[name] = time.perf_counter() - started


def run(*arguments: str) -> dict[str, float]:
    done = subprocess.run(
        [sys.executable, __file__, *arguments], capture_output=True, text=True, check=False, cwd=ROOT, env=os.environ
    )
    if done.returncode:
        sys.exit(done.stderr)
    return dict(json.loads(done.stdout.splitlines()[-1]))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, nargs="*", default=[5000])
    parser.add_argument("--runs", type=int, default=RUNS)
    parser.add_argument("--files", type=Path, nargs=2)
    options = parser.parse_args()
    if options.files:
        seconds = portal(*options.files)
        seconds["memory"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(json.dumps(seconds))
        return
    sys.path.insert(0, str(ROOT / "benchmarks"))
    import reading

    with tempfile.TemporaryDirectory() as folder:
        for rows in options.rows:
            first, second = Path(folder) / f"{rows}.xlsx", Path(folder) / f"{rows}_again.xlsx"
            reading.generate(rows, first, same=False)
            change(first, second)
            bare = {way: reading.measure(way, first)["seconds"] for way in ("calamine", "openpyxl")}
            runs = [run("--files", str(first), str(second)) for _ in range(options.runs)]
            report(rows, options.runs, bare, {name: statistics.median(one[name] for one in runs) for name in runs[0]})


def change(first: Path, second: Path) -> None:
    """The same table with a row less, and the deadline and money of each tenth row changed."""
    import openpyxl

    book = openpyxl.load_workbook(first)
    sheet = book.worksheets[0]
    for row in range(3, sheet.max_row + 1, 10):
        sheet.cell(row, 4).value, sheet.cell(row, 5).value = "2023年10月底", "区财政77万元"
    book.save(second)


def report(rows: int, runs: int, bare: dict[str, float], found: dict[str, float]) -> None:
    print(f"{rows} rows, median of {runs}")
    for way, seconds in bare.items():
        print(f"  bare parse, {way:9} {seconds:8.2f} s")
    for name in STEPS:
        print(f"  {name:21} {found[name]:8.2f} s")
    whole = sum(found[name] for name in STEPS[:3])
    print(f"  read, staged, checked and committed: {whole:.2f} s", end=" ")
    print(f"= {whole / bare['openpyxl']:.1f} x openpyxl, {whole / bare['calamine']:.1f} x calamine")
    print(f"  peak memory {found['memory']:.0f} MB; goal: {GOAL_RATIO} x the reader's own parse, {GOAL_MEMORY} MB")


if __name__ == "__main__":
    main()

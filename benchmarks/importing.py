"""How long a table takes from the file into the portal, beside the bare parse of it: ``make bench-importing``.

Read, staged, shown, corrected, committed; then the same table with changes staged again, compared, written. Each figure
is the median of three runs, each in a process and a database of its own: an SQLite file, with seconds of the processor,
so that other work on the machine does not count; with ``DATABASE_URL`` that one's test database, with seconds of the
clock. Memory is the peak of that process, up to the first commit and up to the end, and what it still holds after each.
What counts is the ratio within one run. Where a goal is missed the exit code is 1.
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
CORRECTIONS = 5
STEPS = ("read + stage", "check", "correct a row", "commit", "stage again", "compare", "update")
IMPORT = ("read + stage", "check", "commit")
HELD = {"first": "the first import", "again": "the import again"}


def portal(first: Path, second: Path) -> dict[str, float]:
    """Seconds of each step over a new database."""
    import django

    sys.path.insert(0, str(ROOT))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "minsheng.settings")
    django.setup()
    from django.core.files.base import ContentFile
    from django.db import connection
    from django.test.runner import DiscoverRunner

    with tempfile.TemporaryDirectory() as folder:
        if connection.vendor == "sqlite":  # in memory, as tests have it, the database would count as ours
            connection.settings_dict["TEST"]["NAME"] = str(Path(folder) / "portal.sqlite3")
        runner = DiscoverRunner(verbosity=0, interactive=False)
        databases = runner.setup_databases()
        try:
            return _ways(ContentFile(first.read_bytes(), "表.xlsx"), ContentFile(second.read_bytes(), "新表.xlsx"))
        finally:
            runner.teardown_databases(databases)


def _ways(first: Any, second: Any) -> dict[str, float]:
    from departments.models import Jurisdiction
    from departments.services import units
    from minsheng.task_table import review, services, steps
    from minsheng.task_table.again import services as again
    from minsheng.task_table.again.comparison import compare
    from minsheng.task_table.corrections import seen_of, standing
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
    choices = {row.row: Choice(filing=lead) for row in table.rows if row.row in asked}
    numbers = [row.row for row in table.rows[: CORRECTIONS + 1]]
    del table
    for number in numbers:
        row = batch.rows.get(row=number)
        with timed(seconds, f"correct {number}"):
            said = {**standing(row, "people"), "remarks": "更正"}
            steps.correct(batch, number, "people", said, seen=seen_of(row, "people"), by=None)
            review.row_of(batch, number)
    seconds.pop(f"correct {numbers[0]}")  # before the first one all rows are counted once
    seconds["correct a row"] = statistics.median(seconds.pop(f"correct {number}") for number in numbers[1:])
    with timed(seconds, "commit"):
        services.commit(batch, by=None, choices=choices)
    hold(seconds, "first")
    with timed(seconds, "stage again"):
        batch = services.stage(second, **of)
    with timed(seconds, "compare"):
        found = compare(batch.update)
    best = {row: one.item for row, one in found.matching.best.items()}
    del found
    again.settle(batch, best, by=None)
    again.decide(batch, again.Decisions(reason="年中调整"), by=None)
    batch.refresh_from_db()
    update = type(batch.update).objects.get(pk=batch.pk)
    marks = compare(update).marks
    with timed(seconds, "update"):
        again.commit(batch, by=None, seen=marks)
    hold(seconds, "again")
    return seconds


def hold(found: dict[str, float], name: str) -> None:
    """Put down, in MB, the peak of the process so far and what it holds now (where the system tells)."""
    found[f"peak {name}"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    statm = Path("/proc/self/statm")
    if statm.exists():
        found[f"held {name}"] = int(statm.read_text().split()[1]) * resource.getpagesize() / 2**20


@contextmanager
def timed(seconds: dict[str, float], name: str) -> Iterator[None]:
    clock = time.perf_counter if os.environ.get("DATABASE_URL") else time.process_time
    started = clock()
    yield
    seconds[name] = clock() - started


def run(*arguments: str) -> dict[str, float]:
    done = subprocess.run(
        [sys.executable, __file__, *arguments], capture_output=True, text=True, check=False, cwd=ROOT, env=os.environ
    )
    if done.returncode:
        sys.exit(done.stderr)
    return dict(json.loads(done.stdout.splitlines()[-1]))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, nargs="*", default=[5000])
    parser.add_argument("--runs", type=int, default=RUNS)
    parser.add_argument("--files", type=Path, nargs=2)
    options = parser.parse_args()
    if options.files:
        print(json.dumps(portal(*options.files)))
        return 0
    sys.path.insert(0, str(ROOT / "benchmarks"))
    import reading

    missed = False
    with tempfile.TemporaryDirectory() as folder:
        for rows in options.rows:
            first, second = Path(folder) / f"{rows}.xlsx", Path(folder) / f"{rows}_again.xlsx"
            reading.generate(rows, first, same=False)
            change(first, second)
            bare = {way: reading.measure(way, first)["seconds"] for way in ("calamine", "openpyxl")}
            runs = [run("--files", str(first), str(second)) for _ in range(options.runs)]
            found = {name: statistics.median(one[name] for one in runs) for name in runs[0]}
            missed = report(rows, options.runs, bare, found) or missed
    return int(missed)


def change(first: Path, second: Path) -> None:
    """The same table with the deadline and money of each tenth row changed."""
    import openpyxl

    book = openpyxl.load_workbook(first)
    sheet = book.worksheets[0]
    for row in range(3, sheet.max_row + 1, 10):
        sheet.cell(row, 4).value, sheet.cell(row, 5).value = "2023年10月底", "区财政77万元"
    book.save(second)


def report(rows: int, runs: int, bare: dict[str, float], found: dict[str, float]) -> bool:
    """Print what was found; whether a goal was missed."""
    print(f"{rows} rows, median of {runs}, load of the machine {os.getloadavg()[0]:.1f}")
    for way, seconds in bare.items():
        print(f"  bare parse, {way:9} {seconds:8.2f} s")
    for name in STEPS:
        print(f"  {name:21} {found[name]:8.2f} s")
    print(f"  a correction is {found['correct a row'] / found['check']:.3f} x all rows shown once")
    whole = sum(found[name] for name in IMPORT)
    ratio = whole / bare["openpyxl"]
    print(f"  read, staged, checked and committed: {whole:.2f} s", end=" ")
    print(f"= {ratio:.1f} x openpyxl, {whole / bare['calamine']:.1f} x calamine")
    for name, words in HELD.items():
        held = f", {found[f'held {name}']:.0f} MB held after it" if f"held {name}" in found else ""
        print(f"  memory of {words}: peak {found[f'peak {name}']:.0f} MB{held}")
    missed = [f"{GOAL_MEMORY} MB" for name in HELD if found[f"peak {name}"] > GOAL_MEMORY][:1]
    missed += [f"{GOAL_RATIO} x the reader's own parse"] if ratio > GOAL_RATIO else []
    print(f"  goals: {GOAL_RATIO} x the reader's own parse, {GOAL_MEMORY} MB; missed: {', '.join(missed) or 'none'}")
    return bool(missed)


if __name__ == "__main__":
    sys.exit(main())

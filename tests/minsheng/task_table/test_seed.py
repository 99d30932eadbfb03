"""The table the portal begins with, read exactly: every field of every row, and the cell it came from."""

import json
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest
from django.conf import settings

from minsheng.task_table.parsers.text import key
from minsheng.task_table.reading import read_table, to_json
from tests.minsheng.task_table.tables import kept_again

TABLE = Path(settings.BASE_DIR) / "fixtures" / "task_table_2023.xlsx"
TRUTH = json.loads((Path(settings.BASE_DIR) / "tests" / "data" / "task_table_2023.truth.json").read_text("utf-8"))
COLUMNS = {
    "serial": "A", "project": "B", "content": "C", "deadline": "D", "funding": "E",
    "lead_units": "F", "assisting_units": "G", "remarks": "H",
}  # fmt: skip


@pytest.fixture(scope="module")
def reading():
    return read_table(TABLE, name=TABLE.name)


@pytest.fixture(scope="module")
def rows(reading):
    return {row.row: row for row in reading.rows}


def exact(number):
    return None if number is None else Decimal(str(number)).normalize()


def test_table(reading):
    assert (reading.sheet, reading.year, reading.title) == ("任务分解表", 2023, TRUTH["document"]["title"])
    assert dict(reading.header_map) == TRUTH["header_map"]
    assert list(reading.header_rows) == TRUTH["header_rows"]
    assert [skipped.row for skipped in reading.skipped_rows] == TRUTH["skipped_rows"]
    assert [row.row for row in reading.rows] == [want["row"] for want in TRUTH["rows"]]
    assert reading.issues == ()


@pytest.mark.parametrize("want", TRUTH["rows"], ids=lambda want: f"row{want['row']}")
def test_row(rows, want):
    row = rows[want["row"]]
    assert row.serial == str(want["serial"])
    assert row.project == want["project"]
    assert key(row.content) == key(want["content"])
    assert row.deadline.isoformat() == want["deadline"]
    assert (row.deadline_note or None) == want["deadline_note"]
    assert [(part.marker, key(part.text)) for part in row.deliverables] == [
        (part["marker"], key(part["text"])) for part in want["deliverables"]
    ]
    assert list(row.lead_units) == want["lead_units"]
    assert list(row.assisting_units) == want["assisting_units"]
    assert row.remarks == want["remarks"]


@pytest.mark.parametrize("want", TRUTH["rows"], ids=lambda want: f"row{want['row']}")
def test_targets(rows, want):
    got = sorted(
        (t.quantity.normalize(), exact(t.maximum), t.unit, t.approx, t.bound or "", t.per)
        for t in rows[want["row"]].targets
    )
    assert got == sorted(
        (exact(t["quantity"]), exact(t.get("quantity_max")), t["unit"], t["approx"], t["bound"] or "", t.get("per", ""))
        for t in want["targets"]
        if t["core"]
    )


@pytest.mark.parametrize("want", TRUTH["rows"], ids=lambda want: f"row{want['row']}")
def test_money(rows, want):
    row = rows[want["row"]]
    assert len(row.funding) == len(want["funding"])
    for got, line in zip(row.funding, want["funding"], strict=True):
        assert got.source in {line["source"], *line.get("source_accept", [])}
        assert got.stage in {line["stage"], *line.get("stage_accept", [])}
        assert exact(got.amount_wan) == exact(line["amount_wan"])
        assert (got.approx, got.reference_year) == (line["approx"], line.get("reference_year"))
        rate = line.get("rate")
        assert got.rate == ((Decimal(str(rate["amount_yuan"])), rate["per"]) if rate else None)
        assert exact(got.share) == exact(line.get("share"))
        assert "use" not in line or got.use == line["use"]
    assert [(total.kind, exact(total.amount_wan), total.reference_year) for total in row.funding_totals] == [
        (total["kind"], exact(total["amount_wan"]), total.get("reference_year")) for total in want["funding_totals"]
    ]


def test_every_value_knows_its_cell(rows):
    sheet = openpyxl.load_workbook(TABLE)["任务分解表"]
    for number, row in rows.items():
        assert set(row.source) == set(COLUMNS)
        for field, letter in COLUMNS.items():
            cell = sheet[f"{letter}{number}"]
            merged = next((r for r in sheet.merged_cells.ranges if cell.coordinate in r), None)
            anchor = sheet.cell(merged.min_row, merged.min_col) if merged else cell
            assert row.source[field].cell == anchor.coordinate
            assert row.source[field].text == ("" if anchor.value is None else str(anchor.value))


def test_merged_dotted_and_repeated_projects(rows):
    by_project = {}
    for row in rows.values():
        by_project.setdefault(row.project, []).append(int(row.serial))
    assert [{"name": name, "serials": serials} for name, serials in by_project.items()] == TRUTH["projects"]


def test_only_what_is_unsure_is_asked(rows):
    asked = [(number, issue.field, issue.code) for number, row in rows.items() for issue in row.issues if issue.asks]
    assert asked == [
        (3, "funding", "funding_source_unknown"),
        (16, "assisting_units", "units_run_together"),
    ]


def test_the_deadline_that_is_not_firm(rows):
    assert [number for number, row in rows.items() if not row.deadline_firm] == [21]


def test_kept_whole(reading):
    assert kept_again(reading) == reading


def test_printed_figures_are_numbers(reading):
    printed = json.loads(json.dumps(to_json(reading)))
    figures = [line["amount_wan"] for row in printed["rows"] for line in row["funding"]]
    assert {type(figure) for figure in figures} <= {int, float, type(None)}
    assert 21.6 in figures

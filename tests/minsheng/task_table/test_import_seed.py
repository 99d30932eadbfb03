"""The real table from the file to the domain, checked against the table itself."""

from datetime import datetime
from decimal import Decimal

import openpyxl
import pytest
from django.conf import settings

from departments import clock
from departments.models import Department
from funding.models import FundingLine, FundingTotal
from minsheng.figures import refresh_programme
from minsheng.task_table import services
from projects.models import Responsibility, SubItem, SubItemRevision, Target
from projects.services.figures import STANDING

STREETS = ["洸河街道", "柳行街道", "黄屯街道", "王因街道", "接庄街道"]
LEAD, ASSIST = Responsibility.Role.LEAD, Responsibility.Role.ASSIST


@pytest.fixture
def programme(stage, seed, importer):
    return services.commit(stage(seed()), by=importer)


def roles(serial, role):
    found = Responsibility.objects.filter(sub_item__serial=serial, role=role)
    return list(found.values_list("department__name", "stated_as", "group_origin__name", "files"))


def test_ten_projects_hold_twenty_two_sub_items(programme):
    assert (programme.projects.count(), programme.sub_items.count()) == (10, 22)
    last = programme.projects.get(position=10)
    assert last.name == "提升公共安全保障能力"
    assert list(last.sub_items.values_list("serial", flat=True)) == ["17", "18", "19", "20", "21", "22"]
    assert list(programme.sub_items.values_list("code", flat=True)) == [f"MS2023-{n:03}" for n in range(1, 23)]


def test_programme_keeps_its_file_and_layout(programme):
    assert programme.title == "济宁高新区2023年民生实事项目任务分解表"
    assert programme.source_name == "任务分解表.xlsx"
    official = (settings.BASE_DIR / "fixtures" / "task_table_2023.xlsx").read_bytes()
    with programme.source_file.open() as kept:
        assert kept.read() == official
    assert len(programme.source_sha256) == 64
    assert programme.layout["header_map"]["E"] == "funding"


def test_what_stands_on_its_sub_items_is_what_every_morning_would_put_there(stage, seed, importer):
    with clock.at(datetime(2024, 3, 1, 9, tzinfo=clock.ZONE)):
        programme = services.commit(stage(seed()), by=importer)
        rows = programme.sub_items.order_by("position").values_list(*STANDING)
        stood = list(rows.all())
        assert {light for (light,) in programme.sub_items.values_list("light")} & {"red", "yellow"}
        assert sum(planned is not None for (planned,) in programme.sub_items.values_list("planned")) > 5

        programme.sub_items.update(light="blue", sentence="", planned=None, secured=None, as_of=None)
        refresh_programme(programme)
        assert list(rows.all()) == stood


def test_each_cell_is_kept_with_its_address(programme):
    sheet = openpyxl.load_workbook(settings.BASE_DIR / "fixtures" / "task_table_2023.xlsx").active
    columns = {"C": "content", "D": "deadline", "E": "funding", "F": "lead_units", "G": "assisting_units"}
    for sub_item in programme.sub_items.all():
        for letter, name in columns.items():
            address = f"{letter}{sub_item.source_row}"
            assert sub_item.source_cells[name] == {"cell": address, "text": sheet[address].value}
        assert sub_item.source_sheet == sheet.title


def test_every_first_lead_files(programme):
    filing = Responsibility.objects.filter(files=True).order_by("sub_item__position")
    assert filing.count() == 22
    by_serial = dict(filing.values_list("sub_item__serial", "department__name"))
    assert (by_serial["1"], by_serial["9"]) == ("发展软环境保障局", "党工委组织部（人力资源部）")
    section = Department.objects.get(responsibilities__sub_item__serial="13", responsibilities__files=True)
    assert (section.name, section.parent.name) == ("城乡统筹发展", "发展软环境保障局")


def test_streets_that_lead_row_nine_stand_each_with_the_group(programme):
    assert roles("9", LEAD) == [
        ("党工委组织部（人力资源部）", "党工委组织部（人力资源部）", None, True),
        *((street, "各街道", "各街道", False) for street in STREETS),
    ]


def test_unknown_bureau_and_pilot_streets_stay_open(programme):
    still_open = Responsibility.objects.filter(department=None).order_by("sub_item__position")
    fields = ("sub_item__serial", "stated_as", "group_origin__name", "role")
    assert list(still_open.values_list(*fields)) == [
        ("6", "试点街道", "试点街道", "assist"),
        ("9", "交通局", None, "assist"),
    ]


def test_alias_of_the_streets_keeps_what_was_written(programme):
    assert roles("14", ASSIST)[:5] == [(street, "5个街道（园区）", "各街道", False) for street in STREETS]
    assert len(roles("14", ASSIST)) == 9


def test_deadlines(programme):
    dates = dict(programme.sub_items.values_list("serial", "deadline"))
    assert [dates[serial].isoformat() for serial in ("1", "6", "9", "18")] == [
        "2023-12-31",
        "2023-09-30",
        "2023-12-31",
        "2023-10-31",
    ]
    lifts = programme.sub_items.get(serial="19")
    assert (lifts.deadline_firm, lifts.deadline_note) == (False, "以全市推进进度为准")


def test_targets_with_their_bounds_and_deliverables(programme):
    fields = ("text", "deliverable__marker", "minimum", "maximum", "approx", "unit", "tracked")
    assert list(Target.objects.filter(sub_item__serial="2").values_list(*fields))[:3] == [
        ("新增托位452个", "①", Decimal(452), Decimal(452), False, "个", True),
        ("建成1个区级托育综合服务中心", "②", Decimal(1), Decimal(1), False, "个", True),
        ("每年为婴幼儿家庭提供不少于10次的线上线下免费科学育儿指导服务", "③", Decimal(10), None, False, "次", True),
    ]
    bounds = ("minimum", "maximum", "approx")
    assert Target.objects.filter(sub_item__serial="6").values_list(*bounds)[0] == (Decimal(1), Decimal(2), False)
    assert Target.objects.filter(sub_item__serial="9").values_list(*bounds)[0] == (Decimal(500), None, False)
    assert Target.objects.filter(sub_item__serial="5").values_list(*bounds)[0] == (Decimal(60), Decimal(60), True)


def test_money_lines_of_the_first_row(programme):
    fields = ("source__code", "use", "planned", "secured", "approx", "cell")
    assert list(FundingLine.objects.filter(sub_item__serial="1").values_list(*fields)) == [
        ("special_bond", "", Decimal(50_000_000), Decimal(20_000_000), False, "E3"),
        ("district", "", Decimal(50_000_000), None, True, "E3"),
        ("other", "教室照明", Decimal(800_000), None, True, "E3"),
        ("city", "心理健康辅导室", Decimal(600_000), None, False, "E3"),
    ]
    totals = FundingTotal.objects.filter(sub_item__serial="1").values_list("kind", "amount", "year")
    assert list(totals) == [
        ("total_investment", Decimal(722_000_000), 2023),
        ("year_plan", Decimal(100_000_000), 2023),
    ]


def test_rates_shares_and_other_years_are_no_amounts_of_the_year(programme):
    rates = FundingLine.objects.filter(sub_item__serial="9").values_list("rate", "rate_unit", "planned", "approx")
    assert list(rates) == [
        (Decimal(10_000), "人·年", None, False),
        (Decimal("2889.43"), "人·月", None, False),
        (None, "", Decimal(10_000_000), True),
    ]
    shares = FundingLine.objects.filter(sub_item__serial="19").values_list("source__code", "share", "planned")
    assert list(shares) == [("city", Decimal("0.4"), None), ("district", Decimal("0.6"), Decimal(216_000))]
    last_year = FundingLine.objects.filter(sub_item__serial="20").values_list("source__code", "year", "planned")
    assert list(last_year) == [
        ("other", 2023, None),
        ("province", 2022, Decimal(390_000)),
        ("city", 2022, Decimal(130_000)),
        ("district", 2022, Decimal(130_000)),
    ]


def test_sub_items_show_their_money_before_the_first_report(programme):
    planned = dict(programme.sub_items.values_list("serial", "planned"))
    assert (planned["1"], planned["7"], planned["19"]) == (Decimal(100_000_000), None, Decimal(360_000))
    assert programme.sub_items.get(serial="1").secured == Decimal(20_000_000)


def test_kinds_are_decided_by_clear_words_only(programme):
    kinds = dict(programme.sub_items.values_list("serial", "kind"))
    assert [serial for serial, kind in kinds.items() if kind == SubItem.Kind.INSURANCE] == ["7", "19", "20"]
    assert [serial for serial, kind in kinds.items() if kind == SubItem.Kind.TRAINING] == ["10"]


def test_each_sub_item_has_its_baseline(programme, importer):
    revisions = SubItemRevision.objects.filter(sub_item__programme=programme)
    assert set(revisions.values_list("number", "origin", "by", "document")) == {
        (1, "table", importer.pk, "任务分解表.xlsx")
    }
    assert revisions.count() == 22
    first = revisions.get(sub_item__serial="1").plan
    assert first["deadline"] == "2023-12-31"
    assert first["funding"]["totals"][1]["wan"] == "10000"
    assert [part["marker"] for part in first["deliverables"]] == ["①", "②", "③"]

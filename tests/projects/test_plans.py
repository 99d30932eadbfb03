"""Writing a whole plan, and taking it back; who is responsible; what kind of work it is."""

from datetime import date, datetime
from decimal import Decimal

import pytest

from departments import clock
from departments.errors import DomainError
from departments.models import AuditEvent
from projects.models import (
    PeriodFigure,
    Programme,
    Project,
    ReportingPeriod,
    Responsibility,
    SubItem,
    SubItemRevision,
    Target,
)
from projects.rules.kinds import kind_of
from projects.rules.responsible import ASSIST, LEAD, Share, Stated, eligible, must_choose, shares
from projects.services import figures, plans
from projects.services.figures import Amounts
from projects.services.plans import SubItemPlan, TargetPlan
from tests.factories.departments import DepartmentFactory, DepartmentGroupFactory, JurisdictionFactory, UserFactory
from tests.factories.projects import (
    LightOverrideFactory,
    MonthlyReportFactory,
    PeriodFigureFactory,
    ProgrammeFactory,
    ReportingPeriodFactory,
)


@pytest.fixture
def zone(db):
    return JurisdictionFactory()


@pytest.fixture
def unit(zone):
    return DepartmentFactory(jurisdiction=zone)


def item(unit, *, project="基础教育扩容提质", content="实施幼儿园扩容工程。", **more):
    return SubItemPlan(project, content, shares=[Share(LEAD, unit, unit.name, files=True)], **more)


def told(found):
    return [(share.role, share.department, share.written, share.group, share.files) for share in found]


# --- who is responsible


def test_a_group_stands_as_its_members_with_the_group_as_origin(zone, unit):
    streets = [DepartmentFactory(jurisdiction=zone) for _ in range(2)]
    group = DepartmentGroupFactory(jurisdiction=zone, members=streets)
    stated = [Stated(LEAD, "甲局", (unit,)), Stated(ASSIST, "各街道", tuple(streets), group)]

    assert told(shares(stated)) == [
        (LEAD, unit, "甲局", None, True),
        (ASSIST, streets[0], "各街道", group, False),
        (ASSIST, streets[1], "各街道", group, False),
    ]


def test_a_unit_stands_once_by_its_own_name_and_as_lead(zone, unit):
    first, second = streets = [DepartmentFactory(jurisdiction=zone) for _ in range(2)]
    group = DepartmentGroupFactory(jurisdiction=zone, members=streets)
    stated = [
        Stated(LEAD, "甲局", (unit,)),
        Stated(LEAD, "各街道", tuple(streets), group),
        Stated(LEAD, first.name, (first,)),
        Stated(ASSIST, second.name, (second,)),
        Stated(ASSIST, "甲局", (unit,)),
    ]

    assert told(shares(stated)) == [
        (LEAD, unit, "甲局", None, True),
        (LEAD, second, "各街道", group, False),
        (LEAD, first, first.name, None, False),
    ]


def test_open_and_unknown_names_are_open_rows(unit):
    stated = [
        Stated(LEAD, "甲局", (unit,)),
        Stated(ASSIST, "试点街道"),
        Stated(ASSIST, "交通局"),
        Stated(ASSIST, "交通局"),
    ]

    assert [(share.department, share.written) for share in shares(stated)] == [
        (unit, "甲局"),
        (None, "试点街道"),
        (None, "交通局"),
    ]


def test_first_lead_that_is_a_group_needs_a_choice_among_the_leads(zone, unit):
    streets = [DepartmentFactory(jurisdiction=zone) for _ in range(2)]
    group = DepartmentGroupFactory(jurisdiction=zone, members=streets)
    stated = [Stated(LEAD, "各街道", tuple(streets), group), Stated(LEAD, "甲局", (unit,))]

    assert must_choose(stated)
    assert eligible(stated) == (*streets, unit)
    assert [share.files for share in shares(stated)] == [False, False, False]
    assert [share.files for share in shares(stated, filing=streets[1])] == [False, True, False]


def test_chosen_unit_stands_for_an_unknown_first_lead(unit):
    stated = [Stated(LEAD, "交通局"), Stated(ASSIST, unit.name, (unit,))]

    assert (must_choose(stated), eligible(stated)) == (True, None)
    assert told(shares(stated, filing=unit)) == [(LEAD, unit, "交通局", None, True)]


def test_chosen_unit_leads_where_no_lead_is_stated(unit):
    stated = [Stated(ASSIST, "试点街道")]

    assert must_choose(stated)
    assert told(shares(stated, filing=unit)) == [(LEAD, unit, "", None, True), (ASSIST, None, "试点街道", None, False)]


def test_a_sure_first_lead_files_whatever_is_chosen(zone, unit):
    other = DepartmentFactory(jurisdiction=zone)
    stated = [Stated(LEAD, "甲局", (unit,)), Stated(LEAD, "乙局", (other,))]

    assert not must_choose(stated)
    assert [share.files for share in shares(stated, filing=other)] == [True, False]


# --- what kind of work


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        ("扩大居民长期护理保险。在辖区内开展试点。", "insurance"),
        ("灾害民生保险。继续按照每人2元的标准购买。", "insurance"),
        ("发放高龄老人生活补贴。", "subsidy"),
        ("农业经营从业者培训（高素质农民）200人。", "training"),
        ("困难重度残疾人家庭无障碍改造。", "construction"),
        ("2023年共改造3个老旧小区，分别为：菱花小区、凌云小区。", "construction"),
        ("实现老旧小区物业服务全覆盖7个，培训物业项目经理80人次。", "other"),
        ("出台优化营商环境政策。", "policy"),
        ("购置校车50辆并安装监控设备。", "equipment"),
        ("①新建幼儿园。②发放补贴。", "other"),
        ("新建培训基地，开展教师培训，改造校舍。", "other"),
        ("银龄工程。免费提供有线电视服务。", "other"),
        ("", "other"),
    ],
)
def test_only_clear_words_decide_the_kind(content, kind):
    assert kind_of(content).value == kind


# --- writing


def test_programme_runs_from_january_to_december(zone, unit):
    programme = plans.create(zone, 2023, "民生实事", [item(unit)], by=None, title="任务分解表", source_name="表.xlsx")

    assert (programme.starts_on, programme.first_month, programme.last_month) == (
        date(2023, 1, 1),
        date(2023, 1, 1),
        date(2023, 12, 1),
    )
    assert (programme.title, programme.source_name) == ("任务分解表", "表.xlsx")


def test_its_months_are_open_and_its_lights_stand_from_the_moment_it_is_there(zone, unit, settings):
    settings.PORTAL_NOW = datetime(2024, 1, 10, 9, tzinfo=clock.ZONE)
    items = [item(unit, fields={"deadline": day}) for day in (date(2023, 3, 31), date(2023, 12, 31), None)]
    money = [Amounts(planned=Decimal(5)), Amounts(), Amounts(secured=Decimal(7), approx=True)]
    programme = plans.create(zone, 2023, "民生实事", items, by=None, amounts=money)

    assert programme.periods.count() == 12
    stood = list(programme.sub_items.order_by("position").values_list(*figures.STANDING))
    assert [row[2] for row in stood] == ["red", "red", "grey"]
    assert [row[4:8] for row in stood] == [(5, False, None, None), (None, False, None, None), (None, True, 7, None)]
    sub_items = list(programme.sub_items.order_by("position").prefetch_related("milestones", "overrides"))
    programme.sub_items.update(light="blue", sentence="", scheduled_percent=None, planned=1, as_of=None)
    for sub_item, amounts in zip(sub_items, money, strict=True):
        figures.refresh(sub_item, amounts)
    assert list(programme.sub_items.order_by("position").values_list(*figures.STANDING)) == stood


def test_the_same_name_again_is_the_same_project(zone, unit):
    names = ["甲项目", "乙项目", "甲项目"]
    programme = plans.create(zone, 2023, "民生实事", [item(unit, project=name) for name in names], by=None)

    assert list(Project.objects.values_list("position", "name")) == [(1, "甲项目"), (2, "乙项目")]
    items = programme.sub_items.values_list("position", "project__name", "code")
    assert list(items) == [(1, "甲项目", "MS2023-001"), (2, "乙项目", "MS2023-002"), (3, "甲项目", "MS2023-003")]


def test_codes_are_unique_across_programmes_and_jurisdictions(zone, unit):
    elsewhere = DepartmentFactory()
    plans.create(zone, 2023, "民生实事", [item(unit)], by=None)
    plans.create(zone, 2023, "重点工作", [item(unit)], by=None)
    plans.create(elsewhere.jurisdiction, 2023, "民生实事", [item(elsewhere)], by=None)

    codes = SubItem.objects.order_by("pk").values_list("code", flat=True)
    assert list(codes) == ["MS2023-001", "MS2023B-001", "MS2023C-001"]


def test_targets_hang_on_their_deliverable(zone, unit):
    plan = item(
        unit,
        deliverables=[("①", "新增托位452个。"), ("②", "普惠率达到90%。")],
        targets=[
            TargetPlan("新增托位452个", Decimal(452), Decimal(452), unit="个", marker="①"),
            TargetPlan("普惠率达到90%", Decimal(90), None, unit="%", marker="②", tracked=False),
            TargetPlan("建成", marker="③"),
        ],
    )

    plans.create(zone, 2023, "民生实事", [plan], by=None)

    fields = ("position", "deliverable__marker", "kind", "minimum", "maximum", "tracked")
    assert list(Target.objects.values_list(*fields)) == [
        (1, "①", "count", Decimal(452), Decimal(452), True),
        (2, "②", "rate", Decimal(90), None, False),
        (3, None, "yes-no", None, None, True),
    ]


def test_baseline_is_revision_one_with_the_whole_plan(zone, unit):
    by = UserFactory()
    plan = item(
        unit,
        fields={"serial": "1", "deadline": date(2023, 9, 30), "deadline_firm": False},
        targets=[TargetPlan("新增托位452个", Decimal(452), Decimal(452))],
        funding={"lines": []},
    )

    plans.create(zone, 2023, "民生实事", [plan], by=by, source_name="表.xlsx")

    revision = SubItemRevision.objects.get()
    assert (revision.number, revision.origin, revision.by, revision.document) == (1, "table", by, "表.xlsx")
    assert revision.plan == {
        "project": "基础教育扩容提质",
        "content": "实施幼儿园扩容工程。",
        "kind": "other",
        "serial": "1",
        "deadline": "2023-09-30",
        "deadline_firm": False,
        "deliverables": [],
        "targets": [
            {
                "text": "新增托位452个",
                "minimum": "452",
                "maximum": "452",
                "approx": False,
                "unit": "",
                "per": "",
                "tracked": True,
                "marker": None,
            }
        ],
        "responsibilities": [
            {
                "role": "lead",
                "department": unit.pk,
                "name": unit.name,
                "stated_as": unit.name,
                "group": None,
                "files": True,
            }
        ],
        "funding": {"lines": []},
    }


def test_what_is_longer_than_its_column_is_cut_visibly(zone, unit):
    plan = item(unit, project="项" * 201, fields={"deadline_text": "底" * 301, "serial": "1" * 21})

    plans.create(zone, 2023, "民生实事", [plan], by=None)

    sub_item = SubItem.objects.get()
    assert sub_item.project.name == "项" * 199 + "…"
    assert sub_item.deadline_text == "底" * 299 + "…"
    assert sub_item.serial == "1" * 19 + "…"


@pytest.mark.parametrize(("year", "name"), [(1999, "民生实事"), (2101, "民生实事"), (2023, " ")])
def test_a_year_or_name_that_is_none_is_refused(zone, unit, year, name):
    with pytest.raises(DomainError):
        plans.create(zone, year, name, [item(unit)], by=None)

    assert Programme.objects.count() == 0


def test_an_empty_plan_is_refused(zone):
    with pytest.raises(DomainError):
        plans.create(zone, 2023, "民生实事", [], by=None)


def test_a_programme_comes_once(zone, unit):
    plans.create(zone, 2023, "民生实事", [item(unit)], by=None)

    with pytest.raises(DomainError, match="民生实事"):
        plans.create(zone, 2023, "民生实事", [item(unit)], by=None)

    assert (Programme.objects.count(), SubItem.objects.count()) == (1, 1)


def test_a_sub_item_that_nobody_files_is_refused(zone, unit):
    with pytest.raises(DomainError):
        plans.create(zone, 2023, "民生实事", [item(unit), SubItemPlan("甲", "乙")], by=None)

    assert Programme.objects.count() == 0


# --- taking it back


def test_delete_takes_everything_back_with_its_periods(zone, unit):
    programme = plans.create(
        zone,
        2023,
        "民生实事",
        [item(unit, deliverables=[("①", "甲")], targets=[TargetPlan("乙", marker="①")])],
        by=None,
    )
    other = ProgrammeFactory(jurisdiction=zone)
    ReportingPeriodFactory(programme=programme)
    by = UserFactory()

    plans.delete(programme, by=by, reason="文件有误")

    assert list(Programme.objects.all()) == [other]
    tables = (Project, SubItem, SubItemRevision, Target, Responsibility, ReportingPeriod)
    assert [table.objects.count() for table in tables] == [0] * len(tables)
    event = AuditEvent.objects.get(action="programme.delete")
    assert (event.actor, event.details["reason"], event.details["sub_items"]) == (by, "文件有误", 1)


@pytest.mark.parametrize("filed", [MonthlyReportFactory, LightOverrideFactory])
def test_delete_is_refused_once_something_was_recorded(zone, unit, filed):
    programme = plans.create(zone, 2023, "民生实事", [item(unit)], by=None)
    filed(sub_item=programme.sub_items.get())

    with pytest.raises(DomainError):
        plans.delete(programme, by=None, reason="文件有误")

    assert (Programme.objects.count(), SubItem.objects.count(), Responsibility.objects.count()) == (1, 1, 1)


def test_figures_of_months_that_locked_without_a_report_go_with_it(zone, unit):
    programme = plans.create(zone, 2023, "民生实事", [item(unit)], by=None)
    PeriodFigureFactory(sub_item=programme.sub_items.get(), cause=PeriodFigure.Cause.LOCK, percent=None)

    plans.delete(programme, by=None, reason="文件有误")

    assert (Programme.objects.count(), PeriodFigure.objects.count()) == (0, 0)

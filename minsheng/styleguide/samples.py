"""What the page of components shows. Made up, in the words of the portal."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from funding.money import format_wan, tile_amount
from minsheng.charts import Bars, Category, Chart, Curve, Goal, Goals, Milestone, Point, Series, Stacked, Tone
from minsheng.dashboard.words import LIGHTS

UNITS = ("城乡建设和交通局", "发展软环境保障局", "社会事务管理局", "综合行政执法局（城乡统筹）", "应急管理局")
COUNTS: dict[Tone, tuple[int, ...]] = {
    "red": (1, 0, 1, 0, 0),
    "yellow": (1, 2, 0, 0, 1),
    "green": (4, 3, 2, 2, 0),
    "grey": (0, 0, 0, 1, 0),
    "blue": (1, 0, 0, 0, 1),
}


def tiles() -> list[dict[str, object]]:
    planned = tile_amount(Decimal(291_000_000))
    return [
        {"label": pgettext("light", "Red"), "value": 2, "change": "+1", "tone": "red", "url": "#tiles"},
        {"label": pgettext("light", "Yellow"), "value": 4, "change": "−2", "tone": "yellow", "url": "#tiles"},
        {"label": pgettext("light", "Green"), "value": 11, "change": "±0", "tone": "green", "url": "#tiles"},
        {"label": pgettext("light", "Complete"), "value": 2, "tone": "blue", "url": "#tiles"},
        {"label": _("Not started"), "value": 1, "tone": "grey", "url": "#tiles"},
        {
            "label": _("Planned"),
            "value": planned.figure,
            "unit": planned.unit,
            "note": _("Undetermined") + " 2",
            "tone": "money",
        },
    ]


def charts() -> list[Chart]:
    return [stacked(), bars(), curve(), goals()]


def stacked() -> Stacked:
    units = [Category(name, "#charts") for name in UNITS]
    series = [
        Series(str(LIGHTS[tone]), [Point(count, url="#charts" if count else "") for count in counts], tone)
        for tone, counts in COUNTS.items()
    ]
    return Stacked("chart-units", _("Lights by unit"), _("Unit"), units, series)


def bars() -> Bars:
    sources = [Category(name) for name in ("专项债", "区级财政", "就业补助资金", "企业自筹")]
    money: dict[str, tuple[int | None, ...]] = {
        _("planned"): (50_000_000, 20_320_000, 1_250_000, None),
        _("secured"): (20_000_000, 20_320_000, 800_000, None),
        _("spent"): (12_340_000, 9_876_500, 0, None),
    }
    series = [Series(stage, [_amount(value) for value in values]) for stage, values in money.items()]
    totals = [_amount(sum(value or 0 for value in values)) for values in money.values()]
    return Bars("chart-money", _("Money by source"), _("Funding source"), sources, series, _("10,000 yuan"), totals)


def _amount(yuan: int | None) -> Point:
    value = None if yuan is None else Decimal(yuan)
    return Point(None if value is None else value / 10_000, format_wan(value))


def curve() -> Curve:
    return Curve(
        "chart-curve",
        _("Plan and actual"),
        [f"2023-{month:02}" for month in range(4, 13)],
        _percents(0, 10, 25, 40, 50, 66.7, 75, 90, 100),
        _percents(0, 8, 20, 31, 38, 45, None, None, None),
        [Milestone("2023-06", "完成招标", Decimal(25), done=True), Milestone("2023-12", "竣工验收", Decimal(100))],
        as_of="2023-09",
    )


def _percents(*values: float | None) -> Sequence[Point]:
    return [Point(None) if value is None else Point(Decimal(str(value)), f"{value:.1f}%") for value in values]


def goals() -> Goals:
    return Goals(
        "chart-goals",
        _("Targets"),
        [
            Goal("新增托位", "452个", "380个", Point(Decimal("84.1"), "84.1%"), "#charts"),
            Goal("改造户数", "约60户", "66户", Point(Decimal(110), "110.0%")),
            Goal("培训人数", "不少于500人", "—", Point(None)),
        ],
    )


def rows() -> list[dict[str, object]]:
    names = ("serial", "name", "unit", "light", "percent", "yuan")
    found = (
        (1, "城镇新增就业", UNITS[1], "green", Decimal("91.6"), None),
        (2, "道路改造工程", UNITS[0], "red", Decimal(45), Decimal(50_000_000)),
        (3, "新增普惠托位", UNITS[2], "grey", None, Decimal(1_250_000)),
    )
    return [dict(zip(names, row, strict=True)) for row in found]


def events(moment: datetime) -> list[dict[str, object]]:
    returned = {"title": _("returned"), "actor": "李敏", "comment": "请写明滞后原因。", "tone": "yellow"}
    return [
        {"at": moment, "title": _("submitted"), "actor": "王建国", "unit": UNITS[0]},
        {"at": moment + timedelta(days=1), **returned},
        {"at": moment + timedelta(days=2), "title": _("approved"), "actor": "李敏", "tone": "green"},
    ]


def steps() -> list[dict[str, str]]:
    return [
        {"label": _("Filed"), "state": "done", "note": "10-08 王建国"},
        {"label": _("Unit review"), "state": "current"},
        {"label": _("Approval"), "state": "todo"},
    ]


def facts() -> list[tuple[str, str]]:
    return [
        (_("Lead unit"), UNITS[0]),
        (_("Deadline"), "2023-12"),
        (_("Funding source"), "专项债"),
        (_("Milestones"), ""),
    ]

"""Row 9 of the table is led by the streets as a group: what each of them contributes, and a money line that the finance
bureau reads.
"""

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from typing import Final

from departments.models import Department, User
from funding.models import FundingLine
from funding.services import assignments
from funding.services.readings import LineReading, lines_to_read
from minsheng.filing import contribute
from minsheng.filing.content import Content
from minsheng.filing.contribute import Desk, desk_of
from minsheng.filing.services import Sheet, sheet_of
from minsheng.filing.taking import SUMS, TEXTS, take
from projects.models import ReportingPeriod, SubItem

SERIAL: Final = "9"
FINANCE: Final = "财政金融局"
# Who writes for each street, and its part of the whole; the first one has not filed for October yet.
STREETS: Final = {
    "洸河街道": ("guanghe", 24),
    "柳行街道": ("liuhang", 22),
    "黄屯街道": ("huangtun", 20),
    "王因街道": ("wangyin", 18),
    "接庄街道": ("jiezhuang", 16),
}
TEXT: Final = (
    "完成村级摸底，上报岗位需求{value}个。",
    "已公示并上岗{value}人，岗前培训同步开展。",
    "在岗{value}人，逐村核对考勤，补贴按月发放到卡。",
)
MONTH_OF_ASSIGNMENT: Final = 9

At = Callable[[datetime, Callable[[], None]], None]


def shares(total: Decimal) -> dict[str, Decimal]:
    """``total`` in the streets' parts; what does not divide is the last one's."""
    found = {name: (total * part / 100).to_integral_value("ROUND_FLOOR") for name, (_user, part) in STREETS.items()}
    last = list(found)[-1]
    found[last] += total - sum(found.values())
    return found


def contribute_month(sub_item: SubItem, period: ReportingPeriod, percent: int, people: dict[str, User]) -> None:
    """What the streets file for the month, each its own part of the whole; in October one is still missing."""
    target = sub_item.targets.filter(tracked=True).first()
    total = ((target.goal or Decimal(0)) * percent / 100).to_integral_value("ROUND_FLOOR") if target else Decimal(0)
    month = period.month.month
    for name, value in shares(total).items():
        username = STREETS[name][0]
        if month == 10 and username == "guanghe":
            continue
        desk = _desk(sub_item, period, name)
        content = Content(
            progress=TEXT[min((month - 1) // 3, 2)].format(value=value),
            targets=dict.fromkeys(desk.present.targets, value),
        )
        _submit(desk, content, by=people[username])


def line_of(sub_item: SubItem) -> FundingLine:
    """The line that the finance bureau reads from September on: the first of the employment fund."""
    return next(line for line in lines_to_read(sub_item) if line.source.code == "employment_fund")


def assign_line(sub_item: SubItem, *, by: User) -> None:
    month = sub_item.programme.periods.get(month__month=MONTH_OF_ASSIGNMENT).month
    assignments.assign(line_of(sub_item), _unit(sub_item, FINANCE), by=by, seen=None, month=month)


def read_line(sub_item: SubItem, period: ReportingPeriod, reading: LineReading, *, by: User) -> None:
    desk = _desk(sub_item, period, FINANCE)
    _submit(desk, Content(money={line_of(sub_item).pk: reading}), by=by)


def take_over(sheet: Sheet, content: Content, *, by: User) -> None:
    """The filing unit takes over the sum of the streets' shares, and from July on their texts."""
    steps = (SUMS, TEXTS) if sheet.period.month.month >= 7 else (SUMS,)
    for step in steps:
        now = sheet_of(sheet.sub_item, sheet.period)
        version = now.report.version if now.report else 0
        content = take(now, step, content, by=by, seen_version=version).content


def _submit(desk: Desk, content: Content, *, by: User) -> None:
    contribute.save(desk, content, by=by, seen_version=0)
    contribute.submit(desk, by=by)


def _desk(sub_item: SubItem, period: ReportingPeriod, unit: str) -> Desk:
    return desk_of(sub_item, period, _unit(sub_item, unit))


def _unit(sub_item: SubItem, name: str) -> Department:
    return Department.objects.get(jurisdiction=sub_item.programme.jurisdiction, parent=None, name=name)

"""Filling the demo: each step goes through the service that a page would call, at its own moment."""

import heapq
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import partial
from itertools import count
from pathlib import Path
from typing import Any, Final

from django.core.files import File

from departments import clock
from departments.models import Department, Jurisdiction, User
from departments.permissions import FILE_REPORT, holders
from funding.services.readings import LineReading
from minsheng.daily import tick
from minsheng.demo import asking, contributions
from minsheng.demo.people import OFFICE
from minsheng.demo.stories import STORIES, Story
from minsheng.filing import drafts
from minsheng.filing import services as filing
from minsheng.filing.content import Content, content_of
from minsheng.filing.services import Sheet
from minsheng.filing.settled import starting_money
from minsheng.handover.services import hand_over, present_of, succeeded
from minsheng.milestones import services as milestones
from minsheng.review import services as review
from minsheng.review.doubts import Doubts, Kind, needs_exception
from minsheng.task_table import services as tables
from projects.models import MonthlyReport, Programme, ReportingPeriod, Responsibility, SubItem
from projects.services import shifts
from projects.services.milestones import Wanted, token

YEAR: Final = 2023
MONTHS: Final = range(1, 10)
TABLE: Final = Path(__file__).resolve().parents[2] / "fixtures" / "task_table_2023.xlsx"
WHY_BEHIND: Final = "前期手续办理时间较长，实际进度低于序时；已倒排工期，下月加快推进。"
ANSWER: Final = "防烟逃生面罩配发完毕，平台联网测试通过；本月新增安装感烟探测报警器320户。截至10月底累计完成97%。"
NOVEMBER: Final = date(YEAR, 11, 1)
# What the approver says to what is in doubt.
WORDS: Final = {
    Kind.OWN: "督查室设在党政办公室，由未参与填报的同事审核。",
    Kind.SKIPPED: "上月漏报，已在催报后说明，本月数据含上月进展。",
    Kind.LATER: "",
}
State = MonthlyReport.State


@dataclass
class Filling:
    """The programme while it is filled: its people, and the steps still to come in the order of their moments."""

    programme: Programme
    people: dict[str, User]
    clerks: dict[int, User]

    def __post_init__(self) -> None:
        self._steps: list[tuple[datetime, int, Callable[[], None]]] = []
        self._tie = count()

    def at(self, moment: datetime, step: Callable[[], None]) -> None:
        heapq.heappush(self._steps, (moment, next(self._tie), step))

    def run(self) -> None:
        """Take every step under the clock of its moment; a step may plan later ones."""
        while self._steps:
            moment, _tie, step = heapq.heappop(self._steps)
            with clock.at(moment):
                step()


def import_programme(jurisdiction: Jurisdiction, *, by: User) -> Programme:
    """The official table of 2023, imported on 10 January as it is."""
    with clock.at(_moment(1, 10)), TABLE.open("rb") as stream:
        batch = tables.import_table(
            File(stream, name=TABLE.name),
            jurisdiction=jurisdiction,
            year=YEAR,
            programme="民生实事",
            by=by,
            filing={},
            passing=True,
        )
    if batch.programme is None:
        raise RuntimeError("An imported batch has its programme.")
    return batch.programme


def fill(programme: Programme, people: dict[str, User], *, today: date) -> None:
    """January to September as ``STORIES`` tell, and what of October there is by ``today``."""
    filling = Filling(programme, people, _clerks(programme))
    for sub_item in programme.sub_items.order_by("position"):
        story = STORIES[sub_item.serial]
        _plan_steps(filling, sub_item, story)
        for month in MONTHS:
            if month not in story.missing:
                _plan_month(filling, sub_item, story, month)
        if sub_item.serial == contributions.SERIAL:
            _plan_contributions(filling, sub_item, story)
    # The portal's own daily run, on the days that open or lock a period, and today.
    for day in _days(date(YEAR, 1, 11), today):
        if day.day in (1, 6, 10) or day in (date(YEAR, 1, 11), today):
            filling.at(_moment(day.month, day.day, 0), lambda: _tick(programme))
    _plan_october(filling)
    filling.run()


def _plan_steps(filling: Filling, sub_item: SubItem, story: Story) -> None:
    """The office enters the milestones of the year when it begins, and marks each on the day it was reached."""
    if not story.steps:
        return
    filling.at(_moment(1, 11, 10, sub_item.position), lambda: _write_steps(filling, sub_item, story, at=(1, 11)))
    for done in sorted({step.done for step in story.steps if step.done}):
        at = partial(_write_steps, filling, sub_item, story, at=done)
        filling.at(_moment(*done, 17, sub_item.position), at)


def _write_steps(filling: Filling, sub_item: SubItem, story: Story, *, at: tuple[int, int]) -> None:
    fresh = SubItem.objects.select_related("programme__jurisdiction").get(pk=sub_item.pk)
    present = list(fresh.milestones.all())
    known = {one.name: one.pk for one in present}
    wanted = [
        Wanted(
            known.get(step.name),
            step.name,
            date(YEAR, *step.due),
            Decimal(step.months),
            date(YEAR, *step.done) if step.done and step.done <= at else None,
        )
        for step in story.steps
    ]
    reason = "" if present else "按年度实施方案录入节点。"
    milestones.write(fresh, wanted, by=filling.people["duban"], seen=token(present), reason=reason)


def _plan_month(filling: Filling, sub_item: SubItem, story: Story, month: int) -> None:
    """The clerk files between the 18th and the 24th, or days late; the office decides two working steps later."""
    place = sub_item.position
    filed = _moment(month, 28, 15, place) if month in story.late else _moment(month, 18 + place % 7, 9, place)

    def submit() -> None:
        report = _file(filling, sub_item, story, month)
        if month in story.returned:
            filling.at(_moment(month, 26, 10, place), lambda: _send_back(filling, report, story.returned[month]))
            filling.at(_moment(month, 27, 16, place), again)
        else:
            _plan_decision(filling, report, after=filed)

    def again() -> None:
        _plan_decision(filling, _file(filling, sub_item, story, month), after=_moment(month, 27, 16, place))

    filling.at(filed, submit)


def _plan_contributions(filling: Filling, sub_item: SubItem, story: Story) -> None:
    """The streets file before the unit that files does; from September on the finance bureau reads a money line."""
    for month in (*MONTHS, 10):
        percent = story.percents[min(month, 9) - 1] + (4 if month == 10 else 0)
        filling.at(_moment(month, 16, 10), partial(_contribute, filling, sub_item, month, percent))
    assigned = contributions.MONTH_OF_ASSIGNMENT
    by = filling.clerks[sub_item.pk]
    filling.at(_moment(assigned, 12, 9), lambda: contributions.assign_line(sub_item, by=by))
    filling.at(_moment(assigned, 17, 15), lambda: _read_line(filling, sub_item, assigned, story))


def _contribute(filling: Filling, sub_item: SubItem, month: int, percent: int) -> None:
    sheet = _sheet(sub_item, month)
    contributions.contribute_month(sheet.sub_item, sheet.period, percent, filling.people)


def _read_line(filling: Filling, sub_item: SubItem, month: int, story: Story) -> None:
    sheet = _sheet(sub_item, month)
    line = contributions.line_of(sheet.sub_item)
    reading = _money(line.planned, line.secured, Decimal(story.percents[month - 1]))
    contributions.read_line(sheet.sub_item, sheet.period, reading, by=filling.people["caizheng"])


def _plan_decision(filling: Filling, report: MonthlyReport, *, after: datetime) -> None:
    if report.state == State.UNIT_REVIEW:
        filling.at(after + timedelta(hours=3), lambda: review.pass_on(report, by=filling.people["fazhan-sh"]))
    filling.at(after + timedelta(days=1, hours=5), lambda: _approve(filling, report))


def _plan_october(filling: Filling) -> None:
    """By the 20th of October some have filed: approved, waiting, returned, and drafts."""
    items = {item.serial: item for item in filling.programme.sub_items.all()}
    ahead = {"8": 95, "11": 88, "16": 88, "1": 82, "4": 86, "22": 97, "18": 93, "21": 78}
    reports: dict[str, MonthlyReport] = {}

    def step(serial: str, percent: int) -> Callable[[], None]:
        def submit() -> None:
            story = STORIES[serial]
            told = Story((*story.percents, percent), story.texts, story.next_step, story.reason)
            reports[serial] = _file(filling, items[serial], told, 10)

        return submit

    for place, (serial, percent) in enumerate(ahead.items()):
        filling.at(_moment(10, 16 + place % 3, 9, place), step(serial, percent))
    filling.at(_moment(10, 19, 9), lambda: _approve(filling, reports["8"]))
    filling.at(_moment(10, 12, 16), lambda: _hand_over(filling, items["17"], "市场监督管理局", "应急管理局", NOVEMBER))
    why = "请说明剩余经营户数量和完成时间。"
    told = {"progress": "更换户数应与街道台账一致，请分街道列出。", "next_steps": "请写明完成时间。"}
    filling.at(_moment(10, 19, 10), lambda: _send_back(filling, reports["18"], why, **told))
    count = {"percent": "与已安装户数的比例不符，请核实。", "progress": "请写明本月新增安装户数。"}
    filling.at(_moment(10, 18, 16), lambda: _send_back(filling, reports["22"], "", **count))
    filling.at(_moment(10, 19, 15), lambda: _file_again(filling, items["22"]))
    filling.at(_moment(10, 19, 11), lambda: review.pass_on(reports["1"], by=filling.people["fazhan-sh"]))
    filling.at(_moment(10, 19, 16), lambda: _draft_only(filling, items["12"]))
    asking.plan(filling, items["17"])


def _file_again(filling: Filling, sub_item: SubItem) -> None:
    """What came back in October, corrected where that was asked for."""
    sheet = _sheet(sub_item, 10)
    content = replace(content_of(filing.fresh(sheet.report)) if sheet.report else Content(), progress=ANSWER)
    drafts.save_draft(sheet, content, by=filling.clerks[sub_item.pk], seen_version=_version(sheet))
    filing.submit(_sheet(sub_item, 10), by=filling.clerks[sub_item.pk])


def _file(filling: Filling, sub_item: SubItem, story: Story, month: int) -> MonthlyReport:
    sheet = _sheet(sub_item, month)
    by = filling.clerks[sub_item.pk]
    content = _content(sheet, story, month)
    drafts.save_draft(sheet, content, by=by, seen_version=_version(sheet))
    if sub_item.serial == contributions.SERIAL:
        contributions.take_over(sheet, content, by=by)
    return filing.submit(_sheet(sub_item, month), by=by)


def _draft_only(filling: Filling, sub_item: SubItem) -> None:
    sheet = _sheet(sub_item, 10)
    content = Content(
        percent=Decimal(40),
        progress="线杆入地停电计划已批复，正在组织施工。",
        money=starting_money(sheet),
    )
    drafts.save_draft(sheet, content, by=filling.clerks[sub_item.pk], seen_version=_version(sheet))


def _approve(filling: Filling, report: MonthlyReport) -> None:
    """The office approves; what its own unit filed is approved by the colleague. What is in doubt gets a word."""
    fresh = MonthlyReport.objects.select_related("sub_item", "period").get(pk=report.pk)
    in_house = needs_exception(filling.people[OFFICE.username], fresh)
    by = filling.people["duban2" if in_house else OFFICE.username]
    doubts = Doubts(by, [fresh]).of(_sheet(fresh.sub_item, fresh.period.month.month))
    review.approve(fresh, by=by, exception="".join(WORDS[one.kind] for one in doubts))


def _send_back(filling: Filling, report: MonthlyReport, comment: str, **remarks: str) -> None:
    fresh = MonthlyReport.objects.get(pk=report.pk)
    if fresh.state == State.UNIT_REVIEW:
        review.pass_on(fresh, by=filling.people["fazhan-sh"])
    review.send_back(fresh, by=filling.people["duban"], comment=comment, remarks=remarks)


def _hand_over(filling: Filling, sub_item: SubItem, old: str, new: str, since: date) -> None:
    """The office hands over what ``old`` holds of a sub-item, from a month to come."""
    units = {unit.name: unit for unit in Department.objects.filter(jurisdiction=filling.programme.jurisdiction)}
    (rows,) = present_of([sub_item]).values()
    hand_over(
        filling.programme,
        {sub_item.pk: succeeded(rows, units[old], units[new])},
        since=since,
        by=filling.people[OFFICE.username],
        reason="食品安全快检职能调整。",
        document="济高新办〔2023〕28号",
        seen={sub_item.pk: shifts.token(rows)},
    )


def _content(sheet: Sheet, story: Story, month: int) -> Content:
    told = Decimal(story.percents[month - 1])
    percent = (sheet.last.percent or told) if month in story.nil else told
    behind = filing.verdict_of(sheet, percent).light in ("yellow", "red")
    if month in story.nil:
        return Content(is_nil=True, nil_reason=story.nil[month], **_why(story, month) if behind else {})
    text = story.texts[min((month - 1) // 3, 2)]
    return Content(
        percent=percent,
        progress=f"{text}截至{month}月底累计完成{percent.normalize():f}%。",
        problems=story.problems.get(month, ""),
        next_steps=story.next_step,
        **_why(story, month) if behind else {},
        targets={
            target.pk: (target.goal * percent / 100).to_integral_value("ROUND_FLOOR") if target.goal else Decimal(0)
            for target in sheet.targets
        },
        money={line.pk: _money(line.planned, line.secured, percent) for line in sheet.lines},
    )


def _why(story: Story, month: int) -> dict[str, Any]:
    """What a unit says that is behind: why, the factor, the measure (the second half of the reason), by which day."""
    reason, _mark, measure = (story.reason or WHY_BEHIND).partition("；")
    by = date(YEAR, month + 2, 1) - timedelta(days=1)
    return {"reason": reason, "factor": story.factor, "measure": measure or "倒排工期，加快推进。", "measure_by": by}


def _money(planned: Decimal | None, stated: Decimal | None, percent: Decimal) -> LineReading:
    """Money comes ahead of the work and is spent a little behind it; of an open amount nothing is said."""
    if planned is None:
        return LineReading()
    whole = Decimal(10_000)
    secured = max(stated or Decimal(0), (planned * min(percent + 15, Decimal(100)) / 100) // whole * whole)
    spent = (planned * max(percent - 8, Decimal(0)) / 100) // whole * whole
    return LineReading(None, secured, min(spent, secured))


def _clerks(programme: Programme) -> dict[int, User]:
    """Who files each sub-item: the first person with the right to."""
    filing_roles = Responsibility.objects.current().filter(sub_item__programme=programme, files=True)
    return {
        role.sub_item_id: holders(FILE_REPORT, role.department).order_by("pk")[0]
        for role in filing_roles.select_related("department")
        if role.department
    }


def _sheet(sub_item: SubItem, month: int) -> Sheet:
    period = ReportingPeriod.objects.get(programme=sub_item.programme, month=date(YEAR, month, 1))
    fresh = SubItem.objects.select_related("programme__jurisdiction").get(pk=sub_item.pk)
    return filing.sheet_of(fresh, period)


def _version(sheet: Sheet) -> int:
    return sheet.report.version if sheet.report else 0


def _tick(programme: Programme) -> None:
    tick(programme)


def _moment(month: int, day: int, hour: int = 9, minute: int = 0) -> datetime:
    return datetime(YEAR, month, day, hour, minute % 60, tzinfo=clock.ZONE)


def _days(first: date, last: date) -> Iterator[date]:
    day = first
    while day <= last:
        yield day
        day += timedelta(days=1)

"""The month of the demo that was never filed: its unit asks for it in April, in vain, and again in October."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Protocol

from departments import clock
from departments.models import User
from projects.models import ExceptionRequest, Programme, ReportingPeriod, SubItem
from projects.services import exceptions
from projects.services.reports import filing_unit


class Filling(Protocol):
    """What of the filling of the demo is needed here."""

    programme: Programme
    people: dict[str, User]
    clerks: dict[int, User]

    def at(self, moment: datetime, step: Callable[[], None]) -> None: ...


def plan(filling: Filling, sub_item: SubItem) -> None:
    """Plan the two requests for March and the office's answer to the first."""
    year = filling.programme.year

    def moment(month: int, day: int, hour: int) -> datetime:
        return datetime(year, month, day, hour, tzinfo=clock.ZONE)

    def ask(reason: str, until: date) -> None:
        period = ReportingPeriod.objects.get(programme=filling.programme, month=date(year, 3, 1))
        unit = filing_unit(sub_item, period.month)
        if unit is not None:
            by = filling.clerks[sub_item.pk]
            exceptions.ask(period, unit, by=by, reason=reason, wished_until=until, sub_item=sub_item)

    def refuse(answer: str) -> None:
        request = ExceptionRequest.objects.get(state=ExceptionRequest.State.WAITING)
        exceptions.refuse(request, by=filling.people["duban"], answer=answer)

    filling.at(moment(4, 20, 10), lambda: ask("经办人休假，漏报3月进展，申请补报。", date(year, 4, 28)))
    filling.at(moment(4, 21, 9), lambda: refuse("3月数据已汇总上报，请在4月月报中一并说明。"))
    filling.at(moment(10, 19, 15), lambda: ask("年度考核需补齐3月月报，申请补报。", date(year, 10, 31)))

"""Between which days a unit may say that a lag is caught up."""

from datetime import date
from typing import TYPE_CHECKING

from departments import clock
from projects.rules.reports import EDITABLE, measure_days

if TYPE_CHECKING:
    from minsheng.filing.services import Sheet


def measure_days_of(sheet: "Sheet") -> tuple[date | None, date | None]:
    """Between which days a lag may be caught up; of a report that was sent off, that was decided then."""
    if sheet.report is not None and sheet.report.state not in EDITABLE:
        return None, None
    deadline = sheet.sub_item.deadline
    return measure_days(ends_on=sheet.period.ends_on, today=clock.today(), deadline=deadline)

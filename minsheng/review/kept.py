"""A report made to say again what was approved of it."""

from dataclasses import replace

from departments.models import User
from funding.services import readings
from funding.services.readings import LineReading
from minsheng.filing.content import Content, content_of
from minsheng.filing.services import fresh
from projects.models import MonthlyReport
from projects.services import reports


def put_back(report: MonthlyReport, said: Content, *, by: User) -> None:
    """Make the report say what it ``said``; of what it did not speak of then, nothing."""
    now = fresh(report)
    if says(now, said):
        return
    whole = _whole(said, content_of(now))
    reports.revise(report, by=by, seen_version=report.version, content=said.text(), targets=whole.targets)
    readings.revise(report, whole.money)


def says(report: MonthlyReport, said: Content) -> bool:
    """Whether the report says just what it ``said``."""
    now = content_of(report)
    return _whole(said, now) == now


def _whole(said: Content, now: Content) -> Content:
    """``said``, with nothing for what only ``now`` speaks of."""
    targets = {**dict.fromkeys(now.targets), **said.targets}
    return replace(said, targets=targets, money={**dict.fromkeys(now.money, LineReading()), **said.money})

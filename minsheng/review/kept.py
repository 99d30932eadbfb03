"""A report made to say again what was approved of it, and what its unit had submitted since."""

from collections.abc import Iterable
from dataclasses import replace

from departments.models import User
from funding.services import readings
from funding.services.readings import LineReading
from minsheng.filing.content import Content, content_from, content_of
from minsheng.filing.services import fresh
from projects.models import MonthlyReport, ReportEvent
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


def submitted_since(steps: Iterable[ReportEvent], approval: ReportEvent, *, within: bool) -> ReportEvent | None:
    """Of a report's ``steps``, in order, the last submission after its ``approval``, where it says something else; for
    readers ``within`` the unit, else only what reached the office.
    """
    sent = [
        one
        for one in steps
        if one.pk > approval.pk and (one.is_submission if within else one.to_state == MonthlyReport.State.SUBMITTED)
    ]
    if not sent:
        return None
    said, before = content_from(sent[-1]), content_from(approval)
    return None if _whole(before, said) == _whole(said, before) else sent[-1]


def _whole(said: Content, now: Content) -> Content:
    """``said``, with nothing for what only ``now`` speaks of."""
    targets = {**dict.fromkeys(now.targets), **said.targets}
    return replace(said, targets=targets, money={**dict.fromkeys(now.money, LineReading()), **said.money})

"""A report made to say again what was approved of it: what is in doubt then, and what its unit had submitted since."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from departments import language
from departments.models import User
from funding.services import readings
from funding.services.readings import LineReading
from minsheng.filing.content import Content, content_from, content_of
from minsheng.filing.services import Sheet, fresh
from minsheng.review.doubts import Doubt, Doubts, Kind
from minsheng.review.rechecks import is_answered
from projects.models import SET_ASIDE, MonthlyReport, Recheck, ReportEvent
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


def doubts_of_keeping(user: User, sheet: Sheet, approval: ReportEvent) -> list[Doubt]:
    """What of the months before and after would be passed over, were ``approval`` of the report of ``sheet`` kept. What
    was answered for at that approval is not asked again, nor a later month of which the office has said that it is
    right.
    """
    report = approval.report
    found = Doubts(user, [report]).beside(sheet, report, content_from(approval))
    before = approval.snapshot.get("despite", ())
    with language.of_the_office():
        return [one for one in found if one.message not in before and not _is_right(one, approval)]


def _is_right(doubt: Doubt, approval: ReportEvent) -> bool:
    if doubt.kind != Kind.CARRIED or doubt.later is None:
        return False
    figures = [[str(what), then, now] for what, now, then in doubt.above]
    return is_answered(Recheck(report=doubt.later.report, because=approval, figures=figures))


def beside_approval(
    approval: ReportEvent, doubted: Mapping[str, Any], *, unsent: Mapping[str, Any] | None
) -> dict[str, Any]:
    """What the step that keeps ``approval`` has beside its snapshot: what was in doubt by then and the word given for
    it (``doubted``), after those of the approval itself, and what was written since and not submitted.
    """
    before = approval.snapshot
    found: dict[str, Any] = {SET_ASIDE: dict(unsent)} if unsent else {}
    if doubted:
        found["despite"] = list(dict.fromkeys([*before.get("despite", ()), *doubted["despite"]]))
        words = (before.get("exception", ""), doubted["exception"])
        found["exception"] = "\n".join(dict.fromkeys(one for one in words if one))
    return found


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

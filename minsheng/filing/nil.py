"""A nil report says that nothing has changed since the last submission: whether that still holds, and what other units
have contributed meanwhile, which it does not carry. Whoever submits one is told of them, and asked once more.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from django.utils.translation import gettext as _

from departments import language
from departments.errors import DomainError
from funding.money import show_wan
from funding.services.readings import STAGES, LineReading
from minsheng.filing.content import STAGE_WORDS, Content, content_from
from minsheng.filing.contributions import Contributed, adds_up, sum_of
from minsheng.filing.line_findings import changed_stages, told_beside
from minsheng.filing.merge import digest, flat
from minsheng.words import number, percent
from projects.models import MonthlyReport, ReportEvent
from projects.rules.reports import Finding

if TYPE_CHECKING:
    from minsheng.filing.services import Sheet

# The fields that findings stand at: the report itself, and the panel of contributions.
FIELD: Final = "is_nil"
CONTRIBUTIONS: Final = "contributions"
LEFT_OUT: Final = "left_out"  # what a snapshot keeps of the units whose contributions a nil report leaves out
NIL: Final = "nil"
SURE: Final = "sure-nil-"  # a nil report all the same; what follows is the newest contribution that was seen


def findings(sheet: "Sheet", content: Content) -> list[Finding]:
    """What a nil report does not say of its month, though there is something to say: for whoever files it, and for
    every reviewer.
    """
    return [*stale(sheet, content), *_news(sheet, content), *_left(sheet, content)] if content.is_nil else []


def stale(sheet: "Sheet", content: Content) -> Iterator[Finding]:
    """Where a nil report is one no more: an earlier month was filed anew since, with other figures.

    What the last submission did not state is no difference, nor is a money line that another unit has read this month.
    """
    changes = list(_changes(sheet, content))
    if changes:
        message = _("A nil report says that nothing changed, but it differs from what was submitted last: %(changes)s.")
        yield Finding(FIELD, message % {"changes": language.listed(changes)})


def _news(sheet: "Sheet", content: Content) -> Iterator[Finding]:
    """Where a money line was read by another unit, with other amounts than last: something has changed after all."""
    read = sheet.others.get("lines_read", {})
    changes = []
    for line in sheet.lines:
        now, last = content.money.get(line.pk), sheet.last.money.get(line.pk)
        changed = changed_stages(now, last) if str(line.pk) in read and now and last else []
        if changed:
            words = {"line": line, "changes": language.listed(changed), "who": read[str(line.pk)]}
            changes.append(_("“%(line)s” %(changes)s, by %(who)s") % words)
    if changes:
        message = _("A nil report says that nothing changed, but another unit has read other amounts: %(changes)s.")
        yield Finding(FIELD, message % {"changes": "; ".join(changes)})


def _left(sheet: "Sheet", content: Content) -> Iterator[Finding]:
    units = units_left_out(sheet, content)
    if units:
        told = _("A nil report that leaves out what other units have contributed, as its filer was told: %(units)s.")
        yield Finding(CONTRIBUTIONS, told % {"units": language.listed(units)})


def _changes(sheet: "Sheet", content: Content) -> Iterator[str]:
    last = sheet.last
    if last.percent is not None and content.percent != last.percent:
        yield told_beside(_("progress"), percent(content.percent), percent(last.percent))
    for target in sheet.targets:
        value, was = content.targets.get(target.pk), last.targets.get(target.pk)
        if was is not None and value != was:
            yield told_beside(target.text, number(value), number(was))
    read = {int(pk) for pk in sheet.others.get("lines_read", {})}
    for line in sheet.lines:
        now, was_read = content.money.get(line.pk), last.money.get(line.pk)
        if line.pk in read or now is None or was_read is None:
            continue
        for stage, word in STAGE_WORDS.items():
            amount, before = getattr(now, stage), getattr(was_read, stage)
            if before is not None and amount != before:
                name = _("“%(line)s” %(stage)s (10,000 yuan)") % {"line": line, "stage": word}
                yield told_beside(name, show_wan(amount), show_wan(before))


class LeavesOut(DomainError):
    """A nil report without what ``units`` have contributed; ``newest`` is the key of the newest of their versions."""

    def __init__(self, units: Iterable[Contributed]) -> None:
        left = list(units)
        self.newest = max(one.newest.pk for one in left if one.newest)
        super().__init__(sentence(left))


def sentence(units: Iterable[Contributed]) -> str:
    """That a nil report would be without what ``units`` have contributed."""
    names = [one.unit.full_name for one in units]
    words = {"units": language.listed(names), "count": len(names)}
    told = _(
        "%(count)d units have contributed news that a nil report leaves out: %(units)s. Take it over and file an"
        " ordinary report, or submit the nil report all the same."
    )
    return told % words


def left_out(sheet: "Sheet", content: Content) -> list[Contributed]:
    """The units whose text was not taken over, or whose share makes another sum than the figure that a nil report
    carries (``content``). One that has nothing new to say is none of them.
    """
    others = {
        target.pk
        for target in sheet.targets
        if adds_up(target)
        and sum_of(sheet.contributed, target.pk) not in (None, content.targets.get(target.pk) or Decimal(0))
    }
    said = [one for one in sheet.contributed if one.newest and not one.content.is_nil]
    return [one for one in said if one.is_text_new or others & one.shares.keys()]


def units_left_out(sheet: "Sheet", content: Content) -> list[str]:
    """The names of the units that a nil report leaves out; of one that was submitted, as it was then."""
    if sheet.frozen is not None:
        return list(sheet.frozen.get(LEFT_OUT, ()))
    return [one.unit.full_name for one in left_out(sheet, content)] if content.is_nil else []


def begun_anew(sheet: "Sheet", content: Content, base: Mapping[str, str]) -> Content:
    """A nil report of a month that was let go begins with nothing of what the month had said, as one of a month in
    which nothing was written: neither figures nor texts, but why nothing changed. What was typed since stays; ``base``
    is what the form was opened with. So it is too for a form that is sent twice.
    """
    report = sheet.report
    steps = list(report.events.order_by("-pk")[:2]) if report is not None and content.is_nil else []
    gone = steps[-1] if steps and steps[0].is_submission else next(iter(steps), None)
    if gone is None or gone.to_state != MonthlyReport.State.DRAFT:
        return content
    if report is not None and report.state == MonthlyReport.State.DRAFT and _is_begun(report, gone):
        return content
    said = flat(content_from(gone))
    stale = {name for name, value in flat(content).items() if digest(said.get(name)) == digest(value) == base.get(name)}

    def cleared(name: str, value: Decimal | None) -> Decimal | None:
        return None if name in stale else value

    return replace(
        content,
        **{name: nothing for name, nothing in flat(Content()).items() if name in stale - {FIELD, "nil_reason"}},
        targets={pk: cleared(f"target_{pk}", value) for pk, value in content.targets.items()},
        money={
            pk: LineReading(*(cleared(f"{stage}_{pk}", getattr(one, stage)) for stage in STAGES))
            for pk, one in content.money.items()
        },
    )


def _is_begun(report: MonthlyReport, gone: ReportEvent) -> bool:
    """Whether the nil report has been kept since the month was let go: what stands in it is its own."""
    since = report.edited_at is not None and report.edited_at > gone.at
    return report.is_nil and (since or not content_from(gone).is_nil)


def step_of(sent: str) -> tuple[str, int]:
    """The step that the button asks for, and the newest contribution that its presser has been told of."""
    known = sent.removeprefix(SURE)
    return (NIL, int(known)) if sent.startswith(SURE) and known.isdecimal() else (sent, 0)

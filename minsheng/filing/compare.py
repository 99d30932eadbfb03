"""A report's figures beside the last submitted ones, ready to be drawn."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _

from funding.models import FundingReading
from funding.money import show_stage, show_wan
from funding.services.readings import LineReading
from minsheng.dashboard import words
from minsheng.filing.content import Content
from projects.models import MonthlyReport, TargetReading


@dataclass(frozen=True)
class Figure:
    """One figure: what was promised, what was last said, what is said now, and the difference between the two.

    ``field`` is the one at which something is remarked; of a money line only its first figure has it.
    """

    name: str
    plan: str
    last: str
    now: str
    change: str = ""
    tone: str = ""
    share: str = ""
    money: bool = False
    field: str = ""


def figures_of(
    report: MonthlyReport,
    targets: Iterable[TargetReading],
    money: Iterable[FundingReading],
    last: Content | None = None,
) -> list[Figure]:
    """Percent (none where milestones decide), targets, then money (in 万元) stage by stage."""
    last = last or Content()
    figures = []
    if report.percent is not None or last.percent is not None:
        change, tone = _change(report.percent, last.percent)
        percents = words.percent(last.percent), words.percent(report.percent)
        figures.append(Figure(_("Progress (%)"), "", *percents, change, tone, field="percent"))
    return [*figures, *_targets(targets, last), *_money(money, last)]


def _targets(readings: Iterable[TargetReading], last: Content) -> Iterator[Figure]:
    for reading in readings:
        target, before = reading.target, last.targets.get(reading.target_id)
        change, tone = _change(reading.value, before)
        yield Figure(
            target.text,
            words.goal(target),
            _with_unit(before, target.unit),
            _with_unit(reading.value, target.unit),
            change,
            tone,
            share=words.share(reading.value, target),
            field=f"target_{target.pk}",
        )


def _money(readings: Iterable[FundingReading], last: Content) -> Iterator[Figure]:
    stages = (("applied", _("applied for")), ("secured", _("secured")), ("spent", _("spent")))
    for reading in readings:
        before = last.money.get(reading.line_id, LineReading())
        field = f"money_{reading.line_id}"
        for stage, label in stages:
            now, then = getattr(reading, stage), getattr(before, stage)
            if stage == "applied" and now is None and then is None:
                continue
            change, tone = _change(now, then, money=True)
            planned = reading.line.planned
            yield Figure(
                _("%(line)s: %(stage)s") % {"line": reading.line, "stage": label},
                words.money(planned),
                show_stage(then),
                show_wan(now),
                change,
                tone,
                share=words.percent(now / planned * 100) if now is not None and planned else "",
                money=True,
                field=field,
            )
            field = ""


def _with_unit(value: Decimal | None, unit: str) -> str:
    return words.NOTHING if value is None else f"{words.number(value)} {unit}".strip()


def _change(now: Decimal | None, last: Decimal | None, *, money: bool = False) -> tuple[str, str]:
    """The difference with its sign; a figure that is no longer stated fell too."""
    if last is None:
        return "", ""
    if now is None:
        return _("no longer stated"), "fall"
    if now == last:
        return "=", ""
    shown = show_wan(abs(now - last)) if money else words.number(abs(now - last))
    return (f"+{shown}", "rise") if now > last else (f"−{shown}", "fall")

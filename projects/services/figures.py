"""Writing figures: what is kept of a sub-item for each period, and what stands on it for lists and dashboard."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from operator import attrgetter
from typing import Any, Final

from django.db import transaction
from django.utils.translation import gettext as _

from departments import clock, language, locks
from departments.bulk import have_none, insert_rows, update_rows
from departments.models import User
from projects.models import (
    Light,
    LightOverride,
    MonthlyReport,
    PeriodFigure,
    Programme,
    ReportingPeriod,
    SubItem,
)
from projects.rules.lights import Inputs, Rule, Verdict, inputs_for, judge, rule_of
from projects.rules.schedule import AT_ONCE, Plan, Step, reached_percent
from projects.services.reports import filing_unit, filing_units

# What stands on a sub-item for lists and dashboard.
STANDING: Final = (
    "percent",
    "scheduled_percent",
    "light",
    "sentence",
    "planned",
    "planned_approx",
    "secured",
    "spent",
    "figure_period",
    "as_of",
)


@dataclass(frozen=True)
class Amounts:
    """A sub-item's money in yuan as it is kept with a figure; ``None`` is 未定."""

    planned: Decimal | None = None
    approx: bool = False
    secured: Decimal | None = None
    spent: Decimal | None = None


def plan_of(sub_item: SubItem) -> Plan:
    """The plan curve's inputs; milestones count where there are some."""
    return Plan(
        starts_on=sub_item.starts_on or sub_item.programme.starts_on,
        deadline=sub_item.deadline,
        at_once=sub_item.kind in AT_ONCE,
        by_milestones=sub_item.progress_kind == SubItem.ProgressKind.MILESTONES,
        steps=tuple(Step(step.due_on, step.weight, step.done_on) for step in sub_item.milestones.all()),
    )


# What a light hangs on while there is no report, no milestone and no override; and what stands then, but for money.
_TELLS: Final = attrgetter("starts_on", "deadline", "deadline_firm", "kind", "progress_kind", "is_closed")
_LIGHT: Final = ("percent", "scheduled_percent", "light", "sentence", "figure_period_id", "as_of")

Looked = tuple[Verdict, Inputs, Rule]


def look(
    sub_item: SubItem, percent: Decimal | None, *, on: date, today: date, known: dict[Any, Looked] | None = None
) -> Looked:
    """The light of ``sub_item`` with ``percent`` done, compared at ``on``, by its programme's rule.

    ``known`` keeps what was found, for others of the programme that are compared on the same day: many have the same
    deadline, and nothing reported.
    """
    plan = plan_of(sub_item)
    hangs_on = (plan, percent, on, today, sub_item.deadline_firm, sub_item.starts_on, sub_item.is_closed)
    if known is not None and hangs_on in known:
        return known[hangs_on]
    inputs = inputs_for(
        plan,
        on=on,
        today=today,
        percent=reached_percent(plan.steps, on) if plan.by_milestones else percent,
        firm=sub_item.deadline_firm,
        planned_start=sub_item.starts_on,
        closed=sub_item.is_closed,
    )
    rule = rule_of(sub_item.programme.light_preset, sub_item.programme.light_rule)
    found = judge(inputs, rule), inputs, rule
    if known is not None:
        known[hangs_on] = found
    return found


def look_at_end(sub_item: SubItem, percent: Decimal | None, period: ReportingPeriod) -> tuple[Verdict, Inputs, Rule]:
    """The light at the end of ``period``. What happened after its last day does not count, nor what is still ahead."""
    today = min(clock.today(), period.ends_on + timedelta(days=1))
    return look(sub_item, percent, on=period.ends_on, today=today)


@transaction.atomic
def append(
    sub_item: SubItem,
    period: ReportingPeriod,
    *,
    cause: PeriodFigure.Cause,
    amounts: Amounts,
    percent: Decimal | None,
    report: MonthlyReport | None = None,
    by: User | None = None,
    reason: str = "",
) -> PeriodFigure:
    """Append the figure of ``sub_item`` at the end of ``period``; earlier rows of the period stay as they are.

    It speaks of the period's last day, whenever it is written.
    """
    locks.hold(SubItem, sub_item.pk)
    before = PeriodFigure.objects.filter(sub_item=sub_item, period=period).order_by("-sequence").first()
    if before is not None:
        PeriodFigure.objects.filter(pk=before.pk).update(newest=False)
    figure = _figure(sub_item, period, amounts=amounts, percent=percent)
    figure.sequence = before.sequence + 1 if before else 1
    figure.cause, figure.report, figure.by, figure.reason = cause, report, by, reason
    figure.department = report.department if report else filing_unit(sub_item, period.month)
    if report:
        figure.department_name = report.department_name
    elif figure.department:
        figure.department_name = figure.department.full_name
    figure.save(force_insert=True)
    return figure


@transaction.atomic
def append_at_lock(
    period: ReportingPeriod,
    sub_items: Iterable[SubItem],
    *,
    amounts: Mapping[int, Amounts],
    percents: Mapping[int, Decimal | None],
) -> None:
    """Append the first figure of each of ``sub_items``, which the caller has locked, at the lock of ``period``.

    The number of queries does not grow with them, but for what one insert holds.
    """
    units = filing_units(period.programme, period.month)
    rows = []
    for sub_item in sub_items:
        figure = _figure(sub_item, period, amounts=amounts[sub_item.pk], percent=percents.get(sub_item.pk))
        figure.cause = PeriodFigure.Cause.LOCK
        figure.department = units.get(sub_item.pk)
        figure.department_name = figure.department.full_name if figure.department else ""
        rows.append(figure)
    insert_rows(rows)


def _figure(sub_item: SubItem, period: ReportingPeriod, *, amounts: Amounts, percent: Decimal | None) -> PeriodFigure:
    """What is computed of ``sub_item`` at the end of ``period``, not yet written."""
    with language.of_the_office():
        verdict, inputs, rule = look_at_end(sub_item, percent, period)
        light, sentence = overridden(sub_item, verdict, on=period.ends_on)
    return PeriodFigure(
        sub_item=sub_item,
        period=period,
        percent=inputs.percent,
        scheduled_percent=verdict.scheduled,
        light=light,
        sentence=sentence,
        rule_version=rule.version,
        inputs=inputs.as_json(),
        planned=amounts.planned,
        planned_approx=amounts.approx,
        secured=amounts.secured,
        spent=amounts.spent,
        at=clock.now(),
    )


def overridden(sub_item: SubItem, verdict: Verdict, *, on: date) -> tuple[Light, str]:
    """The light in force on ``on``: an override by a person, said with its reason and end, or the computed one."""
    for override in sub_item.overrides.all():
        if override.holds_on(on):
            return Light(override.light), override_sentence(override, verdict)
    return verdict.light, verdict.sentence


def override_sentence(override: LightOverride, verdict: Verdict) -> str:
    """The computed sentence, and that a person set another light: why and until when."""
    words = _("%(sentence)s (set by hand until %(until)s: %(reason)s)") % {
        "sentence": verdict.sentence,
        "until": override.until.isoformat(),
        "reason": override.reason,
    }
    return words if len(words) <= 300 else f"{words[:299]}…"


@transaction.atomic
def refresh(sub_item: SubItem, amounts: Amounts) -> None:
    """Put the newest figure on ``sub_item`` itself, with what time alone has decided up to today."""
    approved = MonthlyReport.objects.filter(sub_item=sub_item).newest_approved().select_related("period").first()
    due = _latest_due(sub_item.programme)
    with language.of_the_office():
        _stand(sub_item, amounts, approved=approved, due=due)
    sub_item.save(update_fields=STANDING)


@transaction.atomic
def refresh_all(programme: Programme, sub_items: Iterable[SubItem], amounts: Mapping[int, Amounts]) -> None:
    """The same for many sub-items of ``programme``, as the caller has just read and locked them.

    The number of queries does not grow with them, but for what one update holds. Only what changes is written.
    """
    due = _latest_due(programme)
    reports = MonthlyReport.objects.filter(sub_item__programme=programme).newest_approved().select_related("period")
    approved = {report.sub_item_id: report for report in reports}
    changed = []
    known: dict[Any, Looked] = {}
    with language.of_the_office():
        for sub_item in sub_items:
            before = _standing(sub_item)
            _stand(sub_item, amounts[sub_item.pk], approved=approved.get(sub_item.pk), due=due, known=known)
            if _standing(sub_item) != before:
                changed.append(sub_item)
    update_rows(changed, STANDING)


def stand_at_first(programme: Programme, sub_items: Sequence[SubItem], amounts: Iterable[Amounts]) -> None:
    """Set on new ``sub_items`` of ``programme``, not yet written, what stands until somebody reports: ``amounts`` in
    their order. ``refresh_all`` would change nothing of it today.
    """
    due = _latest_due(programme)
    have_none(sub_items, "milestones", "overrides")
    alike: dict[tuple[Any, ...], SubItem] = {}
    with language.of_the_office():
        for sub_item, money in zip(sub_items, amounts, strict=True):
            first = alike.setdefault(_TELLS(sub_item), sub_item)
            if first is sub_item:
                _stand(sub_item, money, approved=None, due=due)
            else:
                vars(sub_item).update({name: getattr(first, name) for name in _LIGHT})
                _put_money(sub_item, money)


def would_stand(programme: Programme, sub_items: Iterable[SubItem]) -> list[tuple[SubItem, Light, Light]]:
    """Of ``sub_items`` those whose light would be another one by ``programme`` as it is given: before, after.

    They carry what would stand; nothing is written.
    """
    due = _latest_due(programme)
    reports = MonthlyReport.objects.filter(sub_item__programme=programme).newest_approved().select_related("period")
    approved = {report.sub_item_id: report for report in reports}
    found = []
    with language.of_the_office():
        for sub_item in sub_items:
            before = Light(sub_item.light)
            sub_item.programme = programme
            _stand(sub_item, Amounts(), approved=approved.get(sub_item.pk), due=due)
            if sub_item.light != before:
                found.append((sub_item, before, Light(sub_item.light)))
    return found


def _latest_due(programme: Programme) -> ReportingPeriod | None:
    return ReportingPeriod.objects.filter(programme=programme).due_by(clock.today()).order_by("-month").first()


_standing = attrgetter(*("figure_period_id" if name == "figure_period" else name for name in STANDING))


def _stand(
    sub_item: SubItem,
    amounts: Amounts,
    *,
    approved: MonthlyReport | None,
    due: ReportingPeriod | None,
    known: dict[Any, Looked] | None = None,
) -> None:
    """Set, unsaved, what stands today, in the words of the caller's language: the office's.

    Compared at the end of the latest due period, or of the latest approved one where that is later.
    """
    today = clock.today()
    candidates = [period for period in (due, approved.period if approved else None) if period]
    compared = max(candidates, key=lambda period: period.month, default=None)
    # Before anything is due, the plan has not begun to ask.
    on = compared.ends_on if compared else sub_item.programme.starts_on - timedelta(days=1)
    percent = approved.percent if approved else None
    verdict, inputs, _rule = look(sub_item, percent, on=on, today=today, known=known)
    light, sentence = overridden(sub_item, verdict, on=today)
    sub_item.percent = inputs.percent
    sub_item.scheduled_percent = verdict.scheduled
    sub_item.light, sub_item.sentence = light, sentence
    _put_money(sub_item, amounts)
    sub_item.figure_period = approved.period if approved else None
    sub_item.as_of = on


def _put_money(sub_item: SubItem, amounts: Amounts) -> None:
    sub_item.planned, sub_item.planned_approx = amounts.planned, amounts.approx
    sub_item.secured, sub_item.spent = amounts.secured, amounts.spent

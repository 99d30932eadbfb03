"""Writing figures: what is kept of a sub-item for each period, and what stands on it for lists and dashboard."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from departments import clock, language
from departments.models import User
from projects.models import (
    Light,
    LightOverride,
    MonthlyReport,
    PeriodFigure,
    ReportingPeriod,
    SubItem,
)
from projects.rules.lights import Inputs, Rule, Verdict, inputs_for, judge, rule_of
from projects.rules.schedule import AT_ONCE, Plan, Step, reached_percent
from projects.services.reports import filing_unit


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


def look(sub_item: SubItem, percent: Decimal | None, *, on: date, today: date) -> tuple[Verdict, Inputs, Rule]:
    """The light of ``sub_item`` with ``percent`` done, compared at ``on``, by its programme's rule."""
    plan = plan_of(sub_item)
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
    return judge(inputs, rule), inputs, rule


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
    SubItem.objects.select_for_update().get(pk=sub_item.pk)
    before = PeriodFigure.objects.filter(sub_item=sub_item, period=period).order_by("-sequence").first()
    if before is not None:
        PeriodFigure.objects.filter(pk=before.pk).update(newest=False)
    with language.of_the_office():
        verdict, inputs, rule = look_at_end(sub_item, percent, period)
        light, sentence = overridden(sub_item, verdict, on=period.ends_on)
    unit = report.department if report else filing_unit(sub_item, period.month)
    return PeriodFigure.objects.create(
        sub_item=sub_item,
        period=period,
        sequence=before.sequence + 1 if before else 1,
        cause=cause,
        report=report,
        department=unit,
        department_name=report.department_name if report else (unit.full_name if unit else ""),
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
        by=by,
        reason=reason,
    )


def overridden(sub_item: SubItem, verdict: Verdict, *, on: date) -> tuple[Light, str]:
    """The light in force on ``on``: an override by a person, said with its reason and end, or the computed one."""
    for override in sub_item.overrides.all():
        if override.since <= on <= override.until:
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
    """Put the newest figure on ``sub_item`` itself, with what time alone has decided up to today.

    Compared at the end of the latest due period, or of the latest approved one where that is later.
    """
    today = clock.today()
    periods = ReportingPeriod.objects.filter(programme=sub_item.programme_id)
    approved = (
        MonthlyReport.objects.filter(sub_item=sub_item, state=MonthlyReport.State.APPROVED)
        .select_related("period")
        .order_by("-period__month")
        .first()
    )
    due = periods.due_by(today).order_by("-month").first()
    candidates = [period for period in (due, approved.period if approved else None) if period]
    compared = max(candidates, key=lambda period: period.month, default=None)
    # Before anything is due, the plan has not begun to ask.
    on = compared.ends_on if compared else sub_item.programme.starts_on - timedelta(days=1)
    with language.of_the_office():
        verdict, inputs, _rule = look(sub_item, approved.percent if approved else None, on=on, today=today)
        light, sentence = overridden(sub_item, verdict, on=today)
    sub_item.percent = inputs.percent
    sub_item.scheduled_percent = verdict.scheduled
    sub_item.light, sub_item.sentence = light, sentence
    sub_item.planned, sub_item.planned_approx = amounts.planned, amounts.approx
    sub_item.secured, sub_item.spent = amounts.secured, amounts.spent
    sub_item.figure_period = approved.period if approved else None
    sub_item.as_of = on
    sub_item.save(
        update_fields=[
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
        ]
    )

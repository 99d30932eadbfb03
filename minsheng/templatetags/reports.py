"""A report's figures in its templates: ``{% load reports %}``."""

from collections.abc import Iterable
from typing import Any

from django import template
from django.template import Context

from funding.models import FundingReading
from minsheng.filing.compare import Figure, figures_of
from minsheng.filing.content import Content
from minsheng.filing.panel import money_words, share_words
from projects.models import ContributionVersion, MonthlyReport, TargetReading

register = template.Library()


@register.simple_tag
def report_figures(
    report: MonthlyReport,
    targets: Iterable[TargetReading],
    money: Iterable[FundingReading],
    last: Content | None = None,
) -> list[Figure]:
    """The figures of ``report`` beside those of ``last``, the content last submitted before it."""
    return figures_of(report, targets or (), money or (), last or None)


@register.filter
def amounts_said(version: ContributionVersion) -> list[tuple[str, str]]:
    """The shares and the money that ``version`` states, each with its name."""
    shares = [(share.name, share.value) for share in share_words(version.snapshot)]
    return [*shares, *money_words(version.snapshot)]


@register.inclusion_tag("components/remarks.html", takes_context=True)
def remarks_at(context: Context, field: str) -> dict[str, Any]:
    """What stands at a field of a report: what reviewers asked for there (``asked``), whether that has changed since
    (``answers``), and for who decides on the report a box for a remark (``decision``). Each may be missing.
    """
    asked, answers, decision = (context.get(name) for name in ("asked", "answers", "decision"))
    return {
        "field": field,
        "said": asked.at(field) if asked else (),
        "answer": answers.get(field) if answers else None,
        "box": decision.remark(field) if decision and field else None,
    }

"""A report's figures in its templates: ``{% load reports %}``."""

from collections.abc import Iterable

from django import template

from funding.models import FundingReading
from minsheng.filing.compare import Figure, figures_of
from minsheng.filing.content import Content
from projects.models import MonthlyReport, TargetReading

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

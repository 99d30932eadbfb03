"""In which months which unit reads a money line, and what is said once that is changed."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date

from django.contrib import messages
from django.db.models import OuterRef, Subquery
from django.utils.translation import gettext as _

from departments import clock, language
from departments.language import year_month
from departments.models import Department
from funding.models import FundingLine, LineAssignment
from funding.money import show_wan
from funding.services.assignments import Assigned
from funding.services.readings import LineReading
from minsheng.filing.content import STAGE_WORDS
from projects.models import MonthlyReport, ReportingPeriod, Responsibility
from projects.rules.periods import months_between, next_month
from projects.services.reports import submissions_of


@dataclass(frozen=True)
class Span:
    """Months, one after the other, in which the same unit reads a line; without ``last`` it goes on. ``given`` where
    that is another unit than the filing one.
    """

    first: date
    last: date | None
    unit: Department | None
    given: LineAssignment | None

    @property
    def months(self) -> str:
        return of_months(self.first, self.last)


def of_months(first: date, last: date | None) -> str:
    """Months as a sentence calls them: 2023年9月起, 2023年9月, 2023年8月至2023年9月."""
    if last is None:
        return _("from %(month)s on") % {"month": year_month(first)}
    if first == last:
        return year_month(first)
    return _("%(first)s to %(last)s") % {"first": year_month(first), "last": year_month(last)}


def spans_of(line: FundingLine) -> list[Span]:
    """Who reads ``line``, month by month: in those that have opened, and as it is decided so far in those to come. Two
    queries, where the assignments are loaded.
    """
    sub_item = line.sub_item
    opened = ReportingPeriod.objects.filter(programme=sub_item.programme, opens_on__lte=clock.today())
    report = MonthlyReport.objects.filter(period=OuterRef("pk"), sub_item=sub_item).values("pk")[:1]
    first = submissions_of(OuterRef("report")).values("pk")[:1]
    periods = opened.annotate(report=Subquery(report)).annotate(first=Subquery(first)).order_by("month")
    months: list[tuple[date, int | None]] = list(periods.values_list("month", "first"))
    following = next_month(months[-1][0]) if months else sub_item.programme.first_month
    last = max(following, sub_item.programme.last_month)
    months += [(month, None) for month in months_between(following, last)]
    filing = list(Responsibility.objects.filter(sub_item=sub_item, files=True).select_related("department__parent"))
    spans: list[Span] = []
    for month, submitted in months:
        files = next((role.department for role in filing if role.held_in(month)), None)
        given = line.assigned_in(month, submitted)
        unit = given.department if given and given.department else files
        given = given if unit != files else None
        if spans and (spans[-1].unit, spans[-1].given) == (unit, given):
            spans[-1] = replace(spans[-1], last=month)
        else:
            spans.append(Span(month, month, unit, given))
    return [*spans[:-1], replace(spans[-1], last=None)]


def told_of(line: FundingLine, unit: Department | None, done: Assigned) -> Iterator[tuple[int, str]]:
    """What is said once ``line`` was given to ``unit``, the filing one perhaps, each with its level."""
    words = {"line": line, "unit": unit.full_name if unit else "", "months": of_months(done.since, done.until)}
    yield messages.SUCCESS, _("“%(line)s” is read by %(unit)s (reports: %(months)s).") % words
    if done.stay:
        stay = {"months": language.listed(year_month(month) for month in done.stay)}
        text = _("Submitted before, and still read there by whoever read it: %(months)s.")
        yield messages.INFO, text % stay
    for month, reading in done.replaced:
        stood = {"month": year_month(month), "amounts": _amounts(reading)}
        yield messages.WARNING, _("The draft for %(month)s said %(amounts)s (10,000 yuan) before.") % stood
    for reader, month in done.drafts:
        draft = {"unit": reader.full_name, "month": year_month(month)}
        text = _("%(unit)s had kept a draft of it for %(month)s that was not submitted: it does not count any more.")
        yield messages.WARNING, text % draft


def _amounts(reading: LineReading) -> str:
    """Only stages that say something: 到位260.00、支出170.00."""
    said = [(word, getattr(reading, stage)) for stage, word in STAGE_WORDS.items()]
    return language.listed(f"{word}{show_wan(amount)}" for word, amount in said if amount is not None) or "—"

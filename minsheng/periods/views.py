"""The office's pages of periods: the months of a programme, who has not filed one, how each unit's year went."""

from collections import Counter
from dataclasses import dataclass
from datetime import date
from typing import Final, cast

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_safe

from departments.permissions import SUPERVISE, require, rights_held
from minsheng import sheets
from minsheng.dashboard import words
from minsheng.dashboard.addresses import Option
from minsheng.dashboard.services import first_of, overseen_programmes
from minsheng.http import Request
from minsheng.office import history
from minsheng.periods import chase, services
from minsheng.periods.filings import COMPLETENESS, TIMELINESS, Filings, Reporting
from projects.models import Programme, ReportingPeriod
from projects.rules.periods import PeriodDays
from projects.services.schedules import plan, schedule_of, uncertain_years
from projects.services.working_days import calendar_of

# What has changed something in a programme or its months; that lists were taken as files stands in the audit trail.
CHANGES: Final = (
    "programme.create",
    "programme.add",
    "programme.list",
    "programme.revise",
    "programme.settings",
    "responsibility.hand_over",
    "period.schedule",
    "period.due",
    "period.exception",
    "period.exception_end",
    "exception.ask",
    "exception.refuse",
    "admin.change",
)


@dataclass(frozen=True)
class MonthRow:
    """A month of the programme; ``period`` is none before it opens. ``exceptions`` hold today."""

    month: date
    days: PeriodDays
    state: str
    tone: str
    period: ReportingPeriod | None = None
    filings: Filings | None = None
    exceptions: int = 0
    can_move: bool = False
    is_off: bool = False  # it is still to come, and a day off


@require_safe
def newest(request: HttpRequest) -> HttpResponse:
    """The programme that runs, of those the person supervises; without one, a page that says so to who could."""
    user = cast(Request, request).user
    programme = first_of(services.supervised(user))
    if programme is not None:
        return redirect("periods:periods", programme.pk)
    if SUPERVISE not in rights_held(user):
        raise Http404
    return render(request, "dashboard/no_programme.html")


@require_safe
def periods(request: HttpRequest, pk: int) -> HttpResponse:
    """Every month: when it opens, is due and locks, and how many have filed."""
    user = cast(Request, request).user
    programme = programme_of(request, pk)
    calendar, schedule = calendar_of(programme.jurisdiction), schedule_of(programme)
    reporting = Reporting(programme)
    context = {
        "programme": programme,
        "others": list(services.supervised(user).exclude(pk=pk)[:50]),
        "rows": _month_rows(reporting),
        "schedule": schedule,
        "uncertain": uncertain_years(schedule, calendar),
        "tabs": tabs_of(programme, "periods"),
        "history": history.of(programme, actions=CHANGES),
    }
    return render(request, "periods/periods.html", context)


def _month_rows(reporting: Reporting) -> list[MonthRow]:
    programme, today = reporting.programme, reporting.point.today
    opened = {period.month: period for period in reporting.months}
    open_exceptions = Counter(programme.periods.filter(exceptions__until__gte=today).values_list("pk", flat=True))
    rows = []
    calendar = calendar_of(programme.jurisdiction)
    for one in plan(programme, schedule_of(programme), calendar):
        period = opened.get(one.month)
        if period is None:
            rows.append(MonthRow(one.month, one.after, _("not open yet"), "grey"))
            continue
        state, tone = state_of(period, today)
        rows.append(
            MonthRow(
                one.month,
                PeriodDays(period.opens_on, period.due_on, period.locks_on),
                state,
                tone,
                period=period,
                filings=reporting.of(period),
                exceptions=open_exceptions[period.pk],
                is_off=period.due_on >= today and not calendar.works(period.due_on),
                can_move=period.locked_at is None and period.locks_on > today,
            )
        )
    return rows


def state_of(period: ReportingPeriod, today: date) -> tuple[str, str]:
    """How a period stands on ``today``, in a word and a tone."""
    if period.locks_on <= today:
        return pgettext("period", "locked"), "grey"
    if period.due_on < today:
        return pgettext("period", "past due, still open"), "yellow"
    return pgettext("period", "open"), "green"


@require_safe
def unfiled(request: HttpRequest, pk: int, month: str) -> HttpResponse:
    """Who has filed a month and who has not, unit by unit, with a text to chase them."""
    programme = programme_of(request, pk)
    reporting = Reporting(programme)
    period = opened_or_404(reporting, month)
    owing = chase.chase_of(reporting, period)
    context = {
        "programme": programme,
        "period": period,
        "state": state_of(period, reporting.point.today),
        "months": [
            Option(name, reverse("periods:unfiled", args=[pk, f"{one.month:%Y-%m}"]), one == period)
            for one, name in _named(reporting)
        ],
        "rows": reporting.rows(period),
        "total": reporting.total(period),
        "unfiled": reporting.unfiled(period),
        "chase": owing,
        "text": chase.text_of(reporting, owing),
        "completeness": COMPLETENESS,
        "timeliness": TIMELINESS,
        "export_url": reverse("periods:export", args=[pk, f"{period.month:%Y-%m}"]),
    }
    return render(request, "periods/unfiled.html", context)


@require_safe
def export(request: HttpRequest, pk: int, month: str) -> HttpResponse:
    """The list of the page above as a workbook."""
    reporting = Reporting(programme_of(request, pk))
    period = opened_or_404(reporting, month)
    name, content = chase.export(reporting, period, by=cast(Request, request).user)
    response = HttpResponse(content, content_type=sheets.CONTENT_TYPE)
    response["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=name)
    return response


@require_safe
def units(request: HttpRequest, pk: int) -> HttpResponse:
    """Each unit's year: month by month, with its rates."""
    programme = programme_of(request, pk)
    reporting = Reporting(programme)
    context = {
        "programme": programme,
        "months": _named(reporting),
        "due": len(reporting.due),
        "rows": reporting.years(),
        "tabs": tabs_of(programme, "units"),
        "completeness": COMPLETENESS,
        "timeliness": TIMELINESS,
    }
    return render(request, "periods/units.html", context)


def _named(reporting: Reporting) -> list[tuple[ReportingPeriod, str]]:
    """The months that have opened, each as it is called beside the others."""
    names = words.months_side_by_side(one.month for one in reporting.months)
    return list(zip(reporting.months, names, strict=True))


def programme_of(request: HttpRequest, pk: int) -> Programme:
    """A programme whose whole the person sees, else 404; its periods are the office's, else 403."""
    user = cast(Request, request).user
    programme = get_object_or_404(overseen_programmes(user), pk=pk)
    require(services.may_change(user, programme))
    return programme


def opened_or_404(reporting: Reporting, month: str) -> ReportingPeriod:
    found = next((period for period in reporting.months if f"{period.month:%Y-%m}" == month), None)
    if found is None:
        raise Http404
    return found


def tabs_of(programme: Programme, current: str) -> list[Option]:
    """The pages of a programme's periods, side by side."""
    labels = {
        "periods": _("Months"),
        "units": _("Units by month"),
        "settings": _("Reporting settings"),
        "calendar": _("Working days"),
    }
    tabs = [
        Option(label, reverse(f"periods:{name}", args=[programme.pk]), name == current)
        for name, label in labels.items()
    ]
    hand_over = Option(_("Hand-overs"), reverse("handover:programme", args=[programme.pk]), current == "hand_over")
    programme_url = reverse("programmes:settings", args=[programme.pk])
    return [*tabs, hand_over, Option(_("Programme and lights"), programme_url, current == "programme")]

"""The audit trail, for those who hold ``audit``: who did what when, from what to what."""

from typing import Final, cast

from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from departments.models import AuditEvent, Jurisdiction
from departments.permissions import AUDIT, jurisdictions_granted
from minsheng.http import Request
from minsheng.narrowing import tidy_address
from minsheng.office import history
from minsheng.office.filters import TrailFilter
from minsheng.office.lists import export_address, export_list
from minsheng.office.tables import TrailTable
from minsheng.sheets import Column

PER_PAGE: Final = 50
MOST_EXPORTED: Final = 20_000


def _areas_of(request: HttpRequest) -> list[Jurisdiction]:
    """The jurisdictions whose trail the person may read, those below his grants too; 404 where there is none."""
    areas = list(jurisdictions_granted(cast(Request, request).user, AUDIT).order_by("path"))
    if not areas:
        raise Http404
    return areas


def _trail(areas: list[Jurisdiction]) -> QuerySet[AuditEvent]:
    """The events of ``areas``, and of what all share."""
    return AuditEvent.objects.filter(Q(jurisdiction__in=areas) | Q(jurisdiction=None))


@require_safe
@tidy_address
def trail(request: HttpRequest) -> HttpResponse:
    areas = _areas_of(request)
    asked = TrailFilter(request.GET, queryset=_trail(areas), areas=areas)
    table = TrailTable(asked.qs, params=request.GET)
    table.show(request.GET, PER_PAGE)
    context = {
        "filter": asked,
        "chips": asked.chips(request.GET),
        "table": table,
        "export_url": export_address(request, reverse("office:audit_export")),
    }
    return render(request, "office/audit.html", context)


@require_safe
def export(request: HttpRequest) -> HttpResponse:
    """Just the trail the address names, as Excel, in the order of the page."""
    areas = _areas_of(request)
    asked = TrailFilter(request.GET, queryset=_trail(areas), areas=areas)
    table = TrailTable(asked.qs, params=request.GET)
    return export_list(
        "trail",
        areas[0],
        title=_("Audit trail"),
        asked=asked,
        columns=[
            Column(_("Time"), 19),
            Column(_("Person"), 20),
            Column(_("Action"), 20),
            Column(_("Object"), 30),
            Column(_("What changed"), 80),
        ],
        rows=[_row(row.record) for row in table.rows[:MOST_EXPORTED]],
        by=cast(Request, request).user,
        jurisdiction=areas[0],
    )


def _row(event: AuditEvent) -> list[str]:
    entry = history.entry(event)
    facts = [
        f"{line.label}: {line.old or '—'} → {line.new or '—'}" if line.old is not None else f"{line.label}: {line.new}"
        for line in entry.lines
    ]
    actor = event.actor_name or _("the system")
    return [history.moment(event), actor, str(entry.action), event.object_name, "\n".join(facts)]

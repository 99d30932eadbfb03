"""The audit trail, for those who hold ``audit``: who did what when, from what to what."""

from datetime import datetime, time
from typing import Any, cast

from django import forms
from django.core.paginator import Paginator
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from departments import clock
from departments.models import AuditEvent, User
from departments.permissions import AUDIT, jurisdictions_granted
from minsheng.http import Request
from minsheng.office import excel, history, words

PER_PAGE = 50
MOST_EXPORTED = 20_000


class TrailFilter(forms.Form):
    """It reads the address, so that a filtered trail can be sent on; what is not understood narrows nothing."""

    person = forms.TypedChoiceField(label=gettext_lazy("Person"), required=False, coerce=int, empty_value=None)
    action = forms.ChoiceField(label=gettext_lazy("Action"), required=False)
    since = forms.DateField(
        label=gettext_lazy("From"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    until = forms.DateField(
        label=gettext_lazy("To"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    q = forms.CharField(label=gettext_lazy("Object"), required=False, max_length=100)

    def __init__(self, data: Any, *, events: QuerySet[AuditEvent]) -> None:
        super().__init__(data)
        actors = User.objects.filter(pk__in=events.order_by().values("actor")).order_by("username")
        people = [(actor.pk, _named(actor)) for actor in actors]
        found = set(events.order_by().values_list("action", flat=True).distinct())
        actions = sorted((action, words.ACTIONS.get(action, action)) for action in found)
        cast(forms.ChoiceField, self.fields["person"]).choices = [("", _("All")), *people]
        cast(forms.ChoiceField, self.fields["action"]).choices = [("", _("All")), *actions]

    def narrow(self, events: QuerySet[AuditEvent]) -> QuerySet[AuditEvent]:
        self.is_valid()
        asked = self.cleaned_data
        if asked.get("person"):
            events = events.filter(actor=asked["person"])
        if asked.get("action"):
            events = events.filter(action=asked["action"])
        if asked.get("since"):
            events = events.filter(at__gte=datetime.combine(asked["since"], time.min, clock.ZONE))
        if asked.get("until"):
            events = events.filter(at__lte=datetime.combine(asked["until"], time.max, clock.ZONE))
        if asked.get("q"):
            events = events.filter(object_name__icontains=asked["q"])
        return events


def _trail_of(request: HttpRequest) -> QuerySet[AuditEvent]:
    """The events of the jurisdictions whose trail the person may read, and of what all share; 404 for others."""
    areas = jurisdictions_granted(cast(Request, request).user, AUDIT)
    if not areas.exists():
        raise Http404
    return AuditEvent.objects.filter(Q(jurisdiction__in=areas) | Q(jurisdiction=None))


@require_safe
def trail(request: HttpRequest) -> HttpResponse:
    events = _trail_of(request)
    form = TrailFilter(request.GET, events=events)
    page = Paginator(form.narrow(events), PER_PAGE).get_page(request.GET.get("page"))
    entries = [history.entry(event) for event in page.object_list]
    return render(request, "office/audit.html", {"form": form, "page": page, "entries": entries})


@require_safe
def export(request: HttpRequest) -> HttpResponse:
    """Just the trail the address names, as Excel, newest first."""
    events = _trail_of(request)
    found = TrailFilter(request.GET, events=events).narrow(events)[:MOST_EXPORTED]
    headings = [_("Time"), _("Person"), _("Action"), _("Object"), _("What changed")]
    return excel.download(excel.workbook(headings, map(_row, found)), _("audit trail"))


def _row(event: AuditEvent) -> list[str]:
    entry = history.entry(event)
    facts = [
        f"{line.label}: {line.old or '—'} → {line.new}" if line.old is not None else f"{line.label}: {line.new}"
        for line in entry.lines
    ]
    at = clock.local(event.at).strftime("%Y-%m-%d %H:%M:%S")
    return [at, event.actor_name or _("the system"), str(entry.action), event.object_name, "; ".join(facts)]


def _named(person: User) -> str:
    return _("%(person)s (%(username)s)") % {"person": str(person), "username": person.username}

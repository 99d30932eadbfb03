"""What waits because nobody is there to do it, and rights that wait for a second administrator."""

from collections.abc import Iterator
from typing import Any, Final

from django.db.models import Exists, OuterRef, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from departments import audit, clock
from departments.models import Department, GrantRequest, Jurisdiction, User
from departments.permissions import (
    ADMINISTER,
    FILE_REPORT,
    SUPERVISE,
    is_held,
    is_supervised,
    jurisdictions_granted,
)
from minsheng.filing import slots
from minsheng.office.words import RIGHTS
from minsheng.todo.entries import Entry, Kind, Source, ordered
from projects.filings import contributions_missing, filings
from projects.models import ReportingPeriod, Responsibility, SubItem

ADMINISTRATORS: Final = frozenset({ADMINISTER})
State = GrantRequest.State


def _administered(user: User) -> QuerySet[Any]:
    return jurisdictions_granted(user, ADMINISTER).values("pk")


def _rights(user: User) -> QuerySet[Any]:
    """Requests that this administrator may agree to: neither his own nor for himself."""
    found = GrantRequest.objects.filter(state=State.WAITING, jurisdiction__in=_administered(user))
    return found.exclude(asked_by=user).exclude(person=user)


def _rights_asked(user: User) -> QuerySet[Any]:
    return GrantRequest.objects.filter(state=State.WAITING, jurisdiction__in=_administered(user), asked_by=user)


def _no_filer(user: User) -> QuerySet[Any]:
    """Units that have something to file now, to contribute or to read, and nobody who could."""
    asked = Exists(contributions_missing().filter(department=OuterRef("pk")).order_by())
    reads = Exists(slots.lines_missing().filter(department=OuterRef("pk")).order_by())
    found = Department.objects.filter(_files() | asked | reads, jurisdiction__in=_administered(user))
    return found.exclude(is_held(FILE_REPORT, "pk", "parent"))


def _files() -> Exists:
    """As a condition on units: whether they have a report to file now."""
    return Exists(filings().filter(open_now=True, gone_on=False, department=OuterRef("pk")))


def _no_office(user: User) -> QuerySet[Any]:
    """Jurisdictions that report, and that nobody supervises."""
    opened = ReportingPeriod.objects.filter(programme__jurisdiction=OuterRef("pk"), opens_on__lte=clock.today())
    found = Jurisdiction.objects.filter(Exists(opened), pk__in=_administered(user))
    return found.exclude(is_supervised())


def _no_unit(user: User) -> QuerySet[Any]:
    """Sub-items of open months that no unit files."""
    today = clock.today()
    filing = Responsibility.objects.in_month(OuterRef("month")).filter(
        sub_item=OuterRef(OuterRef("pk")), files=True, department__isnull=False
    )
    unnamed = ReportingPeriod.objects.open_on(today).filter(~Exists(filing), programme=OuterRef("programme"))
    found = SubItem.objects.filter(Exists(unnamed), status=SubItem.Status.ACTIVE)
    offices = jurisdictions_granted(user, SUPERVISE).values("pk")
    return found.filter(programme__jurisdiction__in=offices)


def _read_rights(rows: QuerySet[Any], _user: User) -> Iterator[Entry]:
    for request in rows.select_related("person__department", "asked_by__department", "jurisdiction"):
        words = {"right": RIGHTS.get(request.right, request.right), "where": request.jurisdiction}
        yield Entry(
            title=audit.signature(request.person),
            about=_("%(right)s (%(where)s)") % words,
            url=f"{reverse('office:requests')}?area={request.jurisdiction_id}",
            step=_("Decide"),
            since=request.asked_at,
            why=request.reason,
            who=audit.signature(request.asked_by),
        )


def _read_no_filer(rows: QuerySet[Any], _user: User) -> Iterator[Entry]:
    for unit in rows.annotate(files=_files()).select_related("parent"):
        yield Entry(
            title=unit.full_name,
            url=reverse("office:unit", args=[unit.pk]),
            step=_("Name somebody"),
            since=None,
            note=_("it has reports to file, and no active person may fill them in")
            if unit.files
            else _("it is asked to contribute, and no active person may"),
        )


def _read_no_office(rows: QuerySet[Any], _user: User) -> Iterator[Entry]:
    for area in rows:
        yield Entry(
            title=str(area),
            url=f"{reverse('office:people')}?area={area.pk}",
            step=_("Name somebody"),
            since=None,
            note=_("no active person may approve reports and answer requests"),
        )


def _read_no_unit(rows: QuerySet[Any], _user: User) -> Iterator[Entry]:
    for item in rows.select_related("project"):
        yield Entry(
            title=item.title,
            serial=item.serial,
            about=item.project.name if item.project.name != item.title else "",
            programme=item.programme_id,
            url=reverse("dashboard:sub_item", args=[item.pk]),
            step=_("Look"),
            since=None,
            note=_("no unit files it this month"),
        )


RIGHT: Final = Source(Kind.RIGHT, ADMINISTRATORS, _rights, ordered("asked_at", "pk"), _read_rights)
RIGHT_ASKED: Final = Source(Kind.RIGHT, ADMINISTRATORS, _rights_asked, ordered("asked_at", "pk"), _read_rights)
NO_FILER: Final = Source(Kind.NO_FILER, ADMINISTRATORS, _no_filer, ordered("order", "position", "pk"), _read_no_filer)
NO_OFFICE: Final = Source(Kind.NO_OFFICE, ADMINISTRATORS, _no_office, ordered("path"), _read_no_office)
NO_UNIT: Final = Source(Kind.NO_UNIT, frozenset({SUPERVISE}), _no_unit, ordered("programme", "position"), _read_no_unit)

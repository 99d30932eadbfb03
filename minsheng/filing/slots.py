"""Which reports wait for a person's units. The to-do, its number and the filing page all ask here."""

from datetime import date
from typing import TYPE_CHECKING

from django.db.models import CharField, DateField, Exists, F, OuterRef, Q, TextField, Value
from django.db.models.functions import Cast, Coalesce, Concat

from departments.models import User
from departments.permissions import FILE_REPORT, departments_granted
from funding.models import FundingLine, LineAssignment
from projects.filings import contributions_missing, filings, reopened
from projects.models import ContributionVersion, MonthlyReport, ReportEvent, SubItem
from projects.rules.reports import EDITABLE
from projects.services.reports import submissions

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from projects.filings import Slot


def to_file(user: User) -> "QuerySet[Slot]":
    """What the person's units can file and have not, what was returned to them among it."""
    return _of(user).filter(open_now=True)


def locked(user: User) -> "QuerySet[Slot]":
    """What the person's units have not filed and cannot any more, unless they ask for an exception."""
    return _of(user).filter(open_now=False)


def to_contribute(user: User) -> "QuerySet[Slot]":
    """What the person's units are responsible for besides, in months that are still written, without a word of theirs;
    ``contributing.waiting_for`` lists these too, and assigned money lines that they have not read.
    """
    return contributions_missing().filter(department__in=departments_granted(user, FILE_REPORT).values("pk"))


def lines_of() -> "QuerySet[FundingLine]":
    """The money lines that are read each month (``is_read`` says the same of one) and were ever given to a unit."""
    given = LineAssignment.objects.filter(line=OuterRef("pk"), department__isnull=False)
    lines = FundingLine.objects.filter(Exists(given.order_by()), sub_item__status=SubItem.Status.ACTIVE)
    return lines.filter(year=F("sub_item__programme__year"), rate=None)


def lines_missing() -> "QuerySet[LineAssignment]":
    """Assignments of lines that are read in a month that is written, and to which their ``department`` has submitted
    nothing, or not since a return remarked something at the line (``remarks.unanswered``).

    As ``FundingLine.assigned_in`` says it of one month. One that was approved without them and is reopened asks nobody
    for it again.
    """
    here = {"report__sub_item": OuterRef("sub_item"), "report__period": OuterRef("period")}
    said = ContributionVersion.objects.filter(
        contribution__department=OuterRef(OuterRef("department")),
        contribution__report__sub_item=OuterRef("sub_item"),
        contribution__report__period=OuterRef("period"),
    ).exclude(Exists(_taken_back()))
    again = reopened().filter(sub_item=OuterRef("sub_item"), period=OuterRef("period"))
    written = filings().filter(
        open_now=True,
        gone_on=False,
        sub_item=OuterRef("line__sub_item"),
        department__isnull=False,
        month__gte=OuterRef("since"),
        month__lte=Coalesce(OuterRef("until"), Value(date.max), output_field=DateField()),
    )
    written = written.exclude(Exists(submissions().filter(**here, pk__lte=OuterRef(OuterRef("after"))).order_by()))
    silent = ~Exists(said.order_by()) & ~Exists(again.order_by())
    waiting = written.exclude(Exists(_later())).filter(silent | Exists(_remarked().order_by()))
    key = Concat(Value('"money_'), Cast("line", CharField()), Value('"'), output_field=TextField())
    given = LineAssignment.objects.filter(line__in=lines_of(), department__isnull=False).annotate(key=key)
    return given.filter(Exists(waiting.exclude(department=OuterRef("department")).order_by()))


def _taken_back() -> "QuerySet[LineAssignment]":
    """Of a version, inside a question about a month and an assignment: that the line was taken back in it since."""
    return LineAssignment.objects.filter(
        Q(until=None) | Q(until__gte=OuterRef(OuterRef("month"))),
        line=OuterRef(OuterRef(OuterRef("line"))),
        department=None,
        since__lte=OuterRef(OuterRef("month")),
        after_version__gte=OuterRef("pk"),
    ).order_by()


def _later() -> "QuerySet[LineAssignment]":
    """Of a month, inside a question about an assignment: later ones of the same line that hold in the month."""
    first = submissions().filter(
        report__sub_item=OuterRef(OuterRef("sub_item")),
        report__period=OuterRef(OuterRef("period")),
        pk__lte=OuterRef("after"),
    )
    later = LineAssignment.objects.filter(
        Q(until=None) | Q(until__gte=OuterRef("month")),
        line=OuterRef(OuterRef("line")),
        pk__gt=OuterRef(OuterRef("pk")),
        since__lte=OuterRef("month"),
    )
    return later.exclude(Exists(first.order_by()), department__isnull=False).order_by()


def _remarked() -> "QuerySet[ReportEvent]":
    """Of a month, inside a question about a line (``key`` is how a remark names it): returns since the last approval
    that remark something at the line, and after which its unit has submitted nothing, as ``remarks.unanswered`` says.
    """
    state = MonthlyReport.State
    event = {"contribution__report": OuterRef("report"), "after__gte": OuterRef("pk")}
    answered = ContributionVersion.objects.filter(
        **event, contribution__department=OuterRef(OuterRef(OuterRef("department")))
    )
    later = ReportEvent.objects.filter(report=OuterRef("report"), pk__gt=OuterRef("pk"), to_state=state.APPROVED)
    returns = ReportEvent.objects.annotate(said=Cast("remarks", TextField())).filter(
        report__sub_item=OuterRef("sub_item"),
        report__period=OuterRef("period"),
        report__state__in=EDITABLE,  # let go since, perhaps
        to_state=state.RETURNED,
        said__contains=OuterRef(OuterRef("key")),
    )
    return returns.exclude(Exists(answered.order_by())).exclude(Exists(later.order_by()))


def _of(user: User) -> "QuerySet[Slot]":
    return filings().filter(gone_on=False, department__in=departments_granted(user, FILE_REPORT).values("pk"))

"""What waits for a person, as the numbers in the navigation: one query each, the same count as the page has."""

from django.db.models import Exists, F, OuterRef, Q

from departments import clock
from departments.models import User
from departments.permissions import FILE_REPORT, departments_granted
from minsheng.review.services import reviewable
from projects.models import FilingException, MonthlyReport, Responsibility, SubItem

State = MonthlyReport.State
PERIOD = "sub_item__programme__periods"


def to_file(user: User) -> int:
    """Reports that the person's units have to file in the months that are open: those of ``due_months`` that wait."""
    today = clock.today()
    month = F(f"{PERIOD}__month")
    filing = Responsibility.objects.filter(
        Q(since=None) | Q(since__lte=month),
        Q(until=None) | Q(until__gte=month),
        **{f"{PERIOD}__opens_on__lte": today},
        files=True,
        department__in=departments_granted(user, FILE_REPORT).values("pk"),
        sub_item__status=SubItem.Status.ACTIVE,
    ).annotate(period=F(f"{PERIOD}__pk"), locks_on=F(f"{PERIOD}__locks_on"))
    excepted = FilingException.objects.filter(
        Q(sub_item=None) | Q(sub_item=OuterRef("sub_item")),
        Q(department=None) | Q(department=OuterRef("department")) | Q(department=OuterRef("department__parent")),
        period=OuterRef("period"),
        until__gte=today,
    )
    gone_on = MonthlyReport.objects.filter(period=OuterRef("period"), sub_item=OuterRef("sub_item")).exclude(
        state__in=(State.DRAFT, State.RETURNED)
    )
    return filing.filter(Q(locks_on__gt=today) | Exists(excepted)).exclude(Exists(gone_on)).count()


def to_review(user: User) -> int:
    """Reports that wait for the person's decision."""
    return reviewable(user).count()

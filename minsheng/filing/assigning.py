"""Who may say which unit reads a money line, and which units it may be."""

from datetime import date
from typing import Any

from django.db.models import Case, IntegerField, Q, Value, When

from departments import clock
from departments.models import Department, User
from departments.permissions import FILE_REPORT, SUPERVISE, departments_granted, has_grant
from funding.models import FundingLine
from projects.models import Programme, ReportingPeriod, Responsibility, SubItem


def may_assign(user: User, sub_item: SubItem, month: date | None = None) -> bool:
    """The unit that files the report of ``month`` (``month_of``) answers for all its figures, so it says who reads them
    from that month on; so may the office. A unit to which the sub-item was handed over decides for its own months only.
    """
    if has_grant(user, SUPERVISE, sub_item.programme.jurisdiction):
        return True
    mine = departments_granted(user, FILE_REPORT).values("pk")
    filing = Responsibility.objects.in_month(month or month_of(sub_item.programme))
    return filing.filter(sub_item=sub_item, files=True, department__in=mine).exists()


def decides_until(user: User, sub_item: SubItem, month: date) -> date | None:
    """The last month that a unit of ``user`` files from ``month`` on: it decides up to then. The office has no end."""
    if has_grant(user, SUPERVISE, sub_item.programme.jurisdiction):
        return None
    mine = departments_granted(user, FILE_REPORT).values("pk")
    filing = Responsibility.objects.in_month(month).filter(sub_item=sub_item, files=True, department__in=mine)
    return filing.values_list("until", flat=True).first()


def month_of(programme: Programme, asked: str = "") -> date:
    """The month from which on a line is assigned: the one that was ``asked`` for (2023-10), else the newest that has
    opened. Raises ``ValueError`` where it is none that has opened.
    """
    opened = ReportingPeriod.objects.filter(programme=programme, opens_on__lte=clock.today())
    months = opened.order_by("-month").values_list("month", flat=True)
    if not asked:
        return months.first() or clock.today().replace(day=1)
    month = date.fromisoformat(f"{asked}-01")
    if month not in months:
        raise ValueError(asked)
    return month


def eligible(line: FundingLine, filing: Department | None, month: date) -> Any:
    """Units and sections that still exist, those responsible in the month first; never the one that files."""
    responsible = Responsibility.objects.in_month(month).filter(sub_item=line.sub_item_id).values("department")
    near = Case(When(pk__in=responsible, then=Value(0)), default=Value(1), output_field=IntegerField())
    units = Department.objects.active(clock.today()).filter(jurisdiction=line.sub_item.programme.jurisdiction)
    reader = line.reader_in(month)
    kept = Q(pk=reader.pk if reader else None)
    others = units.exclude(pk=filing.pk) if filing else units
    return (others | Department.objects.filter(kept)).select_related("parent").order_by(near, "order", "position", "pk")

"""Who may say which unit reads a money line, and which units it may be."""

from typing import Any

from django.db.models import Case, IntegerField, Q, Value, When

from departments import clock
from departments.models import Department, User
from departments.permissions import FILE_REPORT, SUPERVISE, departments_granted, has_grant
from funding.models import FundingLine
from projects.models import Responsibility, SubItem


def may_assign(user: User, sub_item: SubItem) -> bool:
    """The unit that files the report answers for all its figures, so it says who reads them; so may the office."""
    if has_grant(user, SUPERVISE, sub_item.programme.jurisdiction):
        return True
    mine = departments_granted(user, FILE_REPORT).values("pk")
    return Responsibility.objects.current().filter(sub_item=sub_item, files=True, department__in=mine).exists()


def eligible(line: FundingLine, filing: Department | None) -> Any:
    """Units and sections that still exist, the responsible ones first; never the one that files."""
    responsible = Responsibility.objects.current().filter(sub_item=line.sub_item_id).values("department")
    near = Case(When(pk__in=responsible, then=Value(0)), default=Value(1), output_field=IntegerField())
    units = Department.objects.active(clock.today()).filter(jurisdiction=line.sub_item.programme.jurisdiction)
    kept = Q(pk=line.department_id)
    others = units.exclude(pk=filing.pk) if filing else units
    return (others | Department.objects.filter(kept)).select_related("parent").order_by(near, "order", "position", "pk")

"""What responsible units add to the filing unit's monthly report, each in its own name (协办情况)."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from departments import audit, clock
from departments.errors import Conflict, DomainError
from departments.models import Department, User
from projects.models import Contribution, ContributionReading, MonthlyReport, Responsibility, SubItem
from projects.rules.reports import EDITABLE
from projects.services import reports

State = Contribution.State


def contributing(sub_item: SubItem, month: date) -> list[Responsibility]:
    """Who may add to the report of the month that begins on ``month``: every unit responsible in it but the filing one,
    in the plan's order, leads first.
    """
    return list(
        Responsibility.objects.in_month(month)
        .filter(sub_item=sub_item, files=False, department__isnull=False)
        .select_related("department__parent")
        .order_by("-role", "order", "pk")
    )


@transaction.atomic
def write(
    report: MonthlyReport,
    unit: Department,
    *,
    by: User,
    text: str,
    shares: Mapping[int, Decimal | None],
    seen_version: int,
    submit: bool,
) -> Contribution:
    """``unit``'s text and its shares of the target figures, over the version ``seen_version`` and no other.

    The caller holds the lock on ``report``, which its unit is still writing. What was submitted stays submitted.
    """
    reports.lock(report, allowed=EDITABLE)
    found = Contribution.objects.filter(report=report, department=unit).select_related("author").first()
    if (found.version if found else 0) != seen_version:
        raise Conflict(
            _("%(who)s changed this at %(when)s. Nothing was overwritten: compare both texts, then save again.")
            % {
                "who": audit.signature(found.author) if found else "",
                "when": f"{clock.local(found.written_at):%H:%M}" if found else "",
            }
        )
    if not any(one.department_id == unit.pk for one in contributing(report.sub_item, report.period.month)):
        raise DomainError(_("This unit is not responsible for the sub-item in this month."))
    contribution = found or Contribution(report=report, department=unit, department_name=unit.full_name)
    contribution.author, contribution.text, contribution.written_at = by, text, clock.now()
    contribution.version = seen_version + 1
    if submit:
        contribution.state = State.SUBMITTED
    contribution.save()
    for target, value in shares.items():
        if value is None:
            ContributionReading.objects.filter(contribution=contribution, target_id=target).delete()
        else:
            ContributionReading.objects.update_or_create(
                contribution=contribution, target_id=target, defaults={"value": value}
            )
    if submit:
        audit.record(
            "contribution.submit",
            report,
            by=by,
            jurisdiction=report.sub_item.programme.jurisdiction,
            unit=unit.full_name,
            text=text,
            shares={str(key): None if value is None else f"{value:f}" for key, value in shares.items()},
        )
    return contribution

"""What responsible units add to the filing unit's monthly report, each in its own name (协办情况): bare, locked steps.

What a contribution means is composed in ``minsheng/filing``; no view calls these.
"""

from collections.abc import Collection, Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from departments import audit, clock
from departments.errors import Conflict
from departments.models import Department, User
from projects.models import (
    Contribution,
    ContributionReading,
    ContributionVersion,
    MonthlyReport,
    Responsibility,
    SubItem,
    Taking,
    Target,
)
from projects.rules.reports import EDITABLE
from projects.services import reports


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
    reason: str = "",
    shares: Mapping[int, Decimal | None],
    seen_version: int,
    changed: Collection[str] = (),
    form: str = "",
) -> Contribution:
    """``unit``'s text, its shares of the target figures and why its amounts fell, over the version ``seen_version`` of
    its desk and no other.

    The filing unit must still be writing. ``changed`` are the fields that become others, written by ``form``.
    """
    reports.lock(report, allowed=EDITABLE)
    contribution = Contribution.objects.filter(report=report, department=unit).first() or Contribution(
        report=report, department=unit, department_name=unit.full_name
    )
    if contribution.version != seen_version:
        raise Conflict(_("This was changed meanwhile. Nothing was overwritten: load the page again."))
    contribution.author, contribution.text, contribution.written_at = by, text, clock.now()
    contribution.reason = reason
    contribution.version += 1
    mark = {"by": audit.signature(by), "person": str(by.pk), "at": clock.now().isoformat(), "form": form}
    contribution.edits = {**contribution.edits, **dict.fromkeys(changed, mark)}
    contribution.save()
    for target, value in shares.items():
        if value is None:
            ContributionReading.objects.filter(contribution=contribution, target_id=target).delete()
        else:
            ContributionReading.objects.update_or_create(
                contribution=contribution, target_id=target, defaults={"value": value}
            )
    return contribution


@transaction.atomic
def submit(contribution: Contribution, *, by: User, snapshot: dict[str, Any]) -> ContributionVersion:
    """Show to the others what the unit's desk says: a version that stays, with its author and time."""
    report = contribution.report
    reports.lock(report, allowed=EDITABLE)
    number = contribution.versions.count() + 1
    newest = report.events.order_by("pk").last()
    version = ContributionVersion.objects.create(
        contribution=contribution,
        number=number,
        author=by,
        author_name=audit.signature(by),
        at=clock.now(),
        after=newest.pk if newest else 0,
        snapshot=snapshot,
    )
    contribution.state = Contribution.State.SUBMITTED
    contribution.save(update_fields=["state"])
    return version


@transaction.atomic
def take(
    report: MonthlyReport, versions: Iterable[ContributionVersion], target: Target | None, *, by: User, form: str
) -> None:
    """Note that the texts (``target`` none) or the shares of ``versions`` were taken over into the report."""
    reports.lock(report, allowed=EDITABLE)
    Taking.objects.bulk_create(
        Taking(version=one, target=target, by=by, by_name=audit.signature(by), at=clock.now(), form=form)
        for one in versions
    )

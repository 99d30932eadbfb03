"""Who reads a money line each month: the filing unit, or another unit to which it was assigned (财政金融局)."""

from datetime import date
from decimal import Decimal
from typing import Final

from django.db import transaction
from django.utils.translation import gettext as _

from departments import audit, clock, locks
from departments.errors import Conflict, DomainError
from departments.models import Department, User
from funding.models import FundingLine, FundingReading
from funding.services.readings import is_read
from projects.models import Contribution, ReportEvent, Responsibility, SubItem
from projects.rules.reports import EDITABLE
from projects.services.reports import filing_unit, first_submission

STAGES: Final = ("applied", "secured", "spent")


@transaction.atomic
def assign(line: FundingLine, unit: Department | None, *, by: User, seen: Department | None, month: date) -> bool:
    """Let ``unit`` read ``line`` from the report of ``month`` on, or (``None``) the filing unit again; whether that is
    a change. To its present reader it may be given from an earlier month on.

    ``seen`` is who was to read it when this was decided; where that has become another, nothing is changed. Reports
    that were submitted stay as they are, and the filing unit's where they are written again. A line that comes back
    begins, in reports that are still written, with what the other unit submitted of it.
    """
    locks.hold(SubItem, line.sub_item_id)
    sub_item = SubItem.objects.select_related("programme__jurisdiction").get(pk=line.sub_item_id)
    line.refresh_from_db(from_queryset=FundingLine.every.select_related("department", "source"))
    before = line.department
    if before == unit and (line.assigned_from is None or month >= line.assigned_from):
        return False
    if before != seen:
        raise Conflict(
            _("Meanwhile the line was given to %(unit)s (%(who)s). Nothing was changed: look again.")
            % {"unit": before.full_name if before else _("the filing unit"), "who": line.assigned_by_name or "—"}
        )
    _check(line, sub_item, unit, month)
    replaced = _bring_back(line, before) if before not in (None, unit) else []
    line.department, line.assigned_at, line.assigned_by_name = unit, clock.now(), audit.signature(by)
    if before != unit:  # to its present reader: what that has read since stays its own
        newest = ReportEvent.objects.filter(report__sub_item=sub_item).order_by("pk").last()
        line.assigned_after = (newest.pk if newest else 0) if unit else None
    line.assigned_from = month if unit else None
    line.save(update_fields=["department", "assigned_at", "assigned_from", "assigned_after", "assigned_by_name"])
    audit.record(
        "line.assign" if unit else "line.take_back",
        line,
        by=by,
        jurisdiction=sub_item.programme.jurisdiction,
        sub_item=str(sub_item),
        changed={"reader": [before.full_name if before else "", unit.full_name if unit else ""]},
        month=f"{month:%Y-%m}",
        replaced="; ".join(replaced),
    )
    return True


def _check(line: FundingLine, sub_item: SubItem, unit: Department | None, month: date) -> None:
    if sub_item.status != SubItem.Status.ACTIVE:
        raise DomainError(_("A sub-item that is closed or withdrawn is not reported any more."))
    if line.superseded_at is not None or not is_read(line, sub_item.programme.year):
        raise DomainError(_("This line is not read each month."))
    if unit is None:
        return
    if unit.jurisdiction_id != sub_item.programme.jurisdiction_id:
        raise DomainError(_("A line is read by a unit of the programme's own jurisdiction."))
    if unit.active_until is not None and unit.active_until < clock.today():
        raise DomainError(_("%(unit)s has ended.") % {"unit": unit.full_name})
    if Responsibility.objects.in_month(month).filter(sub_item=sub_item, files=True, department=unit).exists():
        raise DomainError(_("%(unit)s files the report and reads the line by itself.") % {"unit": unit.full_name})


def begin_filing(sub_item: SubItem, unit: Department, *, since: date) -> None:
    """What ``unit`` has read of lines assigned to it stands in the drafts of the months it files from ``since`` on:
    its word on them does not wait on a desk that it has left. The caller holds the lock on ``sub_item``.
    """
    for line in FundingLine.objects.filter(sub_item=sub_item, department=unit).select_related("sub_item"):
        _bring_back(line, unit, begins=since)


def _bring_back(line: FundingLine, before: Department | None, *, begins: date | None = None) -> list[str]:
    """What ``before`` submitted of the line stands in the drafts of months that are still written; what it only drafted
    stays on its desk. ``begins``: only of months from then on, which it files itself. Gives the amounts that drafts
    held until then, with their months.
    """
    replaced = []
    theirs = Contribution.objects.filter(department=before, report__sub_item=line.sub_item_id).order_by("report")
    if begins is not None:
        theirs = theirs.filter(report__period__month__gte=begins)
    for one in theirs.filter(report__state__in=EDITABLE).select_related("report__period"):
        report = one.report
        locks.again(report)
        newest = one.versions.last()
        money = newest.snapshot.get("money", ()) if newest else ()
        said = next((entry for entry in money if entry["id"] == line.pk), None)
        if said is None or report.state not in EDITABLE:
            continue
        if line.reader_in(report.period.month, first_submission(report)) != before:
            continue
        if not begins and filing_unit(line.sub_item, report.period.month) == before:
            continue  # it files the month by now, and what stands in the draft is its own
        amounts = {stage: None if said[stage] is None else Decimal(said[stage]) for stage in STAGES}
        held = FundingReading.objects.filter(report=report, line=line).first()
        stood = {stage: getattr(held, stage) for stage in STAGES} if held else amounts
        if stood != amounts:
            amounts_held = " / ".join("—" if stood[stage] is None else str(stood[stage]) for stage in STAGES)
            replaced.append(f"{report.period.month:%Y-%m}: {amounts_held}")
        FundingReading.objects.update_or_create(report=report, line=line, defaults=amounts)
    return replaced

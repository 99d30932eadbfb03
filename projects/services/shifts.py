"""Hand-overs: who is responsible from a month on, with who was until then left readable."""

from collections import defaultdict
from collections.abc import Collection, Hashable, Iterable, Sequence
from datetime import date
from typing import Any

from django.db.models import Max
from django.utils.translation import gettext as _

from departments import clock
from departments.bulk import update_rows
from departments.errors import DomainError
from projects.models import MonthlyReport, Programme, Responsibility, SubItem
from projects.services.parts import pair
from projects.services.plans import ROWS_AT_ONCE, Parts


def month_after(month: date) -> date:
    return date(month.year + month.month // 12, month.month % 12 + 1, 1)


def month_before(month: date) -> date:
    return date(month.year - (month.month == 1), (month.month - 2) % 12 + 1, 1)


def earliest(sub_items: Collection[SubItem]) -> dict[int, date]:
    """The first month from which each may be handed over, by its key: after the last month with a report, and not
    before the last hand-over. Two queries. One that is missing may be handed over from any month.

    A report that only another unit's contribution began, and that nobody has written yet, is none.
    """
    return _earliest(sub_item__in=[one.pk for one in sub_items])


def earliest_in(programme: Programme) -> dict[int, date]:
    """The same for all sub-items of a programme."""
    return _earliest(sub_item__programme=programme)


def _earliest(**of: Any) -> dict[int, date]:
    written = MonthlyReport.objects.filter(**of).exclude(state=MonthlyReport.State.DRAFT, version=0)
    reports = written.order_by().values_list("sub_item")
    found = {pk: month_after(month) for pk, month in reports.annotate(Max("period__month"))}
    since = Responsibility.objects.current().filter(**of, since__isnull=False).order_by()
    for pk, month in since.values_list("sub_item").annotate(Max("since")):
        found[pk] = max(found.get(pk, month), month)
    return found


def proposed(earliest_month: date | None) -> date:
    """The month that is proposed for a hand-over: the present one, or the first that is possible."""
    present = clock.today().replace(day=1)
    return max(present, earliest_month or present)


def write(shifts: Sequence[tuple[SubItem, Parts, date | None]]) -> None:
    """End the responsibilities that the parts no longer state, and begin those they state anew, from a month on.

    Raises ``DomainError`` without a month, or where the month was reported on or lies before the last hand-over.
    """
    if not shifts:
        return
    _check(shifts)
    present: dict[int, list[Responsibility]] = defaultdict(list)
    for row in Responsibility.objects.current().filter(sub_item__in=[one.pk for one, _parts, _since in shifts]):
        present[row.sub_item_id].append(row)
    kept, ended, gone, come = [], [], [], []
    for sub_item, parts, since in shifts:
        both, old, new = pair(present[sub_item.pk], parts.responsibilities, _same)
        for row, wanted in both:
            row.order, row.stated_as, row.group_origin = wanted.order, wanted.stated_as, wanted.group_origin
            kept.append(row)
        for row in old:
            if since and row.since == since:  # it never began
                gone.append(row.pk)
            else:
                row.until = month_before(since) if since else None
                ended.append(row)
        for row in new:
            row.since = since
            come.append(row)
    Responsibility.objects.filter(pk__in=gone).delete()
    update_rows(ended, ["until"])
    update_rows(kept, ["order", "stated_as", "group_origin"])
    Responsibility.objects.bulk_create(come, batch_size=ROWS_AT_ONCE)


def _same(row: Responsibility) -> Hashable:
    """The same unit in the same part; of what nobody has named yet, the same words."""
    return row.department_id, row.role, row.files, "" if row.department_id else row.stated_as


def _check(shifts: Iterable[tuple[SubItem, Parts, date | None]]) -> None:
    shifts = list(shifts)
    first = earliest([sub_item for sub_item, _parts, _since in shifts])
    for sub_item, parts, since in shifts:
        if sum(row.files for row in parts.responsibilities) != 1:
            raise DomainError(_("Each sub-item needs exactly one unit that files its reports."))
        if since is None:
            raise DomainError(
                _("%(sub_item)s: say from which month the new units are responsible.") % {"sub_item": sub_item}
            )
        possible = first.get(sub_item.pk)
        if possible and since < possible:
            raise DomainError(
                _("%(sub_item)s was reported on, or handed over, until then: new units may take over from %(month)s.")
                % {"sub_item": sub_item, "month": possible.strftime("%Y-%m")}
            )

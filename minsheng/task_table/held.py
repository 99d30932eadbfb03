"""A batch held for one transaction, in the state and at the version that a step needs."""

from collections.abc import Collection

from django.utils.translation import gettext as _

from departments import locks
from departments.errors import Conflict, IllegalTransition
from minsheng.task_table.models import ImportBatch


class OtherSheet(Conflict):
    """What is said speaks of rows of a sheet that is no longer the one that was read."""


def lock(
    batch: ImportBatch, allowed: Collection[str], *, version: int | None = None, sheet: str | None = None
) -> ImportBatch:
    """The batch as it now stands, held for this transaction; refused where it is in no allowed state, or where another
    sheet than ``sheet`` was read since: a row of the same number is another row then.
    """
    locked = locks.held(ImportBatch.objects.all()).get(pk=batch.pk)
    if locked.state not in allowed:
        raise not_possible(locked)
    same_version(locked, version)
    same_sheet(locked, sheet)
    return locked


def not_possible(batch: ImportBatch) -> IllegalTransition:
    return IllegalTransition(
        _("This import is “%(state)s”: the step is not possible.") % {"state": batch.get_state_display()}
    )


def same_version(batch: ImportBatch, version: int | None) -> None:
    if version is not None and version != batch.version:
        raise Conflict(_("This import has changed since your page was shown. Look at it again, then confirm."))


def same_sheet(batch: ImportBatch, sheet: str | None) -> None:
    if sheet is not None and sheet != batch.sheet_read:
        raise other_sheet(batch, sheet)


def other_sheet(batch: ImportBatch, sheet: str) -> OtherSheet:
    text = _("Another sheet was read meanwhile: “%(now)s” instead of “%(sheet)s”. Nothing was kept; look at its rows.")
    return OtherSheet(text % {"now": batch.sheet_read, "sheet": sheet})

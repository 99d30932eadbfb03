"""Row locks, and the one order in which all services take them.

Two transactions that lock the same rows in opposite orders wait for each other, and PostgreSQL ends one of them. So
every service locks downwards in ``ORDER`` and, of one table, by key; it leaves out what it does not need, and locks
before it reads what it decides on:

- a staged import, then the jurisdiction it is for: imports of one jurisdiction come one after the other;
- a request for a right, then the person, then grants;
- the programme: whoever opens, locks or moves its periods, or writes its sub-items as a whole;
- its periods, then its sub-items, then their reports. Whoever takes a step of a report, writes its text, adds a
  contribution or keeps a figure has locked the sub-item: what concerns one sub-item comes one after the other;
- an exception from a period's lock, then requests for one, come last.

Rows are locked against other writers only (``FOR NO KEY UPDATE``): to refer to a locked row, as each step and each
audit event does to its jurisdiction, waits for nobody. SQLite takes one lock for all of it, as a transaction begins.
``tests/lock_order.py`` watches the order in every test on PostgreSQL.
"""

from typing import Final, TypeVar

from django.db import models

ORDER: Final = (
    "minsheng_importbatch",
    "departments_jurisdiction",
    "departments_grantrequest",
    "departments_user",
    "departments_jurisdictionusergrant",
    "projects_programme",
    "projects_reportingperiod",
    "projects_subitem",
    "projects_monthlyreport",
    "projects_filingexception",
    "projects_exceptionrequest",
)

M = TypeVar("M", bound=models.Model)


def held(rows: "models.QuerySet[M]") -> "models.QuerySet[M]":
    """``rows``, each locked for this transaction as it is read, in the order of their keys."""
    return rows.order_by("pk").select_for_update(of=("self",), no_key=True)


def hold(model: type[models.Model], pk: int) -> None:
    """Lock a row without reading it; whoever was before has finished now. Raises ``DoesNotExist`` where it is gone."""
    held(model._default_manager.filter(pk=pk)).values_list("pk").get()


def again(row: models.Model) -> None:
    """Read ``row`` again, locked: as whoever was before left it."""
    row.refresh_from_db(from_queryset=held(type(row)._default_manager.all()))

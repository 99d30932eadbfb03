"""Task tables that were read and wait to be confirmed."""

from collections.abc import Iterator
from typing import Any, Final

from django.db.models import Count, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from departments import audit
from departments.models import User
from departments.permissions import IMPORT_TABLE, jurisdictions_granted
from minsheng.task_table.models import ImportBatch
from minsheng.todo.entries import Entry, Kind, Source, ordered


def _staged(user: User) -> QuerySet[Any]:
    mine = jurisdictions_granted(user, IMPORT_TABLE).values("pk")
    return ImportBatch.objects.filter(jurisdiction__in=mine, state=ImportBatch.State.STAGED)


def _read(rows: QuerySet[Any], _user: User) -> Iterator[Entry]:
    counted = rows.annotate(tasks=Count("rows", filter=Q(rows__left_out={})))
    for batch in counted.select_related("jurisdiction", "update", "uploaded_by__department"):
        note = ngettext(
            "%(count)d row read; nothing is imported before it is confirmed",
            "%(count)d rows read; nothing is imported before it is confirmed",
            batch.tasks,
        )
        yield Entry(
            title=batch.programme_title,
            about=batch.file_name,
            url=reverse("task_table:again" if batch.is_update else "task_table:batch", args=[batch.pk]),
            step=_("Check and confirm"),
            since=batch.uploaded_at,
            who=audit.signature(batch.uploaded_by),
            note=note % {"count": batch.tasks},
        )


STAGED: Final = Source(
    Kind.IMPORT,
    frozenset({IMPORT_TABLE}),
    _staged,
    ordered("uploaded_at", "pk"),
    _read,
    "task_table:batches",
    gettext_lazy("All tables"),
)

"""What goes with a programme when its import is undone: corrections made since, and later tables that wait."""

from dataclasses import dataclass
from typing import Final

from minsheng.task_table.models import ImportBatch
from projects.models import Programme, SubItemRevision

MOST_NAMED: Final = 20


@dataclass(frozen=True)
class GoesWith:
    """``corrections`` made since, of which the newest are named; ``waiting`` are tables that were to change it, and
    that are tables of a programme of their own afterwards.
    """

    corrections: int
    newest: list[SubItemRevision]
    waiting: list[ImportBatch]

    @property
    def mark(self) -> str:
        """What was shown of it, in short."""
        return ".".join([str(self.corrections), *(str(one.pk) for one in self.waiting)])


def goes_with(programme: Programme) -> GoesWith:
    """Three queries."""
    since = SubItemRevision.objects.filter(sub_item__programme=programme, number__gt=1).order_by("-at", "-pk")
    newest = list(since.select_related("sub_item__project", "by__department")[:MOST_NAMED])
    staged = ImportBatch.objects.filter(update__programme=programme, state=ImportBatch.State.STAGED)
    waiting = list(staged.select_related("jurisdiction", "uploaded_by__department").order_by("uploaded_at", "pk"))
    return GoesWith(since.count() if len(newest) == MOST_NAMED else len(newest), newest, waiting)

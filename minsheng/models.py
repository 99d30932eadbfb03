"""What the portal keeps for itself, arranged by job like its pages."""

from minsheng.task_table.again.models import TableUpdate
from minsheng.task_table.models import ImportBatch, StagedRow

__all__ = ["ImportBatch", "StagedRow", "TableUpdate"]

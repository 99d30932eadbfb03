"""What the portal keeps for itself, arranged by job like its pages."""

from minsheng.task_table.again.models import TableUpdate
from minsheng.task_table.models import ColumnMemory, ImportBatch, ImportDecision, StagedRow

__all__ = ["ColumnMemory", "ImportBatch", "ImportDecision", "StagedRow", "TableUpdate"]

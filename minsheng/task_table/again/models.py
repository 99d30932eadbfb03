from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from minsheng.task_table.models import ImportBatch
from projects.models import Programme


class TableUpdate(models.Model):
    """A staged table that changes ``programme`` rather than making one, with what people said of it so far.

    ``rows`` is by row of the sheet, as places move where a row is taken in: ``match`` (key of the sub-item, 0 for a new
    one), ``refused`` (fields that stay as they are), ``month`` (from which a hand-over holds, YYYY-MM). Where the table
    is read again it holds of rows that are read as before (``again.carried``). ``missing`` is by key of a sub-item that
    the table no longer names: ``act`` (withdraw or keep) and ``reason``. Each change counts in the batch's version.
    """

    batch = models.OneToOneField(ImportBatch, on_delete=models.CASCADE, primary_key=True, related_name="update")
    programme = models.ForeignKey(Programme, on_delete=models.CASCADE, related_name="updates")
    rows = models.JSONField(default=dict)
    missing = models.JSONField(default=dict)
    reason = models.TextField(_("reason"), blank=True)
    document = models.CharField(_("authorising document"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("update of a programme")
        verbose_name_plural = _("updates of programmes")
        ordering: ClassVar = ["batch"]

    def __str__(self) -> str:
        return f"{self.batch}"

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from departments.models import Jurisdiction
from projects.models import Programme
from projects.models.programme import programme_title


class ImportBatch(models.Model):
    """A task table as it was read, waiting for a person to confirm it; afterwards the record of what he did.

    ``document`` is what the reading says of the table as a whole; its rows are ``StagedRow``. ``version`` counts
    decisions, so that nobody confirms what he has not seen. The file is kept, whatever becomes of the batch.
    """

    class State(models.TextChoices):
        STAGED = "staged", _("to be confirmed")
        COMMITTED = "committed", _("imported")
        UNDONE = "undone", _("undone")
        DISCARDED = "discarded", _("discarded")

    jurisdiction = models.ForeignKey(
        Jurisdiction, on_delete=models.PROTECT, related_name="import_batches", verbose_name=_("jurisdiction")
    )
    year = models.PositiveSmallIntegerField(_("year"))
    programme_name = models.CharField(_("programme"), max_length=60)
    file = models.FileField(_("file"), upload_to="task_tables/%Y/")
    file_name = models.CharField(_("name of the file"), max_length=200)
    sha256 = models.CharField(max_length=64, editable=False)
    size = models.PositiveBigIntegerField(_("size"))
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.STAGED)
    document = models.JSONField(_("what was read of the table"), default=dict)
    version = models.PositiveIntegerField(default=0)
    programme = models.ForeignKey(
        Programme, on_delete=models.PROTECT, null=True, related_name="import_batches", verbose_name=_("programme")
    )
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    uploaded_at = models.DateTimeField(_("uploaded at"))
    committed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    committed_at = models.DateTimeField(_("confirmed at"), null=True)
    ended_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    ended_at = models.DateTimeField(_("undone or discarded at"), null=True)
    ended_reason = models.TextField(_("reason"), blank=True)

    class Meta:
        verbose_name = _("imported table")
        verbose_name_plural = _("imported tables")
        ordering: ClassVar = ["-uploaded_at", "-pk"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(state="committed", programme__isnull=False) | (~Q(state="committed") & Q(programme=None)),
                name="committed_batch_has_its_programme",
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["jurisdiction", "-uploaded_at"], name="batches_by_jurisdiction")]

    def __str__(self) -> str:
        return f"{self.programme_title} {self.file_name}"

    @property
    def programme_title(self) -> str:
        return programme_title(self.jurisdiction, self.year, self.programme_name)

    @property
    def is_staged(self) -> bool:
        return self.state == self.State.STAGED

    @property
    def is_update(self) -> bool:
        """Whether the table changes a programme that is there, rather than making one."""
        return hasattr(self, "update")

    @property
    def is_committed(self) -> bool:
        return self.state == self.State.COMMITTED


class StagedRow(models.Model):
    """One row of the table as it was read and will be written.

    ``reading`` is the row's reading, ``units`` what its names meant when it was read (``match.Match``, leads then
    assisting units), ``decisions`` what people said since: ``{"filing": key, "named": {written: [keys]}}``.
    """

    batch = models.ForeignKey(ImportBatch, on_delete=models.CASCADE, related_name="rows")
    position = models.PositiveIntegerField(_("position"))
    row = models.PositiveIntegerField(_("row in the sheet"))
    reading = models.JSONField(_("reading"))
    units = models.JSONField(_("units"), default=dict)
    decisions = models.JSONField(_("decisions"), default=dict)

    class Meta:
        verbose_name = _("staged row")
        verbose_name_plural = _("staged rows")
        ordering: ClassVar = ["batch", "position"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["batch", "position"], name="staged_row_position_unique")
        ]

    def __str__(self) -> str:
        return f"{self.batch} {self.row}"

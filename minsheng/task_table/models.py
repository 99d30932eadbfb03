from collections.abc import Callable
from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from departments.models import Jurisdiction
from departments.plain_json import PlainJSONField
from minsheng.task_table.kept import ReadingField
from minsheng.task_table.result import JoinedTable
from projects.models import Programme, SubItem
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
        Jurisdiction,
        on_delete=models.PROTECT,
        related_name="import_batches",
        verbose_name=_("jurisdiction"),
        db_index=False,
    )
    year = models.PositiveSmallIntegerField(_("year"))
    programme_name = models.CharField(_("programme"), max_length=60)
    file = models.FileField(_("file"), upload_to="task_tables/%Y/")
    file_name = models.CharField(_("name of the file"), max_length=200)
    sha256 = models.CharField(max_length=64, editable=False)
    size = models.PositiveBigIntegerField(_("size"))
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.STAGED)
    document = models.JSONField(_("what was read of the table"), default=dict)
    sheet = models.CharField(max_length=120, blank=True, help_text="The sheet a person chose; empty: the one found.")
    mapping = models.JSONField(default=dict, blank=True, help_text="Letter of a column to what a person said it is.")
    columns_from = models.JSONField(default=dict, blank=True, help_text="Whose word of an earlier table was followed.")
    other_tables = models.JSONField(
        default=dict,
        blank=True,
        help_text="Name of another table of the file to what a person said of it: see tables.py.",
    )
    names = models.JSONField(default=dict, blank=True, help_text="What names nobody knew mean here: see answers.py.")
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
    def sheet_read(self) -> str:
        """The sheet that the rows are rows of."""
        return str(self.document.get("sheet") or "")

    @property
    def joined(self) -> list[JoinedTable]:
        """Other sheets whose rows were read with it, in the order of the file."""
        return [JoinedTable(**one) for one in self.document.get("joined", ())]

    @property
    def sheets_read(self) -> set[str]:
        """All sheets that the rows are rows of."""
        return {self.sheet_read, *(one.name for one in self.joined)}

    def place_of(self, row: int) -> tuple[str, int]:
        """Sheet and row in the file of what counts as ``row`` here, or did while its sheet was read."""
        for one in (*self.document.get("joined", ()), *self.document.get("others", ())):
            if one.get("shift") and one["shift"] < row <= one["last"]:
                return one["name"], row - one["shift"]
        return self.sheet_read, row

    def words_of(self, row: int) -> str:
        """What ``row`` is called: by the number that stands beside it in the file, of another sheet with its name."""
        return self.words_at(*self.place_of(row))

    def words_at(self, sheet: str, place: int) -> str:
        """What the row at this place of the file is called."""
        if sheet == self.sheet_read:
            return gettext("Row %(row)s") % {"row": place}
        return gettext("“%(sheet)s”, row %(row)s") % {"sheet": sheet, "row": place}

    def place_key(self) -> Callable[[int], tuple[int, int]]:
        """What rows are sorted by: sheet after sheet, as they stand in the file."""
        joined = self.joined

        def key(row: int) -> tuple[int, int]:
            before = next((one.before for one in joined if one.shift < row <= one.last), None)
            return 1 if before is None else 0 if before else 2, row

        return key

    @property
    def skipped_texts(self) -> dict[int, str]:
        """Number and text of the rows of the sheet that were read as no task."""
        skipped = self.document.get("skipped_rows", ())
        return {one["row"]: one.get("text", "") for one in skipped if not one.get("between")}

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

    ``reading`` is the row's reading (``kept.KeptReading``), ``units`` what its names mean (``match.Match``, leads then
    assisting units), ``decisions`` what people said of them since: ``{"filing": key, "named": {written: [keys]}}``.
    None of these is changed by a correction: ``corrections`` lies over them (``corrections.py``), part by part, each
    with the values, who and when, and how often it was changed. ``accepted`` are the questions that a person answered
    with “as read”: key of the point → who and when. ``left_out`` is empty, or says who left the row out, when and why.
    ``sub_item`` is set at the commit: a later table is compared with what this row said, until one of its rows takes
    the place.
    ``points``, ``open_points`` and ``blocks`` are its questions, counted; none where they are to be counted anew.
    """

    batch = models.ForeignKey(ImportBatch, on_delete=models.CASCADE, related_name="rows", db_index=False)
    position = models.PositiveIntegerField(_("position"))
    row = models.PositiveIntegerField(_("row in the sheet"))
    reading = ReadingField(_("reading"))
    units = PlainJSONField(_("units"), default=dict)
    decisions = PlainJSONField(_("decisions"), default=dict)
    corrections = PlainJSONField(_("corrections"), default=dict, blank=True)
    accepted = PlainJSONField(_("accepted as read"), default=dict, blank=True)
    left_out = PlainJSONField(_("left out"), default=dict, blank=True)
    sub_item = models.OneToOneField(
        SubItem, on_delete=models.SET_NULL, null=True, editable=False, related_name="staged_row"
    )

    points = models.PositiveSmallIntegerField(null=True, editable=False)
    open_points = models.PositiveSmallIntegerField(null=True, editable=False)
    blocks = models.BooleanField(null=True, editable=False)

    class Meta:
        verbose_name = _("staged row")
        verbose_name_plural = _("staged rows")
        ordering: ClassVar = ["batch", "position"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["batch", "position"], name="staged_row_position_unique")
        ]
        # All that is asked of the counts: the rows themselves are long.
        indexes: ClassVar = [
            models.Index(fields=["batch", "row", "points", "open_points", "blocks"], name="questions_by_batch")
        ]

    def __str__(self) -> str:
        return f"{self.batch} {self.row}"

    @property
    def is_in(self) -> bool:
        """Whether the row becomes a sub-item."""
        return not self.left_out


class ImportDecision(models.Model):
    """One thing a person said of a staged table: appended, never changed. ``version`` is the batch's after it.

    ``row`` is a row of the sheet, none where the table as a whole is meant; ``before`` and ``after`` are what stood.
    """

    class Step(models.TextChoices):
        CHOOSE = "choose", _("units chosen")
        CORRECT = "correct", _("corrected")
        TAKE_BACK = "take-back", _("correction taken back")
        ACCEPT = "accept", _("accepted as read")
        REOPEN = "reopen", _("asked again")
        LEAVE_OUT = "leave-out", _("left out")
        TAKE_IN = "take-in", _("taken in")
        NAME = "name", _("name of a unit answered")
        DEFAULT = "default", _("default taken")
        REREAD = "reread", _("read again")
        LOST = "lost", _("answer lost by reading again")
        CARRY = "carry", _("carried over from the last table")
        MATCH = "match", _("sub-item of the row said")
        DIFFER = "differ", _("difference decided")
        APART = "apart", _("said to be a programme of its own")
        TABLE = "table", _("another table of the file answered")
        PASS = "pass", _("let pass when confirming")

    batch = models.ForeignKey(ImportBatch, on_delete=models.CASCADE, related_name="decisions", db_index=False)
    version = models.PositiveIntegerField()
    step = models.CharField(_("step"), max_length=10, choices=Step.choices)
    row = models.PositiveIntegerField(_("row in the sheet"), null=True)
    part = models.CharField(max_length=200, blank=True)
    before: "models.JSONField[Any, Any]" = models.JSONField(null=True)
    after: "models.JSONField[Any, Any]" = models.JSONField(null=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    by_name = models.CharField(_("by"), max_length=200, blank=True)
    at = models.DateTimeField(_("at"))

    class Meta:
        verbose_name = _("decision on an import")
        verbose_name_plural = _("decisions on imports")
        ordering: ClassVar = ["batch", "version", "pk"]
        indexes: ClassVar = [models.Index(fields=["batch", "version"], name="decisions_by_version")]

    def __str__(self) -> str:
        return f"{self.batch} {self.version} {self.get_step_display()}"


class ColumnMemory(models.Model):
    """What a person said that columns mean, for the next table: of the same programme, or with the same header."""

    jurisdiction = models.ForeignKey(Jurisdiction, on_delete=models.CASCADE, related_name="+", db_index=False)
    programme_name = models.CharField(max_length=60)
    signature = models.CharField(max_length=64, help_text="Of the words of the header.")
    mapping = models.JSONField(default=dict, help_text="Words of a column's header to its meaning.")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("remembered columns")
        verbose_name_plural = _("remembered columns")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["jurisdiction", "programme_name", "signature"], name="columns_remembered_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.jurisdiction} {self.programme_name}"

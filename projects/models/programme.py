from datetime import date
from typing import ClassVar

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from departments.models import Jurisdiction
from projects.models.light import LightPreset


def programme_title(jurisdiction: Jurisdiction, year: int, name: str) -> str:
    """A programme as pages and papers name it."""
    words = {"jurisdiction": jurisdiction, "year": year, "name": name}
    return gettext("%(jurisdiction)s %(year)d: %(name)s") % words


class Programme(models.Model):
    """One year's task table (年度计划) of a jurisdiction; 民生实事 stands beside 重点工作 of the same year.

    Months are kept as their first day. A month's report is due on ``due_day`` of that month or of the next one,
    and filing locks ``lock_after_days`` later. ``layout`` and ``source_file`` let the official table go out again.
    """

    jurisdiction = models.ForeignKey(
        Jurisdiction,
        on_delete=models.PROTECT,
        related_name="programmes",
        verbose_name=_("jurisdiction"),
        db_index=False,
    )
    year = models.PositiveSmallIntegerField(_("year"), validators=[MinValueValidator(2000), MaxValueValidator(2100)])
    name = models.CharField(_("name"), max_length=60)
    title = models.CharField(_("title of the table"), max_length=200, blank=True)
    starts_on = models.DateField(_("starts on"))
    first_month = models.DateField(_("first reporting month"))
    last_month = models.DateField(_("last reporting month"))
    due_day = models.PositiveSmallIntegerField(
        _("due day"), default=25, validators=[MinValueValidator(1), MaxValueValidator(31)]
    )
    due_next_month = models.BooleanField(_("due in the following month"), default=False)
    lock_after_days = models.PositiveSmallIntegerField(_("days from due day to lock"), default=10)
    light_preset = models.CharField(
        _("light rule"), max_length=20, choices=LightPreset.choices, default=LightPreset.STANDARD
    )
    light_rule = models.JSONField(_("edited copy of the light rule"), default=dict, blank=True)
    source_file = models.FileField(_("official table"), upload_to="task_tables/%Y/", blank=True)
    source_name = models.CharField(_("name of the file"), max_length=200, blank=True)
    source_sha256 = models.CharField(max_length=64, blank=True, editable=False)
    layout = models.JSONField(default=dict, editable=False)

    class Meta:
        verbose_name = _("programme")
        verbose_name_plural = _("programmes")
        ordering: ClassVar = ["-year", "jurisdiction__path", "name"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["jurisdiction", "year", "name"], name="programme_unique"),
            models.CheckConstraint(condition=Q(first_month__lte=F("last_month")), name="programme_months_in_order"),
            models.CheckConstraint(condition=Q(due_day__range=(1, 31)), name="programme_due_day"),
        ]

    def __str__(self) -> str:
        return programme_title(self.jurisdiction, self.year, self.name)

    @property
    def ends_on(self) -> date:
        return date(self.year, 12, 31)


class Project(models.Model):
    """One merged 项目名称 cell: the name its sub-items share. The same name again is the same project."""

    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="projects", db_index=False)
    position = models.PositiveIntegerField(_("position"))
    name = models.CharField(_("project"), max_length=200)

    class Meta:
        verbose_name = _("project")
        verbose_name_plural = _("projects")
        ordering: ClassVar = ["programme", "position"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["programme", "name"], name="project_name_unique_in_programme"),
            models.UniqueConstraint(fields=["programme", "position"], name="project_position_unique_in_programme"),
        ]

    def __str__(self) -> str:
        return self.name

from decimal import Decimal
from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from departments.models import Department
from projects.models.light import Light


def percent_field(label: Any) -> "models.DecimalField[Any, Any]":
    return models.DecimalField(label, max_digits=4, decimal_places=1, null=True, blank=True)


def money_field(label: Any) -> "models.DecimalField[Any, Any]":
    """Yuan; null is 未定 and never 0 (design §3)."""
    return models.DecimalField(label, max_digits=18, decimal_places=2, null=True, blank=True)


def percent_between_0_and_100(*fields: str) -> Q:
    condition = Q()
    for field in fields:
        condition &= Q(**{f"{field}__isnull": True}) | Q(**{f"{field}__gte": 0, f"{field}__lte": Decimal(100)})
    return condition


def not_negative(*fields: str) -> Q:
    condition = Q()
    for field in fields:
        condition &= Q(**{f"{field}__isnull": True}) | Q(**{f"{field}__gte": 0})
    return condition


class Figure(models.Model):
    """What is known of a sub-item at the end of a month. ``percent`` is null for one judged by milestones only."""

    percent = percent_field(_("progress"))
    scheduled_percent = percent_field(_("scheduled progress"))
    light = models.CharField(_("light"), max_length=6, choices=Light.choices, default=Light.GREY)
    sentence = models.CharField(_("why this light"), max_length=300, blank=True)
    planned = money_field(_("planned"))
    planned_approx = models.BooleanField(_("planned amount is approximate"), default=False)
    secured = money_field(_("secured"))
    spent = money_field(_("spent"))

    class Meta:
        abstract = True


class PeriodFigure(Figure):
    """期末数据: a sub-item's figure of one period, appended on approval, at the lock, and for a correction (更正).

    Never changed: the newest ``sequence`` counts (``newest`` marks it, for lists), the earlier ones stay readable.
    """

    class Cause(models.TextChoices):
        APPROVAL = "approval", _("approved")
        LOCK = "lock", _("period locked")
        CORRECTION = "correction", _("correction")

    sub_item = models.ForeignKey("projects.SubItem", on_delete=models.PROTECT, related_name="figures", db_index=False)
    period = models.ForeignKey("projects.ReportingPeriod", on_delete=models.PROTECT, related_name="figures")
    sequence = models.PositiveSmallIntegerField(default=1)
    newest = models.BooleanField(default=True, help_text="Whether no later row of the same sub-item and period exists.")
    cause = models.CharField(_("cause"), max_length=10, choices=Cause.choices)
    report = models.ForeignKey(
        "projects.MonthlyReport", on_delete=models.PROTECT, null=True, blank=True, related_name="figures"
    )
    department = models.ForeignKey(
        Department, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("responsible unit")
    )
    department_name = models.CharField(_("responsible unit's name of the day"), max_length=80, blank=True)
    rule_version = models.CharField(_("rule version"), max_length=40)
    inputs = models.JSONField(_("inputs of the light"), default=dict)
    at = models.DateTimeField(_("time"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    reason = models.TextField(_("reason of the correction"), blank=True)

    class Meta:
        verbose_name = _("period figure")
        verbose_name_plural = _("period figures")
        ordering: ClassVar = ["period", "sub_item", "sequence"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["sub_item", "period", "sequence"], name="figure_sequence_unique"),
            models.UniqueConstraint(
                fields=["sub_item", "period"], condition=Q(newest=True), name="one_newest_figure_per_period"
            ),
            models.CheckConstraint(
                condition=percent_between_0_and_100("percent", "scheduled_percent"), name="figure_percent"
            ),
            models.CheckConstraint(condition=not_negative("planned", "secured", "spent"), name="figure_money"),
        ]
        # Holds all that the overview counts of a past month.
        indexes: ClassVar = [
            models.Index(fields=["period", "department", "light"], condition=Q(newest=True), name="figures_by_unit"),
        ]

    def __str__(self) -> str:
        return f"{self.sub_item} {self.period} {self.get_light_display()}"

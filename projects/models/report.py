from collections.abc import Mapping
from datetime import date
from typing import ClassVar, Final, Self

from django.conf import settings
from django.db import models
from django.db.models import Exists, F, OuterRef, Q, Window
from django.db.models.functions import RowNumber
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from departments.models import Department
from departments.permissions import (
    FILE_REPORT,
    OVERSEE,
    REVIEW_REPORT,
    SUPERVISE,
    Person,
    departments_granted,
    jurisdictions_granted,
)
from projects.models.figure import percent_between_0_and_100, percent_field
from projects.models.period import ReportingPeriod
from projects.models.plan import Target
from projects.models.responsibility import Responsibility
from projects.models.sub_item import SubItem

# What the unit writes; the rest of a report is its life.
CONTENT_FIELDS: Final = (
    *("percent", "progress", "problems", "next_steps", "reason", "is_nil", "nil_reason"),
    *("factor", "measure", "measure_by"),
)


class MonthlyReportQuerySet(models.QuerySet["MonthlyReport"]):
    def readable_by(self, user: Person) -> Self:
        """Reports whose present text ``user`` may read (design §4): a draft belongs to its leads, a submitted one
        also to the office and oversight, an approved one to every responsible unit.
        """
        mine = departments_granted(user, FILE_REPORT, REVIEW_REPORT).values("pk")
        roles = Responsibility.objects.filter(sub_item=OuterRef("sub_item"), department__in=mine)
        # Who led in the report's own month: a unit that handed the sub-item over does not read its successor's drafts.
        held = roles.in_month(OuterRef("period__month"))
        leads = Exists(held.filter(role=Responsibility.Role.LEAD)) | Q(department__in=mine)
        reach = Q(sub_item__programme__jurisdiction__in=jurisdictions_granted(user, SUPERVISE, OVERSEE).values("pk"))
        approved = Q(state=MonthlyReport.State.APPROVED)
        within_the_unit = [MonthlyReport.State.DRAFT, MonthlyReport.State.UNIT_REVIEW]
        return self.filter(leads | (reach & ~Q(state__in=within_the_unit)) | (approved & Exists(roles)))

    def newest_approved(self, up_to: date | None = None) -> Self:
        """Of each sub-item its newest approved report, of the month that begins on ``up_to`` or before.

        Ranked in one pass: asked report by report, a database without statistics takes minutes over it.
        """
        approved = self.filter(state=MonthlyReport.State.APPROVED)
        if up_to is not None:
            approved = approved.filter(period__month__lte=up_to)
        rank = Window(RowNumber(), partition_by=F("sub_item"), order_by=F("period__month").desc())
        return approved.annotate(rank=rank).filter(rank=1)


class MonthlyReport(models.Model):
    """月报: what the filing unit says of a sub-item in a period, once per sub-item and period (design §5).

    ``reason`` explains a figure that fell or a lag; a lag also has the ``factor`` that mainly holds it up, and the
    ``measure`` that will have caught up ``measure_by`` a day; a nil report (零报告) carries the last figures and a word
    why. ``version`` counts changes of the text, 0 before the first; ``edits`` say of each field of the form who changed
    it last: ``{"by": …, "at": …, "form": …}``, so that of two editors the later one is told. What was written before a
    hand-over also says which ``unit`` (its key; ``unit_name``) wrote it, and from which month the draft is ``handed``.
    """

    class State(models.TextChoices):
        DRAFT = "draft", _("draft")
        UNIT_REVIEW = "unit-review", _("in unit review")
        SUBMITTED = "submitted", _("submitted")
        RETURNED = "returned", _("returned")
        APPROVED = "approved", _("approved")

    class Factor(models.TextChoices):
        LAND = "land", _("land and demolition")
        FUNDS = "funds", _("funds")
        APPROVAL = "approval", _("permits and approvals")
        PROCUREMENT = "procurement", _("bidding and procurement")
        WEATHER = "weather", _("weather and season")
        COORDINATION = "coordination", _("coordination")
        OTHER = "other", pgettext_lazy("factor", "other")

    sub_item = models.ForeignKey(SubItem, on_delete=models.PROTECT, related_name="reports", db_index=False)
    period = models.ForeignKey(ReportingPeriod, on_delete=models.PROTECT, related_name="reports")
    department = models.ForeignKey(
        Department, on_delete=models.PROTECT, related_name="reports", verbose_name=_("filing unit")
    )
    department_name = models.CharField(_("filing unit's name of the day"), max_length=80)
    percent = percent_field(_("progress in percent"))
    progress = models.TextField(_("progress this month"), blank=True)
    problems = models.TextField(_("problems"), blank=True)
    next_steps = models.TextField(_("next steps"), blank=True)
    reason = models.TextField(_("reason for the fall or the lag"), blank=True)
    factor = models.CharField(_("what mainly holds it up"), max_length=12, choices=Factor.choices, blank=True)
    measure = models.TextField(_("measure to catch up"), blank=True)
    measure_by = models.DateField(_("caught up by"), null=True, blank=True)
    is_nil = models.BooleanField(_("nil report"), default=False)
    nil_reason = models.CharField(_("why nothing changed"), max_length=200, blank=True)
    state = models.CharField(_("state"), max_length=12, choices=State.choices, default=State.DRAFT)
    version = models.PositiveIntegerField(default=0)
    edits = models.JSONField(default=dict)
    edited_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    edited_at = models.DateTimeField(null=True)
    submitted_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    on_behalf = models.BooleanField(
        _("submitted on behalf"), default=False, help_text="Whether somebody of another unit submitted it last."
    )
    reviewed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")

    objects = MonthlyReportQuerySet.as_manager()

    class Meta:
        verbose_name = _("monthly report")
        verbose_name_plural = _("monthly reports")
        ordering: ClassVar = ["-period__month", "sub_item"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["sub_item", "period"], name="one_report_per_sub_item_and_period"),
            models.CheckConstraint(condition=percent_between_0_and_100("percent"), name="report_percent"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["sub_item", "period"], condition=Q(state="approved"), name="approved_reports"),
            models.Index(fields=["state", "period"], name="reports_by_state"),
        ]

    def __str__(self) -> str:
        return f"{self.sub_item} {self.period}"

    @property
    def is_let_go(self) -> bool:
        """Whether the office waits for it no longer (按未报处理), and nobody has filed it since: a draft again."""
        return self.state == self.State.DRAFT and self.submitted_by_id is not None

    @property
    def handed_from(self) -> list[str]:
        """The units from which its draft was handed over, as far as what they wrote has not been changed since."""
        return units_before(self.edits, self.department_id)


def units_before(edits: Mapping[str, Mapping[str, str]], unit: int | None) -> list[str]:
    """Of a report's ``edits``, the names of other units than ``unit``, which has it now, whose text still stands."""
    names = (mark["unit_name"] for mark in edits.values() if is_of_another(mark, unit))
    return list(dict.fromkeys(names))


def is_of_another(mark: Mapping[str, str], unit: int | None) -> bool:
    """Whether a field with ``mark`` was written before a hand-over, while another unit than ``unit`` had the draft."""
    return "unit" in mark and mark["unit"] != str(unit)


class TargetReading(models.Model):
    """How far a tracked target had come at the end of the period. Null: not stated."""

    report = models.ForeignKey(MonthlyReport, on_delete=models.CASCADE, related_name="target_readings", db_index=False)
    target = models.ForeignKey(Target, on_delete=models.PROTECT, related_name="readings")
    value = models.DecimalField(_("value"), max_digits=18, decimal_places=4, null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["target__position"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["report", "target"], name="one_reading_per_report_and_target"),
            models.CheckConstraint(condition=Q(value=None) | Q(value__gte=0), name="target_reading_not_negative"),
        ]

    def __str__(self) -> str:
        return f"{self.target}: {self.value}"

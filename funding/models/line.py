from datetime import date
from typing import TYPE_CHECKING, Any, ClassVar

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from departments.models import Department
from funding.models.source import FundingSource
from projects.models import Contribution, MonthlyReport, SubItem
from projects.models.figure import not_negative
from projects.models.plan import StandingManager

if TYPE_CHECKING:
    from funding.models.assignment import LineAssignment


def amount_field(label: Any) -> "models.DecimalField[Any, Any]":
    """Yuan and cents; null is 未定 and never 0."""
    return models.DecimalField(
        label, max_digits=18, decimal_places=2, null=True, blank=True, validators=[MinValueValidator(0)]
    )


class FundingLine(models.Model):
    """资金条目: one source and use of a sub-item's money, as planned and as the table says it stood.

    “计划申请专项债5000万，已申请到2000万” is one line, planned 5000, secured 2000. ``year`` differs from the
    programme's for amounts given for reference only. A rate (每人每月2889.43元) is kept as ``rate`` in yuan with its
    unit and is no amount; ``share`` is a fraction of 1. What is secured and spent month by month are readings. A line
    with readings that a later table no longer names stays as ``superseded_at``, in ``every`` only. The filing unit
    reads it, or in some months another unit in its contribution (``reader_in``).
    """

    sub_item = models.ForeignKey(SubItem, on_delete=models.CASCADE, related_name="funding_lines")
    source = models.ForeignKey(FundingSource, on_delete=models.PROTECT, related_name="lines", verbose_name=_("source"))
    position = models.PositiveSmallIntegerField(_("position"))
    use = models.CharField(_("use"), max_length=120, blank=True)
    planned = amount_field(_("planned"))
    applied = amount_field(_("applied for"))
    secured = amount_field(_("secured"))
    spent = amount_field(_("spent"))
    approx = models.BooleanField(_("approximate"), default=False)
    year = models.PositiveSmallIntegerField(_("year"))
    rate = amount_field(_("standard in yuan"))
    rate_unit = models.CharField(_("unit of the standard"), max_length=20, blank=True)
    share = models.DecimalField(_("share"), max_digits=5, decimal_places=4, null=True, blank=True)
    text = models.TextField(_("as written"), blank=True)
    cell = models.CharField(_("cell"), max_length=10, blank=True)
    superseded_at = models.DateTimeField(_("superseded"), null=True, blank=True, editable=False)

    objects = StandingManager["FundingLine"]()
    every = models.Manager["FundingLine"]()

    class Meta:
        verbose_name = _("funding line")
        verbose_name_plural = _("funding lines")
        ordering: ClassVar = ["sub_item", "position"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["sub_item", "position"], condition=Q(superseded_at=None), name="funding_line_position_unique"
            ),
            models.CheckConstraint(
                condition=not_negative("planned", "applied", "secured", "spent", "rate"),
                name="funding_line_not_negative",
            ),
            models.CheckConstraint(
                condition=Q(share=None) | Q(share__gte=0, share__lte=1), name="funding_share_between_0_and_1"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.source} {self.use}".strip()

    def assigned_in(self, month: date, first_submission: int | None = None) -> "LineAssignment | None":
        """The assignment that says who reads the line in ``month``, whose report was first submitted by the step with
        the key ``first_submission``; none where it was never given away. ``assignments`` are best loaded before.
        """
        newest_first = reversed(list(self.assignments.all()))
        return next((one for one in newest_first if one.holds_in(month, first_submission)), None)

    def reader_in(self, month: date, first_submission: int | None = None) -> Department | None:
        """The unit to which the line is assigned in ``month``; none where the filing unit reads it."""
        found = self.assigned_in(month, first_submission)
        return found.department if found else None

    def counts_after(self, month: date) -> int:
        """What other units submitted of the line for ``month`` counts where it is a newer version than this one: those
        up to it were submitted before the line was last taken back, and stand in the filing unit's draft since.
        """
        back = (one for one in self.assignments.all() if one.department_id is None and one.covers(month))
        return max((one.after_version for one in back), default=0)


class FundingTotal(models.Model):
    """A total that the table states. It is compared with the lines, never added to them."""

    class Kind(models.TextChoices):
        TOTAL_INVESTMENT = "total_investment", _("total investment")
        YEAR_PLAN = "year_plan", _("planned this year")
        STATED_SUM = "sum", _("stated sum")

    sub_item = models.ForeignKey(SubItem, on_delete=models.CASCADE, related_name="funding_totals")
    kind = models.CharField(_("kind"), max_length=18, choices=Kind.choices)
    amount = models.DecimalField(_("amount"), max_digits=18, decimal_places=2)
    approx = models.BooleanField(_("approximate"), default=False)
    year = models.PositiveSmallIntegerField(_("year"))
    text = models.CharField(_("as written"), max_length=300, blank=True)
    cell = models.CharField(_("cell"), max_length=10, blank=True)

    class Meta:
        verbose_name = _("stated total")
        verbose_name_plural = _("stated totals")
        ordering: ClassVar = ["sub_item", "pk"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(amount__gte=0), name="funding_total_not_negative"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.amount}"


class ContributionMoney(models.Model):
    """What the unit to which a line is assigned says of it, in its contribution to the month's report."""

    contribution = models.ForeignKey(Contribution, on_delete=models.CASCADE, related_name="money", db_index=False)
    line = models.ForeignKey(FundingLine, on_delete=models.PROTECT, related_name="+")
    applied = amount_field(_("applied for"))
    secured = amount_field(_("secured"))
    spent = amount_field(_("spent"))

    class Meta:
        ordering: ClassVar = ["line__position"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["contribution", "line"], name="one_amount_per_contribution_and_line"),
            models.CheckConstraint(
                condition=not_negative("applied", "secured", "spent"), name="contribution_money_not_negative"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.line}: {self.secured} / {self.spent}"


class FundingReading(models.Model):
    """What of a line was applied for, secured and spent in all by the end of the period."""

    report = models.ForeignKey(MonthlyReport, on_delete=models.CASCADE, related_name="funding_readings", db_index=False)
    line = models.ForeignKey(FundingLine, on_delete=models.PROTECT, related_name="readings")
    applied = amount_field(_("applied for"))
    secured = amount_field(_("secured"))
    spent = amount_field(_("spent"))

    class Meta:
        ordering: ClassVar = ["line__position"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["report", "line"], name="one_reading_per_report_and_line"),
            models.CheckConstraint(
                condition=not_negative("applied", "secured", "spent"), name="funding_reading_not_negative"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.line}: {self.secured} / {self.spent}"

from datetime import date
from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from departments.models import Department
from funding.models.line import FundingLine


class LineAssignment(models.Model):
    """改由其他单位报数: in the months from ``since`` to ``until`` (first days, inclusive; open where null)
    ``department`` reads the line (财政金融局), without one the filing unit again.

    Rows are only added. Of those that cover a month the newest holds (``FundingLine.reader_in``), but for one: a line
    is never given away over a report that had been submitted. ``after`` is the newest step of the sub-item's reports
    before the row was made, and tells. ``after_version`` is the newest version of a contribution to them: where the
    line was taken back, what other units had submitted of it until then counts no longer.
    """

    line = models.ForeignKey(FundingLine, on_delete=models.CASCADE, related_name="assignments")
    department = models.ForeignKey(
        Department,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="line_assignments",
        help_text=_("The unit that reads this line; empty: the filing unit."),
    )
    since = models.DateField(_("from the report of"))
    until = models.DateField(_("until the report of"), null=True, blank=True)
    after = models.PositiveBigIntegerField(default=0, editable=False)
    after_version = models.PositiveBigIntegerField(default=0, editable=False)
    at = models.DateTimeField(_("assigned at"), editable=False)
    by_name = models.CharField(_("assigned by"), max_length=140, blank=True, editable=False)

    class Meta:
        verbose_name = _("assignment of a funding line")
        verbose_name_plural = _("assignments of funding lines")
        ordering: ClassVar = ["line", "pk"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(until=None) | Q(since__lte=F("until")), name="line_assignment_months_in_order"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.line}: {self.department or '—'} ({self.since:%Y-%m})"

    def covers(self, month: date) -> bool:
        return self.since <= month and (self.until is None or month <= self.until)

    def holds_in(self, month: date, first_submission: int | None) -> bool:
        """Whether it counts in ``month``, whose report was first submitted by the step with the key
        ``first_submission``: what had been submitted before it was given away stays with whoever read it.
        """
        given_over = self.department_id and first_submission is not None and first_submission <= self.after
        return self.covers(month) and not given_over

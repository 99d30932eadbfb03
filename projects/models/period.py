from datetime import date, timedelta
from typing import ClassVar, Self

from django.db import models
from django.db.models import F, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from departments import language
from departments.models import Department
from projects.models.programme import Programme
from projects.models.sub_item import SubItem


class ReportingPeriodQuerySet(models.QuerySet["ReportingPeriod"]):
    def open_on(self, day: date) -> Self:
        """Periods in which units may file on ``day``."""
        return self.filter(opens_on__lte=day, locks_on__gt=day)

    def due_by(self, day: date) -> Self:
        """Periods whose due day has come: their ends are what lights compare at."""
        return self.filter(due_on__lte=day)


class ReportingPeriod(models.Model):
    """报送期: one month of a programme. Filing is possible from ``opens_on`` up to the day before ``locks_on``.

    Where a person changed the due day, ``regular_due_on`` is the one it had by rule and ``due_reason`` says why.
    """

    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="periods", db_index=False)
    month = models.DateField(_("month"), help_text=_("Its first day."))
    opens_on = models.DateField(_("opens on"))
    due_on = models.DateField(_("due on"))
    locks_on = models.DateField(_("locks on"))
    locked_at = models.DateTimeField(_("locked at"), null=True, blank=True)
    regular_due_on = models.DateField(_("due by rule on"), null=True, blank=True)
    due_reason = models.CharField(_("why the due day was changed"), max_length=300, blank=True)

    objects = ReportingPeriodQuerySet.as_manager()

    class Meta:
        verbose_name = _("reporting period")
        verbose_name_plural = _("reporting periods")
        ordering: ClassVar = ["programme", "month"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["programme", "month"], name="month_unique_in_programme"),
            models.CheckConstraint(
                condition=Q(opens_on__lte=F("due_on"), due_on__lt=F("locks_on")), name="period_days_in_order"
            ),
        ]

    def __str__(self) -> str:
        return language.year_month(self.month)

    @property
    def ends_on(self) -> date:
        """The last day of the month: the day its figures speak of."""
        return (self.month.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)


class FilingExceptionQuerySet(models.QuerySet["FilingException"]):
    def in_force(self, day: date) -> Self:
        """Those that have not run out on ``day``."""
        return self.filter(until__gte=day)

    def reaching(self, *, sub_item: OuterRef, unit: OuterRef, parent: OuterRef) -> Self:
        """Those that concern the sub-item that the unit files: ``FilingException.reaches`` asks the same of one."""
        return self.filter(
            Q(sub_item=None) | Q(sub_item=sub_item), Q(department=None) | Q(department=unit) | Q(department=parent)
        )


class FilingException(models.Model):
    """A dated leave to file in a locked period: for a sub-item, a unit with its sections, or (neither given) everybody.

    ``until`` is its last day; one that was ended early ends with the day before ``ended_at``.
    """

    period = models.ForeignKey(ReportingPeriod, on_delete=models.PROTECT, related_name="exceptions")
    sub_item = models.ForeignKey(SubItem, on_delete=models.PROTECT, null=True, blank=True, related_name="exceptions")
    department = models.ForeignKey(Department, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    until = models.DateField(_("until"))
    reason = models.TextField(_("reason"))
    by = models.ForeignKey("departments.User", on_delete=models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField(_("time"))
    ended_at = models.DateTimeField(_("ended early at"), null=True, blank=True)

    objects = FilingExceptionQuerySet.as_manager()

    class Meta:
        verbose_name = _("exception from the lock")
        verbose_name_plural = _("exceptions from the lock")
        ordering: ClassVar = ["-at"]

    def __str__(self) -> str:
        return f"{self.period} – {self.until}"

    def reaches(self, sub_item_id: int, unit: Department | None) -> bool:
        """Whether it concerns the sub-item that ``unit`` files."""
        if self.sub_item_id not in (None, sub_item_id):
            return False
        return self.department_id is None or (unit is not None and self.department_id in (unit.pk, unit.parent_id))

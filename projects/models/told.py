"""What waits because of a step of the office: a later month to be looked at again, a unit to take note."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext_lazy as _

from departments.models import Department
from projects.models.event import ReportEvent
from projects.models.period import FilingException
from projects.models.report import MonthlyReport


class RecheckQuerySet(models.QuerySet["Recheck"]):
    def waiting(self) -> "RecheckQuerySet":
        """Those that wait for the office: the month stands as it was approved then."""
        return self.unanswered().filter(report__state=MonthlyReport.State.APPROVED)

    def unanswered(self) -> "RecheckQuerySet":
        """Those that the office has not answered for: nobody has said that the month is right, and neither it nor what
        it is beside has been decided anew. An approval that was kept decides nothing anew of its own month.
        """
        state = MonthlyReport.State
        later = ReportEvent.objects.filter(pk__gt=OuterRef("because")).order_by()
        again = later.filter(report=OuterRef("report"), to_state=state.APPROVED).exclude(from_state=state.RETURNED)
        anew = later.filter(report=OuterRef("because__report"), to_state__in=[state.APPROVED, state.DRAFT])
        return self.filter(~Exists(again), ~Exists(anew), said_at=None)


class Recheck(models.Model):
    """An approved month that had only carried on figures of an earlier one, which says others by now: ``because`` is
    the decision on that one. It waits for the office, to be reopened or said to be right.

    ``figures`` are those that differ, each ``[what it is, as this month says it, as the earlier one does now]``.
    """

    report = models.ForeignKey(MonthlyReport, on_delete=models.PROTECT, related_name="rechecks", db_index=False)
    because = models.ForeignKey(ReportEvent, on_delete=models.PROTECT, related_name="rechecks")
    figures = models.JSONField(_("figures that differ"), default=list)
    said_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    said_by_name = models.CharField(_("said to be right by"), max_length=140, blank=True)
    said_at = models.DateTimeField(_("said to be right at"), null=True)
    word = models.TextField(_("why it is right"), blank=True)

    objects = RecheckQuerySet.as_manager()

    class Meta:
        verbose_name = _("later month to be looked at again")
        verbose_name_plural = _("later months to be looked at again")
        ordering: ClassVar = ["pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["report", "because"], name="one_recheck_for_a_decision"),
        ]

    def __str__(self) -> str:
        return f"{self.report} {self.because}"


class Told(models.Model):
    """What waits for somebody of ``department`` to take note of it (``noted_at``)."""

    department = models.ForeignKey(Department, on_delete=models.PROTECT, related_name="+", verbose_name=_("unit"))
    noted_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    noted_at = models.DateTimeField(_("taken note of at"), null=True)

    class Meta:
        abstract = True


class ExceptionEnd(Told):
    """That an exception which nobody of the unit had asked for was ended early, while the unit had something to file in
    it still. What the unit had asked for, its request tells.
    """

    exception = models.ForeignKey(FilingException, on_delete=models.PROTECT, related_name="ends", db_index=False)
    by_name = models.CharField(_("ended by"), max_length=140)

    class Meta:
        verbose_name = _("early end of an exception")
        verbose_name_plural = _("early ends of exceptions")
        ordering: ClassVar = ["pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["exception", "department"], name="one_early_end_for_a_unit"),
        ]

    def __str__(self) -> str:
        return f"{self.exception} {self.department}"


class LetGo(Told):
    """That a month was let go (``event``): for the unit that was to file it, and for each that had contributed."""

    event = models.ForeignKey(ReportEvent, on_delete=models.PROTECT, related_name="let_go", db_index=False)

    class Meta:
        verbose_name = _("month let go")
        verbose_name_plural = _("months let go")
        ordering: ClassVar = ["pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["event", "department"], name="one_month_let_go_for_a_unit"),
        ]

    def __str__(self) -> str:
        return f"{self.event} {self.department}"


class ApprovalKept(Told):
    """That an approval was kept (``event``) which had been withdrawn: for the unit that files the month, and for each
    whose contribution since then is ``uncounted``, as the filing unit's own report may be.
    """

    event = models.ForeignKey(ReportEvent, on_delete=models.PROTECT, related_name="told_kept", db_index=False)
    uncounted = models.BooleanField(_("what it had submitted does not count"), default=False)

    class Meta:
        verbose_name = _("approval kept")
        verbose_name_plural = _("approvals kept")
        ordering: ClassVar = ["pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["event", "department"], name="one_kept_approval_for_a_unit"),
        ]

    def __str__(self) -> str:
        return f"{self.event} {self.department}"

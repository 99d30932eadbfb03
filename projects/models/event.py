"""The steps of a report's life, as they are kept."""

from datetime import date, timedelta
from typing import ClassVar, Final

from django.conf import settings
from django.db import models
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from departments import clock
from departments.models import Department
from projects.models.report import MonthlyReport

# In the snapshot of a step by which the office took a report out of its unit's review.
TAKEN_OVER: Final = "taken_over"
# In that of a step by which an earlier approval was kept: the unit's draft that it took the place of.
SET_ASIDE: Final = "set_aside"


class ReportEvent(models.Model):
    """A step in the life of a report: who, when, from which state to which, with what comment, over what text.

    ``actor_unit`` is the actor's own unit of the day. Who acts for a unit that is not his own does so ``on_behalf_of``
    it. A return may say at which field something is wrong: ``remarks``, each ``{"field", "label", "text"}``. A return
    by the office makes the report due again until ``due_by``; the submission that follows keeps by when it was due.
    """

    report = models.ForeignKey(MonthlyReport, on_delete=models.PROTECT, related_name="events")
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    actor_name = models.CharField(_("person and unit of the day"), max_length=140)
    actor_unit = models.ForeignKey(Department, on_delete=models.PROTECT, null=True, related_name="+")
    on_behalf_of = models.ForeignKey(Department, on_delete=models.PROTECT, null=True, related_name="+")
    on_behalf_of_name = models.CharField(_("on behalf of, its name of the day"), max_length=80, blank=True)
    at = models.DateTimeField(_("time"))
    from_state = models.CharField(max_length=12, choices=MonthlyReport.State.choices)
    to_state = models.CharField(max_length=12, choices=MonthlyReport.State.choices)
    comment = models.TextField(_("comment"), blank=True)
    remarks = models.JSONField(_("remarks at fields"), default=list)
    due_by = models.DateTimeField(_("due again until"), null=True)
    snapshot = models.JSONField(default=dict)

    class Meta:
        verbose_name = _("step of a report")
        verbose_name_plural = _("steps of a report")
        ordering: ClassVar = ["report", "at", "pk"]
        indexes: ClassVar = [models.Index(fields=["to_state", "at"], name="report_events_by_state")]

    def __str__(self) -> str:
        return f"{self.report}: {self.title}"

    @property
    def title(self) -> str:
        """What was done, by its author: a submission, a passing on, a taking over, an approval, a return."""
        state = MonthlyReport.State
        if self.to_state == state.RETURNED:
            return gettext("Approval withdrawn for correction") if self.is_reopening else gettext("Returned")
        if self.to_state == state.DRAFT:
            return gettext("Let go: not filed again in time")
        if self.to_state == state.APPROVED:
            return gettext("Earlier approval kept") if self.is_kept else gettext("Approved")
        if self.snapshot.get(TAKEN_OVER):
            return gettext("Taken over by the supervision office")
        if self.from_state == state.UNIT_REVIEW:
            return gettext("Passed by the unit's reviewer")
        if self.to_state == state.UNIT_REVIEW:
            return gettext("Submitted for unit review")
        return gettext("Submitted to the supervision office")

    @property
    def is_reopening(self) -> bool:
        """Whether an approved report went back to its unit to be corrected."""
        return self.from_state == MonthlyReport.State.APPROVED

    @property
    def is_submission(self) -> bool:
        """Whether the unit sent it off."""
        state = MonthlyReport.State
        sent = self.to_state in (state.UNIT_REVIEW, state.SUBMITTED)
        return sent and self.from_state in (state.DRAFT, state.RETURNED)

    @property
    def is_kept(self) -> bool:
        """Whether the office let an earlier approval stand that it had withdrawn."""
        state = MonthlyReport.State
        return (self.from_state, self.to_state) == (state.RETURNED, state.APPROVED)

    @property
    def who(self) -> str:
        """Unit and person of the day; who acted for a unit that is not his own is told so."""
        if not self.on_behalf_of_name:
            return self.actor_name
        names = {"who": self.actor_name, "unit": self.on_behalf_of_name}
        return gettext("%(who)s (on behalf of %(unit)s)") % names

    @property
    def told(self) -> str:
        """The comment and, of a return, how many remarks stand at fields."""
        count = len(self.remarks)
        if not count:
            return self.comment
        if not self.comment:
            return ngettext("%(count)d remark at a field", "%(count)d remarks at fields", count) % {"count": count}
        words = {"comment": self.comment, "count": count}
        return (
            ngettext("%(comment)s (%(count)d remark at a field)", "%(comment)s (%(count)d remarks at fields)", count)
            % words
        )

    @property
    def due_again_on(self) -> date | None:
        """Of a return by the office, the last day for filing again; the period's own due day may be later."""
        return clock.local(self.due_by).date() - timedelta(days=1) if self.due_by else None

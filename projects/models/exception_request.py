from datetime import date
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from departments import clock
from departments.models import Department
from projects.models.period import FilingException, ReportingPeriod
from projects.models.sub_item import SubItem


class ExceptionRequest(models.Model):
    """补报申请: a unit asks to file a locked month after all, one sub-item or (``sub_item`` none) all it still owes.

    The supervision office answers once: it grants, which makes the ``exception``, or refuses with a reason in
    ``answer``. A refusal waits for somebody of the unit to take note of it (``noted_at``), and so does the early end of
    what was granted. Never deleted.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("waiting for the supervision office")
        GRANTED = "granted", _("granted")
        REFUSED = "refused", _("refused")

    period = models.ForeignKey(ReportingPeriod, on_delete=models.PROTECT, related_name="exception_requests")
    department = models.ForeignKey(
        Department, on_delete=models.PROTECT, related_name="exception_requests", verbose_name=_("unit")
    )
    department_name = models.CharField(_("unit's name of the day"), max_length=80)
    sub_item = models.ForeignKey(
        SubItem, on_delete=models.PROTECT, null=True, blank=True, related_name="exception_requests"
    )
    reason = models.TextField(_("reason"))
    wished_until = models.DateField(_("wished until"))
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    asked_by_name = models.CharField(_("asked by"), max_length=140)
    asked_at = models.DateTimeField(_("asked at"))
    state = models.CharField(_("state"), max_length=8, choices=State, default=State.WAITING)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    decided_by_name = models.CharField(_("answered by"), max_length=140, blank=True)
    decided_at = models.DateTimeField(_("answered at"), null=True)
    answer = models.TextField(_("answer"), blank=True)
    exception = models.ForeignKey(FilingException, on_delete=models.PROTECT, null=True, related_name="requests")
    noted_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    noted_at = models.DateTimeField(_("taken note of at"), null=True)

    class Meta:
        verbose_name = _("request for an exception")
        verbose_name_plural = _("requests for exceptions")
        ordering: ClassVar = ["-asked_at", "-pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["period", "department", "sub_item"],
                condition=Q(state="waiting"),
                name="one_waiting_request_for_an_item",
            ),
            models.UniqueConstraint(
                fields=["period", "department"],
                condition=Q(state="waiting", sub_item=None),
                name="one_waiting_request_for_all_items",
            ),
            models.CheckConstraint(
                condition=Q(state="waiting", decided_at=None) | (~Q(state="waiting") & Q(decided_at__isnull=False)),
                name="answered_request_has_its_day",
            ),
            models.CheckConstraint(
                condition=Q(state="granted", exception__isnull=False) | (~Q(state="granted") & Q(exception=None)),
                name="granted_request_has_its_exception",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["department"], condition=Q(state="waiting"), name="waiting_requests_by_unit")
        ]

    def __str__(self) -> str:
        return f"{self.department_name} {self.period}"

    @property
    def is_waiting(self) -> bool:
        return self.state == self.State.WAITING

    @property
    def is_refused(self) -> bool:
        return self.state == self.State.REFUSED

    @property
    def ended_on(self) -> date | None:
        """The day on which the office ended what it had granted, before its day; none where it did not."""
        ended = self.exception.ended_at if self.exception else None
        return clock.local(ended).date() if ended else None

    def covered_by(self, exception: FilingException) -> bool:
        """Whether ``exception`` lets the unit file all it asked for."""
        if exception.period_id != self.period_id or exception.sub_item_id not in (None, self.sub_item_id):
            return False
        units = (None, self.department_id, self.department.parent_id)
        return exception.department_id in units

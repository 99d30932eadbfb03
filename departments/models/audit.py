from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from departments.models.jurisdiction import Jurisdiction


class AuditEvent(models.Model):
    """Something a person did that must be found later (a grant, an import, an undo). Appended to, never changed.

    The steps of a monthly report have rows of their own (``projects.ReportEvent``).
    """

    at = models.DateTimeField(_("time"), db_index=True)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        related_name="audit_events",
        verbose_name=_("person"),
        help_text=_("Empty where the system acted by itself."),
    )
    actor_name = models.CharField(_("person and unit of the day"), max_length=140, blank=True)
    action = models.CharField(_("action"), max_length=60)
    jurisdiction = models.ForeignKey(
        Jurisdiction, on_delete=models.PROTECT, null=True, related_name="audit_events", verbose_name=_("jurisdiction")
    )
    object_type = models.CharField(_("kind of object"), max_length=60)
    object_id = models.CharField(_("key of object"), max_length=40)
    object_name = models.CharField(_("object"), max_length=200)
    details = models.JSONField(_("details"), default=dict)

    class Meta:
        verbose_name = _("audit event")
        verbose_name_plural = _("audit events")
        ordering: ClassVar = ["-at", "-pk"]
        indexes: ClassVar = [models.Index(fields=["object_type", "object_id", "at"], name="audit_by_object")]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.action} {self.object_name}"

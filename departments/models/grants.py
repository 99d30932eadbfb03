"""Where django-guardian keeps the grants: real foreign keys, so that no grant outlives its object."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from guardian.models import GroupObjectPermissionBase, UserObjectPermissionBase

from departments.models.department import Department
from departments.models.jurisdiction import Jurisdiction


class DepartmentUserGrant(UserObjectPermissionBase):
    content_object = models.ForeignKey(Department, on_delete=models.CASCADE)

    class Meta(UserObjectPermissionBase.Meta):
        abstract = False


class DepartmentGroupGrant(GroupObjectPermissionBase):
    content_object = models.ForeignKey(Department, on_delete=models.CASCADE)

    class Meta(GroupObjectPermissionBase.Meta):
        abstract = False


class JurisdictionUserGrant(UserObjectPermissionBase):
    content_object = models.ForeignKey(Jurisdiction, on_delete=models.CASCADE)

    class Meta(UserObjectPermissionBase.Meta):
        abstract = False


class JurisdictionGroupGrant(GroupObjectPermissionBase):
    content_object = models.ForeignKey(Jurisdiction, on_delete=models.CASCADE)

    class Meta(GroupObjectPermissionBase.Meta):
        abstract = False


class GrantRequest(models.Model):
    """A right that one administrator asked for and a second must agree to (三员分立). Decided once, never deleted."""

    class State(models.TextChoices):
        WAITING = "waiting", _("waiting for a second administrator")
        AGREED = "agreed", _("agreed")
        DECLINED = "declined", _("declined")

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="grant_requests", verbose_name=_("person")
    )
    right = models.CharField(_("right"), max_length=60)
    jurisdiction = models.ForeignKey(
        Jurisdiction, on_delete=models.PROTECT, related_name="grant_requests", verbose_name=_("jurisdiction")
    )
    reason = models.CharField(_("reason"), max_length=200)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("asked by")
    )
    asked_at = models.DateTimeField(_("asked at"))
    state = models.CharField(_("state"), max_length=8, choices=State, default=State.WAITING)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("decided by")
    )
    decided_at = models.DateTimeField(_("decided at"), null=True)

    class Meta:
        verbose_name = _("request for a right")
        verbose_name_plural = _("requests for rights")
        ordering: ClassVar = ["-asked_at", "-pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["person", "right", "jurisdiction"],
                condition=Q(state="waiting"),
                name="one_waiting_request_for_a_right",
            )
        ]

    def __str__(self) -> str:
        return f"{self.person} {self.right}"

from typing import ClassVar

from django.contrib.auth.models import AbstractUser, UserManager
from django.db import models
from django.utils.translation import gettext_lazy as _

from departments.models.department import Department
from departments.models.jurisdiction import Jurisdiction


class PortalUserManager(UserManager["User"]):
    """Accounts are kept by a jurisdiction; the platform operator's own are kept by none."""

    def kept_by(self, jurisdictions: models.QuerySet[Jurisdiction]) -> models.QuerySet["User"]:
        """The accounts that administrators of ``jurisdictions`` look after, never one of the operator."""
        return self.filter(jurisdiction__in=jurisdictions, is_staff=False, is_superuser=False)


class User(AbstractUser):
    """A person who signs in. ``department`` is shown and signs what he writes; it gives no right (design §4).

    ``jurisdiction`` says whose administrator looks after the account; it gives no right either.
    """

    first_name = None  # type: ignore[assignment]
    last_name = None  # type: ignore[assignment]
    name = models.CharField(_("name"), max_length=40)
    department = models.ForeignKey(
        Department, on_delete=models.PROTECT, null=True, blank=True, related_name="people", verbose_name=_("unit")
    )
    jurisdiction = models.ForeignKey(
        Jurisdiction,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="people",
        verbose_name=_("account kept by"),
    )
    telephone = models.CharField(_("telephone"), max_length=40, blank=True)
    must_change_password = models.BooleanField(
        _("must change the password"), default=False, help_text=_("Somebody else knows the password.")
    )

    objects: ClassVar[PortalUserManager] = PortalUserManager()

    REQUIRED_FIELDS: ClassVar = ["name"]

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("people")
        ordering: ClassVar = ["username"]

    def __str__(self) -> str:
        return self.get_full_name()

    def get_full_name(self) -> str:
        return self.name or self.username

    def get_short_name(self) -> str:
        return self.get_full_name()

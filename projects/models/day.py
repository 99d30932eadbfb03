from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from departments.models import Jurisdiction


class DayOverride(models.Model):
    """What a jurisdiction's office knows better of a day than the country's order: a working day, or a day off."""

    jurisdiction = models.ForeignKey(
        Jurisdiction,
        on_delete=models.PROTECT,
        related_name="day_overrides",
        verbose_name=_("jurisdiction"),
        db_index=False,
    )
    day = models.DateField(_("day"))
    works = models.BooleanField(_("working day"))
    note = models.CharField(_("note"), max_length=100, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField(_("time"))

    class Meta:
        verbose_name = _("exception from the calendar")
        verbose_name_plural = _("exceptions from the calendar")
        ordering: ClassVar = ["day"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["jurisdiction", "day"], name="one_override_per_day"),
        ]

    def __str__(self) -> str:
        return self.day.isoformat()

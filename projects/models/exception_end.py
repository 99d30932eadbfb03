from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from departments.models import Department
from projects.models.period import FilingException


class ExceptionEnd(models.Model):
    """That an exception which nobody of ``department`` had asked for was ended early, while the unit had something to
    file in it still: it waits for somebody of the unit to take note of it (``noted_at``). What the unit had asked for,
    its request tells.
    """

    exception = models.ForeignKey(FilingException, on_delete=models.PROTECT, related_name="ends")
    department = models.ForeignKey(Department, on_delete=models.PROTECT, related_name="+", verbose_name=_("unit"))
    by_name = models.CharField(_("ended by"), max_length=140)
    noted_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    noted_at = models.DateTimeField(_("taken note of at"), null=True)

    class Meta:
        verbose_name = _("early end of an exception")
        verbose_name_plural = _("early ends of exceptions")
        ordering: ClassVar = ["pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["exception", "department"], name="one_early_end_for_a_unit"),
        ]

    def __str__(self) -> str:
        return f"{self.exception} {self.department}"

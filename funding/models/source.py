from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _


class FundingSource(models.Model):
    """资金渠道: where money comes from. ``code`` is stable; the rows come with the first migration."""

    code = models.CharField(_("code"), max_length=30, unique=True)
    name = models.CharField(_("name"), max_length=60, unique=True)
    position = models.PositiveSmallIntegerField(_("position"), default=0)

    class Meta:
        verbose_name = _("funding source")
        verbose_name_plural = _("funding sources")
        ordering: ClassVar = ["position", "pk"]

    def __str__(self) -> str:
        return self.name

from typing import ClassVar, Self

from django.db import models
from django.utils.translation import gettext_lazy as _


class JurisdictionQuerySet(models.QuerySet["Jurisdiction"]):
    def below(self, *tops: "Jurisdiction") -> Self:
        """Each of ``tops`` and everything under it."""
        reach = models.Q(pk__in=[])
        for top in tops:
            reach |= models.Q(path__startswith=top.path)
        return self.filter(reach)


class Jurisdiction(models.Model):
    """A government's area (行政区划), one node of a tree.

    Rights follow the tree (``parent``, kept as ``path``); the GB/T 2260 ``code`` is a label only.
    ``path`` is ``/1/7/``: the keys from the root to this node, written by ``services.jurisdictions``.
    """

    parent = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="children", verbose_name=_("parent")
    )
    path = models.CharField(_("path"), max_length=200, unique=True, editable=False)
    code = models.CharField(_("code"), max_length=12, unique=True, help_text=_("GB/T 2260 code of the area."))
    name = models.CharField(_("name"), max_length=60)
    short_name = models.CharField(_("short name"), max_length=30, blank=True)
    office_name = models.CharField(_("supervision office"), max_length=60, blank=True)
    office_contact = models.CharField(_("office contact"), max_length=120, blank=True)

    objects = JurisdictionQuerySet.as_manager()

    class Meta:
        verbose_name = _("jurisdiction")
        verbose_name_plural = _("jurisdictions")
        ordering: ClassVar = ["path"]
        permissions: ClassVar = [
            ("import_table", _("Import task tables")),
            ("supervise", _("Supervise: periods, approval, notices, closures")),
            ("administer", _("Administer people, units and sources")),
            ("oversee", _("Oversee: read everything")),
            ("audit", _("Read the audit trail")),
        ]

    def __str__(self) -> str:
        return self.name

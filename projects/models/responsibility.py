from datetime import date
from typing import ClassVar, Self

from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from departments.models import Department, DepartmentGroup


class ResponsibilityQuerySet(models.QuerySet["Responsibility"]):
    def current(self) -> Self:
        """Those that no hand-over has ended: the plan as it stands last, from whichever month on."""
        return self.filter(until=None)

    def in_month(self, month: date | OuterRef) -> Self:
        """Those that held in the month that begins on ``month``; ``Responsibility.held_in`` asks the same of one."""
        return self.filter(
            Q(since=None) | Q(since__lte=month),
            Q(until=None) | Q(until__gte=month),
        )

    def standing_in(self, month: date) -> Self:
        """Those that held in the month; of a sub-item that only begins later, those it begins with.

        What stands now is asked so, with the month that is filed now: a hand-over dated ahead has not happened yet.
        """
        held = Responsibility.objects.in_month(month).filter(sub_item=OuterRef("sub_item"))
        begins = Q(since__gt=month, until=None) & ~Q(Exists(held))
        return self.filter((Q(since=None) | Q(since__lte=month)) & (Q(until=None) | Q(until__gte=month)) | begins)


class Responsibility(models.Model):
    """Which unit leads or assists a sub-item, and in which months (``since`` and ``until`` are first days, inclusive).

    A group stated in the table stands as its members, each with ``group_origin``; members nobody has named yet
    (试点街道) are one row without a unit. ``files`` marks the one filing unit, the first lead.
    """

    class Role(models.TextChoices):
        LEAD = "lead", _("lead unit")
        ASSIST = "assist", _("assisting unit")

    sub_item = models.ForeignKey("projects.SubItem", on_delete=models.CASCADE, related_name="responsibilities")
    department = models.ForeignKey(
        Department, on_delete=models.PROTECT, null=True, blank=True, related_name="responsibilities"
    )
    role = models.CharField(_("role"), max_length=6, choices=Role.choices)
    order = models.PositiveSmallIntegerField(_("order"))
    files = models.BooleanField(_("files the monthly report"), default=False)
    stated_as = models.CharField(_("as written"), max_length=120)
    group_origin = models.ForeignKey(
        DepartmentGroup, on_delete=models.PROTECT, null=True, blank=True, related_name="responsibilities"
    )
    since = models.DateField(_("from month"), null=True, blank=True)
    until = models.DateField(_("until month"), null=True, blank=True)

    objects = ResponsibilityQuerySet.as_manager()

    class Meta:
        verbose_name = _("responsibility")
        verbose_name_plural = _("responsibilities")
        ordering: ClassVar = ["sub_item", "-role", "order", "pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["sub_item"], condition=Q(files=True, until=None), name="one_filing_unit_at_a_time"
            ),
            models.UniqueConstraint(
                fields=["sub_item", "department"], condition=Q(until=None), name="unit_once_per_sub_item"
            ),
            models.CheckConstraint(
                condition=Q(files=False) | Q(role="lead", department__isnull=False), name="filing_unit_is_a_lead_unit"
            ),
            models.CheckConstraint(
                condition=Q(since=None) | Q(until=None) | Q(since__lte=F("until")),
                name="responsibility_months_in_order",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.department or self.stated_as} ({self.get_role_display()})"

    @property
    def is_open(self) -> bool:
        """Whether a person has still to name the units."""
        return self.department_id is None

    def held_in(self, month: date) -> bool:
        """Whether it held in the month that begins on ``month``, as ``in_month`` asks it of many."""
        return (self.since is None or self.since <= month) and (self.until is None or self.until >= month)

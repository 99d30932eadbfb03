from datetime import date
from typing import ClassVar, Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from departments.models.jurisdiction import Jurisdiction
from departments.names import section_name


class DepartmentQuerySet(models.QuerySet["Department"]):
    def active(self, on: date) -> Self:
        return self.filter(Q(active_until=None) | Q(active_until__gte=on))

    def official_order(self) -> Self:
        """Units as the office lists them, each followed by its sections."""
        return self.order_by("jurisdiction__path", "order", "position", "pk")


class Department(models.Model):
    """A unit (单位), or a section of one (内设机构, ``parent`` set, one level deep).

    A unit that ends keeps its rows: ``active_until`` and ``successor`` say where its work went.
    ``order`` is the unit's place in the official order, shared by its sections; ``position`` orders sections.
    """

    jurisdiction = models.ForeignKey(
        Jurisdiction, on_delete=models.PROTECT, related_name="departments", verbose_name=_("jurisdiction")
    )
    parent = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="sections",
        verbose_name=_("unit above"),
        db_index=False,
    )
    name = models.CharField(_("name"), max_length=80)
    short_name = models.CharField(_("short name"), max_length=30, blank=True)
    order = models.PositiveIntegerField(_("official order"), default=0)
    position = models.PositiveIntegerField(_("position"), default=0)
    contact = models.CharField(_("contact"), max_length=40, blank=True)
    telephone = models.CharField(_("telephone"), max_length=40, blank=True)
    active_until = models.DateField(_("active until"), null=True, blank=True)
    successor = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="predecessors",
        verbose_name=_("successor"),
    )

    objects = DepartmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("unit")
        verbose_name_plural = _("units")
        ordering: ClassVar = ["order", "position", "pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["jurisdiction", "name"], condition=Q(parent=None), name="unit_name_unique_in_jurisdiction"
            ),
            models.UniqueConstraint(fields=["parent", "name"], name="section_name_unique_in_unit"),
            models.CheckConstraint(condition=~Q(parent=models.F("id")), name="unit_not_its_own_section"),
            models.CheckConstraint(condition=~Q(successor=models.F("id")), name="unit_not_its_own_successor"),
        ]
        permissions: ClassVar = [
            ("file_report", _("Fill in monthly reports")),
            ("review_report", _("Review the unit's monthly reports")),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def full_name(self) -> str:
        """The name by which it is known outside its unit: a section stands behind its unit, 党政办公室（宣传）.

        ``parent`` is best loaded with it: a list reads ``select_related("parent")``.
        """
        return section_name(self.parent.name, self.name) if self.parent else self.name


class DepartmentGroup(models.Model):
    """A group of units that tables name as one (单位组), such as 各街道.

    ``is_open`` marks a group whose members a table leaves undecided (试点街道): it has none of its own,
    and a person names them for each sub-item.
    """

    jurisdiction = models.ForeignKey(
        Jurisdiction, on_delete=models.PROTECT, related_name="groups", verbose_name=_("jurisdiction"), db_index=False
    )
    name = models.CharField(_("name"), max_length=60)
    is_open = models.BooleanField(_("members decided for each sub-item"), default=False)
    members: "models.ManyToManyField[Department, GroupMember]" = models.ManyToManyField(
        Department, through="GroupMember", related_name="unit_groups", verbose_name=_("members")
    )

    class Meta:
        verbose_name = _("unit group")
        verbose_name_plural = _("unit groups")
        ordering: ClassVar = ["name"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["jurisdiction", "name"], name="group_name_unique_in_jurisdiction")
        ]

    def __str__(self) -> str:
        return self.name


class GroupMember(models.Model):
    """A unit in a group, in the group's order."""

    group = models.ForeignKey(DepartmentGroup, on_delete=models.CASCADE, related_name="memberships", db_index=False)
    department = models.ForeignKey(Department, on_delete=models.PROTECT, related_name="memberships")
    position = models.PositiveIntegerField(_("position"), default=0)

    class Meta:
        ordering: ClassVar = ["position", "pk"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["group", "department"], name="member_once_in_group")]

    def __str__(self) -> str:
        return f"{self.group}: {self.department}"


class DepartmentAlias(models.Model):
    """Another way tables write a unit, a section or a group (别名). ``plain`` is what is compared."""

    jurisdiction = models.ForeignKey(
        Jurisdiction, on_delete=models.PROTECT, related_name="aliases", verbose_name=_("jurisdiction"), db_index=False
    )
    text = models.CharField(_("as written"), max_length=120)
    plain = models.CharField(_("compared as"), max_length=120, editable=False)
    department = models.ForeignKey(
        Department, on_delete=models.PROTECT, null=True, blank=True, related_name="aliases", verbose_name=_("unit")
    )
    group = models.ForeignKey(
        DepartmentGroup,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="aliases",
        verbose_name=_("group"),
    )

    class Meta:
        verbose_name = _("alias")
        verbose_name_plural = _("aliases")
        ordering: ClassVar = ["text"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["jurisdiction", "plain"], name="alias_unique_in_jurisdiction"),
            models.CheckConstraint(
                condition=Q(department=None, group__isnull=False) | Q(department__isnull=False, group=None),
                name="alias_of_a_unit_or_a_group",
            ),
        ]

    def __str__(self) -> str:
        return self.text

from datetime import date
from decimal import Decimal
from typing import ClassVar, TypeVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from projects.models.sub_item import SubItem


class Deliverable(models.Model):
    """分项任务: a part ①②③ of a sub-item's content."""

    sub_item = models.ForeignKey(SubItem, on_delete=models.CASCADE, related_name="deliverables", db_index=False)
    position = models.PositiveSmallIntegerField(_("position"))
    marker = models.CharField(_("mark"), max_length=10, blank=True)
    text = models.TextField(_("text"))

    class Meta:
        verbose_name = _("deliverable")
        verbose_name_plural = _("deliverables")
        ordering: ClassVar = ["sub_item", "position"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["sub_item", "position"], name="deliverable_position_unique")
        ]

    def __str__(self) -> str:
        return f"{self.marker}{self.text}"


Row = TypeVar("Row", bound=models.Model)


class StandingManager(models.Manager[Row]):
    """What the plan says at present: without what a later table has superseded."""

    def get_queryset(self) -> models.QuerySet[Row]:
        return super().get_queryset().filter(superseded_at=None)


class Target(models.Model):
    """目标值: a figure the plan commits to. 500个以上 has a minimum only, 1至2个 both, 452个 twice the same.

    Only ``tracked`` targets are asked each month; “must not fall” holds for cumulative counts only. One with readings
    that a later table no longer names stays as ``superseded_at``: old reports speak of it, and it is in ``every`` only.
    """

    class Kind(models.TextChoices):
        COUNT = "count", pgettext_lazy("kind of target", "count")
        RATE = "rate", pgettext_lazy("kind of target", "rate")
        YES_NO = "yes-no", _("yes or no")

    sub_item = models.ForeignKey(SubItem, on_delete=models.CASCADE, related_name="targets")
    deliverable = models.ForeignKey(
        Deliverable, on_delete=models.SET_NULL, null=True, blank=True, related_name="targets"
    )
    position = models.PositiveSmallIntegerField(_("position"))
    text = models.CharField(_("as written"), max_length=300)
    kind = models.CharField(_("kind"), max_length=6, choices=Kind.choices, default=Kind.COUNT)
    minimum = models.DecimalField(_("at least"), max_digits=18, decimal_places=4, null=True, blank=True)
    maximum = models.DecimalField(_("at most"), max_digits=18, decimal_places=4, null=True, blank=True)
    approx = models.BooleanField(_("approximate"), default=False)
    unit = models.CharField(_("unit of measure"), max_length=20, blank=True)
    per = models.CharField(_("counted per"), max_length=20, blank=True)
    tracked = models.BooleanField(_("asked each month"), default=True)
    cumulative = models.BooleanField(_("cumulative"), default=True)
    superseded_at = models.DateTimeField(_("superseded"), null=True, blank=True, editable=False)

    objects = StandingManager["Target"]()
    every = models.Manager["Target"]()

    class Meta:
        verbose_name = _("target")
        verbose_name_plural = _("targets")
        ordering: ClassVar = ["sub_item", "position"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["sub_item", "position"], condition=Q(superseded_at=None), name="target_position_unique"
            ),
            models.CheckConstraint(
                condition=Q(minimum=None) | Q(maximum=None) | Q(minimum__lte=F("maximum")),
                name="target_bounds_in_order",
            ),
        ]

    def __str__(self) -> str:
        return self.text

    @property
    def goal(self) -> Decimal | None:
        """The figure that counts as reached: the least one promised, or the only one stated."""
        return self.minimum if self.minimum is not None else self.maximum

    @property
    def must_not_fall(self) -> bool:
        return self.kind == self.Kind.COUNT and self.cumulative


class Milestone(models.Model):
    """节点: a dated step of the plan. ``weight`` is its share of the whole; weights need not add up to 100."""

    sub_item = models.ForeignKey(SubItem, on_delete=models.CASCADE, related_name="milestones", db_index=False)
    position = models.PositiveSmallIntegerField(_("position"))
    name = models.CharField(_("milestone"), max_length=120)
    due_on = models.DateField(_("planned for"))
    weight = models.DecimalField(_("weight"), max_digits=5, decimal_places=2, default=Decimal(1))
    done_on = models.DateField(_("reached on"), null=True, blank=True)

    class Meta:
        verbose_name = _("milestone")
        verbose_name_plural = _("milestones")
        ordering: ClassVar = ["sub_item", "due_on", "position"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["sub_item", "position"], name="milestone_position_unique"),
            models.CheckConstraint(condition=Q(weight__gt=0), name="milestone_weight_positive"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["due_on"], condition=Q(done_on=None), name="open_milestones_by_date"),
        ]

    def __str__(self) -> str:
        return self.name


class LightOverride(models.Model):
    """A light set by a person, with a reason and an end; both are shown beside it."""

    sub_item = models.ForeignKey(SubItem, on_delete=models.PROTECT, related_name="overrides")
    light = models.CharField(
        _("light"), max_length=6, choices=[("red", _("Red")), ("yellow", _("Yellow")), ("green", _("Green"))]
    )
    reason = models.TextField(_("reason"))
    since = models.DateField(_("in force from"))
    until = models.DateField(_("until"))
    by = models.ForeignKey("departments.User", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(_("time"))

    class Meta:
        verbose_name = _("override of a light")
        verbose_name_plural = _("overrides of lights")
        ordering: ClassVar = ["sub_item", "-at"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(since__lte=F("until")), name="override_days_in_order"),
            models.CheckConstraint(condition=~Q(reason=""), name="override_has_a_reason"),
        ]

    def __str__(self) -> str:
        return f"{self.get_light_display()}: {self.reason}"

    def holds_on(self, day: date) -> bool:
        return self.since <= day <= self.until

import re
from typing import ClassVar, Final, Self

from django.conf import settings
from django.db import models
from django.db.models import Case, Exists, IntegerField, OuterRef, Q, Value, When
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from departments.permissions import (
    FILE_REPORT,
    OVERSEE,
    REVIEW_REPORT,
    SUPERVISE,
    Person,
    departments_granted,
    jurisdictions_granted,
)
from projects.models.figure import Figure, not_negative, percent_between_0_and_100
from projects.models.light import Light
from projects.models.programme import Programme, Project
from projects.models.responsibility import Responsibility

# A content that begins with a list of parts has no name of its own.
_LIST: Final = re.compile(r"\s*(?:[①⑴]|[（(][1一][）)]|1[.、．]|一、)")


class SubItemQuerySet(models.QuerySet["SubItem"]):
    """The vocabulary of sub-item lists: each method narrows, orders or annotates, none decides."""

    def visible_to(self, user: Person) -> Self:
        """Sub-items of jurisdictions ``user`` supervises or oversees, and of units on which he holds a grant.

        A unit that handed a sub-item over keeps reading it (design §3).
        """
        mine = departments_granted(user, FILE_REPORT, REVIEW_REPORT).values("pk")
        role = Responsibility.objects.filter(sub_item=OuterRef("pk"), department__in=mine)
        reach = jurisdictions_granted(user, SUPERVISE, OVERSEE).values("pk")
        return self.filter(Q(programme__jurisdiction__in=reach) | Exists(role))

    def counted(self) -> Self:
        """What tiles and totals count: everything that was not withdrawn (调出)."""
        return self.exclude(status=SubItem.Status.WITHDRAWN)

    def worst_first(self) -> Self:
        """Red, yellow, green, not started, complete; inside a light the furthest behind first."""
        order = [When(light=light, then=Value(place)) for place, light in enumerate(Light.values)]
        return self.alias(
            light_order=Case(*order, default=Value(9), output_field=IntegerField()),
            behind=models.F("scheduled_percent") - models.F("percent"),
        ).order_by("light_order", models.F("behind").desc(nulls_last=True), "position")


class SubItem(Figure):
    """One numbered row of a task table (子项), with its current values and its newest figure.

    ``position`` is its place in the table, ``serial`` the number as printed (may be missing or double), ``code`` is
    ours and stable. Each change of the plan appends a ``SubItemRevision``. The fields of ``Figure`` are those of the
    newest period figure, with what time alone has decided since (``as_of`` says to which day).
    """

    class Kind(models.TextChoices):
        CONSTRUCTION = "construction", _("construction")
        SUBSIDY = "subsidy", _("subsidy")
        INSURANCE = "insurance", _("insurance")
        TRAINING = "training", _("training")
        EQUIPMENT = "equipment", _("equipment")
        POLICY = "policy", _("policy")
        OTHER = "other", _("other")

    class ProgressKind(models.TextChoices):
        PERCENT = "percent", _("by percentage")
        MILESTONES = "milestones", _("by milestones only")

    class Status(models.TextChoices):
        ACTIVE = "active", _("in progress")
        CLOSED = "closed", _("closed")
        WITHDRAWN = "withdrawn", _("withdrawn")

    class Precision(models.TextChoices):
        DAY = "day", pgettext_lazy("precision", "day")
        MONTH = "month", pgettext_lazy("precision", "month")
        QUARTER = "quarter", pgettext_lazy("precision", "quarter")
        HALF = "half", pgettext_lazy("precision", "half-year")
        YEAR = "year", pgettext_lazy("precision", "year")
        NONE = "", _("not known")

    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="sub_items", db_index=False)
    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="sub_items")
    position = models.PositiveIntegerField(_("position"))
    serial = models.CharField(_("serial"), max_length=20, blank=True)
    code = models.CharField(_("code"), max_length=30, unique=True)
    content = models.TextField(_("content and scale"))
    kind = models.CharField(_("kind"), max_length=14, choices=Kind.choices, default=Kind.OTHER)
    progress_kind = models.CharField(
        _("progress by"), max_length=10, choices=ProgressKind.choices, default=ProgressKind.PERCENT
    )
    starts_on = models.DateField(_("planned start"), null=True, blank=True)
    deadline = models.DateField(_("deadline"), null=True, blank=True)
    deadline_precision = models.CharField(_("precision"), max_length=8, choices=Precision.choices, blank=True)
    deadline_text = models.CharField(_("deadline as written"), max_length=300, blank=True)
    deadline_note = models.CharField(_("note on the deadline"), max_length=300, blank=True)
    deadline_firm = models.BooleanField(
        _("firm deadline"), default=True, help_text=_("Not firm: the date depends on somebody else's progress.")
    )
    leader = models.CharField(_("leader in charge"), max_length=120, blank=True)
    contact = models.CharField(_("contact"), max_length=200, blank=True)
    category = models.CharField(_("category"), max_length=120, blank=True)
    remarks = models.TextField(_("remarks"), blank=True)
    extra = models.JSONField(_("other columns"), default=dict, blank=True)
    source_sheet = models.CharField(max_length=60, blank=True)
    source_row = models.PositiveIntegerField(null=True, blank=True)
    source_cells = models.JSONField(default=dict, blank=True, help_text="Field to cell address and text as it came.")
    status = models.CharField(_("status"), max_length=10, choices=Status.choices, default=Status.ACTIVE)
    status_reason = models.TextField(_("reason of the status"), blank=True)
    figure_period = models.ForeignKey(
        "projects.ReportingPeriod", on_delete=models.PROTECT, null=True, editable=False, related_name="+"
    )
    as_of = models.DateField(_("light as of"), null=True, editable=False)

    objects = SubItemQuerySet.as_manager()

    class Meta:
        verbose_name = _("sub-item")
        verbose_name_plural = _("sub-items")
        ordering: ClassVar = ["programme", "position"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["programme", "position"], name="position_unique_in_programme"),
            models.CheckConstraint(
                condition=percent_between_0_and_100("percent", "scheduled_percent"), name="sub_item_percent"
            ),
            models.CheckConstraint(condition=not_negative("planned", "secured", "spent"), name="sub_item_money"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["programme", "light"], name="sub_items_by_light"),
            models.Index(fields=["deadline"], condition=Q(status="active"), name="open_sub_items_by_deadline"),
        ]

    def __str__(self) -> str:
        return f"{self.serial or self.position} {self.title}"

    @property
    def title(self) -> str:
        """What people call the item: the first sentence of its content, or its project's name where the content
        begins with a list of parts (①…).
        """
        if _LIST.match(self.content):
            return self.project.name
        first = self.content.replace("\n", "").partition("。")[0]
        return first if len(first) <= 40 else f"{first[:39]}…"

    @property
    def is_closed(self) -> bool:
        return self.status == self.Status.CLOSED


class SubItemRevision(models.Model):
    """修订: the plan of a sub-item as it stood from a moment on. Number 1 is the baseline and never moves.

    ``plan`` is the whole plan after the change, ``changes`` maps a field to its old and new value.
    """

    class Origin(models.TextChoices):
        TABLE = "table", _("task table")
        CHANGE = "change", _("change request")
        CORRECTION = "correction", _("correction")
        HAND_OVER = "hand-over", _("hand-over")

    sub_item = models.ForeignKey(SubItem, on_delete=models.CASCADE, related_name="revisions", db_index=False)
    number = models.PositiveIntegerField(_("number of the revision"))
    origin = models.CharField(_("origin"), max_length=10, choices=Origin.choices)
    at = models.DateTimeField(_("time"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    reason = models.TextField(_("reason"), blank=True)
    document = models.CharField(_("authorising document"), max_length=200, blank=True)
    plan = models.JSONField(_("plan"))
    changes = models.JSONField(_("changes"), default=dict)

    class Meta:
        verbose_name = _("revision")
        verbose_name_plural = _("revisions")
        ordering: ClassVar = ["sub_item", "number"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["sub_item", "number"], name="revision_number_unique"),
        ]

    def __str__(self) -> str:
        return f"{self.sub_item} #{self.number}"

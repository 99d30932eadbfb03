from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from departments.models import Department
from projects.models.plan import Target
from projects.models.report import MonthlyReport


class Contribution(models.Model):
    """协办情况: what a responsible unit adds to the filing unit's report, in its own name.

    Its rows are the unit's own desk, drafts included; others read the newest of ``versions``, what was submitted. It is
    frozen and opened again with the report. ``version`` counts changes of the desk, and ``edits`` say of each field of
    its form who changed it last, as those of a report do.
    """

    class State(models.TextChoices):
        DRAFT = "draft", _("draft")
        SUBMITTED = "submitted", _("submitted")

    report = models.ForeignKey(MonthlyReport, on_delete=models.CASCADE, related_name="contributions", db_index=False)
    department = models.ForeignKey(Department, on_delete=models.PROTECT, related_name="contributions")
    department_name = models.CharField(max_length=80)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    text = models.TextField(_("text"), blank=True)
    reason = models.TextField(_("reason"), blank=True, help_text=_("Why an amount of its money lines fell."))
    state = models.CharField(_("state"), max_length=9, choices=State.choices, default=State.DRAFT)
    version = models.PositiveIntegerField(default=0)
    edits = models.JSONField(default=dict)
    written_at = models.DateTimeField(_("time"))

    class Meta:
        verbose_name = _("contribution")
        verbose_name_plural = _("contributions")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["report", "department"], name="one_contribution_per_unit")
        ]

    def __str__(self) -> str:
        return f"{self.department_name}: {self.report}"


class ContributionReading(models.Model):
    """A unit's share of a target figure, as it stands on the unit's desk."""

    contribution = models.ForeignKey(Contribution, on_delete=models.CASCADE, related_name="readings", db_index=False)
    target = models.ForeignKey(Target, on_delete=models.PROTECT, related_name="+")
    value = models.DecimalField(_("value"), max_digits=18, decimal_places=4)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["contribution", "target"], name="one_share_per_unit_and_target"),
            models.CheckConstraint(condition=Q(value__gte=0), name="share_not_negative"),
        ]

    def __str__(self) -> str:
        return f"{self.target}: {self.value}"


class ContributionVersion(models.Model):
    """What a unit submitted, the ``number``-th time, by whom and when; appended to, never changed.

    ``snapshot`` has the form of a report's (``ReportEvent``): the text is its ``progress``, the shares its ``targets``,
    the assigned lines its ``money``. ``after`` is the key of the report's newest step then, 0 where it had none: what
    is remarked in a later one is not answered yet.
    """

    contribution = models.ForeignKey(Contribution, on_delete=models.CASCADE, related_name="versions", db_index=False)
    number = models.PositiveIntegerField(_("number of the version"))
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    author_name = models.CharField(_("person and unit of the day"), max_length=140)
    at = models.DateTimeField(_("time"))
    after = models.PositiveBigIntegerField(default=0, editable=False)
    snapshot = models.JSONField()

    class Meta:
        verbose_name = _("version of a contribution")
        verbose_name_plural = _("versions of a contribution")
        ordering: ClassVar = ["contribution", "number"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["contribution", "number"], name="contribution_version_number_unique")
        ]

    def __str__(self) -> str:
        return f"{self.contribution} #{self.number}"


class Taking(models.Model):
    """That the filing side took over a version into the report: its text, or (``target``) its share into the sum.

    ``form`` marks what was sent, so that the same form sent twice takes once.
    """

    version = models.ForeignKey(ContributionVersion, on_delete=models.CASCADE, related_name="takings")
    target = models.ForeignKey(Target, on_delete=models.PROTECT, null=True, related_name="+")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    by_name = models.CharField(_("person and unit of the day"), max_length=140)
    at = models.DateTimeField(_("time"))
    form = models.CharField(max_length=64, blank=True)

    class Meta:
        verbose_name = _("taking over of a contribution")
        verbose_name_plural = _("takings over of contributions")
        ordering: ClassVar = ["pk"]

    def __str__(self) -> str:
        return f"{self.version} ({self.target or '—'})"

from django.db import models
from django.utils.translation import gettext_lazy as _


class Light(models.TextChoices):
    """亮灯: how a sub-item stands, worst first. Computed, explained and kept (design §6)."""

    RED = "red", _("Red")
    YELLOW = "yellow", _("Yellow")
    GREEN = "green", _("Green")
    GREY = "grey", _("Not started")
    BLUE = "blue", _("Complete")


class LightPreset(models.TextChoices):
    """The rule a programme picks; its numbers may be edited in ``Programme.light_rule``."""

    STANDARD = "standard", _("Standard: by percentage points behind")
    STRICT_RATIO = "strict-ratio", _("Strict: by the ratio of actual to scheduled")
    HALF = "half", _("Half: yellow down to half of the schedule")

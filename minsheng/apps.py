from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class MinshengConfig(AppConfig):
    """The portal: every page and command, over the three domain apps."""

    name = "minsheng"
    verbose_name = _("Portal")

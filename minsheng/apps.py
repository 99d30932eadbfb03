import gc
from typing import Final

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

# How many more objects there are before the collector of cycles looks at the young ones, and how often until it looks
# at the older. Python's own 700 suits small programs: a table of thousands of rows is hundreds of thousands of objects,
# hardly one in a cycle, and to walk over them again and again took a third of an import, and half of a comparison.
# What waits in cycles meanwhile is a few MB.
COLLECTED: Final = (50_000, 20, 50)


class MinshengConfig(AppConfig):
    """The portal: every page and command, over the three domain apps."""

    name = "minsheng"
    verbose_name = _("Portal")

    def ready(self) -> None:
        gc.set_threshold(*COLLECTED)

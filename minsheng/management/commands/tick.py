from typing import Any

from django.core.management.base import BaseCommand

from minsheng.daily import tick
from projects.models import Programme


class Command(BaseCommand):
    help = "The daily run: opens and locks reporting periods, refreshes lights. Safe to run twice or late."

    def handle(self, *args: Any, **options: Any) -> None:
        for programme in Programme.objects.select_related("jurisdiction").order_by("pk"):
            done = tick(programme)
            self.stdout.write(
                f"{programme}: {done.opened} periods opened, {done.locked} locked, "
                f"{done.kept} figures kept, {done.refreshed} sub-items refreshed"
            )

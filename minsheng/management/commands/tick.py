import logging
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from minsheng.daily import tick
from projects.models import Programme

logger = logging.getLogger(__name__)


class Command(BaseCommand):
    help = "The daily run: opens and locks reporting periods, refreshes lights. Safe to run twice or late."

    def handle(self, *args: Any, **options: Any) -> None:
        failed = []
        for programme in Programme.objects.select_related("jurisdiction").order_by("pk"):
            try:
                done = tick(programme)
            except Programme.DoesNotExist:  # its table was taken back meanwhile
                continue
            except Exception:
                # One programme's trouble must not keep the others from their day.
                logger.exception("tick of programme %s failed", programme.pk)
                failed.append(str(programme))
                continue
            self.stdout.write(
                f"{programme}: {done.opened} periods opened, {done.locked} locked, "
                f"{done.kept} figures kept, {done.refreshed} sub-items refreshed"
            )
        if failed:
            raise CommandError(f"failed, see the log: {', '.join(failed)}")

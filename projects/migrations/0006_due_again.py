"""Returns made before a return kept until when the report is due again. On its own, so that rows and tables change apart."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db import migrations

ZONE = ZoneInfo("Asia/Shanghai")
DAYS = 7  # as after every return


def due_again(apps, schema_editor):
    """A return by the office gave its unit seven days, and so it is kept; the submission that followed knows it too."""
    events = apps.get_model("projects", "ReportEvent").objects
    returned = events.filter(to_state="returned", from_state__in=["submitted", "approved"]).order_by("pk")
    for event in returned.defer("snapshot"):
        day = event.at.astimezone(ZONE).date() + timedelta(days=DAYS + 1)
        due_by = datetime.combine(day, time.min, tzinfo=ZONE)
        events.filter(pk=event.pk).update(due_by=due_by)
        events.filter(report=event.report_id, pk__gt=event.pk, from_state="returned").update(due_by=due_by)


class Migration(migrations.Migration):
    dependencies = [("projects", "0005_returns_and_behalf")]
    operations = [migrations.RunPython(due_again, migrations.RunPython.noop, elidable=True)]

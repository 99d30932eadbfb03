from typing import Any

from django.db import migrations, models


def find_newest_steps(apps: Any, schema_editor: Any) -> None:
    """Of what units submitted before this was kept: the newest step of its report then, by the time."""
    versions, events = (apps.get_model("projects", name).objects for name in ("ContributionVersion", "ReportEvent"))
    for version in versions.select_related("contribution").iterator():
        before = events.filter(report=version.contribution.report_id, at__lt=version.at)
        version.after = before.order_by("-pk").values_list("pk", flat=True).first() or 0
        version.save(update_fields=["after"])


class Migration(migrations.Migration):
    dependencies = [
        ("projects", "0011_contribution_reason"),
    ]

    operations = [
        migrations.AddField(
            model_name="contributionversion",
            name="after",
            field=models.PositiveBigIntegerField(default=0, editable=False),
        ),
        migrations.RunPython(find_newest_steps, migrations.RunPython.noop),
    ]

from typing import Any

from django.db import migrations, models


def find_newest_steps(apps: Any, schema_editor: Any) -> None:
    """Of lines assigned before this was kept: the newest step of their sub-item's reports then, by the time."""
    line_model, event_model = apps.get_model("funding", "FundingLine"), apps.get_model("projects", "ReportEvent")
    for line in line_model._base_manager.exclude(department=None).exclude(assigned_at=None):
        before = event_model.objects.filter(report__sub_item=line.sub_item_id, at__lt=line.assigned_at)
        line.assigned_after = before.order_by("-pk").values_list("pk", flat=True).first() or 0
        line.save(update_fields=["assigned_after"])


class Migration(migrations.Migration):
    dependencies = [
        ("funding", "0006_line_assignments"),
        ("projects", "0011_contribution_reason"),
    ]

    operations = [
        migrations.AddField(
            model_name="fundingline",
            name="assigned_after",
            field=models.PositiveBigIntegerField(blank=True, editable=False, null=True),
        ),
        migrations.AddField(
            model_name="fundingline",
            name="assigned_from",
            field=models.DateField(blank=True, editable=False, null=True, verbose_name="assigned from the report of"),
        ),
        migrations.RunPython(find_newest_steps, migrations.RunPython.noop),
    ]

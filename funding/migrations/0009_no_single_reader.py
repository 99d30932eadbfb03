from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("funding", "0008_line_assignments")]

    operations = [
        migrations.RemoveField(model_name="fundingline", name="assigned_after"),
        migrations.RemoveField(model_name="fundingline", name="assigned_at"),
        migrations.RemoveField(model_name="fundingline", name="assigned_by_name"),
        migrations.RemoveField(model_name="fundingline", name="assigned_from"),
        migrations.RemoveField(model_name="fundingline", name="department"),
    ]

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("minsheng", "0003_review_of_imports"),
        ("projects", "0004_lag_and_contributions"),
    ]

    operations = [
        migrations.AddField(
            model_name="importbatch",
            name="columns_from",
            field=models.JSONField(blank=True, default=dict, help_text="Whose word of an earlier table was followed."),
        ),
        migrations.AddField(
            model_name="importbatch",
            name="names",
            field=models.JSONField(
                blank=True, default=dict, help_text="What names nobody knew mean here: see answers.py."
            ),
        ),
        migrations.AddField(
            model_name="stagedrow",
            name="sub_item",
            field=models.OneToOneField(
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="staged_row",
                to="projects.subitem",
            ),
        ),
        migrations.AlterField(
            model_name="importdecision",
            name="step",
            field=models.CharField(
                choices=[
                    ("choose", "units chosen"),
                    ("correct", "corrected"),
                    ("take-back", "correction taken back"),
                    ("accept", "accepted as read"),
                    ("reopen", "asked again"),
                    ("leave-out", "left out"),
                    ("take-in", "taken in"),
                    ("name", "name of a unit answered"),
                    ("default", "default taken"),
                    ("reread", "read again"),
                    ("lost", "answer lost by reading again"),
                    ("carry", "carried over from the last table"),
                    ("pass", "let pass when confirming"),
                ],
                max_length=10,
                verbose_name="step",
            ),
        ),
    ]

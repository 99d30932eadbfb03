from typing import Any

import django.db.models.deletion
from django.db import migrations, models
from django.utils import timezone


def date_the_readers(apps: Any, schema_editor: Any) -> None:
    """The one reader that a line had becomes its first assignment, from the month that was kept with it."""
    line_model, assignment_model = apps.get_model("funding", "FundingLine"), apps.get_model("funding", "LineAssignment")
    given = line_model._base_manager.exclude(department=None).select_related("sub_item__programme")
    assignment_model.objects.bulk_create(
        assignment_model(
            line_id=line.pk,
            department_id=line.department_id,
            since=line.assigned_from or line.sub_item.programme.first_month,
            after=line.assigned_after or 0,
            at=line.assigned_at or timezone.now(),
            by_name=line.assigned_by_name,
        )
        for line in given
    )


class Migration(migrations.Migration):
    dependencies = [
        ("departments", "0003_keep_accounts"),
        ("funding", "0007_assigned_from"),
    ]

    operations = [
        migrations.CreateModel(
            name="LineAssignment",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("since", models.DateField(verbose_name="from the report of")),
                ("until", models.DateField(blank=True, null=True, verbose_name="until the report of")),
                ("after", models.PositiveBigIntegerField(default=0, editable=False)),
                ("after_version", models.PositiveBigIntegerField(default=0, editable=False)),
                ("at", models.DateTimeField(editable=False, verbose_name="assigned at")),
                ("by_name", models.CharField(blank=True, editable=False, max_length=140, verbose_name="assigned by")),
                (
                    "department",
                    models.ForeignKey(
                        blank=True,
                        help_text="The unit that reads this line; empty: the filing unit.",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="line_assignments",
                        to="departments.department",
                    ),
                ),
                (
                    "line",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="assignments",
                        to="funding.fundingline",
                    ),
                ),
            ],
            options={
                "verbose_name": "assignment of a funding line",
                "verbose_name_plural": "assignments of funding lines",
                "ordering": ["line", "pk"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("until", None), ("since__lte", models.F("until")), _connector="OR"),
                        name="line_assignment_months_in_order",
                    )
                ],
            },
        ),
        migrations.RunPython(date_the_readers, migrations.RunPython.noop),
    ]

"""What was said of the rows of an update is kept by row of the sheet, no longer by its place among the rows.

Where a row was taken in or the table was read again since, places no longer told which row was meant: there it is asked
again.
"""

from django.db import migrations


def by_row(apps, schema_editor):
    for update in apps.get_model("minsheng", "TableUpdate").objects.exclude(rows={}).select_related("batch"):
        batch = update.batch
        moved = batch.state == "staged" and batch.decisions.filter(step__in=["take-in", "reread"]).exists()
        rows = {} if moved else {str(place): row for place, row in batch.rows.values_list("position", "row")}
        update.rows = {str(rows[place]): said for place, said in update.rows.items() if place in rows}
        update.save(update_fields=["rows"])
    # Texts that would be cut are questions since: those of staged rows are counted anew.
    uncounted = {"points": None, "open_points": None, "blocks": None}
    apps.get_model("minsheng", "StagedRow").objects.filter(batch__state="staged").update(**uncounted)


def by_place(apps, schema_editor):
    for update in apps.get_model("minsheng", "TableUpdate").objects.exclude(rows={}).select_related("batch"):
        places = {str(row): place for place, row in update.batch.rows.values_list("position", "row")}
        update.rows = {str(places[row]): said for row, said in update.rows.items() if row in places}
        update.save(update_fields=["rows"])


class Migration(migrations.Migration):
    dependencies = [("minsheng", "0006_questions_counted")]

    operations = [migrations.RunPython(by_row, by_place)]

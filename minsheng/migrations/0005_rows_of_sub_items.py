from django.db import migrations


def link(apps, schema_editor):
    """Sub-items that are there already are compared with the row of the last table that they came from."""
    batches = apps.get_model("minsheng", "ImportBatch").objects.filter(state="committed").order_by("committed_at", "pk")
    last = {batch.programme_id: batch for batch in batches}
    for programme, batch in last.items():
        sheet = str(batch.document.get("sheet", ""))
        items = apps.get_model("projects", "SubItem").objects.filter(programme_id=programme, source_sheet=sheet[:60])
        keys = {(item.source_row, _content(item.source_cells)): item.pk for item in items}
        for row in batch.rows.all():
            found = keys.get((row.row, _content(row.reading.get("source", {}))))
            if found is not None:
                row.sub_item_id = found
                row.save(update_fields=["sub_item"])


def _content(cells):
    return cells.get("content", {}).get("text", "")


class Migration(migrations.Migration):
    dependencies = [("minsheng", "0004_words_kept")]

    operations = [migrations.RunPython(link, migrations.RunPython.noop, elidable=True)]

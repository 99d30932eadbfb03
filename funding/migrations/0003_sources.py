"""The sources that task tables name (design §3). Codes are stable; an administrator may rename or add."""

from django.db import migrations

SOURCES = [
    ("special_bond", "地方政府专项债"),
    ("central", "中央资金"),
    ("province", "省级资金"),
    ("city", "市级资金"),
    ("district", "区级财政"),
    ("higher_level", "上级补助"),
    ("employment_fund", "就业补助资金"),
    ("enterprise", "企业自筹"),
    ("public_unspecified", "财政资金（未列明级别）"),
    ("several_levels", "多级合计"),
    ("other", "其他"),
]


def add_sources(apps, schema_editor):
    source = apps.get_model("funding", "FundingSource")
    for position, (code, name) in enumerate(SOURCES):
        source.objects.update_or_create(code=code, defaults={"name": name, "position": position})


class Migration(migrations.Migration):
    dependencies = [("funding", "0002_initial")]
    operations = [migrations.RunPython(add_sources, migrations.RunPython.noop)]

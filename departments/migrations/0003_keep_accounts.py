"""Accounts made before accounts were kept by a jurisdiction. On its own, so that rows and tables change apart."""

from django.db import migrations


def keep_accounts(apps, schema_editor):
    """Accounts made before: kept by the jurisdiction of their unit, of a right of theirs, or the only one there is."""
    users = apps.get_model("departments", "User")
    jurisdictions = apps.get_model("departments", "Jurisdiction")
    grants = apps.get_model("departments", "JurisdictionUserGrant")
    all_of_them = list(jurisdictions.objects.values_list("pk", flat=True)[:2])
    for user in users.objects.filter(is_staff=False, is_superuser=False).select_related("department"):
        granted = grants.objects.filter(user=user).order_by("pk").values_list("content_object_id", flat=True).first()
        only = all_of_them[0] if len(all_of_them) == 1 else None
        user.jurisdiction_id = (user.department.jurisdiction_id if user.department else None) or granted or only
        user.save(update_fields=["jurisdiction"])


class Migration(migrations.Migration):
    dependencies = [("departments", "0002_office")]
    operations = [migrations.RunPython(keep_accounts, migrations.RunPython.noop, elidable=True)]

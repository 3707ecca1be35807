"""Tell every process when what a store says of somebody changes: 0004 of accounts, one table on."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("billing", "0002_entitlements"),
        ("accounts", "0004_announce_people"),
    ]

    operations = [
        migrations.RunSQL(
            "CREATE TRIGGER announce_person AFTER INSERT OR UPDATE OR DELETE "
            "ON billing_entitlement FOR EACH ROW EXECUTE FUNCTION announce_person('user_id')",
            "DROP TRIGGER announce_person ON billing_entitlement",
        )
    ]

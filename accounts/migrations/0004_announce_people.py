"""Tell every process, in the moment of commit, whose account, device or sign-in was touched.

One channel and one payload, the person's id: whatever is kept about a person (kit/cache.py) is
forgotten together. 0002's triggers stay one release longer, for processes of the last one.
"""

from django.db import migrations

TABLES = {"accounts_user": "id", "accounts_device": "user_id", "accounts_loginsession": "user_id"}

# A change of hands is news for both. Repeated news within a transaction is told once.
ANNOUNCE = """
CREATE FUNCTION announce_person() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'INSERT' THEN
        PERFORM pg_notify('people', to_jsonb(OLD) ->> TG_ARGV[0]);
    END IF;
    IF TG_OP <> 'DELETE' THEN
        PERFORM pg_notify('people', to_jsonb(NEW) ->> TG_ARGV[0]);
    END IF;
    RETURN NULL;
END $$;
""" + "".join(
    f"CREATE TRIGGER announce_person AFTER INSERT OR UPDATE OR DELETE ON {table} "
    f"FOR EACH ROW EXECUTE FUNCTION announce_person('{column}');\n"
    for table, column in TABLES.items()
)
SILENCE = (
    "".join(f"DROP TRIGGER announce_person ON {table};\n" for table in TABLES)
    + "DROP FUNCTION announce_person();\n"
)


class Migration(migrations.Migration):
    dependencies = [("accounts", "0003_identities_and_letters")]

    operations = [migrations.RunSQL(ANNOUNCE, SILENCE)]

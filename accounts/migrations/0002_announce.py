"""Tell every process, in the moment of commit, that a sign-in has ended or a user has changed.

Triggers, so that nobody can forget to say it: services, the admin, a cascade, or an engineer
at the psql prompt. ``accounts.auth`` listens.
"""

from django.db import migrations

ANNOUNCE = """
CREATE FUNCTION accounts_announce_session() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_notify('accounts', 's:' || OLD.id);
    RETURN NULL;
END $$;

CREATE FUNCTION accounts_announce_user() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_notify('accounts', 'u:' || OLD.id);
    RETURN NULL;
END $$;

CREATE TRIGGER accounts_session_ended AFTER DELETE ON accounts_loginsession
    FOR EACH ROW EXECUTE FUNCTION accounts_announce_session();
CREATE TRIGGER accounts_session_shortened AFTER UPDATE ON accounts_loginsession
    FOR EACH ROW WHEN (NEW.expires_at < OLD.expires_at OR NEW.user_id <> OLD.user_id)
    EXECUTE FUNCTION accounts_announce_session();
CREATE TRIGGER accounts_user_changed AFTER UPDATE OR DELETE ON accounts_user
    FOR EACH ROW EXECUTE FUNCTION accounts_announce_user();
"""

SILENCE = """
DROP TRIGGER accounts_user_changed ON accounts_user;
DROP TRIGGER accounts_session_shortened ON accounts_loginsession;
DROP TRIGGER accounts_session_ended ON accounts_loginsession;
DROP FUNCTION accounts_announce_user();
DROP FUNCTION accounts_announce_session();
"""


class Migration(migrations.Migration):
    dependencies = [("accounts", "0001_initial")]

    operations = [migrations.RunSQL(ANNOUNCE, SILENCE)]

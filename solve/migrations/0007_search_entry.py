"""Search reads narrow rows: its two columns leave the message for a table of their own.

As before (``0004_search``) PostgreSQL alone fills it and ``solve/selectors/search.py`` reads it.
What is new, besides the place:

- a trigger writes an entry when a message may be found and takes it back when it may not, so
  neither a checkpoint nor the meter touches what is indexed;
- the stems are those of the folded text *and* of the text: "cantaria" finds "cantaría", and
  "cantar" finds both. ``stems`` holds only those that the folded text has not.

Filling the table indexes every message once more: about a minute for 200,000.
"""

from importlib import import_module

import django.contrib.postgres.fields
from django.db import migrations, models

old = import_module("solve.migrations.0004_search")

FUNCTIONS = f"""
CREATE FUNCTION solve_fold(said text) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN translate(lower(said), '{old.MARKED}', '{old.PLAIN}');

CREATE FUNCTION solve_stems(said text) RETURNS text[]
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN tsvector_to_array(to_tsvector('english', said))
    || tsvector_to_array(to_tsvector('spanish', said));

-- Its cost tells the planner to ask the index, never to compute this for a row.
CREATE FUNCTION solve_search_terms(owner uuid, said text, stems text[]) RETURNS tsvector
LANGUAGE sql IMMUTABLE PARALLEL SAFE COST 10000
BEGIN ATOMIC
    SELECT array_to_tsvector(array_agg(term)) FROM (
        SELECT owner::text AS term
        UNION ALL
        SELECT unnest(ARRAY[one, one || two, one || two || three]) FROM (
            SELECT one, lead(one) OVER line AS two, lead(one, 2) OVER line AS three
              FROM unnest(string_to_array(said, NULL)) WITH ORDINALITY AS c(one, place)
            WINDOW line AS (ORDER BY place)
        ) AS runs
        UNION ALL
        SELECT 'stem:' || unnest(solve_stems(said) || stems)
    ) AS terms WHERE term IS NOT NULL;
END;

-- The first 20,000 characters: a tsvector holds 1 MB, and three terms a character must fit.
CREATE FUNCTION solve_search_enter(wanted uuid) RETURNS void LANGUAGE sql AS $$
    INSERT INTO solve_searchentry (message_id, session_id, user_id, said, stems)
    SELECT m.id, s.id, s.user_id, folded.said,
           CASE WHEN lower(start.content) = folded.said THEN '{{}}'  -- only the case was folded
                ELSE ARRAY(SELECT unnest(solve_stems(start.content))
                           EXCEPT SELECT unnest(solve_stems(folded.said))) END
      FROM solve_message m JOIN solve_solvesession s ON s.id = m.session_id
     CROSS JOIN LATERAL (SELECT left(m.content, 20000) AS content) AS start
     CROSS JOIN LATERAL (SELECT solve_fold(start.content) AS said) AS folded
     WHERE m.id = wanted AND m.role <> 'system' AND m.state <> 'streaming' AND NOT m.shelved
$$;

CREATE FUNCTION solve_message_said() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' THEN
        DELETE FROM solve_searchentry WHERE message_id = NEW.id;
    END IF;
    PERFORM solve_search_enter(NEW.id);
    RETURN NULL;
END $$;
"""
TRIGGERS = """
ALTER TABLE solve_searchentry ADD FOREIGN KEY (message_id)
    REFERENCES solve_message ON DELETE CASCADE;
SELECT solve_search_enter(id) FROM solve_message ORDER BY created_at, number;
CREATE TRIGGER solve_message_said AFTER INSERT ON solve_message FOR EACH ROW
    WHEN (NEW.state <> 'streaming')
    EXECUTE FUNCTION solve_message_said();
CREATE TRIGGER solve_message_resaid AFTER UPDATE OF content, role, state, shelved ON solve_message
    FOR EACH ROW
    WHEN ((OLD.content, OLD.role, OLD.state, OLD.shelved)
          IS DISTINCT FROM (NEW.content, NEW.role, NEW.state, NEW.shelved)
          AND NOT (OLD.state = 'streaming' AND NEW.state = 'streaming'))
    EXECUTE FUNCTION solve_message_said();
CREATE INDEX solve_searchentry_terms ON solve_searchentry
    USING gin (solve_search_terms(user_id, said, stems))
    WITH (gin_pending_list_limit = 512);  -- kB; every search reads what is pending
-- ANALYZE would compute the terms of 30,000 messages, and search leaves the planner no choice.
ALTER INDEX solve_searchentry_terms ALTER COLUMN 1 SET STATISTICS 0;
"""
GONE = """
DROP TRIGGER solve_message_said ON solve_message;
DROP TRIGGER solve_message_resaid ON solve_message;
DROP INDEX solve_searchentry_terms;
DROP FUNCTION solve_message_said, solve_search_enter, solve_search_terms, solve_stems, solve_fold;
"""


class Migration(migrations.Migration):
    dependencies = [("solve", "0006_profile")]

    operations = [
        migrations.CreateModel(
            name="SearchEntry",
            fields=[
                ("message_id", models.UUIDField(primary_key=True, serialize=False)),
                ("session_id", models.UUIDField(db_index=True)),
                ("user_id", models.UUIDField()),
                ("said", models.TextField()),
                (
                    "stems",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.TextField(), size=None
                    ),
                ),
            ],
            options={"verbose_name_plural": "search entries"},
        ),
        migrations.RunSQL(old.GONE, [old.FUNCTIONS, old.COLUMNS, old.INDEX]),
        migrations.RunSQL([FUNCTIONS, TRIGGERS], GONE),
    ]

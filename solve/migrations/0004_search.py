"""What search needs: whose a message is, its text without case and accents, and one index of both.

Two columns, an index and functions that only SQL knows (``solve/selectors/search.py`` reads them), so no
model carries a second copy of every text:

- ``user_id`` is filled by a trigger, because a session never changes hands;
- ``search_text`` is null while an answer streams, so a checkpoint neither folds nor indexes, and of
  what search may never find: the system's words, what was shelved;
- ``solve_message_search`` holds, for each message, its owner, every run of one, two and three
  characters (what a substring is made of, in any script) and the stems of its words in English
  and Spanish. The owner is one of the terms, so PostgreSQL walks nobody else's messages. Plain
  GIN: extensions (pg_trgm, btree_gin) are not on every PostgreSQL we run on.

Adding them rewrites the table once, under its lock.
"""

from django.db import migrations

# Letters with marks and what they are without; as many on the left as on the right, so that an
# offset in the folded text is an offset in the text. Latin-1 and Latin Extended-A (Unicode 16),
# and the Greek s that only ends words.
MARKED = "ςàáâãäåçèéêëìíîïñòóôõöùúûüýÿāăąćĉċčďēĕėęěĝğġģĥĩīĭįĵķĺļľńņňōŏőŕŗřśŝşšţťũūŭůűųŵŷźżž"
PLAIN = "σaaaaaaceeeeiiiinooooouuuuyyaaaccccdeeeeegggghiiiijklllnnnooorrrssssttuuuuuuwyzzz"
assert len(MARKED) == len(PLAIN)

FUNCTIONS = f"""
CREATE FUNCTION solve_fold(said text) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN translate(lower(said), '{MARKED}', '{PLAIN}');

-- The first 20,000 characters: a tsvector holds 1 MB, and three terms a character must fit.
CREATE FUNCTION solve_search_text(role text, state text, shelved boolean, content text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE WHEN role <> 'system' AND state <> 'streaming' AND NOT shelved
            THEN solve_fold(left(content, 20000)) END;

-- Its cost tells the planner to ask the index, never to compute this for a row.
CREATE FUNCTION solve_search_terms(owner uuid, content text, folded text) RETURNS tsvector
LANGUAGE sql IMMUTABLE PARALLEL SAFE COST 10000 AS $$
    SELECT array_to_tsvector(array_agg(term)) FROM (
        SELECT owner::text AS term
        UNION ALL
        SELECT unnest(ARRAY[one, one || two, one || two || three]) FROM (
            SELECT one, lead(one) OVER line AS two, lead(one, 2) OVER line AS three
              FROM unnest(string_to_array(folded, NULL)) WITH ORDINALITY AS c(one, place)
            WINDOW line AS (ORDER BY place)
        ) AS runs
        UNION ALL
        SELECT 'stem:' || unnest(tsvector_to_array(to_tsvector('english', left(content, 20000))))
        UNION ALL
        SELECT 'stem:' || unnest(tsvector_to_array(to_tsvector('spanish', left(content, 20000))))
    ) AS terms WHERE term IS NOT NULL
$$;

CREATE FUNCTION solve_message_owner() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    SELECT user_id INTO NEW.user_id FROM solve_solvesession WHERE id = NEW.session_id;
    RETURN NEW;
END $$;
"""
COLUMNS = """
ALTER TABLE solve_message ADD COLUMN user_id uuid;
UPDATE solve_message m SET user_id = s.user_id FROM solve_solvesession s WHERE s.id = m.session_id;
SET CONSTRAINTS ALL IMMEDIATE;
ALTER TABLE solve_message ADD COLUMN search_text text
    GENERATED ALWAYS AS (solve_search_text(role, state, shelved, content)) STORED;
CREATE TRIGGER solve_message_owner BEFORE INSERT ON solve_message
    FOR EACH ROW EXECUTE FUNCTION solve_message_owner();
"""
INDEX = """
CREATE INDEX solve_message_search ON solve_message
    USING gin (solve_search_terms(user_id, content, search_text))
    WITH (gin_pending_list_limit = 512)  -- kB; every search reads what is pending
    WHERE search_text IS NOT NULL;
"""
GONE = """
DROP INDEX solve_message_search;
DROP TRIGGER solve_message_owner ON solve_message;
ALTER TABLE solve_message DROP COLUMN user_id, DROP COLUMN search_text;
DROP FUNCTION solve_message_owner, solve_search_terms, solve_search_text, solve_fold;
"""


class Migration(migrations.Migration):
    dependencies = [("solve", "0003_variants")]

    operations = [migrations.RunSQL([FUNCTIONS, COLUMNS, INDEX], GONE)]

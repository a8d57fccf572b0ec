"""The ballots of a void election may be destroyed, too: its days of keeping run from that day.

Until when they are kept is asked of one function: from the first declaration of an archived
election, or from the `void` on the board of one that had a notice, which is no entry number 0.
"""

from __future__ import annotations

from django.db import migrations

KEPT_UNTIL = """
CREATE FUNCTION ballot_kept_until(of_election bigint) RETURNS date LANGUAGE sql STABLE
SET search_path = public, pg_temp AS $$
    SELECT (ended.at AT TIME ZONE e.zone)::date + e.keep_days
      FROM ballot_election e CROSS JOIN LATERAL (
           SELECT CASE e.state
             WHEN 'archived' THEN
                  (SELECT min(declared_at) FROM ballot_declaration WHERE election_id = e.id)
             WHEN 'void' THEN
                  (SELECT (convert_from(body, 'UTF8')::json ->> 'at')::timestamptz
                     FROM ballot_entry
                    WHERE election_id = e.id AND kind = 'void' AND number > 0
                    ORDER BY number LIMIT 1)
             END AS at) AS ended
     WHERE e.id = of_election
$$;
"""

KEPT_UNTIL_BACK = "DROP FUNCTION ballot_kept_until(bigint);"

_KEEP = """
CREATE OR REPLACE FUNCTION ballot_keep_destruction() RETURNS trigger LANGUAGE plpgsql
SET search_path = public, pg_temp AS $$
DECLARE
    last_day date;
    today date;
BEGIN
    IF TG_OP = 'INSERT' THEN
        {dates}
        IF last_day IS NULL OR last_day >= today OR NEW.kept_until <> last_day
           OR NEW.destroyed_at IS NOT NULL OR NEW.destroyed_in IS NOT NULL THEN
            RAISE EXCEPTION 'what is kept until % is not destroyed before', last_day
                USING ERRCODE = 'restrict_violation';
        END IF;
        RETURN NEW;
    END IF;
    IF TG_OP = 'DELETE' OR NEW.destroyed_at IS NULL
       OR OLD.destroyed_in <> pg_current_xact_id()::text::bigint
       OR (OLD.id, OLD.election_id, OLD.kept_until, OLD.ordered_by_id, OLD.seconded_by_id,
           OLD.ordered_at)
          IS DISTINCT FROM
          (NEW.id, NEW.election_id, NEW.kept_until, NEW.ordered_by_id, NEW.seconded_by_id,
           NEW.ordered_at) THEN
        RAISE EXCEPTION 'a destruction is ordered once, and carried out once'
            USING ERRCODE = 'restrict_violation';
    END IF;
    NEW.destroyed_in := pg_current_xact_id()::text::bigint;
    RETURN NEW;
END $$;
"""

KEEP = _KEEP.format(dates="""
        SELECT ballot_kept_until(e.id), (clock_timestamp() AT TIME ZONE e.zone)::date
          INTO last_day, today
          FROM ballot_election e WHERE e.id = NEW.election_id;
""".strip())

# As migration 0024 has it.
KEEP_BACK = _KEEP.format(dates="""
        SELECT (min(d.declared_at) AT TIME ZONE e.zone)::date + e.keep_days,
               (clock_timestamp() AT TIME ZONE e.zone)::date
          INTO last_day, today
          FROM ballot_election e JOIN ballot_declaration d ON d.election_id = e.id
         WHERE e.id = NEW.election_id AND e.state = 'archived' GROUP BY e.id;
""".strip())


class Migration(migrations.Migration):
    dependencies = [("ballot", "0025_points")]

    operations = [
        migrations.RunSQL(KEPT_UNTIL, KEPT_UNTIL_BACK),
        migrations.RunSQL(KEEP, KEEP_BACK),
    ]

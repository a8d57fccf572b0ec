"""What the database refuses, whoever asks: a move that is not an arrow, a change of history.

The arrows are those of ballot/lifecycle.py when this was written; a test compares every pair.
"""

from __future__ import annotations

from django.db import migrations

ARROWS = (
    ("closed", "verified"),
    ("closed", "void"),
    ("counted", "declared"),
    ("counted", "void"),
    ("declared", "archived"),
    ("draft", "nominating"),
    ("draft", "void"),
    ("frozen", "declared"),
    ("frozen", "nominated"),
    ("frozen", "polling"),
    ("frozen", "void"),
    ("mixed", "opened"),
    ("mixed", "void"),
    ("nominated", "declared"),
    ("nominated", "frozen"),
    ("nominated", "nominating"),
    ("nominated", "void"),
    ("nominating", "nominated"),
    ("nominating", "void"),
    ("opened", "counted"),
    ("opened", "void"),
    ("polling", "closed"),
    ("polling", "suspended"),
    ("polling", "void"),
    ("suspended", "closed"),
    ("suspended", "polling"),
    ("suspended", "void"),
    ("verified", "mixed"),
    ("verified", "void"),
)

APPEND_ONLY = (
    "ballot_registermark",
    "ballot_sealedballot",
    "ballot_sealedvote",
    "ballot_entry",
    "ballot_blob",
    "ballot_blobchunk",
    "ballot_mix",
    "ballot_profile",
    "ballot_profileline",
    "ballot_drawnlot",
    "ballot_count",
    "ballot_declaration",
)

_PAIRS = ", ".join(f"('{before}', '{after}')" for before, after in ARROWS)

MOVES = f"""
CREATE FUNCTION ballot_refuse_move() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.state <> NEW.state AND (OLD.state, NEW.state) NOT IN ({_PAIRS}) THEN
        RAISE EXCEPTION 'an election cannot go from % to %', OLD.state, NEW.state
            USING ERRCODE = 'restrict_violation';
    END IF;
    IF OLD.fingerprint IS NOT NULL AND NEW.fingerprint IS DISTINCT FROM OLD.fingerprint THEN
        RAISE EXCEPTION 'the fingerprint of an opened election cannot change'
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER ballot_election_moves BEFORE UPDATE ON ballot_election
    FOR EACH ROW EXECUTE FUNCTION ballot_refuse_move();
"""

MOVES_BACK = """
DROP TRIGGER ballot_election_moves ON ballot_election;
DROP FUNCTION ballot_refuse_move();
"""

HISTORY = "CREATE FUNCTION ballot_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN " \
    "RAISE EXCEPTION '% is append-only: % is refused', TG_TABLE_NAME, TG_OP " \
    "USING ERRCODE = 'restrict_violation'; END $$;" + "".join(
        f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table} "
        "FOR EACH ROW EXECUTE FUNCTION ballot_refuse_change();"
        for table in APPEND_ONLY
    )

HISTORY_BACK = "".join(
    f"DROP TRIGGER {table}_append_only ON {table};" for table in APPEND_ONLY
) + "DROP FUNCTION ballot_refuse_change();"


class Migration(migrations.Migration):
    dependencies = [("ballot", "0001_contest")]

    operations = [
        migrations.RunSQL(MOVES, MOVES_BACK),
        migrations.RunSQL(HISTORY, HISTORY_BACK),
    ]

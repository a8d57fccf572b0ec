"""The destruction of sealed ballots: the order, and triggers that let through that one act.

Ordered by two, once the last day of keeping has ended by the database's own clock. Carried out in
one transaction, which the row names: in it, and in no other, what names an elector may be deleted
and the board's papers emptied. At its end nothing may be left, and the board must say so.
"""

from __future__ import annotations

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

PAPERS = "('ballot', 'challenge', 'envelope', 'postal-paper')"
"""The kinds of entries that electors sent: those that bear no time."""

ORDERED = f"""
CREATE FUNCTION ballot_keep_destruction() RETURNS trigger LANGUAGE plpgsql
SET search_path = public, pg_temp AS $$
DECLARE
    last_day date;
    today date;
BEGIN
    IF TG_OP = 'INSERT' THEN
        SELECT (min(d.declared_at) AT TIME ZONE e.zone)::date + e.keep_days,
               (clock_timestamp() AT TIME ZONE e.zone)::date
          INTO last_day, today
          FROM ballot_election e JOIN ballot_declaration d ON d.election_id = e.id
         WHERE e.id = NEW.election_id AND e.state = 'archived' GROUP BY e.id;
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
CREATE TRIGGER ballot_ballotdestruction_kept
    BEFORE INSERT OR UPDATE OR DELETE ON ballot_ballotdestruction
    FOR EACH ROW EXECUTE FUNCTION ballot_keep_destruction();

CREATE FUNCTION ballot_require_all_destroyed() RETURNS trigger LANGUAGE plpgsql
SET search_path = public, pg_temp AS $$
BEGIN
    IF EXISTS (SELECT FROM ballot_sealedballot WHERE election_id = NEW.election_id)
       OR EXISTS (SELECT FROM ballot_registermark WHERE election_id = NEW.election_id)
       OR EXISTS (SELECT FROM ballot_credential WHERE election_id = NEW.election_id)
       OR EXISTS (SELECT FROM ballot_envelope WHERE election_id = NEW.election_id)
       OR EXISTS (SELECT FROM ballot_entry WHERE election_id = NEW.election_id
                   AND kind IN {PAPERS} AND body <> '')
       OR NOT EXISTS (SELECT FROM ballot_entry WHERE election_id = NEW.election_id
                       AND kind = 'destruction') THEN
        RAISE EXCEPTION 'a destruction leaves nothing behind, and stands on the board'
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER ballot_ballotdestruction_whole AFTER UPDATE ON ballot_ballotdestruction
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION ballot_require_all_destroyed();
"""  # noqa: S608 - of the constant above alone

ORDERED_BACK = """
DROP TRIGGER ballot_ballotdestruction_whole ON ballot_ballotdestruction;
DROP TRIGGER ballot_ballotdestruction_kept ON ballot_ballotdestruction;
DROP FUNCTION ballot_require_all_destroyed();
DROP FUNCTION ballot_keep_destruction();
"""

LET_GO = f"""
CREATE FUNCTION ballot_refuse_unless_destroyed() RETURNS trigger LANGUAGE plpgsql
SET search_path = public, pg_temp AS $$
DECLARE
    of_election bigint;
BEGIN
    IF TG_OP = 'DELETE' AND TG_TABLE_NAME = 'ballot_blobchunk' THEN
        IF EXISTS (SELECT FROM ballot_ballotdestruction
                    WHERE destroyed_in = pg_current_xact_id()::text::bigint
                      AND blobs @> to_jsonb(OLD.blob_id)) THEN
            RETURN OLD;
        END IF;
    ELSIF TG_OP = 'DELETE' AND TG_TABLE_NAME NOT IN ('ballot_entry', 'ballot_incident') THEN
        IF TG_TABLE_NAME = 'ballot_sealedvote' THEN
            SELECT election_id INTO of_election FROM ballot_sealedballot WHERE id = OLD.ballot_id;
        ELSIF TG_TABLE_NAME = 'ballot_challengedvote' THEN
            SELECT election_id INTO of_election FROM ballot_challenge WHERE id = OLD.challenge_id;
        ELSIF TG_TABLE_NAME = 'ballot_envelopereceipt' THEN
            SELECT election_id INTO of_election FROM ballot_envelope WHERE id = OLD.envelope_id;
        ELSIF TG_TABLE_NAME = 'ballot_refusedcast' THEN
            SELECT election_id INTO of_election FROM ballot_credential WHERE id = OLD.credential_id;
        ELSE
            of_election := OLD.election_id;
        END IF;
        IF EXISTS (SELECT FROM ballot_ballotdestruction WHERE election_id = of_election
                      AND destroyed_in = pg_current_xact_id()::text::bigint) THEN
            RETURN OLD;
        END IF;
    ELSIF TG_OP = 'UPDATE' AND TG_TABLE_NAME = 'ballot_entry' THEN
        IF OLD.kind IN {PAPERS} AND NEW.body = ''
           AND num_nonnulls(NEW.ballot_id, NEW.challenge_id, NEW.envelope_id) = 0
           AND (NEW.id, NEW.election_id, NEW.number, NEW.kind)
               = (OLD.id, OLD.election_id, OLD.number, OLD.kind)
           AND EXISTS (SELECT FROM ballot_ballotdestruction WHERE election_id = OLD.election_id
                          AND destroyed_in = pg_current_xact_id()::text::bigint) THEN
            RETURN NEW;
        END IF;
    ELSIF TG_OP = 'UPDATE' AND TG_TABLE_NAME = 'ballot_incident' THEN
        IF NEW.roll_entry_id IS NULL
           AND (NEW.id, NEW.election_id, NEW.number, NEW.kind, NEW.happened_at, NEW.found_by)
               = (OLD.id, OLD.election_id, OLD.number, OLD.kind, OLD.happened_at, OLD.found_by)
           AND EXISTS (SELECT FROM ballot_ballotdestruction WHERE election_id = OLD.election_id
                          AND destroyed_in = pg_current_xact_id()::text::bigint) THEN
            RETURN NEW;
        END IF;
    END IF;
    RAISE EXCEPTION '% is append-only: % is refused', TG_TABLE_NAME, TG_OP
        USING ERRCODE = 'restrict_violation';
END $$;
"""  # noqa: S608 - as above

APPEND_ONLY = (
    "ballot_blobchunk",
    "ballot_castdispute",
    "ballot_challenge",
    "ballot_challengedvote",
    "ballot_entry",
    "ballot_envelope",
    "ballot_envelopereceipt",
    "ballot_helpdesknote",
    "ballot_incident",
    "ballot_postalreading",
    "ballot_refusedcast",
    "ballot_registermark",
    "ballot_sealedballot",
    "ballot_sealedvote",
    "ballot_setaside",
)

# The working role's rights are read from the names of these triggers, so that they stay.
LET_GO += "".join(
    f"DROP TRIGGER {table}_append_only ON {table};"
    f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table} "
    "FOR EACH ROW EXECUTE FUNCTION ballot_refuse_unless_destroyed();"
    for table in APPEND_ONLY
) + """
DROP TRIGGER ballot_issuerrequest_kept ON ballot_issuerrequest;
CREATE TRIGGER ballot_issuerrequest_kept BEFORE DELETE ON ballot_issuerrequest
    FOR EACH ROW EXECUTE FUNCTION ballot_refuse_unless_destroyed();
DROP TRIGGER ballot_credential_kept ON ballot_credential;
CREATE TRIGGER ballot_credential_kept BEFORE DELETE ON ballot_credential
    FOR EACH ROW EXECUTE FUNCTION ballot_refuse_unless_destroyed();
CREATE TRIGGER ballot_credential_key_stays BEFORE UPDATE ON ballot_credential
    FOR EACH ROW EXECUTE FUNCTION ballot_refuse_other_key();
"""

LET_GO_BACK = """
DROP TRIGGER ballot_credential_key_stays ON ballot_credential;
DROP TRIGGER ballot_credential_kept ON ballot_credential;
CREATE TRIGGER ballot_credential_kept BEFORE UPDATE OR DELETE ON ballot_credential
    FOR EACH ROW EXECUTE FUNCTION ballot_refuse_other_key();
DROP TRIGGER ballot_issuerrequest_kept ON ballot_issuerrequest;
CREATE TRIGGER ballot_issuerrequest_kept BEFORE DELETE ON ballot_issuerrequest
    FOR EACH ROW EXECUTE FUNCTION ballot_refuse_change();
""" + "".join(
    f"DROP TRIGGER {table}_append_only ON {table};"
    f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table} "
    "FOR EACH ROW EXECUTE FUNCTION ballot_refuse_change();"
    for table in APPEND_ONLY
) + "DROP FUNCTION ballot_refuse_unless_destroyed();"


class Migration(migrations.Migration):

    dependencies = [
        ("ballot", "0022_link_handed_over"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="BallotDestruction",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kept_until", models.DateField()),
                ("ordered_at", models.DateTimeField()),
                ("destroyed_at", models.DateTimeField(null=True)),
                ("destroyed_in", models.BigIntegerField(null=True)),
                ("rows", models.JSONField(default=dict)),
                ("blobs", models.JSONField(default=list)),
                ("election", models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name="destruction", to="ballot.election")),
                ("ordered_by", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL)),
                ("seconded_by", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.AddConstraint(
            model_name="ballotdestruction",
            constraint=models.CheckConstraint(condition=models.Q(("ordered_by", models.F("seconded_by")), _negated=True), name="ballot_destruction_by_two"),
        ),
        migrations.RunSQL(ORDERED, ORDERED_BACK),
        migrations.RunSQL(LET_GO, LET_GO_BACK),
    ]

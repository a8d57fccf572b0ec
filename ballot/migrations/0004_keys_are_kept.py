"""A credential's key, elector and election never change; a box's label has any length."""

from __future__ import annotations

from django.db import migrations, models

KEYS = """
CREATE FUNCTION ballot_refuse_other_key() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR (OLD.public_key, OLD.roll_entry_id, OLD.election_id, OLD.attempt)
       IS DISTINCT FROM (NEW.public_key, NEW.roll_entry_id, NEW.election_id, NEW.attempt)
       OR (OLD.force = 'revoked' AND NEW.force <> 'revoked') THEN
        RAISE EXCEPTION 'a credential is never changed but to come into force or be revoked'
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER ballot_credential_kept BEFORE UPDATE OR DELETE ON ballot_credential
    FOR EACH ROW EXECUTE FUNCTION ballot_refuse_other_key();
"""

KEYS_BACK = """
DROP TRIGGER ballot_credential_kept ON ballot_credential;
DROP FUNCTION ballot_refuse_other_key();
"""


class Migration(migrations.Migration):
    dependencies = [("ballot", "0003_disputes")]

    operations = [
        migrations.AlterField("box", "label", models.TextField()),
        migrations.RunSQL(KEYS, KEYS_BACK),
    ]

"""Rows that record what somebody did are nobody's to delete at work.

A note on a flag, a correction that was asked for and its answer, a standing that a decision keeps,
a dry run and whom it named, the version of the list, a roll: the work never deletes one, so that
the working role may not (config.database_access reads the names of these triggers). What was said
once of a flag, a correction or a pair stays as it was said, but for a pair, whose decision a person
may take back: it is open then, and the audit trail tells of both.

The trigger that keeps a decided pair is not named _kept: the search deletes open ones.
"""

from __future__ import annotations

from django.db import migrations

KEPT = (
    "contactflag", "correctionrequest", "dryrun", "dryrunmove", "importsource", "keptstanding",
    "pairsearch", "register", "roll",
)  # fmt: skip

SAID = """
CREATE TRIGGER members_pair_decided_stays BEFORE DELETE ON members_pair
    FOR EACH ROW WHEN (OLD.state <> 'open') EXECUTE FUNCTION members_refuse_change();
CREATE TRIGGER members_contactflag_said BEFORE UPDATE ON members_contactflag
    FOR EACH ROW
    WHEN (OLD.state <> 'open' AND (NEW.state, NEW.note, NEW.looked_by_id, NEW.looked_at)
          IS DISTINCT FROM (OLD.state, OLD.note, OLD.looked_by_id, OLD.looked_at))
    EXECUTE FUNCTION members_refuse_change();
CREATE TRIGGER members_correctionrequest_said BEFORE UPDATE ON members_correctionrequest
    FOR EACH ROW
    WHEN (OLD.state <> 'waiting' AND NEW.* IS DISTINCT FROM OLD.*
          OR (NEW.member_id, NEW.detail, NEW.wanted, NEW.why, NEW.asked_at)
          IS DISTINCT FROM (OLD.member_id, OLD.detail, OLD.wanted, OLD.why, OLD.asked_at))
    EXECUTE FUNCTION members_refuse_change();
"""

SAID_BACK = """
DROP TRIGGER members_correctionrequest_said ON members_correctionrequest;
DROP TRIGGER members_contactflag_said ON members_contactflag;
DROP TRIGGER members_pair_decided_stays ON members_pair;
"""


def _kept(table: str) -> migrations.RunSQL:
    return migrations.RunSQL(
        f"CREATE TRIGGER members_{table}_kept BEFORE DELETE ON members_{table}"
        " FOR EACH ROW EXECUTE FUNCTION members_refuse_change()",
        f"DROP TRIGGER members_{table}_kept ON members_{table}",
    )


class Migration(migrations.Migration):
    dependencies = [("members", "0026_undone_members_are_recorded")]

    operations = [*map(_kept, KEPT), migrations.RunSQL(SAID, SAID_BACK)]

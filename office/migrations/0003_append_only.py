"""What the database refuses: a changed audit record, a changed proposal, a decision undone."""

from __future__ import annotations

from django.db import migrations

AUDIT = """
CREATE FUNCTION office_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only: % is refused', TG_TABLE_NAME, TG_OP
        USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER office_auditrecord_append_only BEFORE UPDATE OR DELETE ON office_auditrecord
    FOR EACH ROW EXECUTE FUNCTION office_refuse_change();
"""
AUDIT_BACK = """
DROP TRIGGER office_auditrecord_append_only ON office_auditrecord;
DROP FUNCTION office_refuse_change();
"""

APPROVAL = """
CREATE FUNCTION office_refuse_undecided() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.state <> 'waiting' THEN
        RAISE EXCEPTION 'approval % is decided already', OLD.id
            USING ERRCODE = 'restrict_violation';
    END IF;
    IF (NEW.id, NEW.act, NEW.subject_kind, NEW.subject_id, NEW.parameters, NEW.sentence,
        NEW.proposed_by_id, NEW.proposed_at, NEW.expires_at)
       IS DISTINCT FROM
       (OLD.id, OLD.act, OLD.subject_kind, OLD.subject_id, OLD.parameters, OLD.sentence,
        OLD.proposed_by_id, OLD.proposed_at, OLD.expires_at) THEN
        RAISE EXCEPTION 'approval %: what was proposed cannot change', OLD.id
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER office_approval_decided_once BEFORE UPDATE ON office_approval
    FOR EACH ROW EXECUTE FUNCTION office_refuse_undecided();
CREATE TRIGGER office_approval_kept BEFORE DELETE ON office_approval
    FOR EACH ROW EXECUTE FUNCTION office_refuse_change();
"""
APPROVAL_BACK = """
DROP TRIGGER office_approval_kept ON office_approval;
DROP TRIGGER office_approval_decided_once ON office_approval;
DROP FUNCTION office_refuse_undecided();
"""


class Migration(migrations.Migration):
    dependencies = [("office", "0002_roles")]

    operations = [
        migrations.RunSQL(AUDIT, AUDIT_BACK),
        migrations.RunSQL(APPROVAL, APPROVAL_BACK),
    ]

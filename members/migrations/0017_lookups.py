"""Who was told what of whom: look-ups, exports and access requests, none of them to be rewritten."""

from __future__ import annotations

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

# An export is ended once: nothing that was said at its beginning may change with that.
KEEP = """
CREATE TRIGGER members_lookup_append_only BEFORE UPDATE OR DELETE ON members_lookup
    FOR EACH ROW EXECUTE FUNCTION members_refuse_change();
CREATE TRIGGER members_exportrecord_kept BEFORE DELETE ON members_exportrecord
    FOR EACH ROW EXECUTE FUNCTION members_refuse_change();
CREATE FUNCTION members_end_export_once() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.finished_at IS NOT NULL OR
       (NEW.id, NEW.at, NEW.by_id, NEW.purpose, NEW.destroy_by, NEW.columns, NEW.filters) IS DISTINCT FROM
       (OLD.id, OLD.at, OLD.by_id, OLD.purpose, OLD.destroy_by, OLD.columns, OLD.filters) THEN
        RAISE EXCEPTION 'export % is append-only', OLD.id USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER members_exportrecord_ends_once BEFORE UPDATE ON members_exportrecord
    FOR EACH ROW EXECUTE FUNCTION members_end_export_once();
CREATE TRIGGER members_accessrequest_kept BEFORE DELETE ON members_accessrequest
    FOR EACH ROW EXECUTE FUNCTION members_refuse_change();
CREATE FUNCTION members_keep_request() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.destroyed_at IS NOT NULL OR
       (NEW.id, NEW.member_id, NEW.asked_on, NEW.proof, NEW.note, NEW.requested_at,
        NEW.requested_by_id) IS DISTINCT FROM
       (OLD.id, OLD.member_id, OLD.asked_on, OLD.proof, OLD.note, OLD.requested_at,
        OLD.requested_by_id) OR
       (OLD.made_at IS NOT NULL
        AND (NEW.made_at, NEW.sha256) IS DISTINCT FROM (OLD.made_at, OLD.sha256)) THEN
        RAISE EXCEPTION 'access request % is append-only', OLD.id
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER members_accessrequest_keeps BEFORE UPDATE ON members_accessrequest
    FOR EACH ROW EXECUTE FUNCTION members_keep_request();
"""

UNDO = """
DROP TRIGGER members_accessrequest_keeps ON members_accessrequest;
DROP TRIGGER members_accessrequest_kept ON members_accessrequest;
DROP TRIGGER members_exportrecord_ends_once ON members_exportrecord;
DROP TRIGGER members_exportrecord_kept ON members_exportrecord;
DROP TRIGGER members_lookup_append_only ON members_lookup;
DROP FUNCTION members_keep_request();
DROP FUNCTION members_end_export_once();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("members", "0016_searching"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='AccessRequest',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('asked_on', models.DateField()),
                ('proof', models.CharField(choices=[('mailbox', 'They answered from the e-mail address on file'), ('document', 'They showed a document with name and address'), ('known', 'An officer knows them in person'), ('deputed', 'Somebody acts for them, with written authority')], max_length=8)),
                ('note', models.TextField(blank=True, default='')),
                ('requested_at', models.DateTimeField()),
                ('file', models.BinaryField(null=True)),
                ('sha256', models.CharField(blank=True, default='', max_length=64)),
                ('made_at', models.DateTimeField(null=True)),
                ('destroyed_at', models.DateTimeField(null=True)),
                ('member', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='access_requests', to='members.member')),
                ('requested_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ('-id',),
                'constraints': [models.CheckConstraint(condition=models.Q(('file__isnull', True), ('made_at__isnull', False), _connector='OR'), name='access_file_has_its_time'), models.CheckConstraint(condition=models.Q(('destroyed_at__isnull', True), ('file__isnull', True), _connector='OR'), name='access_file_is_destroyed_whole')],
            },
        ),
        migrations.CreateModel(
            name='ExportRecord',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField()),
                ('purpose', models.CharField(max_length=300)),
                ('destroy_by', models.DateField()),
                ('columns', models.JSONField()),
                ('filters', models.JSONField()),
                ('rows', models.PositiveIntegerField(null=True)),
                ('sha256', models.CharField(blank=True, default='', max_length=64)),
                ('finished_at', models.DateTimeField(null=True)),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ('-id',),
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('finished_at__isnull', True), ('rows__isnull', True), ('sha256', '')), models.Q(models.Q(('sha256', ''), _negated=True), ('finished_at__isnull', False), ('rows__isnull', False)), _connector='OR'), name='export_is_finished_whole')],
            },
        ),
        migrations.CreateModel(
            name='LookUp',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField()),
                ('kind', models.CharField(choices=[('member', 'looked at one member'), ('search', 'searched'), ('access', 'took a subject access file')], max_length=8)),
                ('words_mac', models.CharField(blank=True, default='', max_length=64)),
                ('hits', models.PositiveIntegerField(null=True)),
                ('by', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('member', models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='look_ups', to='members.member')),
            ],
            options={
                'ordering': ('-id',),
                'indexes': [models.Index(fields=['member', 'id'], name='look_up_by_member'), models.Index(fields=['by', 'id'], name='look_up_by_staff'), models.Index(fields=['at'], name='look_up_by_time')],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('hits__isnull', False), ('kind', 'search'), ('member__isnull', True)), models.Q(models.Q(('kind', 'search'), _negated=True), ('member__isnull', False), ('words_mac', '')), _connector='OR'), name='look_up_is_of_a_member_or_a_search')],
            },
        ),
        migrations.RunSQL(KEEP, UNDO),
    ]

"""Changes of contact details: what reports need of them, their freeze, drafts, disputes, flags.

What counts as a change is written once, in the trigger's function: case, spacing and punctuation
alone are no news, and a telephone number is one with its country's code and without. Each change
that is one is written down as a set, once a statement, whatever made it.
"""

from __future__ import annotations

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

KINDS = r"""
CREATE FUNCTION members_plain_phone(text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT regexp_replace(regexp_replace($1, '[^0-9+]', '', 'g'), '^(\+|00)44', '0')
$$;
CREATE FUNCTION members_plain_text(text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT lower(regexp_replace($1, '[^[:alnum:]]', '', 'g'))
$$;
CREATE FUNCTION members_plain_address(jsonb) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT members_plain_text(coalesce($1 ->> 'address_1', '') || coalesce($1 ->> 'address_2', '')
        || coalesce($1 ->> 'address_3', '') || coalesce($1 ->> 'address_4', '')
        || coalesce($1 ->> 'postcode', '') || coalesce($1 ->> 'country', ''))
$$;
CREATE FUNCTION members_keep_contact_changes() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO members_contactchange
        (change_id, member_id, unit_id, at, source, by_id, batch_id,
         is_email, is_phone, is_address, is_name)
    SELECT changed.id, changed.member_id, m.unit_id, changed.at, changed.source, changed.by_id,
           changed.batch_id, is_email, is_phone, is_address, is_name
    FROM written changed
    JOIN members_member m ON m.id = changed.member_id
    CROSS JOIN LATERAL (
        SELECT lower(btrim(changed.before ->> 'email'))
                   IS DISTINCT FROM lower(btrim(changed.after ->> 'email')) AS is_email,
               members_plain_phone(changed.before ->> 'phone')
                   IS DISTINCT FROM members_plain_phone(changed.after ->> 'phone') AS is_phone,
               changed.before ?| ARRAY['address_1', 'address_2', 'address_3', 'address_4',
                                       'postcode', 'country']
               AND members_plain_address(changed.before)
                   IS DISTINCT FROM members_plain_address(changed.after) AS is_address,
               members_plain_text(changed.before ->> 'given_name')
                   IS DISTINCT FROM members_plain_text(changed.after ->> 'given_name')
               OR members_plain_text(changed.before ->> 'family_name')
                   IS DISTINCT FROM members_plain_text(changed.after ->> 'family_name') AS is_name
        OFFSET 0  -- Worked out once for each change, and not again to be written down.
    ) AS kinds
    WHERE changed.before ?| ARRAY[
            'email', 'phone', 'address_1', 'address_2', 'address_3', 'address_4', 'postcode',
            'country', 'given_name', 'family_name']
      AND (is_email OR is_phone OR is_address OR is_name)
    ORDER BY changed.id;
    RETURN NULL;
END $$;
CREATE TRIGGER members_change_contacts AFTER INSERT ON members_change
    REFERENCING NEW TABLE AS written
    FOR EACH STATEMENT EXECUTE FUNCTION members_keep_contact_changes();
"""

UNDO_KINDS = """
DROP TRIGGER members_change_contacts ON members_change;
DROP FUNCTION members_keep_contact_changes();
DROP FUNCTION members_plain_address(jsonb);
DROP FUNCTION members_plain_text(text);
DROP FUNCTION members_plain_phone(text);
"""

APPEND_ONLY = ("contactchange", "contactdispute", "contactdraft", "contactfreeze")


def _kept(table: str) -> migrations.RunSQL:
    return migrations.RunSQL(
        f"CREATE TRIGGER members_{table}_append_only BEFORE UPDATE OR DELETE ON members_{table}"
        " FOR EACH ROW EXECUTE FUNCTION members_refuse_change()",
        f"DROP TRIGGER members_{table}_append_only ON members_{table}",
    )


class Migration(migrations.Migration):

    dependencies = [
        ('members', '0012_pairs'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='ContactDispute',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('said_at', models.DateTimeField()),
                ('change', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='dispute', to='members.change')),
            ],
        ),
        migrations.CreateModel(
            name='ContactDraft',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('before', models.JSONField()),
                ('after', models.JSONField()),
                ('source', models.CharField(choices=[('import', 'an import'), ('undo', 'an import undone'), ('edit', 'a correction at the desk'), ('request', 'a correction the member asked for'), ('merge', 'the duplicates queue'), ('decision', 'a standing decision'), ('destruction', 'destruction at the end of retention'), ('database', 'the database itself, by no act of this program')], max_length=16)),
                ('reason', models.TextField()),
                ('drafted_at', models.DateTimeField()),
                ('drafted_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('member', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='contact_drafts', to='members.member')),
            ],
        ),
        migrations.CreateModel(
            name='ContactFreeze',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('freezes_at', models.DateTimeField()),
                ('reason', models.TextField(blank=True, default='')),
                ('set_at', models.DateTimeField()),
                ('seconded_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('set_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ('-id',),
            },
        ),
        migrations.CreateModel(
            name='ContactChange',
            fields=[
                ('change', models.OneToOneField(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='contact', serialize=False, to='members.change')),
                ('at', models.DateTimeField()),
                ('source', models.CharField(max_length=16)),
                ('is_email', models.BooleanField()),
                ('is_phone', models.BooleanField()),
                ('is_address', models.BooleanField()),
                ('is_name', models.BooleanField()),
                ('batch', models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='members.importbatch')),
                ('by', models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('member', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='members.member')),
                ('unit', models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='members.unit')),
            ],
            options={
                'indexes': [models.Index(fields=['at'], name='contact_change_by_time'), models.Index(fields=['by', 'at'], name='contact_change_by_actor'), models.Index(condition=models.Q(('batch__isnull', False)), fields=['batch'], name='contact_change_by_import')],
            },
        ),
        migrations.CreateModel(
            name='ContactFlag',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('unit', 'Many people of one unit changed by one hand'), ('day', 'Many people changed at the desk by one hand in a day'), ('domain', 'Many new e-mail addresses at a domain hardly seen before'), ('sequence', 'New e-mail addresses numbered in a row'), ('mailbox', 'One e-mail address given to many people'), ('phone', 'One telephone number given to many people'), ('address', 'One postal address given to many people'), ('database', 'Changed by hand in the database'), ('dispute', 'A member says: this was not me')], max_length=16)),
                ('key', models.CharField(max_length=400)),
                ('subject', models.CharField(blank=True, default='', max_length=320)),
                ('people', models.PositiveIntegerField()),
                ('remark', models.CharField(blank=True, default='', max_length=300)),
                ('found_at', models.DateTimeField()),
                ('seen_at', models.DateTimeField()),
                ('state', models.CharField(choices=[('open', 'to be looked at'), ('looked_at', 'looked at')], default='open', max_length=16)),
                ('looked_at', models.DateTimeField(null=True)),
                ('note', models.TextField(blank=True, default='')),
                ('batch', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='members.importbatch')),
                ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('change', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='members.change')),
                ('looked_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('unit', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='members.unit')),
            ],
            options={
                'ordering': ('-id',),
                'indexes': [models.Index(fields=['key', '-id'], name='contact_flag_by_key')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('state', 'open')), fields=('key',), name='contact_flag_open_once'), models.CheckConstraint(condition=models.Q(models.Q(('looked_at__isnull', True), ('state', 'open')), models.Q(('looked_at__isnull', False), ('state', 'looked_at')), _connector='OR'), name='contact_flag_looked_at_has_its_time')],
            },
        ),
        migrations.RunSQL(KINDS, UNDO_KINDS),
        *map(_kept, APPEND_ONLY),
    ]

"""Dry runs of rules, and what a verdict and a roll keep so that one can be compared with another.

A finished dry run, the moves it found and the hash of a roll's verdicts stay as they are.
"""

from __future__ import annotations

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

KEPT = """
CREATE FUNCTION members_keep_dry_run() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.finished_at IS NOT NULL THEN
        RAISE EXCEPTION 'dry run % is finished', OLD.id USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER members_dryrun_stays BEFORE UPDATE ON members_dryrun
    FOR EACH ROW EXECUTE FUNCTION members_keep_dry_run();
CREATE TRIGGER members_dryrunmove_stays BEFORE UPDATE ON members_dryrunmove
    FOR EACH ROW EXECUTE FUNCTION members_refuse_change();
CREATE TRIGGER members_roll_keeps_its_verdicts_hash BEFORE UPDATE ON members_roll
    FOR EACH ROW
    WHEN (OLD.verdicts_hash <> '' AND NEW.verdicts_hash IS DISTINCT FROM OLD.verdicts_hash)
    EXECUTE FUNCTION members_refuse_change();
"""

UNDO = """
DROP TRIGGER members_roll_keeps_its_verdicts_hash ON members_roll;
DROP TRIGGER members_dryrunmove_stays ON members_dryrunmove;
DROP TRIGGER members_dryrun_stays ON members_dryrun;
DROP FUNCTION members_keep_dry_run();
"""


class Migration(migrations.Migration):

    dependencies = [
        ('members', '0013_contacts'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name='roll',
            name='verdicts_hash',
            field=models.CharField(blank=True, default='', max_length=64),
        ),
        migrations.AddField(
            model_name='verdict',
            name='entered_as',
            field=models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='members.member'),
        ),
        migrations.AddField(
            model_name='verdict',
            name='levy_confirmed',
            field=models.BooleanField(null=True),
        ),
        migrations.CreateModel(
            name='DryRun',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('asked_at', models.DateTimeField()),
                ('finished_at', models.DateTimeField(null=True)),
                ('register_version', models.PositiveBigIntegerField(null=True)),
                ('members_judged', models.PositiveIntegerField(default=0)),
                ('electors', models.PositiveIntegerField(default=0)),
                ('verdicts_hash', models.CharField(blank=True, default='', max_length=64)),
                ('figures', models.JSONField(default=dict)),
                ('asked_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('base_roll', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='members.roll')),
                ('base_rules', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='members.eligibilityrules')),
                ('rules', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='dry_runs', to='members.eligibilityrules')),
            ],
            options={
                'ordering': ('-id',),
            },
        ),
        migrations.CreateModel(
            name='DryRunMove',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('against', models.CharField(choices=[('rules', 'the version before'), ('roll', 'the frozen roll')], max_length=8)),
                ('was', models.CharField(blank=True, max_length=32)),
                ('becomes', models.CharField(max_length=32)),
                ('still_votes', models.BooleanField()),
                ('member', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='members.member')),
                ('run', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='moves', to='members.dryrun')),
                ('section', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='members.section')),
                ('unit', models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='members.unit')),
            ],
        ),
        migrations.AddConstraint(
            model_name='dryrun',
            constraint=models.CheckConstraint(condition=models.Q(('finished_at__isnull', True), models.Q(('register_version__isnull', False), models.Q(('verdicts_hash', ''), _negated=True)), _connector='OR'), name='dry_run_finished_has_its_result'),
        ),
        migrations.AddConstraint(
            model_name='dryrunmove',
            constraint=models.UniqueConstraint(fields=('run', 'against', 'member'), name='move_is_recorded_once'),
        ),
        migrations.RunSQL(KEPT, UNDO),
    ]

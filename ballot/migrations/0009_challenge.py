"""Challenged papers: kept for good, and never in the box.

What is challenged is never cast, and what is cast never challenged: each table refuses a c1 or a c2
of the other's (sealing §6.7). The functions are VOLATILE, so each looks at what is committed when
it runs and not at what the statement saw as it began; and a challenge holds the election's queue
alone, so no cast is under way beside it (ballot/services/challenge_paper.py).
"""

from __future__ import annotations

import django.db.models.deletion
from django.db import migrations, models

TABLES = ("ballot_challenge", "ballot_challengedvote")

KEPT = "".join(
    f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table} "
    "FOR EACH ROW EXECUTE FUNCTION ballot_refuse_change();"
    for table in TABLES
)
KEPT_BACK = "".join(f"DROP TRIGGER {table}_append_only ON {table};" for table in TABLES)

APART = """
CREATE FUNCTION ballot_refuse_challenged() RETURNS trigger LANGUAGE plpgsql VOLATILE
SET search_path = public, pg_temp AS $$ BEGIN
    IF EXISTS (SELECT FROM ballot_challengedvote WHERE c1 = NEW.c1)
       OR EXISTS (SELECT FROM ballot_challengedvote WHERE c2 = NEW.c2) THEN
        RAISE EXCEPTION 'a part of a challenged paper is never cast'
            USING ERRCODE = 'unique_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER ballot_sealedvote_not_challenged BEFORE INSERT ON ballot_sealedvote
    FOR EACH ROW EXECUTE FUNCTION ballot_refuse_challenged();

CREATE FUNCTION ballot_refuse_cast() RETURNS trigger LANGUAGE plpgsql VOLATILE
SET search_path = public, pg_temp AS $$ BEGIN
    IF EXISTS (SELECT FROM ballot_sealedvote WHERE c1 = NEW.c1)
       OR EXISTS (SELECT FROM ballot_sealedvote WHERE c2 = NEW.c2) THEN
        RAISE EXCEPTION 'a part of a ballot that was cast is never challenged'
            USING ERRCODE = 'unique_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER ballot_challengedvote_not_cast BEFORE INSERT ON ballot_challengedvote
    FOR EACH ROW EXECUTE FUNCTION ballot_refuse_cast();
"""
APART_BACK = """
DROP TRIGGER ballot_challengedvote_not_cast ON ballot_challengedvote;
DROP FUNCTION ballot_refuse_cast();
DROP TRIGGER ballot_sealedvote_not_challenged ON ballot_sealedvote;
DROP FUNCTION ballot_refuse_challenged();
"""


class Migration(migrations.Migration):

    dependencies = [
        ('ballot', '0008_trustees'),
        ('members', '0029_waiting_files_are_looked_at_again'),
    ]

    operations = [
        migrations.CreateModel(
            name='ChallengedVote',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('c1', models.BinaryField()),
                ('c2', models.BinaryField()),
                ('ranking', models.PositiveIntegerField(help_text="Its number in the contest's space.")),
                ('randomness', models.BinaryField()),
            ],
        ),
        migrations.CreateModel(
            name='Challenge',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('tracker', models.BinaryField()),
                ('election', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='challenges', to='ballot.election')),
                ('section', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, to='members.section')),
            ],
        ),
        migrations.AddField(
            model_name='entry',
            name='challenge',
            field=models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, to='ballot.challenge'),
        ),
        migrations.AddConstraint(
            model_name='entry',
            constraint=models.UniqueConstraint(condition=models.Q(('challenge__isnull', False)), fields=('challenge',), name='entry_challenge_once'),
        ),
        migrations.AddField(
            model_name='challengedvote',
            name='challenge',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='votes', to='ballot.challenge'),
        ),
        migrations.AddField(
            model_name='challengedvote',
            name='contest',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, to='ballot.contest'),
        ),
        migrations.AddConstraint(
            model_name='challenge',
            constraint=models.UniqueConstraint(fields=('tracker',), name='challenge_tracker_once'),
        ),
        migrations.AddIndex(
            model_name='challengedvote',
            index=models.Index(fields=['c1'], name='challenged_c1'),
        ),
        migrations.AddIndex(
            model_name='challengedvote',
            index=models.Index(fields=['c2'], name='challenged_c2'),
        ),
        migrations.AddConstraint(
            model_name='challengedvote',
            constraint=models.UniqueConstraint(fields=('challenge', 'contest'), name='challenged_one_a_contest'),
        ),
        migrations.RunSQL(KEPT, KEPT_BACK),
        migrations.RunSQL(APART, APART_BACK),
    ]

"""The board as a log: tiles of hashes, signed checkpoints, and the witnesses' signatures.

A checkpoint and a cosignature never change. A tile only grows: what it holds stays its beginning.
"""

from __future__ import annotations

import django.db.models.deletion
from django.db import migrations, models

KEPT = """
CREATE TRIGGER ballot_checkpoint_append_only BEFORE UPDATE OR DELETE ON ballot_checkpoint
    FOR EACH ROW EXECUTE FUNCTION ballot_refuse_change();
CREATE TRIGGER ballot_cosignature_append_only BEFORE UPDATE OR DELETE ON ballot_cosignature
    FOR EACH ROW EXECUTE FUNCTION ballot_refuse_change();

CREATE FUNCTION ballot_let_tile_grow() RETURNS trigger LANGUAGE plpgsql
SET search_path = public, pg_temp AS $$ BEGIN
    IF TG_OP = 'DELETE'
       OR (NEW.id, NEW.election_id, NEW.level, NEW.number)
          <> (OLD.id, OLD.election_id, OLD.level, OLD.number)
       OR substring(NEW.hashes FROM 1 FOR length(OLD.hashes)) <> OLD.hashes THEN
        RAISE EXCEPTION 'a tile of the log only grows: % is refused', TG_OP
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER ballot_logtile_kept BEFORE UPDATE OR DELETE ON ballot_logtile
    FOR EACH ROW EXECUTE FUNCTION ballot_let_tile_grow();
"""

KEPT_BACK = """
DROP TRIGGER ballot_logtile_kept ON ballot_logtile;
DROP FUNCTION ballot_let_tile_grow();
DROP TRIGGER ballot_cosignature_append_only ON ballot_cosignature;
DROP TRIGGER ballot_checkpoint_append_only ON ballot_checkpoint;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('ballot', '0005_ballots_set_aside'),
    ]

    operations = [
        migrations.CreateModel(
            name='Checkpoint',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('size', models.PositiveIntegerField()),
                ('root', models.BinaryField()),
                ('note', models.TextField()),
                ('signed_at', models.DateTimeField()),
                ('election', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='checkpoints', to='ballot.election')),
            ],
            options={
                'ordering': ('size',),
            },
        ),
        migrations.CreateModel(
            name='Cosignature',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('witness', models.CharField(max_length=200)),
                ('line', models.TextField()),
                ('cosigned_at', models.DateTimeField()),
                ('checkpoint', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='cosignatures', to='ballot.checkpoint')),
            ],
            options={
                'ordering': ('witness',),
            },
        ),
        migrations.CreateModel(
            name='LogTile',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('level', models.PositiveSmallIntegerField()),
                ('number', models.PositiveIntegerField()),
                ('hashes', models.BinaryField()),
                ('election', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='ballot.election')),
            ],
        ),
        migrations.AddConstraint(
            model_name='checkpoint',
            constraint=models.UniqueConstraint(fields=('election', 'size'), name='checkpoint_size_once'),
        ),
        migrations.AddConstraint(
            model_name='cosignature',
            constraint=models.UniqueConstraint(fields=('checkpoint', 'witness'), name='cosignature_once_a_witness'),
        ),
        migrations.AddConstraint(
            model_name='logtile',
            constraint=models.UniqueConstraint(fields=('election', 'level', 'number'), name='log_tile_once'),
        ),
        migrations.RunSQL(KEPT, KEPT_BACK),
    ]

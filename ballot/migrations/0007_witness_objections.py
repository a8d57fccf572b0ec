"""What a witness said against a signed state of a board; kept for good."""

from __future__ import annotations

import django.db.models.deletion
from django.db import migrations, models

KEPT = """
CREATE TRIGGER ballot_witnessobjection_append_only BEFORE UPDATE OR DELETE
    ON ballot_witnessobjection FOR EACH ROW EXECUTE FUNCTION ballot_refuse_change();
"""
KEPT_BACK = "DROP TRIGGER ballot_witnessobjection_append_only ON ballot_witnessobjection;"


class Migration(migrations.Migration):

    dependencies = [
        ('ballot', '0006_log'),
    ]

    operations = [
        migrations.CreateModel(
            name='WitnessObjection',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('witness', models.CharField(max_length=200)),
                ('ground', models.CharField(choices=[('fork', 'it has cosigned another state of the same size'), ('proof', 'this state does not continue the one that it cosigned'), ('ahead', 'it has cosigned a larger state than there is')], max_length=8)),
                ('known_size', models.BigIntegerField(null=True)),
                ('said_at', models.DateTimeField()),
                ('checkpoint', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='objections', to='ballot.checkpoint')),
            ],
            options={
                'ordering': ('said_at',),
            },
        ),
        migrations.AddConstraint(
            model_name='witnessobjection',
            constraint=models.UniqueConstraint(fields=('checkpoint', 'witness', 'ground'), name='witness_objection_once'),
        ),
        migrations.RunSQL(KEPT, KEPT_BACK),
    ]

"""An outside issuer: their card, their signatures, what is asked of them, files that wait."""

from __future__ import annotations

import django.db.models.deletion
from django.db import migrations, models

KEPT = (
    "CREATE TRIGGER ballot_issuerrequest_kept BEFORE DELETE ON ballot_issuerrequest "
    "FOR EACH ROW EXECUTE FUNCTION ballot_refuse_change();"
)
KEPT_BACK = "DROP TRIGGER ballot_issuerrequest_kept ON ballot_issuerrequest;"


class Migration(migrations.Migration):

    dependencies = [
        ('ballot', '0009_challenge'),
        ('members', '0029_waiting_files_are_looked_at_again'),
    ]

    operations = [
        migrations.AddField(
            model_name='credential',
            name='revocation',
            field=models.BinaryField(null=True),
        ),
        migrations.AddField(
            model_name='credential',
            name='signature',
            field=models.BinaryField(null=True),
        ),
        migrations.AddField(
            model_name='election',
            name='issuer',
            field=models.JSONField(blank=True, help_text='The card of the outside issuer who makes the voting codes; none: the server.', null=True),
        ),
        migrations.CreateModel(
            name='IssuerFile',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('content', models.BinaryField()),
                ('handed_in_at', models.DateTimeField()),
                ('election', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='ballot.election')),
            ],
        ),
        migrations.CreateModel(
            name='IssuerRequest',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('issue', 'issue'), ('reissue', 'reissue'), ('revoke', 'revoke')], max_length=10)),
                ('state', models.CharField(choices=[('open', 'Open'), ('answered', 'Answered'), ('withdrawn', 'Withdrawn')], default='open', max_length=10)),
                ('asked_at', models.DateTimeField()),
                ('credential', models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, to='ballot.credential')),
                ('election', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='issuer_requests', to='ballot.election')),
                ('roll_entry', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, to='members.rollentry')),
            ],
            options={
                'ordering': ('pk',),
            },
        ),
        migrations.AddConstraint(
            model_name='issuerrequest',
            constraint=models.UniqueConstraint(condition=models.Q(('state', 'open'), models.Q(('kind', 'revoke'), _negated=True)), fields=('roll_entry', 'kind'), name='issuer_request_open_once'),
        ),
        migrations.AddConstraint(
            model_name='issuerrequest',
            constraint=models.UniqueConstraint(condition=models.Q(('kind', 'revoke')), fields=('credential',), name='issuer_revocation_once'),
        ),
        migrations.AddConstraint(
            model_name='issuerrequest',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['issue', 'reissue', 'revoke']), ('state__in', ['open', 'answered', 'withdrawn'])), name='issuer_request_is_known'),
        ),
        migrations.AddConstraint(
            model_name='issuerrequest',
            constraint=models.CheckConstraint(condition=models.Q(('credential__isnull', True), ('kind', 'revoke'), _negated=True), name='issuer_revocation_names_a_credential'),
        ),
        migrations.RunSQL(KEPT, KEPT_BACK),
    ]

"""Pairs of records that may be one person's, and the searches that found them."""

from __future__ import annotations

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('members', '0011_undone_members'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='PairSearch',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('is_whole', models.BooleanField()),
                ('started_at', models.DateTimeField()),
                ('finished_at', models.DateTimeField()),
                ('up_to_member', models.BigIntegerField()),
                ('up_to_change', models.BigIntegerField()),
                ('members_read', models.PositiveIntegerField()),
                ('members_fresh', models.PositiveIntegerField()),
                ('pairs_compared', models.PositiveBigIntegerField()),
                ('pairs_found', models.PositiveIntegerField()),
                ('skipped', models.JSONField(default=list)),
            ],
            options={
                'verbose_name_plural': 'pair searches',
                'ordering': ('-id',),
            },
        ),
        migrations.CreateModel(
            name='Pair',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('score', models.IntegerField()),
                ('levels', models.CharField(max_length=16)),
                ('state', models.CharField(choices=[('open', 'waiting for a decision'), ('same', 'the same person'), ('different', 'not the same person')], default='open', max_length=16)),
                ('is_implied', models.BooleanField(default=False)),
                ('reason', models.TextField(blank=True, default='')),
                ('found_at', models.DateTimeField()),
                ('settled_at', models.DateTimeField(null=True)),
                ('last_change', models.BigIntegerField(default=0)),
                ('returned_at', models.DateTimeField(null=True)),
                ('first', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='members.member')),
                ('kept', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='members.member')),
                ('second', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='members.member')),
                ('settled_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ('-score', 'id'),
                'indexes': [models.Index(fields=['state', '-score', 'id'], name='pair_by_likelihood'), models.Index(fields=['state', '-settled_at', '-id'], name='pair_by_decision')],
                'constraints': [models.UniqueConstraint(fields=('first', 'second'), name='pair_is_kept_once'), models.CheckConstraint(condition=models.Q(('first__lt', models.F('second'))), name='pair_is_in_order'), models.CheckConstraint(condition=models.Q(('state', 'open'), ('settled_at__isnull', False), _connector='OR'), name='pair_decided_has_its_time'), models.CheckConstraint(condition=models.Q(models.Q(('state', 'same'), models.Q(('kept', models.F('first')), ('kept', models.F('second')), ('is_implied', True), _connector='OR')), models.Q(models.Q(('state', 'same'), _negated=True), ('is_implied', False), ('kept__isnull', True)), _connector='OR'), name='pair_merged_names_who_stands')],
            },
        ),
    ]

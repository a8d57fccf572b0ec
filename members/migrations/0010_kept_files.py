"""What stays of an import: its totals, its refused rows as they stood, its file's certificate."""

from __future__ import annotations

import django.db.models.deletion
import django.db.models.expressions
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('members', '0009_sources'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        # A few rows for the preview page, which now reads its rows from the import's tables.
        migrations.RemoveField(model_name='importbatch', name='samples'),
        migrations.AddField(
            model_name='importbatch',
            name='changes_by_field',
            field=models.JSONField(default=dict),
        ),
        migrations.AddField(
            model_name='importbatch',
            name='rows_alike',
            field=models.PositiveIntegerField(default=0),
        ),
        migrations.AddField(
            model_name='importbatch',
            name='undone_at',
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='importbatch',
            name='undone_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AlterField(
            model_name='importbatch',
            name='state',
            field=models.CharField(choices=[('uploaded', 'waiting to be read'), ('mapping', 'waiting to be told what its columns are'), ('reading', 'being read'), ('previewed', 'ready to be looked at'), ('applying', 'being applied'), ('applied', 'applied'), ('discarded', 'discarded'), ('failed', 'could not be read'), ('undoing', 'being undone'), ('undone', 'undone')], default='uploaded', max_length=16),
        ),
        migrations.CreateModel(
            name='DestroyedFile',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField()),
                ('why', models.CharField(choices=[('discarded', 'the import was discarded'), ('unreadable', 'the file could not be read'), ('retention', 'the time for keeping it was over')], max_length=16)),
                ('sha256', models.CharField(max_length=64)),
                ('size_bytes', models.PositiveBigIntegerField()),
                ('pieces', models.PositiveIntegerField()),
                ('batch', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='destroyed_file', to='members.importbatch')),
            ],
        ),
        migrations.CreateModel(
            name='MemberReference',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('table', models.CharField(max_length=63)),
                ('column', models.CharField(max_length=63)),
                ('words', models.CharField(max_length=100)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('table', 'column'), name='member_reference_is_named')],
            },
        ),
        migrations.CreateModel(
            name='ImportTotal',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('unit_key', models.TextField(blank=True, db_collation='C')),
                ('unit_name', models.CharField(blank=True, max_length=120)),
                ('before', models.PositiveIntegerField()),
                ('in_file', models.PositiveIntegerField()),
                ('after', models.PositiveIntegerField()),
                ('joining', models.PositiveIntegerField()),
                ('leaving', models.PositiveIntegerField()),
                ('batch', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='totals', to='members.importbatch')),
                ('section', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, to='members.section')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('batch', 'unit_key', 'section'), name='import_total_is_given_once'), models.CheckConstraint(condition=models.Q(('after', django.db.models.expressions.CombinedExpression(django.db.models.expressions.CombinedExpression(models.F('before'), '+', models.F('joining')), '-', models.F('leaving')))), name='import_total_adds_up')],
            },
        ),
        migrations.CreateModel(
            name='MendableRow',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('line', models.PositiveIntegerField()),
                ('cells', models.JSONField()),
                ('batch', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='mendable', to='members.importbatch')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('batch', 'line'), name='mendable_row_stands_once')],
            },
        ),
    ]

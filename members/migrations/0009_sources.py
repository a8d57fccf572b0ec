"""The membership systems that lists come from, and how the files of each are read."""

from __future__ import annotations

import django.db.models.deletion
import django.db.models.expressions
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('members', '0008_staging'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='ImportSource',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=80)),
                ('key', models.CharField(max_length=80, unique=True)),
            ],
        ),
        migrations.CreateModel(
            name='SavedMapping',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('version', models.PositiveIntegerField()),
                ('body', models.JSONField()),
                ('saved_at', models.DateTimeField()),
            ],
            options={
                'ordering': ('-id',),
            },
        ),
        migrations.RemoveConstraint(
            model_name='importbatch',
            name='import_rows_add_up',
        ),
        migrations.AddField(
            model_name='importbatch',
            name='look',
            field=models.JSONField(default=dict),
        ),
        migrations.AddField(
            model_name='importbatch',
            name='mapping',
            field=models.JSONField(default=dict),
        ),
        migrations.AddField(
            model_name='importbatch',
            name='notes',
            field=models.JSONField(default=list),
        ),
        migrations.AlterField(
            model_name='importbatch',
            name='state',
            field=models.CharField(choices=[('uploaded', 'waiting to be read'), ('mapping', 'waiting to be told what its columns are'), ('reading', 'being read'), ('previewed', 'ready to be looked at'), ('applying', 'being applied'), ('applied', 'applied'), ('discarded', 'discarded'), ('failed', 'could not be read')], default='uploaded', max_length=16),
        ),
        migrations.AddField(
            model_name='savedmapping',
            name='saved_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='savedmapping',
            name='source',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='mappings', to='members.importsource'),
        ),
        migrations.AddField(
            model_name='importbatch',
            name='saved_mapping',
            field=models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, to='members.savedmapping'),
        ),
        migrations.AddConstraint(
            model_name='importbatch',
            constraint=models.CheckConstraint(condition=models.Q(('rows_read', django.db.models.expressions.CombinedExpression(django.db.models.expressions.CombinedExpression(django.db.models.expressions.CombinedExpression(models.F('rows_new'), '+', models.F('rows_changed')), '+', models.F('rows_unchanged')), '+', models.F('rows_refused'))), ('state__in', ['uploaded', 'mapping', 'reading', 'failed', 'discarded']), _connector='OR'), name='import_rows_add_up'),
        ),
        migrations.AddConstraint(
            model_name='savedmapping',
            constraint=models.UniqueConstraint(fields=('source', 'version'), name='mapping_has_one_version'),
        ),
        migrations.RunSQL(
            "CREATE TRIGGER members_savedmapping_append_only"
            " BEFORE UPDATE OR DELETE ON members_savedmapping"
            " FOR EACH ROW EXECUTE FUNCTION members_refuse_change()",
            "DROP TRIGGER members_savedmapping_append_only ON members_savedmapping",
        ),
    ]

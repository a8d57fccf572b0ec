"""Changes of members, and what each row of the membership list says besides."""

from __future__ import annotations

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('members', '0005_keys_of_any_length'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Change',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField()),
                ('source', models.CharField(choices=[('import', 'an import'), ('undo', 'an import undone'), ('edit', 'a correction at the desk'), ('request', 'a correction the member asked for'), ('merge', 'the duplicates queue'), ('decision', 'a standing decision'), ('destruction', 'destruction at the end of retention'), ('database', 'the database itself, by no act of this program')], max_length=16)),
                ('reason', models.TextField(blank=True, default='')),
                ('before', models.JSONField()),
                ('after', models.JSONField()),
            ],
            options={
                'ordering': ('-id',),
            },
        ),
        migrations.AddField(
            model_name='member',
            name='address_withheld',
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name='member',
            name='first_import',
            field=models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='members.importbatch'),
        ),
        # Until now the import that last wrote a row was all that was known of its origin.
        migrations.RunSQL(
            "UPDATE members_member SET first_import_id = last_import_id", migrations.RunSQL.noop
        ),
        migrations.AlterField(
            model_name='member',
            name='first_import',
            field=models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='members.importbatch'),
        ),
        migrations.AddField(
            model_name='member',
            name='levy_confirmed',
            field=models.BooleanField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='member',
            name='merged_into',
            field=models.ForeignKey(blank=True, db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='merged', to='members.member'),
        ),
        migrations.AddField(
            model_name='member',
            name='phone',
            field=models.CharField(blank=True, default='', max_length=32),
        ),
        migrations.AddIndex(
            model_name='member',
            index=models.Index(condition=models.Q(('merged_into__isnull', False)), fields=['merged_into'], name='member_by_merger'),
        ),
        migrations.AddConstraint(
            model_name='member',
            constraint=models.CheckConstraint(condition=models.Q(('merged_into__isnull', True), models.Q(('merged_into', models.F('id')), _negated=True), _connector='OR'), name='member_is_not_merged_into_itself'),
        ),
        migrations.AddField(
            model_name='change',
            name='batch',
            field=models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='changes', to='members.importbatch'),
        ),
        migrations.AddField(
            model_name='change',
            name='by',
            field=models.ForeignKey(null=True, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='change',
            name='member',
            field=models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='changes', to='members.member'),
        ),
        migrations.AddField(
            model_name='change',
            name='seconded_by',
            field=models.ForeignKey(null=True, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddIndex(
            model_name='change',
            index=models.Index(fields=['member', 'id'], name='change_by_member'),
        ),
        migrations.AddIndex(
            model_name='change',
            index=models.Index(fields=['at'], name='change_by_time'),
        ),
        migrations.AddIndex(
            model_name='change',
            index=models.Index(condition=models.Q(('batch__isnull', False)), fields=['batch'], name='change_by_import'),
        ),
        migrations.AddIndex(
            model_name='change',
            index=models.Index(condition=models.Q(('by__isnull', False)), fields=['by', 'id'], name='change_by_actor'),
        ),
    ]

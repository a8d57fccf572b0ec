"""The day on which a roll is destroyed, and the certificate that it was."""

from __future__ import annotations

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('members', '0018_amendments'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name='roll',
            name='destroy_on',
            field=models.DateField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='roll',
            name='destroy_ordered_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='roll',
            name='destroy_seconded_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AlterField(
            model_name='rollentry',
            name='member',
            field=models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='roll_entries', to='members.member'),
        ),
        migrations.CreateModel(
            name='Destruction',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('due_on', models.DateField()),
                ('destroyed_at', models.DateTimeField()),
                ('rows', models.JSONField()),
                ('ordered_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('roll', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='destruction', to='members.roll')),
                ('seconded_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['-id'],
            },
        ),
        migrations.AddConstraint(
            model_name='roll',
            constraint=models.CheckConstraint(condition=models.Q(('destroy_on__isnull', True), models.Q(('destroy_ordered_by__isnull', False), ('destroy_seconded_by__isnull', False), models.Q(('destroy_ordered_by', models.F('destroy_seconded_by')), _negated=True)), _connector='OR'), name='roll_destruction_is_ordered_by_two'),
        ),
        migrations.RunSQL(
            "CREATE TRIGGER members_destruction_append_only BEFORE UPDATE OR DELETE"
            " ON members_destruction FOR EACH ROW EXECUTE FUNCTION members_refuse_change()",
            "DROP TRIGGER members_destruction_append_only ON members_destruction",
        ),
    ]

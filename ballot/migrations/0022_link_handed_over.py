"""When an officer was shown a body's link to hand it over: the public table says so."""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("ballot", "0021_begun_from")]

    operations = [
        migrations.AddField(
            model_name="nominatingbody",
            name="link_shown_at",
            field=models.DateTimeField(
                blank=True,
                help_text="When an officer was last shown the body's link, to hand it over.",
                null=True,
            ),
        ),
    ]

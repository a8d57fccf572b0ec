"""The signature of a commitment to a part, as it stands on the board (sealing spec, 10.3).

Commitments of before have none: a board with such ones is of another form.
"""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("ballot", "0010_issuer")]

    operations = [
        migrations.AddField(
            "partialopening",
            "signature",
            models.BinaryField(default=b""),
            preserve_default=False,
        ),
    ]

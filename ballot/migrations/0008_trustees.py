"""The trustees' key ceremony on the board, who mixed, and what trustees hand in."""

from __future__ import annotations

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import Q

_ID = models.BigAutoField(
    auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
)

HISTORY = """
CREATE TRIGGER ballot_ceremonymessage_append_only BEFORE UPDATE OR DELETE
    ON ballot_ceremonymessage FOR EACH ROW EXECUTE FUNCTION ballot_refuse_change();
"""

HISTORY_BACK = "DROP TRIGGER ballot_ceremonymessage_append_only ON ballot_ceremonymessage;"


def _to(model: str, *, related_name: str = "+", one: bool = False, **rest: object) -> models.Field:
    kind = models.OneToOneField if one else models.ForeignKey
    return kind(
        on_delete=django.db.models.deletion.PROTECT, related_name=related_name, to=model, **rest
    )


class Migration(migrations.Migration):
    dependencies = [("ballot", "0007_witness_objections")]

    operations = [
        migrations.AddField(
            "trustee", "address", models.EmailField(blank=True, max_length=254)
        ),
        migrations.AddField("trustee", "seat", models.BinaryField(blank=True, null=True)),
        migrations.CreateModel(
            name="KeyCeremony",
            fields=[
                ("id", _ID.clone()),
                ("election", _to("ballot.election", related_name="ceremonies")),
                ("entry", _to("ballot.entry", one=True)),
                ("failed", models.TextField(blank=True)),
            ],
        ),
        migrations.CreateModel(
            name="CeremonyMessage",
            fields=[
                ("id", _ID.clone()),
                ("ceremony", _to("ballot.keyceremony", related_name="messages")),
                (
                    "step",
                    models.CharField(
                        choices=[
                            ("commitment", "Committed"),
                            ("reveal", "Revealed"),
                            ("dealing", "Dealt shares"),
                            ("received", "Checked shares"),
                            ("confirmation", "Confirmed"),
                        ],
                        max_length=12,
                    ),
                ),
                ("trustee", models.PositiveSmallIntegerField(help_text="The trustee's number.")),
                ("entry", _to("ballot.entry", one=True)),
            ],
            options={"ordering": ("entry__number",)},
        ),
        migrations.AddConstraint(
            "ceremonymessage",
            models.UniqueConstraint(
                fields=["ceremony", "step", "trustee"], name="ceremony_one_message_a_step"
            ),
        ),
        migrations.CreateModel(
            name="ShareHeld",
            fields=[
                ("id", _ID.clone()),
                ("trustee", _to("ballot.trustee", related_name="proofs")),
                ("size", models.PositiveIntegerField()),
                ("proved_at", models.DateTimeField()),
                ("entry", _to("ballot.entry", one=True)),
            ],
        ),
        migrations.AddConstraint(
            "shareheld",
            models.UniqueConstraint(fields=["trustee", "size"], name="share_held_once_a_size"),
        ),
        migrations.RemoveField("mix", "by_server"),
        migrations.AddField(
            "mix",
            "trustee",
            models.ForeignKey(
                blank=True,
                help_text="Null: the server.",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                to="ballot.trustee",
            ),
        ),
        migrations.AddField("mix", "signature", models.BinaryField(blank=True, null=True)),
        migrations.AddConstraint(
            "mix",
            models.CheckConstraint(
                condition=Q(trustee__isnull=True, signature__isnull=True)
                | Q(trustee__isnull=False, signature__isnull=False),
                name="mix_of_a_trustee_is_signed",
            ),
        ),
        migrations.CreateModel(
            name="HandedIn",
            fields=[
                ("id", _ID.clone()),
                ("box", _to("ballot.box", related_name="handed_in")),
                ("trustee", _to("ballot.trustee", related_name="handed_in")),
                (
                    "kind",
                    models.CharField(
                        choices=[("mix", "A mix"), ("part", "A part")], max_length=4
                    ),
                ),
                ("content", _to("ballot.blob")),
                (
                    "number",
                    models.PositiveSmallIntegerField(
                        blank=True, help_text="Of a mix.", null=True
                    ),
                ),
                ("signature", models.BinaryField(blank=True, help_text="Of a mix.", null=True)),
                (
                    "state",
                    models.CharField(
                        choices=[("waiting", "Waits for its check"), ("refused", "Refused")],
                        default="waiting",
                        max_length=7,
                    ),
                ),
                ("message", models.TextField(blank=True, help_text="Why it was refused.")),
            ],
        ),
        migrations.AddConstraint(
            "handedin",
            models.UniqueConstraint(
                fields=["box", "trustee", "kind"], name="handed_in_newest_alone"
            ),
        ),
        migrations.RunSQL(HISTORY, HISTORY_BACK),
    ]

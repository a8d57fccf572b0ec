"""Amendments of a frozen roll: their tables, their order, and who is struck off as they stand.

A number that is not the next of its roll is refused, and so is any change. The view says of each
roll which entries are struck off: of the last word about an entry, a correction aside.
"""

from __future__ import annotations

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

ORDER = """
CREATE FUNCTION members_next_amendment() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.number <> 1 + (SELECT count(*) FROM members_amendment WHERE roll_id = NEW.roll_id) THEN
        RAISE EXCEPTION 'amendment % is not the next of roll %', NEW.number, NEW.roll_id
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER members_amendment_in_order BEFORE INSERT ON members_amendment
    FOR EACH ROW EXECUTE FUNCTION members_next_amendment();
"""

ORDER_BACK = """
DROP TRIGGER members_amendment_in_order ON members_amendment;
DROP FUNCTION members_next_amendment();
"""

# Its commitment is written once, when its entries are: after that nothing is.
KEPT = """
CREATE FUNCTION members_keep_amendment() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR OLD.commitment <> ''::bytea OR
       (to_jsonb(NEW) - 'commitment') IS DISTINCT FROM (to_jsonb(OLD) - 'commitment') THEN
        RAISE EXCEPTION 'members_amendment is append-only: % is refused', TG_OP
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER members_amendment_append_only BEFORE UPDATE OR DELETE ON members_amendment
    FOR EACH ROW EXECUTE FUNCTION members_keep_amendment();
""" + "".join(
    f"CREATE TRIGGER members_{table}_append_only BEFORE UPDATE OR DELETE ON members_{table}"
    " FOR EACH ROW EXECUTE FUNCTION members_refuse_change();"
    for table in ("amendedentry", "bulkamendment", "bulkline", "bulkrefused")
)

KEPT_BACK = (
    "".join(
        f"DROP TRIGGER members_{table}_append_only ON members_{table};"
        for table in ("amendedentry", "bulkamendment", "bulkline", "bulkrefused", "amendment")
    )
    + "DROP FUNCTION members_keep_amendment();"
)

STRUCK = """
CREATE VIEW members_struckentry AS
SELECT last.roll_id, last.entry_id, last.number AS amendment, last.reason
  FROM (SELECT DISTINCT ON (a.roll_id, l.entry_id)
               a.roll_id, l.entry_id, l.change, a.number, a.reason
          FROM members_amendedentry l JOIN members_amendment a ON a.id = l.amendment_id
         WHERE l.change <> 'corrected'
         ORDER BY a.roll_id, l.entry_id, a.number DESC) AS last
 WHERE last.change = 'struck'
"""


class Migration(migrations.Migration):
    dependencies = [
        ("members", "0017_lookups"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="BulkAmendment",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("add", "Add to the roll"),
                            ("remove", "Strike off the roll"),
                            ("correct", "Correct name or address"),
                        ],
                        max_length=8,
                    ),
                ),
                (
                    "reason",
                    models.CharField(
                        choices=[
                            ("left-out", "Wrongly left out"),
                            ("reinstated", "Reinstated"),
                            ("excluded", "Suspended, excluded or expelled"),
                            ("died", "Died"),
                            ("resigned", "Resigned"),
                            ("duplicate", "On the roll twice"),
                            ("not-entitled", "Found not to be entitled"),
                            ("court-order", "By order of a court"),
                            ("contact", "Name or address was wrong"),
                        ],
                        max_length=16,
                    ),
                ),
                ("grounds", models.TextField()),
                ("people", models.PositiveIntegerField()),
                ("digest", models.BinaryField()),
                ("made_at", models.DateTimeField()),
                (
                    "made_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "roll",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="bulk_amendments",
                        to="members.roll",
                    ),
                ),
            ],
            options={
                "ordering": ("-pk",),
            },
        ),
        migrations.CreateModel(
            name="Amendment",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.PositiveIntegerField()),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("add", "Add to the roll"),
                            ("remove", "Strike off the roll"),
                            ("correct", "Correct name or address"),
                        ],
                        max_length=8,
                    ),
                ),
                (
                    "reason",
                    models.CharField(
                        choices=[
                            ("left-out", "Wrongly left out"),
                            ("reinstated", "Reinstated"),
                            ("excluded", "Suspended, excluded or expelled"),
                            ("died", "Died"),
                            ("resigned", "Resigned"),
                            ("duplicate", "On the roll twice"),
                            ("not-entitled", "Found not to be entitled"),
                            ("court-order", "By order of a court"),
                            ("contact", "Name or address was wrong"),
                        ],
                        max_length=16,
                    ),
                ),
                ("grounds", models.TextField()),
                ("commitment", models.BinaryField(default=b"")),
                ("made_at", models.DateTimeField()),
                (
                    "made_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "roll",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="amendments",
                        to="members.roll",
                    ),
                ),
                (
                    "seconded_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "bulk",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="amendment",
                        to="members.bulkamendment",
                    ),
                ),
            ],
            options={
                "ordering": ("roll", "number"),
            },
        ),
        migrations.CreateModel(
            name="BulkLine",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "bulk",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="lines",
                        to="members.bulkamendment",
                    ),
                ),
                (
                    "member",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="members.member",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="BulkRefused",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("line", models.PositiveIntegerField()),
                ("number", models.CharField(max_length=64)),
                ("why", models.CharField(max_length=16)),
                (
                    "bulk",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="refused",
                        to="members.bulkamendment",
                    ),
                ),
            ],
            options={
                "ordering": ("line",),
            },
        ),
        migrations.CreateModel(
            name="AmendedEntry",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.CharField(max_length=32)),
                ("title", models.CharField(blank=True, default="", max_length=40)),
                ("given_name", models.CharField(blank=True, default="", max_length=100)),
                ("family_name", models.CharField(max_length=100)),
                ("email", models.CharField(blank=True, default="", max_length=254)),
                ("address_1", models.CharField(blank=True, default="", max_length=120)),
                ("address_2", models.CharField(blank=True, default="", max_length=120)),
                ("address_3", models.CharField(blank=True, default="", max_length=120)),
                ("address_4", models.CharField(blank=True, default="", max_length=120)),
                ("postcode", models.CharField(blank=True, default="", max_length=16)),
                ("country", models.CharField(blank=True, default="", max_length=60)),
                (
                    "change",
                    models.CharField(
                        choices=[
                            ("added", "added"),
                            ("restored", "restored"),
                            ("struck", "struck off"),
                            ("corrected", "corrected"),
                        ],
                        max_length=10,
                    ),
                ),
                (
                    "entry",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="amended",
                        to="members.rollentry",
                    ),
                ),
                (
                    "amendment",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="entries",
                        to="members.amendment",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("amendment", "entry"), name="amendment_names_an_entry_once"
                    )
                ],
            },
        ),
        migrations.AddConstraint(
            model_name="amendment",
            constraint=models.UniqueConstraint(
                fields=("roll", "number"), name="amendment_number_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="amendment",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("kind__in", ["add", "remove", "correct"]),
                    (
                        "reason__in",
                        [
                            "left-out",
                            "reinstated",
                            "excluded",
                            "died",
                            "resigned",
                            "duplicate",
                            "not-entitled",
                            "court-order",
                            "contact",
                        ],
                    ),
                ),
                name="amendment_kind_and_reason_are_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="bulkline",
            constraint=models.UniqueConstraint(
                fields=("bulk", "member"), name="bulk_names_a_member_once"
            ),
        ),
        migrations.RunSQL(ORDER, ORDER_BACK),
        migrations.RunSQL(KEPT, KEPT_BACK),
        migrations.RunSQL(STRUCK, "DROP VIEW members_struckentry"),
    ]

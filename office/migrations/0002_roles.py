"""The groups of the desk: one for each role of the permission table."""

from __future__ import annotations

from typing import Any

from django.db import migrations

ROLES = (
    "returning officer",
    "deputy",
    "membership administrator",
    "trustee",
    "scrutineer",
    "candidate's agent",
    "observer",
)


def make_groups(apps: Any, schema_editor: Any) -> None:
    group = apps.get_model("auth", "Group")
    for name in ROLES:
        group.objects.get_or_create(name=name)


def remove_groups(apps: Any, schema_editor: Any) -> None:
    apps.get_model("auth", "Group").objects.filter(name__in=ROLES).delete()


class Migration(migrations.Migration):
    dependencies = [
        ("office", "0001_office"),
        ("auth", "0012_alter_user_first_name_max_length"),
    ]

    operations = [migrations.RunPython(make_groups, remove_groups)]

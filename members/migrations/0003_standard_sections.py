"""The sections that most contests have, and the one row that stands for the membership list."""

from __future__ import annotations

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

SECTIONS = (
    ("member", "Members"),
    ("affiliated", "Affiliated supporters"),
    ("registered", "Registered supporters"),
)


def add(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    section = apps.get_model("members", "Section")
    for precedence, (code, name) in enumerate(SECTIONS, start=1):
        section.objects.create(code=code, name=name, precedence=precedence)
    apps.get_model("members", "Register").objects.create(pk=1)


def remove(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    apps.get_model("members", "Section").objects.all().delete()
    apps.get_model("members", "Register").objects.all().delete()


class Migration(migrations.Migration):
    dependencies = [("members", "0002_append_only")]

    operations = [migrations.RunPython(add, remove)]

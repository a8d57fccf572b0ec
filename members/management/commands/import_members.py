"""Import a membership list from a file on this machine.

    manage.py import_members list.csv                 what it would change; nothing changes
    manage.py import_members list.csv --apply         the same, and then applies it

Goes the way of the pages: the same upload, the same jobs, worked here and now.
"""

from __future__ import annotations

import sys
from argparse import ArgumentParser
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from members import selectors, services
from members.models import ImportBatch, Section
from members.services.upload_import import PIECE_BYTES
from office.refusal import Refusal

_REFUSALS_SHOWN = 20


class Command(BaseCommand):
    help = "Preview a membership list from a CSV file, and apply it with --apply."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--scope", choices=ImportBatch.Scope.values, default="whole")
        parser.add_argument("--section", help="code of the section, with --scope section")
        parser.add_argument("--apply", action="store_true", help="apply it after the preview")

    def handle(self, *args: Any, **given: Any) -> None:
        try:
            self._import(**given)
        except Refusal as refusal:
            raise CommandError(refusal.sentence) from None

    def _import(
        self, *, file: Path, scope: str, section: str | None, apply: bool, **_: Any
    ) -> None:
        if not file.is_file():
            raise CommandError(f"There is no file {file}.")
        batch_id = services.upload_import(
            _pieces(file), file_name=file.name, scope=scope, section_id=_section_id(section),
            by=None, now=timezone.now(),
        )  # fmt: skip
        services.preview_import(batch_id, now=timezone.now(), report=_Bar(self))
        self._tell(selectors.imports.imports().get(pk=batch_id))
        if not apply:
            self.stdout.write(f"Nothing has changed. Import {batch_id} waits on the desk.")
            return
        services.request_apply(batch_id, by=None, now=timezone.now())
        services.apply_import(batch_id, now=timezone.now(), report=_Bar(self))
        listed = selectors.people.list_figures().listed
        self.stdout.write(f"Applied. {listed:,} people are on the list now.")

    def _tell(self, batch: ImportBatch) -> None:
        for words, count in (
            ("rows read", batch.rows_read),
            ("new", batch.rows_new),
            ("changed", batch.rows_changed),
            ("unchanged", batch.rows_unchanged),
            ("gone", batch.members_gone),
            ("refused", batch.rows_refused),
        ):
            self.stdout.write(f"{count:>10,} {words}")
        for row in selectors.imports.refusals(batch.pk, most=_REFUSALS_SHOWN):
            self.stdout.write(f"  line {row.line}, {row.column or 'the row'}: {row.reason}")


class _Bar:
    """A line of progress on a terminal; nothing where there is none."""

    def __init__(self, command: BaseCommand) -> None:
        self._command = command
        self._stage = ""
        self._total: int | None = None

    def __call__(
        self,
        *,
        done: int | None = None,
        total: int | None = None,
        stage: str | None = None,
        unit: str | None = None,
    ) -> None:
        self._stage = stage or self._stage
        self._total = total or self._total
        if not sys.stderr.isatty():
            return
        share = f" {100 * (done or 0) // self._total} %" if self._total else ""
        self._command.stderr.write(f"\r{self._stage}:{share}   ", ending="")


def _pieces(file: Path) -> Iterator[bytes]:
    with file.open("rb") as opened:
        while piece := opened.read(PIECE_BYTES):
            yield piece


def _section_id(code: str | None) -> int | None:
    if code is None:
        return None
    section = Section.objects.filter(code=code).first()
    if section is None:
        raise CommandError(f"There is no section {code}.")
    return section.pk

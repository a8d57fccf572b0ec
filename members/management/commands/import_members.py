"""Import a membership list from a file on this machine.

    manage.py import_members list.csv                 what it would change; nothing changes
    manage.py import_members list.csv --apply         the same, and then applies it
    manage.py import_members list.xlsx --source CiviCRM --mapping mapping.json

A file of another membership system is read by the mapping that was saved for its headers, or
by the one in a file. Where neither is there, what has to be asked is printed, with a mapping to
be completed; the import waits on the desk, where it can be answered as well.

Goes the way of the pages: the same upload, the same jobs, worked here and now.
"""

from __future__ import annotations

import json
import sys
from argparse import ArgumentParser
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from members import selectors, services
from members.mapping import section_codes
from members.models import ImportBatch, Section
from members.rollfile.mapping import DATE_COLUMNS, FORMAT, word_key
from members.rollfile.normal import fold
from members.rollfile.recognising import propose_section, propose_standing
from members.services.upload_import import PIECE_BYTES
from office.refusal import Refusal

_REFUSALS_SHOWN = 20


class Command(BaseCommand):
    help = "Preview a membership list from a file, and apply it with --apply."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--scope", choices=ImportBatch.Scope.values, default="whole")
        parser.add_argument("--section", help="code of the section, with --scope section")
        parser.add_argument("--source", help="name of the membership system, with --mapping")
        parser.add_argument("--mapping", type=Path, help="a JSON file that says how to read it")
        parser.add_argument("--apply", action="store_true", help="apply it after the preview")

    def handle(self, *args: Any, **given: Any) -> None:
        try:
            self._import(**given)
        except Refusal as refusal:
            raise CommandError(refusal.sentence) from None

    def _import(
        self,
        *,
        file: Path,
        scope: str,
        section: str | None,
        apply: bool,
        source: str | None,
        mapping: Path | None,
        **_: Any,
    ) -> None:
        if not file.is_file():
            raise CommandError(f"There is no file {file}.")
        batch_id = services.upload_import(
            _pieces(file), file_name=file.name, scope=scope, section_id=_section_id(section),
            by=None, now=timezone.now(),
        )  # fmt: skip
        services.look_at_file(batch_id, now=timezone.now(), report=_Bar(self))
        self._answer(batch_id, source, mapping)
        services.preview_import(batch_id, now=timezone.now(), report=_Bar(self))
        self._tell(selectors.imports.imports().get(pk=batch_id))
        if not apply:
            self.stdout.write(f"Nothing has changed. Import {batch_id} waits on the desk.")
            return
        services.request_apply(batch_id, by=None, now=timezone.now())
        services.apply_import(batch_id, now=timezone.now(), report=_Bar(self))
        listed = selectors.people.list_figures().listed
        people = "person is" if listed == 1 else "people are"
        self.stdout.write(f"Applied. {listed:,} {people} on the list now.")

    def _answer(self, batch_id: int, source: str | None, mapping: Path | None) -> None:
        """Say what the columns are, if that is asked; tell what is needed where nobody did."""
        batch = ImportBatch.objects.get(pk=batch_id)
        if batch.state != ImportBatch.State.MAPPING:
            return
        look = services.kept_look(batch)
        body = _read_json(mapping) if mapping else _saved_body(source)
        if body is None:
            self.stdout.write(json.dumps(proposal(look), indent=2, ensure_ascii=False))
            raise CommandError(
                f"Import {batch_id} waits on the desk to be told what its columns are. Or "
                "complete the mapping above, save it, and give it with --source and --mapping."
            )
        if not source:
            raise CommandError("Name the membership system with --source.")
        # What the file itself proves of its shape stands above what another file had.
        shape = {name: look[name] for name in ("delimiter", "header_line")}
        if not look["candidates"]:
            shape["encoding"] = look["encoding"]
        headers = [column["plain"] for column in look["columns"]]
        services.map_import(
            batch_id, source_name=source, body={**body, **shape, "headers": headers},
            by=None, now=timezone.now(),
        )  # fmt: skip

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
        for words in selectors.imports.orders_taken(batch):
            self.stdout.write(words)
        for row in selectors.imports.refusals(batch.pk, most=_REFUSALS_SHOWN):
            self.stdout.write(f"  line {row.line}, {row.column or 'the row'}: {row.reason}")


def _read_json(path: Path) -> dict[str, Any]:
    try:
        body = json.loads(path.read_text())
    except (OSError, ValueError) as error:
        raise CommandError(f"{path} cannot be read as JSON: {error}") from None
    if not isinstance(body, dict):
        raise CommandError(f"{path} is not a mapping.")
    return body


def _saved_body(source: str | None) -> dict[str, Any] | None:
    saved = selectors.imports.newest_mapping(fold(source)) if source else None
    return dict(saved.body) if saved else None


def proposal(look: dict[str, Any]) -> dict[str, Any]:
    """The mapping as far as it is known: what is null has to be said."""
    columns = [column for column in look["columns"] if column["column"]]
    by_name = {column["column"]: column for column in columns}
    return {
        "format": FORMAT,
        "encoding": look["encoding"],
        "delimiter": look["delimiter"],
        "header_line": look["header_line"],
        "headers": [column["plain"] for column in look["columns"]],
        "columns": {name: column["plain"] for name, column in by_name.items()},
        "dates": {name: by_name[name]["order"] for name in DATE_COLUMNS if name in by_name},
        "standings": {
            word_key(word): propose_standing(word) or None
            for word in by_name.get("standing", {}).get("words") or ()
        },
        "sections": {
            word_key(word): propose_section(word, section_codes()) or None
            for word in by_name.get("section", {}).get("words") or ()
        },
        "section": "" if "section" in by_name else None,
        "deletes": [],
    }


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

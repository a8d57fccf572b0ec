"""A bundle written to disk: into a folder that grows, or as one zip."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from ballot.bundle import BundleFile, bundle_files, bundle_zip
from ballot.management.progress import TerminalListener
from ballot.models import Checkpoint


def write_zip(checkpoint: Checkpoint, path: Path) -> None:
    """Write it as one zip, which is there whole or not at all."""
    made = path.with_name(f"{path.name}.{os.getpid()}")
    try:
        with made.open("wb") as file:
            for piece in bundle_zip(checkpoint):
                file.write(piece)
            file.flush()
            os.fsync(file.fileno())
        made.replace(path)
    finally:
        made.unlink(missing_ok=True)


def write_folder(checkpoint: Checkpoint, folder: Path) -> None:
    """Write what is new of it into a folder."""
    listener = TerminalListener(sys.stdout)
    listener.step("Writing the board's files")
    for done, file in enumerate(bundle_files(checkpoint), start=1):
        listener.report(done=done, unit="files")
        path = folder / file.path
        # A tile or a blob never changes; the checkpoint does, and comes last.
        if file.path == "checkpoint" or not path.exists():
            _write_file(file, path)
    listener.finish()


def _write_file(file: BundleFile, path: Path) -> None:
    """Write it under another name first: nobody is ever served half a file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    made = path.with_name(f"{path.name}.{os.getpid()}")
    with made.open("wb") as opened:
        opened.writelines(file.pieces())
    made.replace(path)

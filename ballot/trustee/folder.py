"""The trustee's folder: what is kept from run to run, written so that a kill leaves old or new.

    seat.json          whose folder this is                 share.json    the share file (§9.8)
    board.key          the board's key, as first seen       opened.json   which list of each box
    checkpoint         the newest that was checked          ceremony/…    what was sent, by step
    board/…            the board's files (bundle §2)        mixes/…       mixes not yet on the board
    evidence/…         what a check refused of the board
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path

from ballot.trustee.errors import Trouble

try:
    import fcntl
except ImportError:  # Windows: two runs at once are then the trustee's own affair.
    fcntl = None  # type: ignore[assignment]


class Folder:
    """A folder on the trustee's machine, for one seat; only the trustee can read it."""

    def __init__(self, root: Path) -> None:
        self.root = root
        try:
            root.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            raise Trouble(f"{root} cannot be used as a folder: {error}") from error

    def path(self, name: str) -> Path:
        """Give a file's path, its folder made."""
        path = self.root / name
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        return path

    def read(self, name: str) -> bytes | None:
        """Give a file's bytes; None where there is none."""
        try:
            return (self.root / name).read_bytes()
        except FileNotFoundError:
            return None

    def write(self, name: str, content: bytes) -> None:
        """Write a file, whole and for good, or not at all: on the disk before this returns."""
        path = self.path(name)
        beside = path.with_name(path.name + ".new")
        descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)
        _settle(path.parent)

    def names(self, place: str) -> list[str]:
        """Give the names of the files in a place within the folder."""
        found = (self.root / place).glob("*")
        return sorted(path.relative_to(self.root).as_posix() for path in found if path.is_file())

    def wipe(self, name: str) -> None:
        """Overwrite a secret file and remove it.  A disk may keep copies that nothing reaches."""
        path = self.root / name
        if not path.exists():
            return
        with path.open("r+b") as file:
            file.write(bytes(path.stat().st_size))
            file.flush()
            os.fsync(file.fileno())
        self.remove(name)

    def remove(self, name: str) -> None:
        """Remove a file, if it is there."""
        path = self.root / name
        path.unlink(missing_ok=True)
        if path.parent.exists():
            _settle(path.parent)

    @contextlib.contextmanager
    def locked(self) -> Iterator[None]:
        """Hold the folder: two runs at once could send two things where one belongs.

        Raises: Trouble while another run holds it.
        """
        with self.path("lock").open("w") as file:
            if fcntl is not None:
                try:
                    fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                except OSError as error:
                    raise Trouble(
                        f"Another run is at work in {self.root}. Wait for it, or end it."
                    ) from error
            yield


def _settle(folder: Path) -> None:
    """Bring a folder's own list of names to the disk, where the system can."""
    if not hasattr(os, "O_DIRECTORY"):
        return
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)

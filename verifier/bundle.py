"""One way to read a bundle's files, whether it is a zip, a folder, or served (bundle §2).

Nothing that is read is believed: each reader says how many bytes it wants at most, and whoever asks
compares hashes. A file that is not there, or cannot be read, is `Failed`; a place that is no bundle
at all is `Unreadable`.
"""

from __future__ import annotations

import re
import struct
import tempfile
import zipfile
from hashlib import sha256
from pathlib import Path
from typing import Protocol
from urllib.error import HTTPError, URLError
from urllib.request import Request, urlopen

from verifier.failure import Failed

# The paths of bundle §2.2, and no others: a path never leads out of the folder.
PATH = re.compile(
    r"checkpoint|tile/(?:[0-9]{1,2}|entries)(?:/x[0-9]{3})*/[0-9]{3}(?:\.p/[0-9]{1,3})?"
    r"|blob/[0-9a-f]{64}"
)
LARGEST_BLOB_BYTES = 2**30
TIMEOUT_S = 60.0
PIECE_BYTES = 1 << 20
# What Python's reader raises of zips that are none: in names, in numbers, in what it does not know.
ZIP_ERRORS = (
    zipfile.BadZipFile,
    OSError,
    EOFError,
    RuntimeError,
    ValueError,
    OverflowError,
    struct.error,
)


class Unreadable(Exception):
    """A place where no bundle can be read, and why."""


class Bundle(Protocol):
    """Files by the paths of bundle §2.2."""

    def read(self, path: str, most: int) -> bytes:
        """Return the whole file.

        most:   how many bytes it may have.
        Raises: Failed (file.missing, file.size, file.unreadable).
        """


def open_bundle(place: str, *, cache: Path | None = None) -> Bundle:
    """Open a zip file, a folder, or a board's address (http, https).

    cache:  a folder for what was downloaded; without one, a new one that goes with the program.
    Raises: Unreadable.
    """
    if re.match("https?://", place):
        return Served(place, cache)
    path = Path(place)
    if path.is_dir():
        return Folder(path)
    if not path.is_file():
        raise Unreadable(f"{place} is no file, no folder and no address that begins with http.")
    try:
        return Zip(path)
    except ZIP_ERRORS as error:
        raise Unreadable(f"{place} is no zip file: {error}.") from None


def _permitted(path: str) -> str:
    if not PATH.fullmatch(path):
        raise Failed("file.path", path, "No file of a bundle is named so.")
    return path


def _missing(path: str) -> Failed:
    return Failed("file.missing", path, "The bundle has no such file.")


def _bounded(content: bytes, path: str, most: int) -> bytes:
    if len(content) > most:
        raise Failed("file.size", path, f"It has more than the {most} bytes it may have.")
    return content


class Folder:
    """A bundle in a folder, as `manage.py export_board` writes it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def read(self, path: str, most: int) -> bytes:
        try:
            with (self._folder / _permitted(path)).open("rb") as file:
                return _bounded(file.read(most + 1), path, most)
        except (FileNotFoundError, NotADirectoryError):
            raise _missing(path) from None
        except OSError as error:
            raise Failed("file.unreadable", path, f"{error}.") from None


class Zip:
    """A bundle in a zip file. Of two members of one name neither is read, as readers differ."""

    def __init__(self, path: Path) -> None:
        self._archive = zipfile.ZipFile(path)
        names = self._archive.namelist()
        if len(set(names)) < len(names):
            raise Unreadable(f"{path} holds two files of one name.")

    def read(self, path: str, most: int) -> bytes:
        try:
            member = self._archive.getinfo(_permitted(path))
            if member.compress_type != zipfile.ZIP_STORED:
                raise Failed("file.unreadable", path, "In a bundle no file is compressed.")
            with self._archive.open(member) as file:
                return _bounded(file.read(most + 1), path, most)
        except KeyError:
            raise _missing(path) from None
        except ZIP_ERRORS as error:
            raise Failed("file.unreadable", path, f"{error}.") from None


class Served:
    """A bundle under a board's address. What never changes is kept, and a broken file goes on."""

    def __init__(self, address: str, cache: Path | None) -> None:
        self._address = address.rstrip("/")
        self._passing = None if cache else tempfile.TemporaryDirectory(prefix="verifier-")
        root = cache or Path(self._passing.name if self._passing else "")
        # One cache may serve several boards: each has a folder of its own.
        self._folder = root / sha256(self._address.encode()).hexdigest()[:16]

    def read(self, path: str, most: int) -> bytes:
        kept = self._folder / _permitted(path)
        if not kept.is_file() or path == "checkpoint":
            self._download(path, kept, most)
        return _bounded(kept.read_bytes(), path, most)

    def _download(self, path: str, kept: Path, most: int) -> None:
        part = kept.with_name(f"{kept.name}.download")
        part.parent.mkdir(parents=True, exist_ok=True)
        if path == "checkpoint":
            part.unlink(missing_ok=True)
        try:
            self._continue(path, part, most)
        except HTTPError as error:
            if error.code == 404:
                raise _missing(path) from None
            if error.code == 416:
                # What is here is no beginning of what is there.
                part.unlink(missing_ok=True)
            raise Failed("file.unreadable", path, f"It was answered with {error}.") from None
        except (URLError, OSError) as error:
            why = f"The download broke off ({error}); it goes on from there when it is begun again."
            raise Failed("file.unreadable", path, why) from None
        part.replace(kept)

    def _continue(self, path: str, part: Path, most: int) -> None:
        """Fetch what is not there yet of a file that never changes."""
        have = part.stat().st_size if part.is_file() else 0
        headers = {"Range": f"bytes={have}-"} if have else {}
        request = Request(f"{self._address}/{path}", headers=headers)  # noqa: S310 - http, https
        with urlopen(request, timeout=TIMEOUT_S) as answer:  # noqa: S310 - as above
            have = have if answer.status == 206 else 0
            with part.open("ab" if have else "wb") as file:
                while piece := answer.read(PIECE_BYTES):
                    have += len(piece)
                    if have > most:
                        raise Failed("file.size", path, f"It has more than {most} bytes.")
                    file.write(piece)
            if answer.length:
                raise OSError(f"{answer.length} bytes are missing")


def read_blob(bundle: Bundle, named: dict[str, object], where: str) -> bytes:
    """Return the bytes that an entry names, `{"sha256", "size_bytes"}` (bundle §2.3).

    named:  of the form that entries are checked for.
    Raises: Failed (blob.size, blob.hash, file.*).
    """
    hashed, size = str(named["sha256"]), int(str(named["size_bytes"]))
    if size > LARGEST_BLOB_BYTES:
        raise Failed("blob.size", where, f"It is said to have {size} bytes, more than any has.")
    content = bundle.read(f"blob/{hashed}", size)
    if len(content) != size:
        raise Failed("blob.size", where, f"blob/{hashed} has {len(content)} bytes, not {size}.")
    if sha256(content).hexdigest() != hashed:
        raise Failed("blob.hash", where, f"blob/{hashed} has another hash than its name.")
    return content

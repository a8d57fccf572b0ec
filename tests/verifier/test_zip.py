"""Zips that are none, or that two readers would read in two ways (bundle §2.1)."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from tests.verifier.given import failure
from verifier.__main__ import main
from verifier.bundle import Unreadable, open_bundle

NAME = b"checkpoint"
# The bit that says of a name that it is UTF-8, and where the flags stand before a name.
UTF8, IN_HEADER, IN_DIRECTORY = 0x08, -23, -37


def written(folder: Path, compression: int = zipfile.ZIP_STORED) -> Path:
    path = folder / "bundle.zip"
    with zipfile.ZipFile(path, "w", compression) as archive:
        archive.writestr(NAME.decode(), b"a note")
    return path


def with_name_no_utf8(path: Path, *places: int) -> Path:
    """Say that names are UTF-8, and let them be none; places: which of the two, first and last."""
    content = bytearray(path.read_bytes())
    first = content.index(NAME)
    for place in places:
        at, flags = ((first, IN_HEADER), (content.rindex(NAME), IN_DIRECTORY))[place]
        content[at + flags] |= UTF8
        content[at] = 0xFF
    path.write_bytes(content)
    return path


def test_a_zip_with_names_that_are_no_text_is_none(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = with_name_no_utf8(written(tmp_path), 0, 1)

    with pytest.raises(Unreadable):
        open_bundle(str(path))
    assert main([str(path)]) == 2
    assert capsys.readouterr().err.startswith("verifier: ")


def test_a_file_that_its_own_header_calls_otherwise_is_not_read(tmp_path: Path) -> None:
    bundle = open_bundle(str(with_name_no_utf8(written(tmp_path), 0)))

    assert failure(bundle.read, "checkpoint", 100).check == "file.unreadable"


def test_a_compressed_file_is_not_read(tmp_path: Path) -> None:
    bundle = open_bundle(str(written(tmp_path, zipfile.ZIP_DEFLATED)))

    assert failure(bundle.read, "checkpoint", 100).check == "file.unreadable"

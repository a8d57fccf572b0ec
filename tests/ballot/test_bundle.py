"""The bundle: everything public of a board as files, the same from a folder, a zip and the web."""

from __future__ import annotations

import io
import zipfile
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from ballot.board.checkpoint import open_checkpoint
from ballot.board.tiles import ENTRIES, Tile, check_bundle, read_bundle, tile_at
from ballot.board.tree import leaf_hashes, root_of
from ballot.bundle import bundle_files, bundle_zip
from ballot.models import Checkpoint, Entry
from ballot.published import board_key, newest_checkpoint
from ballot.services.publish_board import publish_board
from members.models import Member
from office.models import StaffMember
from tests.ballot.factories import Run, bring, election, now
from tests.witness.boards import program

pytestmark = pytest.mark.django_db


def newest(run: Run) -> Checkpoint:
    publish_board(run.election_id, now=now())
    found = newest_checkpoint(run.election)
    assert found is not None
    return found


def files(run: Run) -> dict[str, bytes]:
    return {file.path: b"".join(file.pieces()) for file in bundle_files(newest(run))}


def test_a_bundle_has_the_whole_log_and_every_blob_and_the_checkpoint_last() -> None:
    run = election(at="declared", rankings=((0,),) * 8)

    held = files(run)

    checkpoint, _ = open_checkpoint(held["checkpoint"], keys=[board_key(run.election)])
    size = checkpoint.size
    assert list(held)[-1] == "checkpoint"
    entries = read_bundle(held[tile_at(ENTRIES, 0, size=size).path], width=size)
    check_bundle(entries, held[Tile(0, 0, size).path])
    assert root_of(leaf_hashes(entries)) == checkpoint.root
    blobs = {path[5:]: octets for path, octets in held.items() if path.startswith("blob/")}
    assert all(sha256(octets).hexdigest() == name for name, octets in blobs.items())
    whole = {bytes(row.body) for row in Entry.objects.all()}
    assert whole - set(entries) <= set(blobs.values())
    assert b'"kind":"count"' in b"".join(blobs.values())


def test_two_downloads_are_compared_by_the_witness_s_own_program(tmp_path: Path) -> None:
    run = election(at="polling", electors=3)
    (tmp_path / "old.zip").write_bytes(b"".join(bundle_zip(newest(run))))
    bring(run, to="declared")
    assert newest(run).size > 0
    call_command("export_board", run.election.slug, str(tmp_path / "new"), stdout=io.StringIO())

    def compared(*names: str) -> int:
        return program("verify-diff", *(tmp_path / name for name in names)).returncode

    assert compared("old.zip", "new") == 0
    assert compared("new", "old.zip") == 2


def test_a_bundle_tells_nobody_apart_from_candidates_and_officers_in_office() -> None:
    run = election(at="declared", rankings=((0,),) * 8)

    everything = b"".join(files(run).values())

    said = {str(getattr(member, name)) for member in Member.objects.all()
            for name in ("number", "given_name", "family_name", "email", "postcode", "address_1")
            }  # fmt: skip
    said |= {one.email for one in StaffMember.objects.all()}
    assert len(said) > 10
    # Digits alone stand in any hash: a number would stand between quotation marks.
    found = [f'"{word}"' if word.isdecimal() else word for word in said if len(word) > 3]
    assert not [word for word in found if word.encode() in everything]


def test_before_the_declaration_a_bundle_holds_nothing_that_gives_the_result_away() -> None:
    run = election(at="counted", rankings=((0,),) * 8)
    before = files(run)

    bring(run, to="declared")

    held = files(run)
    hidden = {path for path in held if path.startswith("blob/")} - set(before)
    assert len(hidden) >= 4
    assert not [path for path in hidden if held[path] in b"".join(before.values())]
    assert b'"elected"' not in b"".join(before.values())


def test_the_zip_is_the_same_bytes_whenever_it_is_made_and_every_zip_program_reads_it() -> None:
    run = election(at="polling", electors=4, rankings=((0,),) * 4)
    checkpoint = newest(run)

    first, again = (b"".join(bundle_zip(checkpoint)) for _ in range(2))

    assert first == again
    with zipfile.ZipFile(io.BytesIO(first)) as archive:
        assert archive.testzip() is None
        assert {name: archive.read(name) for name in archive.namelist()} == files(run)


def test_a_download_that_broke_off_goes_on_and_one_of_another_board_begins_anew() -> None:
    run = election(at="polling", electors=4, rankings=((0,),) * 4)
    octets = b"".join(bundle_zip(newest(run)))
    url = f"/board/{run.election.slug}/everything.zip"
    whole = Client().get(url)
    tag = whole.headers["ETag"]

    def part(**headers: str) -> Any:
        return Client().get(url, headers=headers)

    rest = part(range="bytes=1000-", if_range=tag)
    other = part(range="bytes=1000-", if_range='"other"')

    assert b"".join(whole.streaming_content) == octets  # type: ignore[attr-defined]
    assert whole.headers["Content-Length"] == str(len(octets))
    assert rest.status_code == 206
    assert rest.headers["Content-Range"] == f"bytes 1000-{len(octets) - 1}/{len(octets)}"
    assert b"".join(rest.streaming_content) == octets[1000:]
    assert (other.status_code, b"".join(other.streaming_content)) == (200, octets)
    assert part(range=f"bytes={len(octets)}-").status_code == 416
    assert b"".join(part(range="bytes=0-5,7-9").streaming_content) == octets


def test_the_command_writes_a_folder_that_grows_and_a_zip(tmp_path: Path) -> None:
    run = election(at="frozen", electors=3)
    slug = run.election.slug
    with pytest.raises(CommandError, match="no checkpoint yet"):
        call_command("export_board", slug, str(tmp_path / "board"))
    newest(run)
    call_command("export_board", slug, str(tmp_path / "board"))
    kept = tmp_path / "board" / Tile(ENTRIES, 0, newest(run).size).path
    kept.write_bytes(b"as it was left")
    bring(run, to="polling")
    newest(run)

    call_command("export_board", slug, str(tmp_path / "board"))
    call_command("export_board", slug, str(tmp_path / "all.zip"))

    held = files(run)
    there = {path: (tmp_path / "board" / path).read_bytes() for path in held}
    assert there == held
    assert kept.read_bytes() == b"as it was left"
    with zipfile.ZipFile(tmp_path / "all.zip") as archive:
        assert archive.read("checkpoint") == held["checkpoint"]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["all.zip", "board"]

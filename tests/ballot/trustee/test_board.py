"""The board as the trustee's software takes it (trustees §5; board §3.4, §4.3, §6.3)."""

from __future__ import annotations

from pathlib import Path

import pytest

from ballot.board.checkpoint import Checkpoint, sign_checkpoint
from ballot.board.note import SigningKey
from tests.ballot.trustee.world import Ran, World, refused, trustee
from tests.board.making import ORIGIN, board_key, seed


def look(world: World, folder: Path, *arguments: str) -> Ran:
    """Let the first trustee look at the board, with nothing due."""
    world.due = lambda world, number: None
    return trustee(world, 1, folder, "held", *arguments)


def test_a_board_that_grows_is_followed_and_its_key_is_shown_at_first_sight_alone(
    world: World, tmp_path: Path
) -> None:
    first = look(world, tmp_path)
    for _ in range(300):
        world.add("nominations-reopened", {})
    second = look(world, tmp_path)

    assert (first.status, second.status) == (0, 0)
    assert board_key().public().text() in first.out
    assert "Compare it with the printed notice" in first.out
    assert board_key().public().text() not in second.out


def test_a_full_bundle_is_fetched_once_and_looked_at_again(world: World, tmp_path: Path) -> None:
    for _ in range(300):
        world.add("nominations-reopened", {})
    look(world, tmp_path)
    look(world, tmp_path)
    fetched = [path for _, path, _ in world.asked]

    assert len([path for path in fetched if path.endswith("entries/000")]) == 1
    assert len([path for path in fetched if path.endswith("entries/001.p/46")]) == 2


def test_a_file_of_the_folder_that_was_damaged_is_fetched_anew(
    world: World, tmp_path: Path
) -> None:
    for _ in range(300):
        world.add("nominations-reopened", {})
    look(world, tmp_path)
    kept = tmp_path / "1/board/tile/entries/000"
    good = kept.read_bytes()
    kept.write_bytes(good.replace(b"nominations-reopened", b"nominations_reopened", 1))

    assert look(world, tmp_path).status == 0
    assert kept.read_bytes() == good


def test_a_board_that_was_rewritten_is_refused_and_both_checkpoints_are_kept(
    world: World, tmp_path: Path
) -> None:
    look(world, tmp_path)
    before = world.checkpoint()
    fork = World()
    fork.begin(named=("Ada", "Ben", "Dot"))
    fork.add("nominations-reopened", {})
    world.board, world.bodies = fork.board, fork.bodies

    refused(look(world, tmp_path), "board.fork")
    kept = {path.read_bytes() for path in (tmp_path / "1/evidence").iterdir()}
    assert kept == {before, world.checkpoint()}
    assert (tmp_path / "1/checkpoint").read_bytes() == before


def test_a_board_that_is_shorter_than_it_was_is_refused(world: World, tmp_path: Path) -> None:
    world.add("nominations-reopened", {})
    assert look(world, tmp_path).status == 0
    shorter = World().begin()
    world.board, world.bodies = shorter.board, shorter.bodies

    refused(look(world, tmp_path), "board.back")


def test_a_board_of_the_same_length_and_another_root_is_refused(
    world: World, tmp_path: Path
) -> None:
    assert look(world, tmp_path).status == 0
    other = World().begin(named=("Ada", "Ben", "Dot"))
    world.board, world.bodies = other.board, other.bodies

    refused(look(world, tmp_path), "board.fork")


def test_entries_that_have_another_root_than_was_signed_are_refused(
    world: World, tmp_path: Path
) -> None:
    [bundle] = [path for path in world.board.files if "entries/000.p/2" in path]
    good = world.board.files[bundle]
    world.board.files[bundle] = good.replace(b"Leader 2026", b"Leader 2027")

    refused(look(world, tmp_path), "board.entries")
    world.board.files[bundle] = good
    assert look(world, tmp_path).status == 0


def test_a_checkpoint_that_another_key_signed_is_refused(world: World, tmp_path: Path) -> None:
    right = world.board.checkpoint()
    forged = sign_checkpoint(right, key=SigningKey(ORIGIN, seed("another")))
    world.checkpoint = forged.octets

    refused(look(world, tmp_path), "note.unsigned")


def test_a_checkpoint_of_another_board_is_refused(world: World, tmp_path: Path) -> None:
    other = "votes.example/board/other"
    named = Checkpoint(other, 2, world.board.right.root())
    signed = sign_checkpoint(named, key=SigningKey(other, seed(ORIGIN)))
    world.checkpoint = signed.octets

    refused(look(world, tmp_path), "checkpoint.other-origin")


def test_a_key_that_is_not_the_one_that_the_trustee_was_told_is_refused(
    world: World, tmp_path: Path
) -> None:
    told = SigningKey(ORIGIN, seed("another")).public().text()

    refused(look(world, tmp_path, "--board-key", told), "board.key")
    right = board_key().public().text()
    assert look(world, tmp_path, "--board-key", right).status == 0


def test_a_board_that_gives_notice_of_another_key_is_refused(tmp_path: Path) -> None:
    told = SigningKey(ORIGIN, seed("another")).public().text()
    world = World()
    world.add("notice", {"board": told})
    with world.served():
        refused(look(world, tmp_path), "notice.board")


@pytest.mark.parametrize(
    ("change", "check"),
    [
        ((b'"number":2', b'"number":3'), "entry.frame"),
        ((b"8000-000000000001", b"8000-000000000002"), "entry.frame"),
        ((b"hustings/v1", b"hustings/v2"), "entry.frame"),
        ((b'"at":', b'"as":'), "entry.form"),
        ((b'"content":{', b'"content" :{'), "json"),
        ((b'"content":{}', b'"content":[]'), "entry.form"),
    ],
)
def test_an_entry_that_is_none_is_refused_where_it_stands(
    world: World, tmp_path: Path, change: tuple[bytes, bytes], check: str
) -> None:
    world.add("nominations-reopened", {})
    good = world.bodies[2]
    bad = good.replace(*change)
    assert bad != good
    fresh = World()
    fresh.board.append([*world.board.entries[:2], bad])
    world.board = fresh.board

    ran = look(world, tmp_path)

    refused(ran, check)
    assert "where: entry 2" in ran.err


def test_an_entry_that_was_too_large_for_the_log_is_read_from_its_blob(
    world: World, tmp_path: Path
) -> None:
    world.add("nominations-reopened", {"reason": "x" * 70_000})
    assert look(world, tmp_path).status == 0
    [digest] = world.blobs
    good = world.blobs[digest]

    world.blobs[digest] = good.replace(b"xx", b"xy", 1)
    refused(look(world, tmp_path / "other"), "blob.sha256")


def test_a_stand_in_of_another_entry_is_refused(world: World, tmp_path: Path) -> None:
    world.add("nominations-reopened", {"reason": "x" * 70_000})
    held = world.board.entries[2]
    fresh = World()
    fresh.board.append([*world.board.entries[:2], held.replace(b"2026-05-01", b"2026-05-02")])
    assert fresh.board.entries[2] != held
    world.board = fresh.board

    refused(look(world, tmp_path), "stand-in")


def test_a_download_that_broke_goes_on_where_it_stopped(world: World, tmp_path: Path) -> None:
    world.add("nominations-reopened", {"reason": "x" * 70_000})
    [digest] = world.blobs
    begun = tmp_path / f"1/board/blob/{digest}.part"
    begun.parent.mkdir(parents=True)
    begun.write_bytes(world.blobs[digest][:1000])

    assert look(world, tmp_path).status == 0
    assert world.ranges == ["bytes=1000-"]
    assert begun.with_suffix("").read_bytes() == world.blobs[digest]

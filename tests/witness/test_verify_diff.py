"""Two downloads of a board: the second must begin with the first. Spec: bundle §2, board §4.3."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import pytest

from ballot.board.note import SigningKey
from tests.board.making import ORIGIN, Board, board_of, some_entries
from tests.witness.boards import KEY, program

NOTICE = json.dumps({"content": {"board": KEY}, "kind": "notice"}).encode()


def begun(size: int, *, mark: str = "entry", shared: int = 1) -> Board:
    """A board whose first entry names its key, as a notice does."""
    board = Board().append([NOTICE, *some_entries(shared - 1)])
    return board.append(some_entries(size - shared, mark=mark))


def download(board: Board, path: Path, *, note: bytes = b"") -> Path:
    """The board's files at its newest size, in a folder or a zip."""
    size = len(board.entries)
    files = {"checkpoint": note or board.signed().octets()}
    for number in range(-(-size // 256)):
        width = min(256, size - 256 * number)
        name = f"tile/entries/{number:03d}" + ("" if width == 256 else f".p/{width}")
        files[name] = board.files[name]
    if path.suffix == ".zip":
        with zipfile.ZipFile(path, "w") as packed:
            for name, octets in files.items():
                packed.writestr(name, octets)
    else:
        for name, octets in files.items():
            (path / name).parent.mkdir(parents=True, exist_ok=True)
            (path / name).write_bytes(octets)
    return path


@pytest.mark.parametrize(("old", "new"), [("old", "new.zip"), ("old.zip", "new")])
def test_a_later_download_continues_an_earlier_one(tmp_path: Path, old: str, new: str) -> None:
    board = begun(300)
    first = download(board, tmp_path / old)
    board.append(some_entries(700, mark="later"))
    second = download(board, tmp_path / new)

    by_the_notice = program("verify-diff", first, second)
    by_the_key = program("verify-diff", first, second, "--key", KEY)
    itself = program("verify-diff", first, first)

    assert (by_the_notice.returncode, by_the_key.returncode, itself.returncode) == (0, 0, 0)
    assert "continues" in by_the_notice.stdout and "300 entries, then 700" in by_the_notice.stdout
    assert f"the key is that of the notice in {first}: {KEY}" in by_the_notice.stdout
    assert "the key is that of the notice" not in by_the_key.stdout


def test_where_two_part_is_said(tmp_path: Path) -> None:
    first = download(begun(300), tmp_path / "old.zip")
    second = download(begun(400, shared=257, mark="fork"), tmp_path / "new.zip")

    done = program("verify-diff", first, second)

    assert done.returncode == 2
    assert "FORK: the two part at entry 257, and the board's key signed both." in done.stderr


def test_the_other_way_round_it_is_a_rollback(tmp_path: Path) -> None:
    board = begun(300)
    first = download(board, tmp_path / "old.zip")
    second = download(board.append(some_entries(9, mark="later")), tmp_path / "new.zip")

    assert program("verify-diff", first, second).returncode == 0
    done = program("verify-diff", second, first)

    assert done.returncode == 2 and "ROLLBACK" in done.stderr


def test_a_download_that_is_damaged_proves_nothing_against_the_board(tmp_path: Path) -> None:
    board = begun(300)
    first = download(board, tmp_path / "old")
    bundle = first / "tile/entries/000"
    whole = bundle.read_bytes()

    def said() -> tuple[int, str]:
        done = program("verify-diff", first, first)
        return done.returncode, done.stderr

    assert said()[0] == 0
    bundle.write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))
    assert said()[0] == 1 and "do not lead to its own checkpoint" in said()[1]
    bundle.write_bytes(whole[:-1])
    assert said()[0] == 1 and "damaged" in said()[1]
    bundle.write_bytes(whole + bytes(17_000_000))
    assert said()[0] == 1 and "too large" in said()[1]
    bundle.unlink()
    assert said()[0] == 1 and "no whole tile/entries/000" in said()[1]


def test_another_key_than_the_boards_is_said(tmp_path: Path) -> None:
    board = begun(300)
    first = download(board, tmp_path / "old.zip")
    stranger = SigningKey(ORIGIN, bytes(range(32)))
    by_another = board.signed().text
    note = (by_another + "\n" + stranger.sign(by_another).line()).encode()
    second = download(board, tmp_path / "new.zip", note=note)
    no_notice = download(board_of(3), tmp_path / "none.zip")

    for done, words in (
        (program("verify-diff", first, second), "not signed by"),
        (program("verify-diff", first, first, "--key", stranger.public().text()), "not signed by"),
        (program("verify-diff", no_notice, first), "entry 0 names no key"),
        (program("verify-diff", first, tmp_path / "absent.zip"), "neither a folder nor a zip"),
    ):
        assert done.returncode == 1 and words in done.stderr, words

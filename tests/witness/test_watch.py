"""A witness that asks a board by itself, as a process: what it cosigns and what it shouts.

Spec: board §7.5, §9.2, §9.3.
"""

from __future__ import annotations

import re
import stat
import subprocess
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from ballot.board.checkpoint import Checkpoint, open_checkpoint, read_checkpoint, sign_checkpoint
from ballot.board.cosignature import check_cosignatures
from ballot.board.note import Note, read_note
from tests.board.making import ORIGIN, Board, board_key, board_of, some_entries
from tests.witness.boards import (
    BARE,
    KEY,
    NAME,
    Served,
    fork_of,
    kept,
    make_witness,
    program,
    served,
)

ONCE = ("--once", "--every", "0.05")


def watch(site: Served, folder: Path, *more: str, key: str = KEY):
    return program("watch", site.url, "--key", key, "--state", folder, *ONCE, *more)


def evidence(folder: Path, kind: str) -> Path:
    (found,) = (folder / "evidence").glob(f"{kind}-*")
    return found


def test_a_key_is_made_once_and_nobody_else_may_read_it(tmp_path: Path) -> None:
    public = make_witness(tmp_path / "w")

    again = program("init", NAME, "--state", tmp_path / "w")

    assert public.name == NAME
    assert stat.S_IMODE((tmp_path / "w" / "key").stat().st_mode) == 0o600
    assert again.returncode == 1 and public.text() in again.stderr
    assert program("init", "two words", "--state", tmp_path / "v").returncode == 1
    assert not (tmp_path / "v" / "key").exists()


def test_what_grows_is_cosigned_and_said_in_one_line(tmp_path: Path) -> None:
    witness = make_witness(tmp_path)
    with served(board_of(300)) as site:
        first = watch(site, tmp_path)
        still = watch(site, tmp_path)
        site.board.append(some_entries(700, mark="later"))
        grown = watch(site, tmp_path)

    root = site.board.right.root().hex()
    assert (first.returncode, still.returncode, grown.returncode) == (0, 0, 0)
    assert re.fullmatch(r"\S+ \S+Z  first seen: 300 entries, state [0-9a-f]{64}, cosigned\n",
                        first.stdout)  # fmt: skip
    assert still.stdout == ""
    assert f"grown: 300 to 1000 entries, continues, state {root}, cosigned\n" in grown.stdout
    note = kept(tmp_path)
    assert read_checkpoint(note.text) == site.board.checkpoint()
    assert check_cosignatures(note, [witness], quorum=1)[0].moment_s > 1_700_000_000
    assert open_checkpoint(note.octets(), keys=[board_key(ORIGIN).public()])


def test_few_tiles_are_fetched_and_no_entry(tmp_path: Path) -> None:
    make_witness(tmp_path)
    with served(board_of(70_000)) as site:
        watch(site, tmp_path)
        site.board.append(some_entries(10_000, mark="later"))
        site.asked.clear()
        grown = watch(site, tmp_path)

    assert "70000 to 80000" in grown.stdout
    assert 2 < len(site.asked) <= 10
    assert not any("entries" in path for path in site.asked)


def test_two_states_of_one_size_are_a_fork_and_both_are_kept(tmp_path: Path) -> None:
    make_witness(tmp_path)
    with served(board_of(300)) as site:
        assert watch(site, tmp_path).returncode == 0
        site.board = fork_of(300, shared=299)
        shouted = watch(site, tmp_path)
        again = watch(site, tmp_path)

    assert shouted.returncode == again.returncode == 2
    assert "FORK: the board signed two different states of 300 entries." in shouted.stderr
    # The same evidence once, though a service may start a watch again and again.
    folder = evidence(tmp_path, "fork")
    both = [read_note((folder / name).read_bytes()) for name in ("kept", "offered")]
    # Whoever has the board's key alone sees that it signed both.
    sides = [open_checkpoint(one.octets(), keys=[board_key().public()])[0] for one in both]
    assert {one.root for one in sides} == {board_of(300).right.root(), site.board.right.root()}
    assert read_checkpoint(kept(tmp_path).text).root == board_of(300).right.root()


def test_a_longer_fork_is_proved_from_the_boards_own_tiles(tmp_path: Path) -> None:
    make_witness(tmp_path)
    with served(board_of(300)) as site:
        watch(site, tmp_path)
        site.board = fork_of(400, shared=298)
        shouted = watch(site, tmp_path)

    assert shouted.returncode == 2
    assert "400 entries does not begin with the state of 300 entries" in shouted.stderr
    folder = evidence(tmp_path, "fork")
    assert str(folder) in shouted.stderr
    assert (folder / "tile/0/001.p/144").read_bytes() == site.board.files["tile/0/001.p/144"]
    assert read_checkpoint(kept(tmp_path).text).size == 300


def test_a_board_that_goes_back_is_shouted_at_only_when_it_stays_there(tmp_path: Path) -> None:
    make_witness(tmp_path)
    with served(board_of(300)) as site:
        watch(site, tmp_path)
        site.board = board_of(250)
        site.asked.clear()
        shouted = watch(site, tmp_path)

    assert site.asked.count("checkpoint") == 3
    assert shouted.returncode == 2
    assert "ROLLBACK: the board shows 250 entries, and had signed 300." in shouted.stderr
    assert {path.name for path in evidence(tmp_path, "rollback").iterdir()} == {
        "kept", "offered", "sentence.txt",
    }  # fmt: skip


def test_a_cache_that_was_a_little_old_is_no_rollback(tmp_path: Path) -> None:
    make_witness(tmp_path)

    class Late(Board):
        """Shows its state of 250 entries once more before the newest."""

        shown = 0

        def signed(self) -> Note:
            Late.shown += 1
            return board_of(250).signed() if Late.shown == 2 else super().signed()

    with served(Late().append(some_entries(300))) as site:
        assert watch(site, tmp_path).returncode == 0
        assert watch(site, tmp_path).returncode == 0
    assert not (tmp_path / "evidence").exists()


def test_files_that_do_not_lead_to_the_signed_state_are_told_from_a_fork(tmp_path: Path) -> None:
    make_witness(tmp_path)
    with served(board_of(300)) as site:
        watch(site, tmp_path)
        site.board = board_of(400)
        whole = site.board.files["tile/0/001.p/144"]
        site.board.files["tile/0/001.p/144"] = bytes(32) + whole[32:]
        shouted = watch(site, tmp_path)
        site.board.files["tile/0/001.p/144"] = whole
        mended = watch(site, tmp_path)

    assert shouted.returncode == 2
    assert "NOT PROVED: the board's files do not lead to its own state" in shouted.stderr
    assert evidence(tmp_path, "unproved")
    assert mended.returncode == 0 and "300 to 400" in mended.stdout


def test_another_key_another_board_and_no_board_are_said_and_nothing_is_cosigned(
    tmp_path: Path,
) -> None:
    make_witness(tmp_path)
    board = board_of(300)
    elsewhere = "votes.example/board/other"
    other = Checkpoint(elsewhere, 300, board.right.root())
    stranger = board_key("stranger")
    with served(board) as site:
        wrong_key = watch(site, tmp_path, key=type(stranger)(ORIGIN, stranger.seed).public().text())
        site.checkpoint = sign_checkpoint(other, key=board_key(elsewhere)).octets()
        other_board = watch(site, tmp_path)
        site.checkpoint = b"<html>Not here</html>"
        no_board = watch(site, tmp_path)
        site.checkpoint = b"x" * 1_000_001
        too_long = watch(site, tmp_path)
        url = site.url
    away = program("watch", url, "--key", KEY, "--state", tmp_path, *ONCE)
    no_address = program("watch", "file:///etc/", "--key", KEY, "--state", tmp_path, *ONCE)

    for done, words in ((wrong_key, "WRONG KEY"), (other_board, "another board"),
                        (no_board, "no signed state"), (too_long, "answers too much"),
                        (away, "does not answer")):  # fmt: skip
        assert done.returncode == 1 and words in done.stdout, words
    assert no_address.returncode == 1 and "no address" in no_address.stderr
    assert not list(tmp_path.glob("board-*"))


def test_a_redirect_is_not_followed(tmp_path: Path) -> None:
    make_witness(tmp_path)
    with served(board_of(3)) as site:
        class Elsewhere(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self.send_response(302)
                self.send_header("Location", site.url + "checkpoint")
                self.end_headers()

            def log_message(self, *arguments: object) -> None:
                pass

        server = HTTPServer(("127.0.0.1", 0), Elsewhere)
        thread = threading.Thread(target=server.handle_request)
        thread.start()
        done = program("watch", f"http://127.0.0.1:{server.server_address[1]}", "--key", KEY,
                       "--state", tmp_path, *ONCE)  # fmt: skip
        thread.join()
        server.server_close()

    assert done.returncode == 1 and "answers 302" in done.stdout
    assert site.asked == []


def test_a_cosignature_is_handed_in_and_again_until_it_is_taken(tmp_path: Path) -> None:
    witness = make_witness(tmp_path)
    with served(board_of(300)) as site:
        site.answers_post = 503
        refused = watch(site, tmp_path, "--submit")
        site.answers_post = 200
        taken = watch(site, tmp_path, "--submit")

    assert refused.returncode == 1 and "answers 503" in refused.stdout
    assert taken.returncode == 0 and "the board took the cosignature" in taken.stdout
    assert len(site.posted) == 2
    for octets in site.posted:
        note = read_note(octets)
        assert read_checkpoint(note.text).size == 300
        assert check_cosignatures(note, [witness], quorum=1)


def test_a_damaged_or_foreign_state_cosigns_nothing(tmp_path: Path) -> None:
    make_witness(tmp_path / "one")
    make_witness(tmp_path / "two")
    with served(board_of(300)) as site:
        assert watch(site, tmp_path / "one").returncode == 0
        (mine,) = (tmp_path / "one").glob("board-*")
        (tmp_path / "two" / mine.name).write_bytes(mine.read_bytes())
        foreign = watch(site, tmp_path / "two")
        mine.write_bytes(mine.read_bytes()[:-20])
        damaged = watch(site, tmp_path / "one")

    assert foreign.returncode == damaged.returncode == 1
    assert "not this witness's" in foreign.stdout
    assert "damaged" in damaged.stdout


def test_it_watches_on_until_the_board_forks(tmp_path: Path) -> None:
    make_witness(tmp_path)
    command = [*BARE, "watch", "", "--key", KEY, "--state", str(tmp_path), "--every", "0.05"]
    with served(board_of(3)) as site:
        command[len(BARE) + 1] = site.url
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                              text=True) as process:  # fmt: skip
            assert process.stdout is not None
            assert "first seen: 3 entries" in process.stdout.readline()
            site.board = board_of(5)
            assert "grown: 3 to 5 entries" in process.stdout.readline()
            site.board = fork_of(6, shared=2)
            _, shouted = process.communicate(timeout=60)

    assert process.returncode == 2
    assert "FORK" in shouted


@pytest.mark.parametrize("every", ["0", "-1", "nan", "x", "100000"])
def test_an_interval_that_makes_no_sense_is_refused(tmp_path: Path, every: str) -> None:
    done = program("watch", "http://x", "--key", KEY, "--state", tmp_path, "--every", every)

    assert done.returncode == 2 and "--every" in done.stderr

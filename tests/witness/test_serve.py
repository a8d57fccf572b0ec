"""A witness that is asked over http: what it answers, two at once, and whoever is killed half-way.

Spec: board §7.2, §7.3, §7.4, §7.5.
"""

from __future__ import annotations

import os
import shutil
import signal
import sys
import urllib.error
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import FrameType
from typing import Any

import pytest

from ballot.board.checkpoint import Checkpoint, read_checkpoint, sign_checkpoint
from ballot.board.cosignature import check_cosignatures
from ballot.board.note import SigningKey
from ballot.board.witness import AddCheckpoint, request_to_add, take_answer
from tests.board.making import ORIGIN, Board, board_of, seed, some_entries
from tests.witness.boards import KEY, fork_of, kept, make_witness, serving
from witness import hustings_witness as own

BOARDS = {ORIGIN: own.read_key(KEY, kind=own.BOARD)}


def request(board: Board, *, old: int) -> bytes:
    return request_to_add(board.signed(), old_size=old, proof=board.consistency(old)).octets()


def post(
    url: str, body: bytes, path: str = "/add-checkpoint", **headers: str
) -> tuple[int, str, bytes]:
    asked = urllib.request.Request(url + path, data=body, headers=headers)
    try:
        with urllib.request.urlopen(asked, timeout=60) as answer:
            return answer.status, answer.headers["Content-Type"], answer.read()
    except urllib.error.HTTPError as error:
        return error.code, error.headers["Content-Type"], error.read()


def test_it_cosigns_what_continues_and_the_core_takes_the_answer(tmp_path: Path) -> None:
    witness = make_witness(tmp_path)
    with serving(tmp_path) as url:
        for size, old in ((300, 0), (300, 300), (1000, 300)):
            board = board_of(size)
            status, _, octets = post(url, request(board, old=old))

            assert status == 200
            note = take_answer(board.signed(), octets, witness=witness)
            assert check_cosignatures(note, [witness], quorum=1)


def test_every_refusal_has_the_status_of_the_specification(tmp_path: Path) -> None:
    make_witness(tmp_path)
    board, fork = board_of(1000), fork_of(1000, shared=300)
    elsewhere = SigningKey("votes.example/board/other", seed("other"))
    other = sign_checkpoint(Checkpoint(elsewhere.name, 3, board_of(3).right.root()), key=elsewhere)
    false = sign_checkpoint(board.checkpoint(), key=SigningKey(ORIGIN, seed("stranger")))
    good = request(board, old=300)
    with serving(tmp_path) as url:
        assert post(url, request(board_of(300), old=0))[0] == 200
        answers = {
            "no request": post(url, b"nonsense"),
            "too large": post(url, b"x", **{"Content-Length": "262145"}),
            "of no length": post(url, b"x", **{"Content-Length": "-1"}),
            "too many lines": post(url, good.replace(b"\n", b"\n" + b"A" * 43 + b"=\n" * 64, 1)),
            "old above new": post(url, good.replace(b"old 300", b"old 1001")),
            "another board": post(url, request_to_add(other, old_size=0, proof=[]).octets()),
            "another key": post(url, request_to_add(false, old_size=300, proof=[]).octets()),
            "stale": post(url, request(board, old=0)),
            "rollback": post(url, request(board_of(200), old=0)),
            "fork": post(url, request(fork_of(300, shared=299), old=300)),
            "longer fork": post(url, request(fork_of(1000, shared=299), old=300)),
            "false proof": post(url, request_to_add(fork.signed(), old_size=300,
                                                    proof=board.consistency(300)).octets()),
            "another page": post(url, good, path="/"),
        }  # fmt: skip
        assert post(url, good)[0] == 200

    assert {what: status for what, (status, _, _) in answers.items()} == {
        "no request": 400, "too large": 400, "of no length": 400, "too many lines": 400,
        "old above new": 400,
        "another board": 404, "another key": 403, "stale": 409, "rollback": 409, "fork": 409,
        "longer fork": 422, "false proof": 422, "another page": 404,
    }  # fmt: skip
    for what in ("stale", "rollback", "fork"):
        assert answers[what][1:] == ("text/x.tlog.size", b"300\n")


def test_forks_are_kept_once_however_often_they_are_offered(tmp_path: Path) -> None:
    make_witness(tmp_path)
    board, fork = board_of(300), fork_of(300, shared=299)
    longer = fork_of(1000, shared=299)
    with serving(tmp_path) as url:
        post(url, request(board, old=0))
        for _ in range(3):
            post(url, request(fork, old=300))
            post(url, request(longer, old=300))
        # Anybody may send a true checkpoint with false proofs: that fills no disk.
        for number in range(5):
            made = AddCheckpoint(300, (seed(str(number)),), longer.signed(), longer.checkpoint())
            assert post(url, made.octets())[0] == 422

    assert sorted(one.name.split("-")[0] for one in (tmp_path / "evidence").iterdir()) == [
        "fork", "proof",
    ]  # fmt: skip
    for folder in (tmp_path / "evidence").iterdir():
        assert own.read_checkpoint((folder / "kept").read_bytes()).root == board.right.root()
        assert (folder / "request").read_bytes() in {
            request(fork, old=300), request(longer, old=300),
        }  # fmt: skip


def test_of_many_states_at_once_over_two_processes_no_two_forks_are_cosigned(
    tmp_path: Path,
) -> None:
    make_witness(tmp_path)
    cosigned: list[Board] = [board_of(8)]
    with serving(tmp_path) as first, serving(tmp_path) as second, ThreadPoolExecutor(8) as pool:
        assert post(first, request(cosigned[0], old=0))[0] == 200
        for number in range(6):
            before = cosigned[-1]
            size = len(before.entries)
            offered = [
                Board().append(before.entries).append(some_entries(3, mark=f"{number} {way}"))
                for way in range(8)
            ]
            asked = [(url, one) for one in offered for url in (first, second)]
            bodies = [request(one, old=size) for _, one in asked]
            answers = list(pool.map(post, [url for url, _ in asked], bodies))

            taken = {
                one.right.root(): one
                for (_, one), (status, *_) in zip(asked, answers, strict=True)
                if status == 200
            }
            assert len(taken) == 1
            assert {status for status, *_ in answers} <= {200, 409}
            cosigned += taken.values()

    assert read_checkpoint(kept(tmp_path).text).root == cosigned[-1].right.root()


WATCHED = {"add_checkpoint", "locked", "kept", "keep", "_store"}
"""Where it is killed: at every line of what reads, decides and stores."""


def killed_at(number: int, state: Path, body: bytes) -> tuple[bool, bytes]:
    """Have a process that shares nothing ask, and kill itself at the so-manyeth line.

    Gives whether it was killed, and what left it before.
    """
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        lines = 0

        def trace(frame: FrameType, event: str, argument: Any) -> Any:
            nonlocal lines
            if frame.f_code.co_filename != own.__file__ or frame.f_code.co_name not in WATCHED:
                return None
            if event == "line":
                lines += 1
                if lines == number:
                    os.kill(os.getpid(), signal.SIGKILL)
            return trace

        try:
            witness = own.State(state)
            secret = witness.own_key()
            sys.settrace(trace)
            made = own.add_checkpoint(witness, secret, BOARDS, body)
            sys.settrace(None)
            os.write(writing, made.lines[-1].text().encode())
        finally:
            os._exit(0)
    os.close(writing)
    with os.fdopen(reading, "rb") as pipe:
        said = pipe.read()
    _, status = os.waitpid(child, 0)
    return os.WIFSIGNALED(status), said


@pytest.mark.parametrize("old", [0, 300])
def test_killed_at_any_line_it_has_the_old_state_or_the_new_and_goes_on(
    tmp_path: Path, old: int
) -> None:
    made = tmp_path / "made"
    make_witness(made)
    secret = own.State(made).own_key()
    if old:
        own.add_checkpoint(own.State(made), secret, BOARDS, request(board_of(old), old=0))
    body, fork = request(board_of(1000), old=old), fork_of(1000, shared=old)
    sizes, number, was_killed = [], 0, True
    while was_killed:
        number += 1
        state = own.State(shutil.copytree(made, tmp_path / str(number)))
        was_killed, said = killed_at(number, state.folder, body)

        found = state.kept(ORIGIN, secret)
        sizes.append(found.size if found else 0)
        assert not (was_killed and said)
        again = own.add_checkpoint(
            state, secret, BOARDS, request(board_of(1000), old=sizes[-1])
        )
        assert again.size == 1000
        with pytest.raises(own.Refused):
            own.add_checkpoint(state, secret, BOARDS, request(fork, old=1000))

    assert said and number > 30
    assert set(sizes) == {old, 1000}
    assert sizes == sorted(sizes)


def test_the_new_state_is_on_the_disk_before_the_cosignature_is_given(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_witness(tmp_path)
    state = own.State(tmp_path)
    synced: list[tuple[bool, bool]] = []
    real = os.fsync

    def fsync(descriptor: int) -> None:
        real(descriptor)
        path = Path(f"/proc/self/fd/{descriptor}").readlink()
        synced.append((path.is_dir(), any(tmp_path.glob("board-*"))))

    monkeypatch.setattr(os, "fsync", fsync)

    own.add_checkpoint(state, state.own_key(), BOARDS, request(board_of(5), old=0))

    # The new file first, while the old name is not yet its own; then the folder, when it is.
    assert synced == [(False, False), (True, True)]


def test_a_disk_that_is_full_cosigns_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_witness(tmp_path)
    state = own.State(tmp_path)
    secret = state.own_key()
    own.add_checkpoint(state, secret, BOARDS, request(board_of(5), old=0))

    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", full)
        with pytest.raises(OSError, match="No space"):
            own.add_checkpoint(state, secret, BOARDS, request(board_of(9), old=5))

    assert own.add_checkpoint(state, secret, BOARDS, request(board_of(9), old=5)).size == 9

"""A witness that is asked by too many, too slowly or with too much: it stays small, and answers.

Spec: board §7.2.
"""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

import pytest

from ballot.board.witness import request_to_add
from tests.board.making import board_of
from tests.witness.boards import make_witness
from tests.witness.test_serve import BOARDS, post
from witness import hustings_witness as own

REQUEST = request_to_add(board_of(3).signed(), old_size=0, proof=[]).octets()
HEAD = b"POST /add-checkpoint HTTP/1.1\r\nHost: witness.example\r\n"
PATIENCE_S = 60


@contextmanager
def standing(folder: Path) -> Iterator[tuple[str, int]]:
    """A witness's server in a thread of this process; gives its place."""
    make_witness(folder)
    server = own.Server(("127.0.0.1", 0), own.State(folder), BOARDS)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield ("127.0.0.1", server.server_address[1])
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def asked_by(place: tuple[str, int]) -> socket.socket:
    return socket.create_connection(place, timeout=PATIENCE_S)


def answer_of(connection: socket.socket) -> bytes:
    """All that comes until the other end is closed; nothing where it was cut off."""
    pieces = []
    try:
        while piece := connection.recv(65_536):
            pieces.append(piece)
    except ConnectionError:
        pass
    return b"".join(pieces)


def at_work() -> int:
    return sum("process_request_thread" in thread.name for thread in threading.enumerate())


def test_idle_connections_take_so_many_places_and_a_board_is_answered_after_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(own, "MOST_AT_ONCE", 2)
    monkeypatch.setattr(own, "TIMEOUT_S", 0.5)
    seen: list[int] = []
    answers = own.Asked.do_POST
    monkeypatch.setattr(own.Asked, "do_POST", lambda it: (seen.append(at_work()), answers(it))[1])
    with standing(tmp_path) as (host, port), ExitStack() as idle:
        for _ in range(5):
            idle.enter_context(asked_by((host, port)))

        status, _, octets = post(f"http://{host}:{port}", REQUEST)

    assert (status, octets[:3]) == (200, "—".encode())
    assert seen and max(seen) <= 2


def test_a_connection_that_drips_is_cut_off_though_every_byte_comes_in_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(own, "TIMEOUT_S", 0.5)
    with standing(tmp_path) as place, asked_by(place) as connection:
        connection.sendall(HEAD + b"Content-Length: 100000\r\n\r\n")
        connection.settimeout(0.1)
        begun = time.monotonic()

        dripped = 0
        try:
            while time.monotonic() - begun < PATIENCE_S:
                connection.sendall(b"x")
                dripped += 1
                try:
                    if not connection.recv(1):
                        break
                except TimeoutError:  # Nothing is said yet: the next byte, a tenth of a second on.
                    continue
        except ConnectionError:
            pass

    assert 1 <= dripped < 100_000
    assert time.monotonic() - begun < PATIENCE_S


def test_more_than_a_request_has_is_not_read(tmp_path: Path) -> None:
    most = own.LARGEST_HEAD + own.LARGEST_REQUEST
    read: list[int] = []
    taking = own.Bounded.readinto

    def counted(it: own.Bounded, room: bytearray) -> int:
        read.append(taking(it, room))
        return read[-1]

    with pytest.MonkeyPatch.context() as patched, standing(tmp_path) as place:
        patched.setattr(own.Bounded, "readinto", counted)
        with asked_by(place) as connection:
            field = b"X-Filler: " + b"x" * 60_000 + b"\r\n"
            with suppress(ConnectionError):
                connection.sendall(HEAD + field * 20 + b"Content-Length: 3\r\n\r\nabc")
            answer = answer_of(connection)

        assert not answer or b" 400 " in answer.splitlines()[0]
        assert 0 < sum(read) <= most
        assert post(f"http://{place[0]}:{place[1]}", REQUEST)[0] == 200


def test_a_body_that_is_shorter_than_it_says_is_no_request(tmp_path: Path) -> None:
    with standing(tmp_path) as place, asked_by(place) as connection:
        connection.sendall(HEAD + b"Content-Length: 100\r\n\r\nold 0\n\n")
        connection.shutdown(socket.SHUT_WR)

        answer = answer_of(connection)

    assert b" 400 " in answer.splitlines()[0]
    assert b"shorter than it says" in answer


def test_what_breaks_off_says_nothing_and_no_address_is_printed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def falls(*_: object) -> None:
        raise ConnectionResetError("gone")

    def fails(*_: object) -> None:
        raise ValueError("a fault")

    for act in (falls, fails):
        monkeypatch.setattr(own.Asked, "do_POST", act)
        with standing(tmp_path / act.__name__) as place, asked_by(place) as connection:
            connection.sendall(HEAD + b"Content-Length: 0\r\n\r\n")
            assert answer_of(connection) == b""

    said = capsys.readouterr()
    assert "could not: ValueError('a fault')" in said.out
    assert "127.0.0.1" not in said.out + said.err and "gone" not in said.out + said.err

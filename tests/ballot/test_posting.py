"""Posting to an address of the configuration: bounded, and nowhere else than there."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from ballot import posting
from ballot.posting import NoAnswer, post


@contextmanager
def answering(*pieces: bytes, pause_s: float = 0.0) -> Iterator[str]:
    """Answer one connection with these pieces, with a pause before each."""
    stop = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as server:

        def answer() -> None:
            connection, _ = server.accept()
            asked = b""
            with connection:
                while not (asked := asked + connection.recv(65_536)).endswith(b"\r\n\r\nx"):
                    pass
                for piece in pieces:
                    if stop.wait(pause_s):
                        return
                    try:
                        connection.sendall(piece)
                    except OSError:
                        return

        thread = threading.Thread(target=answer)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.getsockname()[1]}/x"
        finally:
            stop.set()
            thread.join()


HEAD = b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n"


def test_the_status_and_the_body_come_back_whatever_they_say() -> None:
    with answering(HEAD, b"taken") as url:
        assert post(url, b"x", largest_answer=5) == (200, b"taken")
    with answering(b"HTTP/1.1 409 Conflict\r\nConnection: close\r\n\r\n", b"7\n") as url:
        assert post(url, b"x", largest_answer=5) == (409, b"7\n")


def test_a_redirect_is_an_answer_and_goes_nowhere() -> None:
    with answering(b"HTTP/1.1 307 Away\r\nLocation: http://127.0.0.1:9/\r\n"
                   b"Connection: close\r\n\r\n") as url:  # fmt: skip
        assert post(url, b"x", largest_answer=5)[0] == 307


def test_an_answer_too_long_too_slow_or_none_is_no_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    with answering(HEAD, b"123456") as url, pytest.raises(NoAnswer, match="too long"):
        post(url, b"x", largest_answer=5)
    with answering(b"nonsense\r\n\r\n") as url, pytest.raises(NoAnswer):
        post(url, b"x", largest_answer=5)
    monkeypatch.setattr(posting, "DEADLINE_S", 0.2)
    with answering(HEAD, *[b"a"] * 50, pause_s=0.05) as url, pytest.raises(NoAnswer, match="slow"):
        post(url, b"x", largest_answer=500)
    monkeypatch.setattr(posting, "TIMEOUT_S", 0.1)
    with answering(HEAD, pause_s=5) as url, pytest.raises(NoAnswer):
        post(url, b"x", largest_answer=5)


@pytest.mark.parametrize("url", ["file:///etc/passwd", "ftp://x/", "x", ""])
def test_only_the_web_is_posted_to(url: str) -> None:
    with pytest.raises(ValueError, match="no address"):
        post(url, b"x", largest_answer=5)

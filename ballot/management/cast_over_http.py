"""Casts over HTTP through gunicorn, by clients that keep their connections, measured."""

from __future__ import annotations

import os
import re
import selectors
import signal
import socket
import statistics
import subprocess
import sys
import time
from collections import deque
from dataclasses import dataclass

from django.core.management.base import CommandError

from ballot.management.scratch import url_of


def cast_over_http(
    database: str, slug: str, ballots: list[bytes], clients: int, workers: int
) -> dict[str, float]:
    """Casts a second, and how many milliseconds half and all but a hundredth of them took."""
    port = _free_port()
    server = _serve(database, port, workers)
    try:
        token = _token(port, slug)
        requests = deque(_request(slug, token, wire) for wire in ballots)
        return _drive(port, requests, clients)
    finally:
        # Nothing is under way any more, and a measurement has nothing to hand over.
        os.killpg(server.pid, signal.SIGKILL)
        server.wait()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _serve(database: str, port: int, workers: int) -> subprocess.Popen[bytes]:
    """The production server on the scratch database, as the supervisor starts it."""
    server = subprocess.Popen(  # noqa: S603 - our own interpreter and arguments.
        [
            sys.executable, "-m", "gunicorn", "config.wsgi:application", "--no-control-socket",
            "--workers", str(workers), "--bind", f"127.0.0.1:{port}", "--log-level", "error",
        ],
        env=os.environ | {"DATABASE_URL": url_of(database), "PORT": str(port)},
        start_new_session=True,
    )
    give_up_at = time.monotonic() + 60
    while time.monotonic() < give_up_at and server.poll() is None:
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=1) as probe:
                probe.sendall(b"GET /healthz HTTP/1.0\r\nHost: localhost\r\n\r\n")
                if b" 200 " in probe.recv(200):
                    return server
        except OSError:
            pass
        time.sleep(0.1)
    os.killpg(server.pid, signal.SIGKILL)
    raise CommandError("The web server did not answer within a minute.")


def _token(port: int, slug: str) -> tuple[bytes, bytes]:
    """The CSRF cookie and token of the voting page."""
    with socket.create_connection(("127.0.0.1", port), timeout=10) as page:
        page.sendall(f"GET /vote/{slug}/ HTTP/1.1\r\nHost: localhost\r\n"
                     "Connection: close\r\n\r\n".encode())
        answer = b""
        while piece := page.recv(65536):
            answer += piece
    cookie = re.search(rb"(?i)set-cookie: ([^=]*csrf[^=]*=[^;]+)", answer)
    token = re.search(rb'name="csrfmiddlewaretoken" value="([^"]+)"', answer)
    if cookie is None or token is None:
        raise CommandError("The voting page gave no CSRF token.")
    return cookie.group(1), token.group(1)


def _request(slug: str, token: tuple[bytes, bytes], wire: bytes) -> bytes:
    head = (
        f"POST /vote/{slug}/cast HTTP/1.1\r\nHost: localhost\r\n"
        f"Content-Type: application/octet-stream\r\nContent-Length: {len(wire)}\r\n"
    ).encode()
    return head + b"Cookie: " + token[0] + b"\r\nX-CSRFToken: " + token[1] + b"\r\n\r\n" + wire


@dataclass(slots=True)
class _Client:
    """One client: its connection, the answer so far, and when it asked."""

    link: socket.socket
    heard: bytes = b""
    asked_at: float = 0.0


def _drive(port: int, requests: deque[bytes], clients: int) -> dict[str, float]:
    """Keep that many casts under way until all are done; every answer must be a receipt."""
    watch = selectors.DefaultSelector()
    spent: list[float] = []
    total = len(requests)

    def ask(client: _Client) -> None:
        client.heard = b""
        client.asked_at = time.perf_counter()
        client.link.sendall(requests.popleft())

    begun = time.perf_counter()
    for _ in range(min(clients, total)):
        client = _Client(_connect(port))
        watch.register(client.link, selectors.EVENT_READ, client)
        ask(client)
    while len(spent) < total:
        for key, _ in watch.select(timeout=30):
            client = key.data
            piece = client.link.recv(65536)
            client.heard += piece
            if piece and not _is_whole(client.heard):
                continue
            if b" 200 " not in client.heard[:20] or b'"tracker"' not in client.heard:
                raise CommandError(f"A cast was not taken: {client.heard[-300:]!r}")
            spent.append(time.perf_counter() - client.asked_at)
            if not piece or b"connection: close" in client.heard.lower():
                watch.unregister(client.link)
                client.link.close()
                client.link = _connect(port)
                watch.register(client.link, selectors.EVENT_READ, client)
            if requests:
                ask(client)
    seconds = time.perf_counter() - begun
    cuts = statistics.quantiles(spent, n=100)
    return {
        "casts_a_second": round(total / seconds, 1),
        "p50_ms": round(1000 * cuts[49], 2),
        "p99_ms": round(1000 * cuts[98], 2),
    }


def _connect(port: int) -> socket.socket:
    link = socket.create_connection(("127.0.0.1", port), timeout=30)
    link.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return link


def _is_whole(heard: bytes) -> bool:
    head, gap, body = heard.partition(b"\r\n\r\n")
    length = re.search(rb"(?i)content-length: (\d+)", head)
    return bool(gap) and length is not None and len(body) >= int(length.group(1))

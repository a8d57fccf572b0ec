"""Boards that are served to a witness, and the witness as a process of its own."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from ballot.board.cosignature import WitnessKey, read_witness_key
from ballot.board.note import Note, read_note
from tests.board.making import ORIGIN, Board, board_key, board_of, some_entries

PROGRAM = Path(__file__).resolve().parent.parent.parent / "witness" / "hustings_witness.py"
NAME = "press.example/witness"
KEY = board_key(ORIGIN).public().text()
# Nothing but Python's own: no package that is installed, no folder of ours, no variable.
BARE = [sys.executable, "-I", "-S", str(PROGRAM)]


def fork_of(size: int, *, shared: int) -> Board:
    """Another board of the same key, which begins like `board_of` and goes on otherwise."""
    return board_of(shared).append(some_entries(size - shared, mark="fork"))


def program(*arguments: object) -> subprocess.CompletedProcess[str]:
    command = [*BARE, *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)


def make_witness(folder: Path, *, name: str = NAME) -> WitnessKey:
    done = program("init", name, "--state", folder)
    assert done.returncode == 0, done.stderr
    return read_witness_key(done.stdout.strip())


@dataclass
class Served:
    """A board's files over http. checkpoint: what is shown as signed, or else the board's own."""

    url: str
    board: Board
    checkpoint: bytes = b""
    posted: list[bytes] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    answers_post: int = 200

    def octets(self, path: str) -> bytes | None:
        self.asked.append(path)
        if path == "checkpoint":
            return self.checkpoint or self.board.signed().octets()
        return self.board.files.get(path)


@contextmanager
def served(board: Board) -> Iterator[Served]:
    class Asked(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            octets = it.octets(self.path.removeprefix("/board/"))
            self.send_response(404 if octets is None else 200)
            self.end_headers()
            self.wfile.write(octets or b"")

        def do_POST(self) -> None:
            it.posted.append(self.rfile.read(int(self.headers["Content-Length"])))
            assert self.path == "/board/cosignature"
            self.send_response(it.answers_post)
            self.end_headers()

        def log_message(self, *arguments: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Asked)
    it = Served(f"http://127.0.0.1:{server.server_address[1]}/board/", board)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield it
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@contextmanager
def serving(folder: Path, *keys: str) -> Iterator[str]:
    """A witness that is asked, as a process; gives its address."""
    boards = [part for key in keys or (KEY,) for part in ("--board", key)]
    command = [*BARE, "serve", "--state", str(folder), "--listen", "127.0.0.1:0", *boards]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            line = process.stdout.readline()
            assert "listening on 127.0.0.1:" in line, line
            yield f"http://127.0.0.1:{line.split(':')[3].split()[0]}"
        finally:
            process.kill()


def kept(folder: Path) -> Note:
    """What the witness keeps of the board."""
    (path,) = folder.glob("board-*")
    return read_note(path.read_bytes())

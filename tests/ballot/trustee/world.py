"""A server for the tests: a board written by the core, and the seats of its trustees.

It takes what trustees hand in as docs/spec/trustees.md has it, and believes it; a test makes it lie
by adding, changing or leaving out entries.  One world, one election; nothing is shared.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import StringIO
from pathlib import Path
from typing import Any

from ballot.board.checkpoint import sign_checkpoint
from ballot.board.logged import logged
from ballot.board.tree import leaf_hash
from ballot.canonical import canonical
from ballot.sealing.ceremony import conclude
from ballot.sealing.messages import Ceremony, Commitment, Confirmation, Dealing, Reveal
from ballot.trustee.__main__ import main
from ballot.trustee.console import Console
from ballot.trustee.published import STEPS, Received
from tests.board.making import ORIGIN, Board, board_key

ELECTION = "00000000-0000-4000-8000-000000000001"
SLUG = ORIGIN.rpartition("/")[2]
NAMES = ("Ada", "Ben", "Cai")
SECRET = "s" * 22
PASSPHRASE = "correct horse battery"
AFTER_CAST = {"dead": "set-aside", "duplicate": "set-aside", "excluded": "set-aside",
              "resigned": "stands"}  # fmt: skip
WAITING = {"part", "profile", "lot", "count"}
PARSERS = {
    "commitment": Commitment.parse, "reveal": Reveal.parse, "dealing": Dealing.parse,
    "received": Received.parse, "confirmation": Confirmation.parse,
}  # fmt: skip


@dataclass
class World:
    """The server's state.

    bodies:  the whole bytes of each entry.     blobs: by SHA-256.
    told:    the messages of the ceremony, by step and trustee.
    dies:    before which request, or after it, the server dies: a path's end and when.
    is_deaf_to: what, in a path, is taken with a 202 and never shown.
    handed_in: what the seat says of what was handed in and is not on the board (trustees §4).
    unsigned: how many mixes of each box the seat tells of and the board does not show yet.
    overtaken_by: what another mixes as the next mix of a trustee comes in, which is refused then.
    ranges:  every range of a file that was asked for.
    asked:   every request, for a test to look at.
    """

    board: Board = field(default_factory=Board)
    bodies: list[bytes] = field(default_factory=list)
    blobs: dict[str, bytes] = field(default_factory=dict)
    told: dict[tuple[str, int], Any] = field(default_factory=dict)
    held: set[int] = field(default_factory=set)
    mixes: dict[tuple[str, int], list[dict[str, Any]]] = field(default_factory=dict)
    committed: dict[tuple[str, int], set[int]] = field(default_factory=dict)
    parts: dict[tuple[str, int], dict[int, bytes]] = field(default_factory=dict)
    handed_in: dict[tuple[str, int], dict[str, str]] = field(default_factory=dict)
    unsigned: int = 0
    overtaken_by: Callable[[], None] | None = None
    boxes: list[dict[str, Any]] = field(default_factory=list)
    frame: Ceremony | None = None
    key: Any = None
    state: str = "draft"
    due: Callable[[World, int], str | None] | None = None
    mixes_wanted: int = 2
    dies: tuple[str, str] | None = None
    is_deaf_to: str = ""
    out: frozenset[int] = frozenset()
    asked: list[tuple[str, str, bytes]] = field(default_factory=list)
    ranges: list[str] = field(default_factory=list)
    port: int = 0

    # --- the board ---

    def add(self, kind: str, content: Any) -> bytes:
        """Append an entry; give its digest."""
        number = len(self.bodies)
        at = None if kind == "ballot" else "2026-05-01T12:00:00Z"
        body = canonical(
            {"at": at, "content": content, "election": ELECTION, "kind": kind, "number": number,
             "version": "hustings/v1"}
        )  # fmt: skip
        held = logged(body, is_withheld=kind in WAITING)
        if held != body:
            self.blob(body)
        self.bodies.append(body)
        self.board.append([held])
        return leaf_hash(held)

    def blob(self, content: bytes) -> dict[str, Any]:
        """Keep bytes; give the object that names them."""
        digest = sha256(content).hexdigest()
        self.blobs[digest] = content
        return {"sha256": digest, "size_bytes": len(content)}

    def contents(self, kind: str) -> list[Any]:
        found = [json.loads(body) for body in self.bodies]
        return [entry["content"] for entry in found if entry["kind"] == kind]

    def digest(self, kind: str) -> str:
        """Give the digest of the last entry of a kind, in hexadecimal."""
        found = [n for n, body in enumerate(self.bodies) if json.loads(body)["kind"] == kind]
        return leaf_hash(self.board.entries[found[-1]]).hex()

    def begin(self, *, smallest_box: int = 2, named: tuple[str, ...] = NAMES) -> World:
        """Give notice of the poll, and begin a ceremony."""
        if not self.bodies:
            notice = {"board": board_key().public().text(), "smallest_box": smallest_box,
                      "mixes_wanted": self.mixes_wanted, "title": "Leader 2026",
                      "after_cast": AFTER_CAST, "issuer": None}  # fmt: skip
            self.add("notice", notice)
        identifier = sha256(b"ceremony%d" % len(self.bodies)).digest()[:16]
        self.frame, self.told = Ceremony(identifier, named, 2), {}
        frame = {"identifier": identifier.hex(), "quorum": 2, "trustees": list(named)}
        self.add("ceremony", frame)
        return self

    def tell(self, step: str, message: Any) -> None:
        """Take a message of the ceremony; the last one makes the key."""
        self.add("ceremony-message", {"message": message, "step": step})
        self.told[step, message["number"]] = message
        if step == "confirmation" and self._all("confirmation"):
            self.key = self._concluded()
            self.add("key", self.key.to_json())

    def _all(self, step: str) -> bool:
        assert self.frame is not None
        left = set(self.frame.numbers) - (self.out if step == "confirmation" else set())
        return {number for told, number in self.told if told == step} >= left

    def said(self, step: str) -> list[Any]:
        found = sorted((number, one) for (told, number), one in self.told.items() if told == step)
        return [PARSERS[step](one) for _, one in found]

    def complaints(self) -> list[Any]:
        return [complaint for one in self.said("received") for complaint in one.complaints]

    def _concluded(self) -> Any:
        assert self.frame is not None
        return conclude(
            self.frame, commitments=self.said("commitment"), reveals=self.said("reveal"),
            dealings=self.said("dealing"), complaints=self.complaints(),
            confirmations=self.said("confirmation"),
        )  # fmt: skip

    # --- the seats ---

    def due_for(self, number: int) -> str | None:
        if self.due is not None:
            return self.due(self, number)
        if self.boxes:
            return self._due_after_close(number)
        if self.key is not None:
            return None
        for step in STEPS:
            is_out = step == "confirmation" and number in self.out
            if (step, number) not in self.told:
                return None if is_out else step
            if not self._all(step):
                return None
        return None

    def _due_after_close(self, number: int) -> str | None:
        places = [(box["contest"], box["number"]) for box in self.boxes if box["ballots"]]
        mixes = [self.mixes.get(place, []) for place in places]
        want = [shown for shown in mixes if len(shown) < self.mixes_wanted]
        if any(number not in {one["trustee"] for one in shown} for shown in want):
            return "mix" if all(mixes) else None
        if want:
            return None
        if any(number not in self.committed.get(place, set()) for place in places):
            return "commit"
        assert self.frame is not None
        if any(len(self.committed.get(place, ())) < self.frame.quorum for place in places):
            return None
        return "part" if any(number not in self.parts.get(p, {}) for p in places) else None

    def seat(self, number: int) -> dict[str, Any]:
        boxes = [
            {"contest": b["contest"], "box": b["number"], "label": "a", "ballots": b["ballots"],
             "mixes": self._told_of_mixes(b["contest"], b["number"]), "committed": [],
             "handed_in": self.handed_in.get((b["contest"], b["number"])),
             "revealed": sorted(self.parts.get((b["contest"], b["number"]), {}))}
            for b in self.boxes
        ]  # fmt: skip
        board = board_key().public().text() if self.bodies else None
        election = {"id": ELECTION, "slug": SLUG, "title": "Leader 2026", "rehearsal": False,
                    "state": self.state, "board": board}  # fmt: skip
        return {"election": election, "trustee": {"number": number, "name": NAMES[number - 1]},
                "ceremony": None, "done": {}, "out": sorted(self.out), "failed": None, "key": None,
                "held": sorted(self.held), "mixes_wanted": self.mixes_wanted, "boxes": boxes,
                "due": self.due_for(number), "waits_for": "Waiting for the others."}  # fmt: skip

    def _told_of_mixes(self, contest: str, box: int) -> list[dict[str, Any]]:
        shown = [told["mixer"] for told in self.contents("mix")
                 if (told["contest"], told["box"]) == (contest, box)]  # fmt: skip
        mixers = [*shown, *["Another"] * self.unsigned]
        return [{"mixer": mixer, "number": row, "trustee": None}
                for row, mixer in enumerate(mixers, 1)]  # fmt: skip

    def take(self, number: int, path: str, body: bytes) -> tuple[int, Any]:
        """Take what a trustee hands in (trustees §2)."""
        what = path.split("/")
        if self.is_deaf_to and self.is_deaf_to in path:
            return 202, {}
        if path == "ceremony":
            return self._take_message(number, json.loads(body))
        if path == "held":
            self.held.add(number)
            self.add("share-held", {**json.loads(body), "trustee": number})
            return 200, {}
        place = what[1], int(what[2])
        if what[3] == "mix":
            if self.overtaken_by:
                other, self.overtaken_by = self.overtaken_by, None
                other()
                return 409, {"code": "mix.overtaken", "message": "Somebody else mixed meanwhile."}
            self.show_mix(place, body, trustee=number, signature=what[5])
        elif what[3] == "commitment":
            said = json.loads(body)
            assert set(said) == {"commitment", "signature"} and len(said["signature"]) == 130
            if number not in self.committed.setdefault(place, set()):
                self.commit(place, number, **said)
        else:
            self.parts.setdefault(place, {})[number] = body
        return 202, {}

    def _take_message(self, number: int, said: Any) -> tuple[int, Any]:
        step, message = said["step"], said["message"]
        before = self.told.get((step, number))
        if before is not None and before != message:
            return 409, {"code": "ceremony-contradicted", "message": "You said something else."}
        if before is None:
            self.tell(step, message)
        return 200, {}

    def show_mix(
        self, place: tuple[str, int], content: bytes, *, trustee: int | None, signature: str | None,
        mixer: str | None = None,
    ) -> None:  # fmt: skip
        shown = self.mixes.setdefault(place, [])
        name = mixer or ("server" if trustee is None else NAMES[trustee - 1])
        told = {
            "contest": place[0], "box": place[1], "number": len(shown) + 1, "mixer": name,
            "trustee": trustee, "signature": signature, "content": self.blob(content),
        }  # fmt: skip
        shown.append(told)
        self.add("mix", told)

    def commit(
        self, place: tuple[str, int], number: int, commitment: str, signature: str = "00" * 65
    ) -> None:
        self.committed.setdefault(place, set()).add(number)
        told = {"contest": place[0], "box": place[1], "trustee": number, "commitment": commitment}
        self.add("opening-commitment", {**told, "signature": signature})

    # --- the network ---

    def file(self, path: str) -> bytes | None:
        if path == "checkpoint":
            return self.checkpoint()
        if path.startswith("blob/"):
            return self.blobs.get(path.removeprefix("blob/"))
        return self.board.files.get(path)

    def checkpoint(self) -> bytes:
        return sign_checkpoint(self.board.checkpoint(), key=board_key()).octets()

    @contextmanager
    def served(self) -> Iterator[World]:
        server = ThreadingHTTPServer(("127.0.0.1", 0), _answering(self))
        self.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield self
        finally:
            server.shutdown()
            thread.join()
            server.server_close()

    def address(self, number: int) -> str:
        return f"http://127.0.0.1:{self.port}/trustee/{SLUG}/#{SECRET}{number}"


class Died(Exception):
    """The server dies in the middle of a request."""


def _answering(world: World) -> type[BaseHTTPRequestHandler]:
    class Answering(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        wbufsize = 1 << 16  # Head and body leave together, and nothing waits for an answer.

        def do_GET(self) -> None:
            path = self.path
            world.asked.append(("GET", path, b""))
            if path == f"/trustee/{SLUG}/seat":
                self._as_trustee(lambda number: (200, world.seat(number)))
                return
            content = world.file(path.removeprefix(f"/board/{SLUG}/"))
            wanted = self.headers["Range"]
            if content is not None and wanted:
                world.ranges.append(wanted)
                first = int(wanted.removeprefix("bytes=").removesuffix("-"))
                self._send(206, content[first:])
                return
            self._send(404 if content is None else 200, content or b"{}")

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            world.asked.append(("POST", self.path, body))
            path = self.path.removeprefix(f"/trustee/{SLUG}/")
            self._as_trustee(lambda number: self._taken(number, path, body))

        def _taken(self, number: int, path: str, body: bytes) -> tuple[int, Any]:
            end, when = world.dies or ("", "")
            dies = bool(end) and path.endswith(end)
            if dies and when == "before":
                raise Died
            answer = world.take(number, path, body)
            if dies:
                raise Died
            return answer

        def _as_trustee(self, act: Callable[[int], tuple[int, Any]]) -> None:
            said = self.headers["Authorization"] or ""
            if not said.startswith(f"Seat {SECRET}"):
                self._send(403, b"{}")
                return
            try:
                status, answer = act(int(said[-1]))
            except Died:
                self.close_connection = True
                return
            self._send(status, json.dumps(answer).encode())

        def _send(self, status: int, content: bytes) -> None:
            self.send_response(status)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *arguments: Any) -> None:
            pass

    return Answering


@dataclass(frozen=True)
class Ran:
    """What a run of the command ended with."""

    status: int
    out: str
    err: str


def trustee(
    world: World, number: int, folder: Path, *arguments: str, answer: str = PASSPHRASE
) -> Ran:
    """Run the command as a trustee with a folder of their own, who answers every question so."""
    out, err = StringIO(), StringIO()
    line = [*arguments[:1], world.address(number), *arguments[1:]]
    line += ["--keep", str(folder / str(number)), "--every", "0.01", "--jobs", "1"]
    status = main(line, console=Console(out=out, err=err), ask=lambda prompt: answer)
    return Ran(status, out.getvalue(), err.getvalue())


def refused(ran: Ran, check: str) -> None:
    """Require that a run ended with this check, and with no other."""
    assert f"check: {check}\n" in ran.err, ran
    assert ran.status == 4

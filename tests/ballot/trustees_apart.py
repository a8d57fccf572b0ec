"""Trustees in a process of their own, who reach the server over HTTP alone and read its board.

The requests go through a pipe to the process that has the database, which answers each as the
web does. What the trustees draw is in their own process and nowhere else.
"""

from __future__ import annotations

import base64
import json
import multiprocessing
import os
import traceback
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from typing import Any

import numpy as np
from django.test import Client

from ballot.canonical import canonical, read_canonical
from ballot.ceremonies import PARSERS, Said, Step
from ballot.mapping.entry import entry_digest
from ballot.mapping.keys import read_frame
from ballot.sealing.box import PAIR, Box
from ballot.sealing.keys import ElectionKey
from ballot.sealing.maker import sign_commitment, sign_mix
from ballot.sealing.mixing import mix
from ballot.sealing.opening import open_part, part_commitment
from ballot.sealing.setting import BoxName, Setting
from ballot.sealing.sharefile import prove_share
from ballot.sealing.shuffle import read_mix
from tests.ballot.trustees import Trustees

Ask = tuple[str, str, Mapping[str, str], bytes]


class Server:
    """The server as the trustees reach it: requests, and the board that it shows."""

    def __init__(self, pipe: Connection, slug: str) -> None:
        self._pipe, self._slug = pipe, slug

    def ask(self, method: str, path: str, body: bytes = b"", *, seat: str = "") -> tuple[int, Any]:
        """Ask, and give the status and the body."""
        headers = {"Authorization": f"Seat {seat}"} if seat else {}
        self._pipe.send((method, path, headers, body))
        return self._pipe.recv()

    def post(self, seat: str, path: str, body: bytes, *, status: int = 200) -> None:
        found, told = self.ask("POST", f"/trustee/{self._slug}/{path}", body, seat=seat)
        assert found == status, (path, found, told)

    def seat(self, seat: str) -> dict[str, Any]:
        status, told = self.ask("GET", f"/trustee/{self._slug}/seat", seat=seat)
        assert status == 200, told
        found: Any = read_canonical(canonical_form(told))
        return dict(found)

    def file(self, path: str) -> bytes:
        status, told = self.ask("GET", f"/board/{self._slug}/{path}")
        assert status == 200, (path, told)
        return bytes(told)

    def checkpoint(self) -> tuple[int, bytes]:
        """The size and the root that the board signed last."""
        lines = self.file("checkpoint").decode().splitlines()
        return int(lines[1]), base64.b64decode(lines[2])

    def entries(self) -> list[dict[str, Any]]:
        """Every entry as the log holds it, from the one bundle that a small board has."""
        size, _ = self.checkpoint()
        assert size < 256
        rest, found = self.file(f"tile/entries/000.p/{size}"), []
        while rest:
            length = int.from_bytes(rest[:2], "big")
            body, rest = rest[2 : 2 + length], rest[2 + length :]
            entry: Any = read_canonical(body)
            found.append(entry | {"octets": body})
        return found

    def told(self, kind: str) -> list[dict[str, Any]]:
        return [entry["content"] for entry in self.entries() if entry["kind"] == kind]


def canonical_form(octets: bytes) -> bytes:
    return canonical(json.loads(octets))


@dataclass
class Apart(Trustees):
    """Trustees who know the server's answers and the board, and nothing else of it."""

    server: Server = field(kw_only=True)
    seats: Mapping[int, str] = field(kw_only=True, repr=False)

    @property
    def said(self) -> Said:
        messages: dict[Step, dict[int, Any]] = {step: {} for step in Step}
        frame = read_frame(self.server.told("ceremony")[-1])
        for one in self.server.told("ceremony-message"):
            step = Step(one["step"])
            read = PARSERS[step](one["message"])
            messages[step][read.number] = read
        return Said(frame, messages)

    def prove_held(self) -> None:
        size, root = self.server.checkpoint()
        for number, share in self.shares.items():
            proof = prove_share(share, question=root, rng=os.urandom)
            body = canonical({"proof": proof.hex(), "size": size})
            self.server.post(self.seats[number], "held", body)

    # --- the boxes ---

    @property
    def key(self) -> ElectionKey:
        return ElectionKey.parse(self.server.told("key")[-1])

    @property
    def setting(self) -> Setting:
        (opening,) = [one for one in self.server.entries() if one["kind"] == "opening"]
        return Setting(entry_digest("opening", opening["octets"]), self.key.public_key)

    def boxes(self) -> list[tuple[str, Box]]:
        """Every box as its last mixer left it, with its place in the addresses."""
        (fixed,) = self.server.told("reconciliation")
        found = []
        for one in fixed["boxes"]:
            octets = np.frombuffer(self._blob(one["sealed"]), np.uint8).reshape(-1, PAIR)
            box = Box.parse(BoxName(one["contest"], tuple(one["sections"])), octets)
            for step in self.server.told("mix"):
                if (step["contest"], step["box"]) == (one["contest"], one["number"]):
                    box = read_mix(self._blob(step["content"]), before=box).after
            found.append((f"boxes/{one['contest']}/{one['number']}", box))
        return found

    def _blob(self, named: dict[str, Any]) -> bytes:
        return self.server.file(f"blob/{named['sha256']}")

    def mix(self, number: int) -> None:
        for place, box in self.boxes():
            content, signature = self.mixed(box, number)
            path = f"{place}/mix/2/{signature.hex()}"
            self.server.post(self.seats[number], path, content, status=202)

    def mixed(self, box: Box, number: int) -> tuple[bytes, bytes]:
        share, setting = self.shares[number], self.setting
        mixer = self.key.trustee(number).name
        content = mix(box, setting=setting, mixer=mixer, rng=os.urandom).to_bytes()
        return content, sign_mix(content, name=box.name, setting=setting, key=self.key,
                                 share=share, rng=os.urandom)

    def open(self, *numbers: int) -> None:
        """Let trustees commit to their parts of every box, and then reveal them."""
        setting, key, mixed = self.setting, self.key, dict(self.boxes())
        made = {
            (place, number): open_part(
                box, setting=setting, key=key, share=self.shares[number], rng=os.urandom
            ).to_bytes()
            for place, box in mixed.items()
            for number in numbers
        }
        for (place, number), content in made.items():
            commitment = part_commitment(content, setting=setting, number=number)
            signature = sign_commitment(commitment, name=mixed[place].name, setting=setting,
                                        key=key, share=self.shares[number], rng=os.urandom)
            body = canonical({"commitment": commitment.hex(), "signature": signature.hex()})
            self.server.post(self.seats[number], f"{place}/commitment", body)
        for (place, number), content in made.items():
            self.server.post(self.seats[number], f"{place}/part", content, status=202)

    def secrets_held(self) -> list[int]:
        """Every secret number of every trustee, to be looked for where none may be."""
        drawn = [number for one in self.secrets.values() for number in
                 (*one.coefficients, one.encryption)]
        return [*drawn, *(share.secret for share in self.shares.values())]


Play = Callable[[Apart, Callable[[str], Any]], None]


def sit_apart(
    play: Play, *, slug: str, seats: Mapping[int, str], turns: Mapping[str, Callable[[], Any]],
    after_each: Callable[[], Any],
) -> list[int]:  # fmt: skip
    """Run the trustees' part in a process of its own, and answer what it asks of the server.

    play:       what the trustees do; its second argument says that the officers' turn has come.
    turns:      what is done in this process at each such turn.
    after_each: what clock and workers do after each request.
    Returns the trustees' secrets, which this process learns only now.
    """
    here, there = multiprocessing.get_context("fork").Pipe()
    child = os.fork()
    if child == 0:
        here.close()
        _play(play, there, slug, seats)
    there.close()
    try:
        return _serve(here, turns, after_each)
    finally:
        # Where this process has failed, the other finds the pipe closed and ends.
        here.close()
        os.waitpid(child, 0)


def _serve(
    pipe: Connection, turns: Mapping[str, Callable[[], Any]], after_each: Callable[[], Any]
) -> list[int]:
    browser = Client(enforce_csrf_checks=True)
    while (asked := pipe.recv())[0] != "done":
        if asked[0] == "failed":
            raise AssertionError(asked[1])
        if asked[0] == "turn":
            turns[asked[1]]()
            answer = None
        else:
            answer = _answer(browser, asked)
        after_each()
        pipe.send(answer)
    return list(asked[1])


def _answer(browser: Client, asked: Ask) -> tuple[int, bytes]:
    method, path, headers, body = asked
    answer = browser.generic(method, path, body, "application/octet-stream", headers=headers)
    content = b"".join(answer.streaming_content) if answer.streaming else answer.content
    return answer.status_code, bytes(content)


def _play(play: Play, pipe: Connection, slug: str, seats: Mapping[int, str]) -> None:
    """What the child does: it says how it ended, and never runs the tests' own code."""
    try:
        server = Server(pipe, slug)

        def say(number: int, step: str, message: dict[str, Any]) -> None:
            server.post(seats[number], "ceremony", canonical({"message": message, "step": step}))

        def turn(name: str) -> None:
            pipe.send(("turn", name))
            pipe.recv()

        trustees = Apart(None, say, server=server, seats=seats)  # type: ignore[arg-type]
        play(trustees, turn)
        pipe.send(("done", trustees.secrets_held()))
    except EOFError:
        pass  # The other process has failed, and says why itself.
    except BaseException:
        pipe.send(("failed", traceback.format_exc()))
    finally:
        os._exit(0)

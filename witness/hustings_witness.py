#!/usr/bin/env python3
"""The witness of a board: one file, to be copied to a machine of your own and run there.

    python3 hustings_witness.py init press.example/witness
    python3 hustings_witness.py watch https://votes.example/board/leader-2026/ --key KEY --submit
    python3 hustings_witness.py serve --board KEY --listen 127.0.0.1:8765
    python3 hustings_witness.py verify-diff monday.zip friday.zip

A witness cosigns a board's signed state only when it continues every state that it cosigned before.
It is for agents, scrutineers and newspapers, who need not believe whoever runs the board: so it
needs Python 3.11 or later and nothing else, reads no line of the server's code, and is one long
file, for whoever copies it copies all of it. What it keeps is one folder (`--state`).

Spec: docs/spec/board.md; § below is its sections. C2SP tlog-witness, tlog-cosignature, tlog-tiles;
RFC 6962 and 9162 (the tree), RFC 8032 (Ed25519).
Exit status: 0, all was well; 1, something could not be done; 2, the board forked or went back.
It is no verifier: it shows that nothing was rewritten, not that what stands there is right.
"""

from __future__ import annotations

import argparse
import base64
import binascii
import contextlib
import http.client
import http.server
import io
import json
import os
import re
import socket
import sys
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from hashlib import sha256, sha512
from pathlib import Path
from typing import Any, Protocol

BOARD, WITNESS = 0x01, 0x04
"""The types of keys (§5.2): one that signs a text, one that signs a text with a time."""
WIDTH, HASH_BYTES = 256, 32
LARGEST = 2**63 - 1
LARGEST_NOTE, LARGEST_REQUEST = 1_000_000, 256 * 1024
LARGEST_BUNDLE = WIDTH * (2 + 65_535)
MOST_SIGNATURES, MOST_PROOF_LINES, LONGEST_ORIGIN = 100, 63, 200
TIMEOUT_S, DEADLINE_S = 15, 60
MOST_AT_ONCE, LARGEST_HEAD = 16, 16 * 1024
"""How many connections are answered at once; how many bytes may stand before a request's body."""
TRIES = 3
"""How often a board is asked before it is said to have gone back: a cache may be a little old."""
EMPTY_ROOT = sha256().digest()


class Trouble(Exception):
    """Something could not be done; it says nothing against the board."""


class Malformed(Exception):
    """Bytes that are not what the specification says."""


class Alarm(Exception):
    """The board contradicts what it signed.

    kind, name: under which the evidence is kept; files: the evidence, by its names.
    """

    def __init__(self, kind: str, name: str, sentence: str, files: dict[str, bytes]) -> None:
        super().__init__(sentence)
        self.kind, self.name, self.sentence, self.files = kind, name, sentence, files


class Refused(Exception):
    """A request that is not cosigned, with its status (§7.3). kept: the size to answer, with 409.

    kind: `fork` or `proof` where the request is evidence and is kept. evidence: then, where.
    """

    evidence: Path | None = None

    def __init__(self, status: int, words: str, *, kept: int | None = None, kind: str = "") -> None:
        super().__init__(words)
        self.status, self.words, self.kept, self.kind = status, words, kept, kind


# --- Ed25519 (RFC 8032 §5.1), about 10 ms a signature ---
# Python's integers take a time that depends on their value: whoever can measure this process to the
# microsecond might learn the key. A witness's machine is its own.

_P = 2**255 - 19
_ORDER = 2**252 + 27742317777372353535851937790883648493
_D = -121665 * pow(121666, -1, _P) % _P
_ROOT_OF_MINUS_1 = pow(2, (_P - 1) // 4, _P)

Point = tuple[int, int, int, int]
"""X, Y, Z, T with x = X/Z, y = Y/Z, x·y = T/Z (RFC 8032 §5.1.4)."""


def _plus(left: Point, right: Point) -> Point:
    """Add two points; these formulas are complete, and so double as well."""
    a = (left[1] - left[0]) * (right[1] - right[0]) % _P
    b = (left[1] + left[0]) * (right[1] + right[0]) % _P
    c = 2 * _D * left[3] * right[3] % _P
    d = 2 * left[2] * right[2] % _P
    e, f, g, h = b - a, d - c, d + c, b + a
    return e * f % _P, g * h % _P, f * g % _P, e * h % _P


def _times(factor: int, point: Point) -> Point:
    total: Point = (0, 1, 1, 0)
    for bit in bin(factor)[2:]:
        total = _plus(total, total)
        if bit == "1":
            total = _plus(total, point)
    return total


def _write_point(point: Point) -> bytes:
    inverse = pow(point[2], -1, _P)
    x, y = point[0] * inverse % _P, point[1] * inverse % _P
    return (y | (x & 1) << 255).to_bytes(32, "little")


def _read_point(octets: bytes) -> Point | None:
    """Read a point: y, with the sign of x in the top bit; None where there is none."""
    number = int.from_bytes(octets, "little")
    y, sign = number & (2**255 - 1), number >> 255
    if len(octets) != 32 or y >= _P:
        return None
    square = (y * y - 1) * pow(_D * y * y + 1, -1, _P) % _P
    x = pow(square, (_P + 3) // 8, _P)
    if x * x % _P != square:
        x = x * _ROOT_OF_MINUS_1 % _P
    if x * x % _P != square or (x == 0 and sign):
        return None
    x = x if x & 1 == sign else _P - x
    return x, y, 1, x * y % _P


def _base_point() -> Point:
    found = _read_point((4 * pow(5, -1, _P) % _P).to_bytes(32, "little"))
    assert found is not None, "RFC 8032: y of the base is 4/5."
    return found


_BASE = _base_point()


def _secret_scalar(seed: bytes) -> tuple[int, bytes]:
    """Give the scalar of a seed, and the prefix from which its nonces come (RFC 8032 §5.1.5)."""
    hashed = sha512(seed).digest()
    scalar = int.from_bytes(hashed[:32], "little") & (2**254 - 8) | 2**254
    return scalar, hashed[32:]


def public_of(seed: bytes) -> bytes:
    """Give the public key of a seed of 32 bytes."""
    return _write_point(_times(_secret_scalar(seed)[0], _BASE))


def sign(seed: bytes, message: bytes) -> bytes:
    """Sign (RFC 8032 §5.1.6): 64 bytes, the same for the same message."""
    scalar, prefix = _secret_scalar(seed)
    nonce = _number(prefix, message)
    commitment = _write_point(_times(nonce, _BASE))
    answer = (nonce + _number(commitment, public_of(seed), message) * scalar) % _ORDER
    return commitment + answer.to_bytes(32, "little")


def is_signed(public: bytes, message: bytes, signature: bytes) -> bool:
    """Say whether these 64 bytes are this key's for this message (RFC 8032 §5.1.7)."""
    key = _read_point(public)
    answer = int.from_bytes(signature[32:], "little")
    if key is None or len(signature) != 64 or answer >= _ORDER:
        return False
    x, y, z, t = _times(_number(signature[:32], public, message), key)
    found = _plus(_times(answer, _BASE), (_P - x, y, z, _P - t))
    return _write_point(found) == signature[:32]


def _number(*parts: bytes) -> int:
    return int.from_bytes(sha512(b"".join(parts)).digest(), "little") % _ORDER


# --- the tree (§3) ---


def leaf_hash(entry: bytes) -> bytes:
    return sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    return sha256(b"\x01" + left + right).digest()


def root_of(hashes: list[bytes]) -> bytes:
    """Give the root over leaves, or over the roots of subtrees of one height (§3.1)."""
    if not hashes:
        return EMPTY_ROOT
    while len(hashes) > 1:
        pairs = zip(hashes[::2], hashes[1::2], strict=False)
        hashes = [node_hash(*pair) for pair in pairs] + hashes[len(hashes) & ~1 :]
    return hashes[0]


Node = Callable[[int, int], bytes]
"""Gives the root of a complete subtree by its height and its number from the left."""


def stretch_root(first: int, last: int, node: Node) -> bytes:
    """Give the root over the entries first .. last - 1: complete subtrees, joined from the right.

    first: a multiple of every power of two that fits between (as in each split of §3.4).
    """
    pieces = []
    while first < last:
        height = (last - first).bit_length() - 1
        pieces.append(node(height, first >> height))
        first += 1 << height
    found = pieces.pop()
    for left in reversed(pieces):
        found = node_hash(left, found)
    return found


def consistency_proof(old: int, size: int, node: Node) -> list[bytes]:
    """Prove that the tree of a size begins with that of an older size, 0 <= old <= size (§3.4)."""
    if old == 0:
        return []
    proof, first, last = [], 0, size
    while last != old:
        split = first + (1 << (last - first - 1).bit_length() - 1)
        if old <= split:
            proof.append(stretch_root(split, last, node))
            last = split
        else:
            proof.append(stretch_root(first, split, node))
            first = split
    if first:
        proof.append(stretch_root(first, last, node))
    return proof[::-1]


def is_continued(
    old: int, old_root: bytes, size: int, root: bytes, proof: list[bytes]
) -> bool:
    """Check that the tree of a size and a root begins with the older one (§3.4)."""
    if old in (0, size):
        return not proof and old_root == (root if old else EMPTY_ROOT)
    if not proof:
        return False
    path = [old_root, *proof] if old.bit_count() == 1 else proof
    below, above = old - 1, size - 1
    while below & 1:
        below, above = below >> 1, above >> 1
    found_old = found = path[0]
    for one in path[1:]:
        if above == 0:
            return False
        if below & 1 or below == above:
            found_old, found = node_hash(one, found_old), node_hash(one, found)
            while below and not below & 1:
                below, above = below >> 1, above >> 1
        else:
            found = node_hash(found, one)
        below, above = below >> 1, above >> 1
    return above == 0 and found_old == old_root and found == root


# --- notes, keys, checkpoints (§5, §6) ---

_NOT_IN_A_TEXT = re.compile("[\x00-\x09\x0b-\x1f\ud800-\udfff]")
_NOT_IN_A_NAME = re.compile("[\\s+\x00-\x1f\ud800-\udfff]")


def write_base64(octets: bytes) -> str:
    return base64.b64encode(octets).decode("ascii")


def read_base64(text: str) -> bytes:
    """Read standard base64 in its one spelling (§5.1)."""
    try:
        octets = base64.b64decode(text.encode("ascii"), validate=True)
    except (binascii.Error, UnicodeEncodeError) as error:
        raise Malformed("what should be base64 is not") from error
    if write_base64(octets) != text:
        raise Malformed("what should be base64 is spelt otherwise")
    return octets


def read_hash(text: str) -> bytes:
    octets = read_base64(text)
    if len(octets) != HASH_BYTES:
        raise Malformed("a hash is not 32 bytes")
    return octets


def read_number(text: str) -> int:
    if not re.fullmatch("0|[1-9][0-9]{0,18}", text) or int(text) > LARGEST:
        raise Malformed("a number is spelt otherwise")
    return int(text)


@dataclass(frozen=True)
class Key:
    """A public key as it is handed on: `name+id+key` (§5.2). kind: BOARD or WITNESS."""

    name: str
    kind: int
    public: bytes

    @property
    def key_id(self) -> bytes:
        return sha256(self.name.encode() + b"\n" + bytes([self.kind]) + self.public).digest()[:4]

    def text(self) -> str:
        return f"{self.name}+{self.key_id.hex()}+{write_base64(bytes([self.kind]) + self.public)}"


def check_name(name: str) -> None:
    if not name or len(name) > LONGEST_ORIGIN or _NOT_IN_A_NAME.search(name):
        raise Malformed("a key's name holds no space and no plus, and has 1 to 200 characters")


def read_key(text: str, *, kind: int) -> Key:
    """Read a public key as people hand it on."""
    name, _, rest = text.strip().partition("+")
    named_id, _, written = rest.partition("+")
    check_name(name)
    octets = read_base64(written)
    if len(octets) != 1 + HASH_BYTES or octets[0] != kind:
        whose = "board" if kind == BOARD else "witness"
        raise Malformed(f"this is no {whose}'s key: copy it whole")
    key = Key(name, kind, octets[1:])
    if key.key_id.hex() != named_id:
        raise Malformed("the key was not copied whole")
    return key


@dataclass(frozen=True)
class Line:
    """A signature line. content: what follows the four bytes of the key's id."""

    name: str
    key_id: bytes
    content: bytes

    def text(self) -> str:
        return f"— {self.name} {write_base64(self.key_id + self.content)}\n"


@dataclass(frozen=True)
class Checkpoint:
    """A signed note whose text is a board's state: origin, entries, root."""

    text: str
    lines: tuple[Line, ...]
    origin: str
    size: int
    root: bytes

    def octets(self) -> bytes:
        return (self.text + "\n" + "".join(line.text() for line in self.lines)).encode()

    def short_name(self) -> str:
        """Name the state for a folder, in the same way whenever it is offered."""
        return f"{self.size}-{sha256(self.text.encode()).hexdigest()[:16]}"

    def of_key(self, key: Key) -> list[Line]:
        return [line for line in self.lines if (line.name, line.key_id) == (key.name, key.key_id)]


def read_checkpoint(octets: bytes) -> Checkpoint:
    """Read a signed checkpoint's form (§5.1, §6.1); no signature is checked here."""
    if len(octets) > LARGEST_NOTE:
        raise Malformed("it is too long")
    try:
        whole = octets.decode()
    except UnicodeDecodeError as error:
        raise Malformed("it is not UTF-8") from error
    above, empty_line, below = whole.rpartition("\n\n")
    if _NOT_IN_A_TEXT.search(whole) or not empty_line or not below.endswith("\n"):
        raise Malformed("it is no signed note")
    written = below[:-1].split("\n")
    said = above.split("\n")
    if len(written) > MOST_SIGNATURES or len(said) < 3 or not all(said):
        raise Malformed("it is no board's state")
    origin, size, root = said[0], read_number(said[1]), read_hash(said[2])
    if size == 0 and root != EMPTY_ROOT:
        raise Malformed("the root of an empty board is another")
    return Checkpoint(above + "\n", tuple(map(_read_line, written)), origin, size, root)


def _read_line(text: str) -> Line:
    name, space, written = text.removeprefix("— ").partition(" ")
    if not text.startswith("— ") or not space or not name or _NOT_IN_A_NAME.search(name):
        raise Malformed("a signature line is none")
    octets = read_base64(written)
    if len(octets) < 5:
        raise Malformed("a signature line is none")
    return Line(name, octets[:4], octets[4:])


def is_by_board(checkpoint: Checkpoint, key: Key) -> bool:
    """Say whether the board signed it; a false line of its key condemns the note (§5.4, §6.3)."""
    lines = checkpoint.of_key(key)
    return bool(lines) and checkpoint.origin == key.name and all(
        is_signed(key.public, checkpoint.text.encode(), line.content) for line in lines
    )


def cosigned_text(text: str, moment_s: int) -> bytes:
    """What a witness signs (§7.1)."""
    return f"cosignature/v1\ntime {moment_s}\n{text}".encode()


@dataclass(frozen=True, repr=False)
class OwnKey:
    """The witness's secret key: its name, and a seed of 32 bytes."""

    name: str
    seed: bytes

    def public(self) -> Key:
        return Key(self.name, WITNESS, public_of(self.seed))

    def cosign(self, text: str, *, moment_s: int) -> Line:
        """Cosign the text of a checkpoint (§7.1)."""
        signed = sign(self.seed, cosigned_text(text, moment_s))
        return Line(self.name, self.public().key_id, moment_s.to_bytes(8, "big") + signed)

    def is_own(self, checkpoint: Checkpoint) -> bool:
        """Say whether this witness cosigned it."""
        public = self.public()
        return any(
            is_signed(
                public.public,
                cosigned_text(checkpoint.text, int.from_bytes(line.content[:8], "big")),
                line.content[8:],
            )
            for line in checkpoint.of_key(public)
        )


# --- tiles (§4) ---


def tile_path(level: str, number: int, width: int) -> str:
    """Spell the path of a tile or, with the level `entries`, of a bundle (§4.1)."""
    digits, rest = f"{number % 1000:03d}", number // 1000
    while rest:
        digits, rest = f"x{rest % 1000:03d}/{digits}", rest // 1000
    return f"tile/{level}/{digits}" + ("" if width == WIDTH else f".p/{width}")


class Source(Protocol):
    """Where a board's files are: its site, a folder or a zip."""

    def get(self, path: str, *, most: int) -> bytes:
        """Give a file of at most so many bytes, or raise Trouble."""


@dataclass
class Tiles:
    """The nodes of the tree of a size, out of its tiles (§4.5). files: what was fetched."""

    source: Source
    size: int
    files: dict[str, bytes] = field(default_factory=dict)

    def node(self, height: int, number: int) -> bytes:
        level, above = divmod(height, 8)
        count = 1 << above
        tile, place = divmod(number * count, WIDTH)
        hashes = self._hashes(level, tile)[place : place + count]
        if len(hashes) != count:
            raise Malformed("a tile is too short")
        return root_of(hashes)

    def _hashes(self, level: int, number: int) -> list[bytes]:
        width = min(WIDTH, (self.size >> 8 * level) - number * WIDTH)
        path = tile_path(str(level), number, width)
        if path not in self.files:
            self.files[path] = self._fetch(level, number, width)
        octets = self.files[path]
        if len(octets) % HASH_BYTES or len(octets) < width * HASH_BYTES:
            raise Malformed(f"{path} has {len(octets)} bytes")
        return [octets[at : at + HASH_BYTES] for at in range(0, width * HASH_BYTES, HASH_BYTES)]

    def _fetch(self, level: int, number: int, width: int) -> bytes:
        """Fetch a tile; for a partial one that is gone, the full one, whose beginning it was."""
        most = WIDTH * HASH_BYTES
        try:
            return self.source.get(tile_path(str(level), number, width), most=most)
        except Trouble:
            if width == WIDTH:
                raise
            return self.source.get(tile_path(str(level), number, WIDTH), most=most)


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    """Go nowhere else than where one was sent: another address is for a person to decide."""

    def redirect_request(self, *arguments: object, **named: object) -> None:
        return None


class Site:
    """A board's address, asked over http or https."""

    def __init__(self, address: str) -> None:
        if urllib.parse.urlsplit(address).scheme not in {"http", "https"}:
            raise Trouble(f"{address} is no address: it begins with https://.")
        self.address = address.rstrip("/") + "/"
        self._opener = urllib.request.build_opener(_NoRedirects)

    def get(self, path: str, *, most: int) -> bytes:
        return self._ask(path, None, most)

    def post(self, path: str, body: bytes) -> bytes:
        return self._ask(path, body, 64 * 1024)

    def _ask(self, path: str, body: bytes | None, most: int) -> bytes:
        address = self.address + path
        headers = {"User-Agent": "hustings-witness", "Cache-Control": "no-cache"}
        if body is not None:
            headers["Content-Type"] = "text/plain; charset=utf-8"
        # The scheme was looked at when the address was taken.
        request = urllib.request.Request(address, data=body, headers=headers)  # noqa: S310
        try:
            with self._opener.open(request, timeout=TIMEOUT_S) as answer:
                return _read_at_most(answer, most, address)
        except urllib.error.HTTPError as error:
            with error:
                said = error.read(500).decode("utf-8", "replace") if body is not None else ""
            raise Trouble(f"{address} answers {error.code}. {' '.join(said.split())}") from error
        except (OSError, http.client.HTTPException) as error:
            raise Trouble(f"{address} does not answer: {error}") from error


def _read_at_most(answer: http.client.HTTPResponse, most: int, address: str) -> bytes:
    """Read an answer of at most so many bytes within a minute, however slowly it comes."""
    give_up_at = time.monotonic() + DEADLINE_S
    pieces, length = [], 0
    while piece := answer.read1(65_536):
        pieces.append(piece)
        length += len(piece)
        if length > most or time.monotonic() > give_up_at:
            raise Trouble(f"{address} answers too much, or too slowly.")
    return b"".join(pieces)


# --- what a witness keeps (§7.5) ---


class State:
    """The witness's folder: its key, of each board the last state it cosigned, and evidence.

    What is kept is never to be put back from a copy: a witness that forgets can be led back.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @contextlib.contextmanager
    def locked(self) -> Iterator[None]:
        """Keep every other process and thread from reading, deciding and storing meanwhile."""
        with (self.folder / "lock").open("a+b") as file:
            if sys.platform == "win32":
                import msvcrt  # noqa: PLC0415 - it is there on that system alone.

                file.seek(0)
                msvcrt.locking(file.fileno(), msvcrt.LK_LOCK, 1)
            else:
                import fcntl  # noqa: PLC0415 - and it on all others.

                fcntl.flock(file, fcntl.LOCK_EX)
            yield

    def make_key(self, name: str) -> Key:
        """Make the witness's key; refuse where there is one, for what it cosigned binds it."""
        check_name(name)
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        path = self.folder / "key"
        with self.locked():
            if path.exists():
                raise Trouble(f"There is a key in {path}: {self.own_key().public().text()}")
            own = OwnKey(name, os.urandom(HASH_BYTES))
            secret = write_base64(bytes([WITNESS]) + own.seed)
            written = f"PRIVATE+KEY+{name}+{own.public().key_id.hex()}+{secret}\n"
            _store(path, written.encode())
        return own.public()

    def own_key(self) -> OwnKey:
        path = self.folder / "key"
        try:
            *_, name, _, secret = path.read_text("utf-8").strip().split("+", 4)
            octets = read_base64(secret)
        except FileNotFoundError as error:
            raise Trouble(f"There is no key in {self.folder}: make one with init.") from error
        except (ValueError, Malformed) as error:
            raise Trouble(f"{path} is damaged.") from error
        if len(octets) != 1 + HASH_BYTES or octets[0] != WITNESS:
            raise Trouble(f"{path} is damaged.")
        return OwnKey(name, octets[1:])

    def kept(self, origin: str, own: OwnKey) -> Checkpoint | None:
        """The last state of a board that this witness cosigned; None where it has seen none."""
        path = self._path(origin)
        try:
            kept = read_checkpoint(path.read_bytes())
        except FileNotFoundError:
            return None
        except Malformed as error:
            raise Trouble(f"{path} is damaged: nothing is cosigned.") from error
        if kept.origin != origin or not own.is_own(kept):
            raise Trouble(f"{path} is not this witness's: nothing is cosigned.")
        return kept

    def keep(self, checkpoint: Checkpoint) -> None:
        _store(self._path(checkpoint.origin), checkpoint.octets())

    def keep_evidence(self, kind: str, name: str, files: dict[str, bytes]) -> Path:
        """Write evidence into a folder of its own; the same once, however often it is offered."""
        folder = self.folder / "evidence" / f"{kind}-{name}"
        for path, octets in files.items():
            target = folder / path
            if not target.exists():
                target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
                _store(target, octets)
        return folder

    def _path(self, origin: str) -> Path:
        return self.folder / f"board-{urllib.parse.quote(origin, safe='')}"


def _store(path: Path, octets: bytes) -> None:
    """Store for good: whoever is killed or cut off at any point finds the old file or the new."""
    made = path.with_name(f".{path.name}.new")
    as_bytes = getattr(os, "O_BINARY", 0)  # Windows would write another newline.
    descriptor = os.open(made, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | as_bytes, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(octets)
        file.flush()
        os.fsync(file.fileno())
    made.replace(path)
    if sys.platform != "win32":
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


# --- the decision (§7.2, §7.3) ---


@dataclass(frozen=True)
class Request:
    old_size: int
    proof: list[bytes]
    checkpoint: Checkpoint

    def octets(self) -> bytes:
        lines = [f"old {self.old_size}", *map(write_base64, self.proof), ""]
        return "".join(f"{line}\n" for line in lines).encode() + self.checkpoint.octets()


def read_request(octets: bytes) -> Request:
    """Read the body of an add-checkpoint request (§7.2)."""
    above, empty_line, below = octets.partition(b"\n\n")
    first, *lines = above.decode("ascii", "replace").split("\n")
    if len(octets) > LARGEST_REQUEST or not empty_line or not first.startswith("old "):
        raise Malformed("the request's form")
    if len(lines) > MOST_PROOF_LINES:
        raise Malformed("the proof is too long")
    return Request(
        read_number(first.removeprefix("old ")), [read_hash(line) for line in lines],
        read_checkpoint(below),
    )  # fmt: skip


def add_checkpoint(state: State, own: OwnKey, boards: dict[str, Key], body: bytes) -> Checkpoint:
    """Cosign a checkpoint that continues all that were cosigned before, or raise Refused (§7.3).

    Gives the checkpoint with the board's signature and, as its last line, the witness's own.
    Reading what is kept, deciding and storing are one step under the lock, and the new state is on
    the disk before the cosignature is given: else two requests at once, or a kill, roll it back.
    """
    try:
        request = read_request(body)
    except Malformed as error:
        raise Refused(400, f"This is no request: {error}.") from error
    checkpoint = request.checkpoint
    board = boards.get(checkpoint.origin)
    if board is None:
        raise Refused(404, "This witness does not watch that board.")
    if not is_by_board(checkpoint, board):
        raise Refused(403, "The board's key did not sign this.")
    with state.locked():
        kept = state.kept(board.name, own)
        try:
            _check_continues(request, kept)
        except Refused as refused:
            if refused.kind and kept is not None:
                files = {"kept": kept.octets(), "request": body}
                refused.evidence = state.keep_evidence(refused.kind, checkpoint.short_name(), files)
            raise
        line = own.cosign(checkpoint.text, moment_s=int(time.time()))
        cosigned = replace(checkpoint, lines=(*checkpoint.of_key(board), line))
        state.keep(cosigned)
    return cosigned


def _check_continues(request: Request, kept: Checkpoint | None) -> None:
    size, root = (kept.size, kept.root) if kept else (0, EMPTY_ROOT)
    offered = request.checkpoint
    if request.old_size > offered.size:
        raise Refused(400, "The old size is above the new one.")
    if request.old_size != size:
        raise Refused(409, "The witness has another size.", kept=size)
    if offered.size == size and offered.root != root:
        raise Refused(409, "Two states of one size: a fork.", kept=size, kind="fork")
    if not is_continued(size, root, offered.size, offered.root, request.proof):
        raise Refused(422, "The proof does not hold.", kind="proof")


# --- watching (§9.2) ---


@dataclass
class Watch:
    """A witness that asks a board by itself.

    pending: the last cosignature, while it has not been handed in; with `hands_in` alone.
    """

    state: State
    own: OwnKey
    key: Key
    site: Site
    hands_in: bool
    pause_s: float
    pending: bytes = b""
    is_begun: bool = False

    def look(self) -> str:
        """Look once; give a line to print, or nothing where nothing changed.

        Raises: Trouble; Alarm, when the board contradicts what it signed.
        """
        for tries_left in reversed(range(TRIES)):
            kept = self.state.kept(self.key.name, self.own)
            offered = self._checkpoint()
            try:
                return self._follow(kept, offered)
            except Refused as refused:  # Another process of this witness was faster: look again.
                if not tries_left:
                    raise Trouble(refused.words) from refused
            except Alarm as alarm:
                if alarm.kind == "fork" or not tries_left:
                    raise
                time.sleep(self.pause_s)
        raise AssertionError("The last try returns or raises.")

    def _follow(self, kept: Checkpoint | None, offered: Checkpoint) -> str:
        if kept is not None and offered.size < kept.size:
            raise _alarm(
                "rollback", kept, offered,
                f"ROLLBACK: the board shows {offered.size} entries, and had signed {kept.size}. "
                "Nothing is ever taken off a board.",
            )  # fmt: skip
        if kept is not None and offered.size == kept.size and offered.root != kept.root:
            raise _alarm("fork", kept, offered,
                         f"FORK: the board signed two different states of {kept.size} entries.")
        is_news = kept is None or offered.size > kept.size
        if is_news or (self.hands_in and not self.is_begun):
            self._cosign(kept, offered)
        self.is_begun = True
        return _words(kept, offered) if is_news else ""

    def _cosign(self, kept: Checkpoint | None, offered: Checkpoint) -> None:
        old = kept.size if kept else 0
        request = Request(old, self._proof(kept, offered), offered)
        boards = {self.key.name: self.key}
        cosigned = add_checkpoint(self.state, self.own, boards, request.octets())
        if self.hands_in:
            self.pending = cosigned.octets()

    def _proof(self, kept: Checkpoint | None, offered: Checkpoint) -> list[bytes]:
        """Work the proof out from the tiles, and see that it leads to what the board signed.

        The root of the older size comes from the same tiles. Where these lead to the new state and
        it is not the root that was signed before, the fork is proved; where they do not lead to
        the new state, all that is known is that the files are wrong.
        """
        if kept is None or kept.size in (0, offered.size):
            return []
        tiles = Tiles(self.site, offered.size)
        try:
            found = stretch_root(0, kept.size, tiles.node)
            proof = consistency_proof(kept.size, offered.size, tiles.node)
            fits = is_continued(kept.size, found, offered.size, offered.root, proof)
        except Malformed:
            fits = False
        if not fits:
            raise _alarm(
                "unproved", kept, offered,
                f"NOT PROVED: the board's files do not lead to its own state of {offered.size} "
                f"entries, so that nobody sees whether that continues the one of {kept.size}.",
                tiles.files,
            )  # fmt: skip
        if found != kept.root:
            raise _alarm(
                "fork", kept, offered,
                f"FORK: the board's state of {offered.size} entries does not begin with the state "
                f"of {kept.size} entries that it signed before.",
                tiles.files,
            )  # fmt: skip
        return proof

    def _checkpoint(self) -> Checkpoint:
        octets = self.site.get("checkpoint", most=LARGEST_NOTE)
        try:
            offered = read_checkpoint(octets)
        except Malformed as error:
            raise Trouble(f"What came is no signed state of a board: {error}.") from error
        if offered.origin != self.key.name:
            raise Trouble(f"This is another board: {offered.origin[:LONGEST_ORIGIN]}.")
        if not is_by_board(offered, self.key):
            raise Trouble("WRONG KEY: what came is not signed by the key that you gave.")
        return offered

    def hand_in(self) -> str:
        """Bring the board the cosignature that waits, if one does; give a line to print."""
        if not self.pending:
            return ""
        self.site.post("cosignature", self.pending)
        self.pending = b""
        return "the board took the cosignature"


def _words(kept: Checkpoint | None, offered: Checkpoint) -> str:
    if kept is None:
        return f"first seen: {offered.size} entries, state {offered.root.hex()}, cosigned"
    return (
        f"grown: {kept.size} to {offered.size} entries, continues, state {offered.root.hex()}, "
        "cosigned"
    )


def _alarm(
    kind: str, kept: Checkpoint, offered: Checkpoint, sentence: str,
    files: dict[str, bytes] | None = None,
) -> Alarm:  # fmt: skip
    both = {"kept": kept.octets(), "offered": offered.octets(), "sentence.txt": sentence.encode()}
    return Alarm(kind, offered.short_name(), sentence, both | (files or {}))


def watch(arguments: argparse.Namespace) -> int:
    """Watch a board until it is stopped, or once; an Alarm ends it."""
    state = State(arguments.state)
    key = read_key(arguments.key, kind=BOARD)
    watching = Watch(state, state.own_key(), key, Site(arguments.board), arguments.submit,
                     min(arguments.every, TIMEOUT_S))  # fmt: skip
    while True:
        status = 0
        for act in (watching.look, watching.hand_in):
            try:
                if line := act():
                    say(line)
            except Trouble as trouble:
                say(f"could not: {trouble}")
                status = 1
            except Alarm as alarm:
                shout(alarm.sentence, state.keep_evidence(alarm.kind, alarm.name, alarm.files))
                return 2
        if arguments.once:
            return status
        time.sleep(arguments.every)


def say(line: str) -> None:
    """Print a line with the hour, at once, even into a file."""
    print(f"{datetime.now(UTC):%Y-%m-%d %H:%M:%S}Z  {line}", flush=True)


def shout(sentence: str, evidence: Path | None) -> None:
    where = f"\nThe evidence is in {evidence}. Copy it at once." if evidence else ""
    stars = "*" * 78
    print(f"{stars}\n{sentence}{where}\n{stars}", file=sys.stderr, flush=True)


# --- serving (C2SP tlog-witness) ---


class Server(http.server.ThreadingHTTPServer):
    """Answers `POST /add-checkpoint`, so many at once and each for so long (§7.2).

    Whoever comes while every place is taken waits in the system's queue. A place is free again
    after TIMEOUT_S at the latest, so that slow connections delay a board and never shut it out.
    """

    daemon_threads = True
    request_queue_size = 64

    def __init__(self, place: tuple[str, int], state: State, boards: dict[str, Key]) -> None:
        self.address_family = socket.AF_INET6 if ":" in place[0] else socket.AF_INET
        self.state, self.own, self.boards = state, state.own_key(), boards
        self._places = threading.BoundedSemaphore(MOST_AT_ONCE)
        super().__init__(place, Asked)

    def process_request(self, request: Any, client_address: Any) -> None:
        self._places.acquire()
        try:
            super().process_request(request, client_address)
        except BaseException:  # No thread began that would give the place back.
            self._places.release()
            raise

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        try:
            super().process_request_thread(request, client_address)
        finally:
            self._places.release()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say what went wrong, and not whose address it was; a broken connection is no news."""
        error = sys.exception()
        if not isinstance(error, OSError):
            say(f"could not: {error!r}")


class Bounded(io.RawIOBase):
    """What a connection sends: no more bytes than a request has, and for TIMEOUT_S in all.

    A timeout of the socket alone begins anew with every byte. What is over the limit is not read,
    and looks like the end.
    """

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection
        self._left = LARGEST_HEAD + LARGEST_REQUEST
        self._give_up_at = time.monotonic() + TIMEOUT_S

    def readable(self) -> bool:
        return True

    def readinto(self, room: Any) -> int:
        time_left_s = self._give_up_at - time.monotonic()
        if time_left_s <= 0:
            raise TimeoutError("it came too slowly")
        self._connection.settimeout(time_left_s)
        taken = self._connection.recv_into(room, min(len(room), self._left)) if self._left else 0
        self._left -= taken
        return taken


class Asked(http.server.BaseHTTPRequestHandler):
    """One request of a board. The statuses are those of §7.3."""

    server: Server
    server_version = "hustings-witness"
    sys_version = ""

    def setup(self) -> None:
        super().setup()
        self.rfile.close()
        self.rfile = io.BufferedReader(Bounded(self.connection))

    def do_POST(self) -> None:
        if self.path != "/add-checkpoint":
            return self._answer(404, "There is nothing here but /add-checkpoint.\n")
        length = self.headers.get("Content-Length", "")
        if not re.fullmatch("[0-9]{1,6}", length) or int(length) > LARGEST_REQUEST:
            return self._answer(400, "The request has no length, or is too long.\n")
        body = self.rfile.read(int(length))
        if len(body) < int(length):
            return self._answer(400, "The request is shorter than it says, or too long.\n")
        try:
            cosigned = add_checkpoint(self.server.state, self.server.own, self.server.boards, body)
        except Refused as refused:
            return self._refuse(refused)
        except Trouble as trouble:
            say(f"could not: {trouble}")
            return self._answer(500, "The witness cannot read what it keeps.\n")
        say(f"cosigned: {cosigned.origin}, {cosigned.size} entries")
        return self._answer(200, cosigned.lines[-1].text())

    def _refuse(self, refused: Refused) -> None:
        if refused.evidence is not None:
            shout(f"{refused.kind.upper()}: {refused.words}", refused.evidence)
        if refused.kept is None:
            return self._answer(refused.status, f"{refused.words}\n")
        return self._answer(refused.status, f"{refused.kept}\n", kind="text/x.tlog.size")

    def _answer(self, status: int, text: str, kind: str = "text/plain; charset=utf-8") -> None:
        octets = text.encode()
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(octets)))
        self.end_headers()
        self.wfile.write(octets)

    def log_message(self, *arguments: object) -> None:
        """Say nothing of who asked: what counts is what was cosigned."""


def serve(arguments: argparse.Namespace) -> int:
    """Answer boards until it is stopped."""
    host, _, port = arguments.listen.rpartition(":")
    keys = [read_key(text, kind=BOARD) for text in arguments.board]
    boards = {key.name: key for key in keys}
    try:
        server = Server((host.strip("[]"), int(port)), State(arguments.state), boards)
    except (OSError, ValueError) as error:
        raise Trouble(f"Cannot listen on {arguments.listen}: {error}") from error
    with server:
        say(f"listening on {host}:{server.server_address[1]} for {len(boards)} boards")
        server.serve_forever()
    return 0


# --- two downloads (docs/spec/bundle.md) ---


class Download:
    """A board that was downloaded: a folder or a zip. Only what is named is read from it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            self._zip = None if path.is_dir() else zipfile.ZipFile(path)
        except (OSError, zipfile.BadZipFile) as error:
            raise Trouble(f"{path} is neither a folder nor a zip: {error}") from error

    def get(self, path: str, *, most: int) -> bytes:
        try:
            with self._zip.open(path) if self._zip else (self.path / path).open("rb") as file:
                octets = file.read(most + 1)
        except (OSError, EOFError, KeyError, RuntimeError, zlib.error, zipfile.BadZipFile) as error:
            raise Trouble(f"{self.path} has no whole {path}: {error}") from error
        if len(octets) > most:
            raise Trouble(f"{self.path}: {path} is too large.")
        return octets

    def checkpoint(self) -> Checkpoint:
        try:
            return read_checkpoint(self.get("checkpoint", most=LARGEST_NOTE))
        except Malformed as error:
            raise Trouble(f"{self.path}: the checkpoint is none: {error}.") from error

    def entries(self, number: int, size: int) -> list[bytes]:
        """Give the entries of a bundle of a board of a size (§4.3)."""
        width = min(WIDTH, size - number * WIDTH)
        path = tile_path("entries", number, width)
        octets = self.get(path, most=LARGEST_BUNDLE)
        found, at = [], 0
        while at < len(octets):
            first = at + 2
            at = first + int.from_bytes(octets[at:first], "big")
            found.append(octets[first:at])
        if len(found) != width or at != len(octets):
            raise Trouble(f"{self.path}: {path} is damaged.")
        return found

    def bundle_leaves(self, number: int, entries: list[bytes]) -> list[bytes]:
        """Hash a bundle's entries; of one of no bytes, which was destroyed, the tile has it (§2.6).
        """
        if all(entries):
            return [leaf_hash(entry) for entry in entries]
        path = tile_path("0", number, len(entries))
        tile = self.get(path, most=WIDTH * HASH_BYTES)
        if len(tile) != HASH_BYTES * len(entries):
            raise Trouble(f"{self.path}: {path} is damaged.")
        return [
            leaf_hash(entry) if entry else tile[HASH_BYTES * place : HASH_BYTES * (place + 1)]
            for place, entry in enumerate(entries)
        ]

    def leaves(self, checkpoint: Checkpoint) -> list[bytes]:
        """Hash every entry, and see that they lead to the checkpoint."""
        bundles = range(-(-checkpoint.size // WIDTH))
        leaves = [
            leaf
            for number in bundles
            for leaf in self.bundle_leaves(number, self.entries(number, checkpoint.size))
        ]
        if root_of(leaves) != checkpoint.root:
            raise Trouble(f"{self.path}: its entries do not lead to its own checkpoint.")
        return leaves


def key_in_notice(download: Download, checkpoint: Checkpoint) -> Key:
    """Take the board's key from its first entry, the notice of poll."""
    try:
        notice = json.loads(download.entries(0, checkpoint.size)[0])
        return read_key(notice["content"]["board"], kind=BOARD)
    except (ValueError, KeyError, TypeError, IndexError, AttributeError, Malformed) as error:
        raise Trouble(f"{download.path}: entry 0 names no key: give it with --key.") from error


def verify_diff(arguments: argparse.Namespace) -> int:
    """Check that the second download begins with the first; say where they part."""
    old, new = Download(arguments.old), Download(arguments.new)
    first, second = old.checkpoint(), new.checkpoint()
    key = read_key(arguments.key, kind=BOARD) if arguments.key else key_in_notice(old, first)
    for download, checkpoint in ((old, first), (new, second)):
        if not is_by_board(checkpoint, key):
            raise Trouble(f"{download.path}: not signed by {key.text()}.")
    before, after = old.leaves(first), new.leaves(second)
    if not arguments.key:
        say(f"the key is that of the notice in {old.path}: {key.text()}")
    parts_at = next(
        (at for at, pair in enumerate(zip(before, after, strict=False)) if pair[0] != pair[1]), None
    )
    if parts_at is not None:
        shout(f"FORK: the two part at entry {parts_at}, and the board's key signed both.", None)
        return 2
    if second.size < first.size:
        shout(f"ROLLBACK: {new.path} has {second.size} entries and {old.path} has {first.size}: "
              "is the second the older one?", None)  # fmt: skip
        return 2
    say(f"{new.path} continues {old.path}: {first.size} entries, then {second.size - first.size}")
    return 0


# --- the command line ---


def init(arguments: argparse.Namespace) -> int:
    """Make the key, and print its public half for others."""
    print(State(arguments.state).make_key(arguments.name).text())
    return 0


def seconds(text: str) -> float:
    found = float(text)
    if not 0 < found <= 86_400:
        raise ValueError(text)
    return found


def read_arguments(given: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Watch a board, and cosign what continues it.")
    commands = parser.add_subparsers(required=True)

    def command(act: Callable[[argparse.Namespace], int], name: str) -> argparse.ArgumentParser:
        added = commands.add_parser(name, help=(act.__doc__ or "").splitlines()[0])
        added.set_defaults(act=act)
        added.add_argument("--state", type=Path, default=Path("witness-state"), metavar="FOLDER",
                           help="what the witness keeps; by default ./witness-state")  # fmt: skip
        return added

    making = command(init, "init")
    making.add_argument("name", help="your witness's name, as press.example/witness")
    watching = command(watch, "watch")
    watching.add_argument("board", metavar="BOARD_URL", help="the board's address")
    watching.add_argument("--key", required=True, metavar="KEY", help="the board's key")
    watching.add_argument("--once", action="store_true", help="look once and end")
    watching.add_argument("--every", type=seconds, default=15.0, metavar="SECONDS", help="15")
    watching.add_argument("--submit", action="store_true", help="hand the cosignatures in")
    serving = command(serve, "serve")
    serving.add_argument("--board", action="append", required=True, metavar="KEY",
                         help="the key of a board to watch; may be given again")  # fmt: skip
    serving.add_argument("--listen", default="127.0.0.1:8765", metavar="HOST:PORT")
    comparing = command(verify_diff, "verify-diff")
    comparing.add_argument("old", type=Path, help="the first download: a folder or a zip")
    comparing.add_argument("new", type=Path, help="the later one")
    comparing.add_argument("--key", metavar="KEY", help="the board's key; else the notice's")
    return parser.parse_args(given)


def main(given: list[str] | None = None) -> int:
    arguments = read_arguments(given)
    try:
        return int(arguments.act(arguments))
    except (Trouble, Malformed, OSError) as trouble:
        print(f"could not: {trouble}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 0


if __name__ == "__main__":
    sys.exit(main())

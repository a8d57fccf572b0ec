"""The one encoding to bytes, and the one labelled hash, on which everything signed or proved rests.

Source: RFC 8785 (JSON Canonicalization Scheme) for JSON, of which only the part without floating
numbers is used; docs/spec/sealing.md §2 for the transcript hash.  This module decides nothing
about elections: it says how a value becomes bytes, so that two programs never differ about it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Any, Final, NoReturn

LABEL: Final = "hustings/v1/"
LARGEST_INTEGER: Final = 2**53 - 1  # RFC 8785 §3.2.2.3: what every JSON reader holds exactly.
BLOCK: Final = 32  # The bytes SHA-256 gives at once.

Json = None | bool | int | str | Sequence["Json"] | Mapping[str, "Json"]
Part = bytes | bytearray | memoryview | str | int


class NotCanonical(ValueError):
    """A value or a text outside the part of JSON that has exactly one form here (sealing §2.1)."""

    condition = "json"


def canonical(value: Json) -> bytes:
    """Encode a JSON value in its one canonical form.

    value: text, integers up to 2**53 - 1 either way, booleans, None, lists and objects of them.
    Spec:   sealing §2.1 (RFC 8785 §3.2).
    Raises: NotCanonical for floating numbers, larger integers, lone surrogates, other types.
    """
    try:
        text = json.dumps(
            _ordered(value), ensure_ascii=False, separators=(",", ":"), allow_nan=False
        )
        return text.encode("utf-8")
    except UnicodeEncodeError as error:
        raise NotCanonical("A text holds half of a surrogate pair.") from error


def read_canonical(octets: bytes) -> Any:
    """Read canonical JSON, and refuse any other spelling of the same value.

    Spec:   sealing §2.1.
    Raises: NotCanonical when `octets` is not JSON, or not the canonical form of what it says.
    """
    try:
        value = json.loads(
            octets.decode("utf-8"), parse_float=_refuse_number, parse_constant=_refuse_number
        )
        written = canonical(value)
    except NotCanonical:
        raise
    except (ValueError, RecursionError) as error:
        raise NotCanonical("This is not JSON in UTF-8, or lies too deep.") from error
    if written != octets:
        raise NotCanonical("This JSON is not in its canonical form.")
    return value


def _refuse_number(text: str) -> NoReturn:
    raise NotCanonical(f"A floating number has no canonical form here: {text}.")


def _ordered(value: Json) -> Json:
    """Check every part of a value, and order each object's names by UTF-16 units (§3.2.3)."""
    if value is None or isinstance(value, bool | str):
        return value
    if isinstance(value, int):
        if abs(value) > LARGEST_INTEGER:
            raise NotCanonical(f"An integer lies outside what every reader holds: {value}.")
        return value
    if isinstance(value, Mapping):
        if not all(isinstance(name, str) for name in value):
            raise NotCanonical("The names in an object are texts.")
        names = sorted(value, key=lambda name: name.encode("utf-16-be", "surrogatepass"))
        return {name: _ordered(value[name]) for name in names}
    if isinstance(value, list | tuple):
        return [_ordered(item) for item in value]
    raise NotCanonical(f"A value of this type has no canonical form: {type(value).__name__}.")


def transcript(use: str, *parts: Part) -> Any:
    """Begin a transcript: a SHA-256 object that has taken the label and the parts so far.

    use:   one name a purpose, without the prefix; the label is `hustings/v1/<use>`.
    parts: bytes, text (as UTF-8) or integers from 0 below 2**64 (as eight bytes, big-endian).
    Spec:  sealing §2.2.  Each part goes in behind its length in eight bytes, so that no two
    different lists of parts give one stream of bytes.
    """
    stream = hashlib.sha256()
    for part in (LABEL + use, *parts):
        stream.update(framed(part))
    return stream


def framed(part: Part) -> bytes:
    """Give a part of a transcript behind its length (sealing §2.2)."""
    if isinstance(part, str):
        part = part.encode("utf-8")
    elif isinstance(part, int):
        part = part.to_bytes(8, "big")
    return len(part).to_bytes(8, "big") + part


def transcript_hash(use: str, *parts: Part) -> bytes:
    """Hash a whole transcript to 32 bytes (sealing §2.2)."""
    digest: bytes = transcript(use, *parts).digest()
    return digest


def xof(seed: bytes, size: int, *, offset: int = 0) -> bytes:
    """Draw `size` bytes, from `offset`, out of the endless stream that a seed of 32 bytes names.

    Spec: sealing §2.3: block k is SHA-256 of the framed label `hustings/v1/xof`, then the seed,
    then k in eight bytes.  There is no end to it, and any part can be had without the rest.
    """
    prefix = hashlib.sha256(framed(LABEL + "xof") + seed)
    first, last = offset // BLOCK, -(-(offset + size) // BLOCK)
    blocks = []
    for number in range(first, last):
        block = prefix.copy()
        block.update(number.to_bytes(8, "big"))
        blocks.append(block.digest())
    start = offset - first * BLOCK
    return b"".join(blocks)[start : start + size]


def wide_reduce(seed: bytes, modulus: int) -> int:
    """Reduce 512 bits of a seed's stream to a number below the modulus, with no visible bias.

    Spec: sealing §2.4.  For a modulus of 256 bits the bias is below 2**-256.
    """
    return int.from_bytes(xof(seed, 64), "big") % modulus


class XofRng:
    """Bytes drawn in order from a seed: for test vectors and tests, never for an election.

    Spec: sealing §2.3.  Called with a size, like `os.urandom`.
    """

    def __init__(self, seed: bytes) -> None:
        self._seed = transcript_hash("rng", seed)
        self._offset = 0

    def __call__(self, size: int) -> bytes:
        """Give the next `size` bytes."""
        drawn = xof(self._seed, size, offset=self._offset)
        self._offset += size
        return drawn

"""The bytes that are hashed: canonical JSON, transcripts, streams, wide reduction (§2)."""

from __future__ import annotations

import json
from hashlib import sha256

from verifier.failure import Failed
from verifier.group import ORDER

# What a transcript is made of: bytes, text in UTF-8, a whole number below 2⁶⁴.
Hashed = bytes | str | int
LARGEST_INTEGER = 2**53 - 1


def write(value: object, where: str = "JSON") -> bytes:
    """Write JSON as RFC 8785 does; its numbers are integers (§2.1).

    Raises: Failed (json), for what may not be written: another number, half a surrogate pair.
    """
    try:
        return _written(value).encode()
    except (ValueError, RecursionError):
        raise Failed("json", where, "It holds what the spec's JSON may not.") from None


def _written(value: object) -> str:
    match value:
        case None | bool() | str():
            return json.dumps(value, ensure_ascii=False)
        case int() if -LARGEST_INTEGER <= value <= LARGEST_INTEGER:
            return str(value)
        case list():
            return "[" + ",".join(map(_written, value)) + "]"
        case dict():
            return (
                "{" + ",".join(_written(n) + ":" + _written(value[n]) for n in _names(value)) + "}"
            )
    raise ValueError(value)


def _names(value: dict[object, object]) -> list[str]:
    """Return an object's names in the order of their UTF-16 units."""
    names = [name for name in value if isinstance(name, str)]
    if len(names) < len(value):
        raise ValueError(value)
    return sorted(names, key=lambda name: name.encode("utf-16-be"))


def read(text: bytes, where: str) -> object:
    """Read JSON that must be canonical, byte for byte; so no name is repeated in it (§2.1).

    Raises: Failed (json).
    """
    try:
        value: object = json.loads(text.decode(), parse_float=_refuse, parse_constant=_refuse)
    except (ValueError, RecursionError):
        raise Failed("json", where, "This is no JSON of whole numbers and texts.") from None
    if write(value, where) != text:
        raise Failed("json", where, "This JSON is not written in the one canonical way.")
    return value


def _refuse(number: str) -> object:
    raise ValueError(number)


def digest(use: str, *parts: Hashed) -> bytes:
    """Hash a label and parts, each with its length before it: H(use; parts) of §2.2, 32 bytes."""
    state = sha256(_framed(f"hustings/v1/{use}".encode()))
    for part in parts:
        content = _content(part)
        state.update(len(content).to_bytes(8, "big"))
        state.update(content)
    return state.digest()


def _content(part: Hashed) -> bytes:
    if isinstance(part, str):
        return part.encode()
    return part.to_bytes(8, "big") if isinstance(part, int) else part


def _framed(content: bytes) -> bytes:
    return len(content).to_bytes(8, "big") + content


def stream(seed: bytes, start: int, length: int) -> bytes:
    """Return `length` bytes, from byte `start` on, of the endless stream X(seed) (§2.3)."""
    fixed = sha256(_framed(b"hustings/v1/xof") + seed)
    first, last = start // 32, (start + length + 31) // 32
    blocks = bytearray()
    for number in range(first, last):
        block = fixed.copy()
        block.update(number.to_bytes(8, "big"))
        blocks += block.digest()
    return bytes(blocks[start - 32 * first :][:length])


def wide_reduction(seed: bytes) -> int:
    """Make a challenge from a hash: 512 bits of the stream, modulo the group's order (§2.4)."""
    return int.from_bytes(stream(seed, 0, 64), "big") % ORDER

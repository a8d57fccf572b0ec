"""The published vectors, and how a test asks what has failed."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from verifier.failure import Failed

VECTORS = Path(__file__).resolve().parent.parent / "vectors"


def vectors(name: str) -> Any:
    return json.loads((VECTORS / f"{name}.json").read_text(encoding="utf-8"))


def failure(call: Callable[..., object], *arguments: Any, **named: Any) -> Failed:
    """Return the one thing that a call says has failed."""
    with pytest.raises((Failed, ExceptionGroup)) as caught:
        call(*arguments, **named)
    if isinstance(caught.value, Failed):
        return caught.value
    (only,) = caught.value.exceptions
    assert isinstance(only, Failed)
    return only


def failures(call: Callable[..., object], *arguments: Any, **named: Any) -> list[tuple[str, str]]:
    """Return the check and the place of all that a call says has failed."""
    with pytest.raises(ExceptionGroup) as caught:
        call(*arguments, **named)
    return [(each.check, each.where) for each in caught.value.exceptions]


def turned(content: bytes, at: int, bit: int = 0) -> bytes:
    """Return bytes with one bit of the byte at a place turned."""
    changed = bytearray(content)
    changed[at] ^= 1 << bit
    return bytes(changed)

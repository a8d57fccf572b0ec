"""The key ceremony and who takes part in it; that a trustee holds their share still."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ballot.canonical import Json
from ballot.sealing.messages import Ceremony


def ceremony_content(frame: Ceremony) -> dict[str, Json]:
    """The frame of a key ceremony: what is new of it, and who takes part, from number 1."""
    return {
        "identifier": frame.ceremony_id.hex(),
        "quorum": frame.quorum,
        "trustees": list(frame.trustees),
    }


def read_frame(content: Mapping[str, Any]) -> Ceremony:
    """The frame of a key ceremony, from what its entry says."""
    names = tuple(content["trustees"])
    return Ceremony(bytes.fromhex(content["identifier"]), names, content["quorum"])


def held_content(*, trustee: int, size: int, proof: bytes) -> dict[str, Json]:
    """That a trustee holds their share still. size: of the log whose root was the question."""
    return {"proof": proof.hex(), "size": size, "trustee": trustee}

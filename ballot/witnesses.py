"""The witnesses that an installation names: their keys, and where they are asked.

They stand in HUSTINGS_WITNESSES, with commas between; each is a witness's public key, and behind a
space the address at which it is asked. One without an address hands its cosignatures in itself.

    press.example/witness+d3c9e2d0+BCN… https://witness.press.example, agent.example+18ab…+BAi…
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from ballot.board.cosignature import WitnessKey, read_witness_key
from ballot.board.errors import Malformed

LONGEST_NAME: Final = 200


class BadWitness(ValueError):
    """What is written is no list of witnesses; says which and why."""


@dataclass(frozen=True, slots=True)
class Witness:
    """A witness. url: where it is asked, without a slash at the end; empty where it is not."""

    key: WitnessKey
    url: str = ""

    @property
    def name(self) -> str:
        return self.key.name


def read_witnesses(written: Iterable[str]) -> tuple[Witness, ...]:
    """Read the witnesses of an installation, each `KEY` or `KEY URL`.

    Raises: BadWitness.
    """
    found = tuple(_read(text) for text in written)
    for what, values in (
        ("name", [one.name for one in found]),
        ("key", [one.key.public_key for one in found]),
    ):
        if len(set(values)) < len(values):
            raise BadWitness(f"two witnesses have the same {what}")
    return found


def _read(text: str) -> Witness:
    key_text, _, url = text.partition(" ")
    try:
        key = read_witness_key(key_text)
    except Malformed as error:
        raise BadWitness(
            f"{key_text[:80]!r} is no witness's public key ({error.condition}): each is written as "
            "KEY or KEY URL, with a comma before the next"
        ) from error
    if len(key.name) > LONGEST_NAME:
        raise BadWitness(f"the name {key.name[:80]!r}… has more than {LONGEST_NAME} characters")
    return Witness(key, _read_url(url.strip()))


def _read_url(url: str) -> str:
    if not url:
        return ""
    try:
        parts = urlsplit(url)
        has_port = parts.port is None or parts.port > 0
    except ValueError as error:
        raise BadWitness(f"{url!r} is no address: {error}") from error
    is_plain = not (parts.query or parts.fragment or "@" in parts.netloc or " " in url)
    if parts.scheme not in {"https", "http"} or not (parts.hostname and is_plain and has_port):
        raise BadWitness(f"{url!r} must be an address as https://witness.example.org")
    return url.rstrip("/")

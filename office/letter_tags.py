"""What a letter is called at the mail provider, and which letter a report of it names.

The number of a letter says which it is, the host of the origin whose, and a tag keyed with the
secret of this installation that both were written here: an account may serve several
installations, and who knows it could else report of any number.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from django.core.signing import Signer
from django.utils.crypto import constant_time_compare

from office.links import origin_host

_SIGNER: Final = Signer(salt="office.letter-tag")
_MOST_DIGITS: Final = 18


def letter_metadata(letter_id: int) -> dict[str, str]:
    """The facts that go with a letter: nobody's, and of no use to anybody else."""
    return {"letter": str(letter_id), "host": origin_host(), "tag": _tag(str(letter_id))}


def letter_named(metadata: Mapping[str, Any]) -> int | None:
    """The letter that a report names; None where this installation did not write its name."""
    letter, host, tag = (str(metadata.get(key, "")) for key in ("letter", "host", "tag"))
    if not (letter.isascii() and letter.isdecimal() and len(letter) <= _MOST_DIGITS):
        return None
    if host != origin_host() or not constant_time_compare(tag, _tag(letter)):
        return None
    return int(letter)


def _tag(letter: str) -> str:
    return _SIGNER.signature(f"{origin_host()} {letter}")

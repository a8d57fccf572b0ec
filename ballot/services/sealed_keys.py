"""The keys of an amendment that is made once the poll is open: on the board by their hash alone.

Whose code is revoked or made has not voted; read beside who was struck off or restored, the keys
would tell of that person. So the entry names the salted hash of what it did to the keys, and what
that was is published by the reconciliation, after the close.
"""

from __future__ import annotations

from typing import Any

from ballot.canonical import Json, canonical, read_canonical
from ballot.models import Blob
from ballot.selectors import whole_blob
from ballot.services.board import salted, store_blob, unsalted
from office.refusal import Refusal


def seal(keys: dict[str, Json]) -> dict[str, Json]:
    """Keep what an amendment did to the keys, and return what the board says of it meanwhile."""
    blob = store_blob([canonical(salted(keys))])
    return {"sealed": bytes(blob.sha256).hex()}


def opened(keys: Any) -> dict[str, Any]:
    """What an entry's keys are, sealed or not: the sections issued, and the revoked."""
    return unsalted(_kept(keys)) if "sealed" in keys else keys


def to_publish(told: list[tuple[dict[str, int], Any]]) -> list[Json]:
    """What the reconciliation says of the sealed keys: each with what names it, and its salt.

    told: as as_published.keys_told. Without the name it is, in canonical JSON, what the entry's
    hash is of.
    """
    return [{**name, **_kept(keys)} for name, keys in told if "sealed" in keys]


def _kept(keys: Any) -> dict[str, Any]:
    blob = Blob.objects.filter(sha256=bytes.fromhex(keys["sealed"])).first()
    if blob is None:
        raise Refusal(
            "amendment.keys-lost",
            "The board names the keys of an amendment by a hash, and the database no longer has "
            "them. Somebody has changed the database.",
        )
    kept: Any = read_canonical(whole_blob(blob))
    return dict(kept)


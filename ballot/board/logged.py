"""What the log holds of an entry: the entry itself, or a stand-in that names it by its hash.

Spec: board §2.2 to §2.4. A log's entry may have 65,535 bytes, and is public from the moment it is
in. An entry that is larger, or whose kind waits for the declaration, is logged by its stand-in, and
stands beside the log as a blob.
"""

from __future__ import annotations

from hashlib import sha256
from typing import Final

from ballot.board.errors import Malformed
from ballot.board.tiles import LARGEST_ENTRY
from ballot.canonical import NotCanonical, canonical, read_canonical

_FIELDS: Final = {"at", "content", "election", "kind", "number", "version"}


def logged(body: bytes, *, is_withheld: bool) -> bytes:
    """Give what the log holds of an entry.

    body:        the entry's canonical bytes.
    is_withheld: whether entries of its kind wait for the declaration.
    Raises:      Malformed, as `stand_in`.
    """
    if is_withheld or len(body) > LARGEST_ENTRY:
        return stand_in(body)
    return body


def stand_in(body: bytes) -> bytes:
    """Give the stand-in of an entry: the same fields, with hash and size in the content's place.

    There is one for an entry, so whoever has the blob makes the stand-in again and compares.
    Raises: Malformed `entry.form` when this is no entry, `entry.size` when even its stand-in is too
            large.
    """
    try:
        fields = read_canonical(body)
    except NotCanonical as error:
        raise Malformed("entry.form", octets=len(body)) from error
    if not isinstance(fields, dict) or set(fields) != _FIELDS:
        raise Malformed("entry.form", octets=len(body))
    del fields["content"]
    fields["body"] = {"sha256": sha256(body).hexdigest(), "size_bytes": len(body)}
    written = canonical(fields)
    if len(written) > LARGEST_ENTRY:
        raise Malformed("entry.size", octets=len(written))
    return written

"""What entries say of blobs: the hash and the size of bytes that lie beside the board."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ballot.canonical import Json
from ballot.models import Blob


def blob_reference(blob: Blob) -> dict[str, Json]:
    """What an entry says of a blob: its hash and its size."""
    return {"sha256": bytes(blob.sha256).hex(), "size_bytes": blob.size_bytes}


@dataclass(frozen=True, slots=True)
class BlobNamed:
    """Bytes that an entry names by their hash."""

    sha256: str
    size_bytes: int


def blobs_named(content: Any) -> Iterator[BlobNamed]:
    """Every blob that an entry's content names, however deep."""
    if isinstance(content, Mapping):
        if set(content) == {"sha256", "size_bytes"}:
            yield BlobNamed(content["sha256"], content["size_bytes"])
            return
        content = list(content.values())
    if isinstance(content, list):
        for part in content:
            yield from blobs_named(part)

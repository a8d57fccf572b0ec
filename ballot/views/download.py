"""Download everything: the whole of a board as one zip, to check it at home.

The zip of one checkpoint is the same bytes whenever it is made, so a download that broke off goes
on from where it was: its tag says whether the board has grown since.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from django.core.cache import cache
from django.http import HttpRequest, HttpResponseBase, StreamingHttpResponse
from django.views.decorators.http import require_safe

from ballot.bundle import bundle_zip
from ballot.destruction import destroyed_at
from ballot.models import Checkpoint, Election
from ballot.views.log import newest_or_refuse
from ballot.views.public import announced_election

_RANGE = re.compile(r"bytes=([0-9]{1,15})-")
_DAY_S = 24 * 3600


@require_safe
def everything(request: HttpRequest, slug: str) -> HttpResponseBase:
    """The bundle of the newest checkpoint; from a byte on, where the reader has the rest."""
    election = announced_election(slug)
    newest = newest_or_refuse(election)
    tag = _tag(election, newest)
    size = _size(newest, tag)
    start = _start(request, tag)
    if start >= size:
        answer: HttpResponseBase = StreamingHttpResponse(status=416)
        answer.headers["Content-Range"] = f"bytes */{size}"
        return answer
    answer = StreamingHttpResponse(
        _from(bundle_zip(newest), start), status=206 if start else 200,
        content_type="application/zip",
    )  # fmt: skip
    if start:
        answer.headers["Content-Range"] = f"bytes {start}-{size - 1}/{size}"
    answer.headers["Content-Length"] = str(size - start)
    answer.headers["Accept-Ranges"] = "bytes"
    answer.headers["ETag"] = tag
    answer.headers["Cache-Control"] = "public, max-age=60"
    answer.headers["Content-Disposition"] = f'attachment; filename="{slug}-{newest.size}.zip"'
    return answer


def _tag(election: Election, checkpoint: Checkpoint) -> str:
    """Another board, other cosignatures, or what waited and may now be read: other bytes."""
    cosigned = checkpoint.cosignatures.count()
    open_to_all = "declared" if election.stage.is_declared else "withheld"
    if destroyed_at(election) is not None:
        open_to_all = "destroyed"
    return f'"{bytes(checkpoint.root).hex()[:32]}-{cosigned}-{open_to_all}"'


def _size(checkpoint: Checkpoint, tag: str) -> int:
    """How many bytes the zip has. It is made once to count them, and the figure is kept."""
    key = f"bundle:{checkpoint.pk}:{tag}"
    kept = cache.get(key)
    if kept is None:
        kept = sum(len(piece) for piece in bundle_zip(checkpoint))
        cache.set(key, kept, _DAY_S)
    return int(kept)


def _start(request: HttpRequest, tag: str) -> int:
    """The first byte that is asked for. Any other form of a range is answered with the whole."""
    asked = _RANGE.fullmatch(request.headers.get("Range", ""))
    still = request.headers.get("If-Range", tag) == tag
    return int(asked[1]) if asked and still else 0


def _from(pieces: Iterator[bytes], start: int) -> Iterator[bytes]:
    passed = 0
    for piece in pieces:
        rest = piece[max(start - passed, 0) :]
        passed += len(piece)
        if rest:
            yield rest

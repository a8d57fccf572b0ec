"""The board as a log that programs read: checkpoint, tiles, bundles and proofs (C2SP tlog-tiles).

Each is a file that never changes, but for the checkpoint; a cache or a plain file server may stand
in front, and `export_board` writes the same tree of files.
"""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from ballot import limits, published
from ballot.board.errors import Malformed
from ballot.board.tiles import read_path
from ballot.models import Checkpoint, Election
from ballot.services.take_cosignature import take_cosignature
from ballot.views.public import announced_election
from office.refusal import Refusal

_YEAR_S = 365 * 24 * 3600
_CHECKPOINT_S = 5
_LARGEST_COSIGNED_BYTES = 64 * 1024


@require_safe
def checkpoint(request: HttpRequest, slug: str) -> HttpResponse:
    """The newest signed checkpoint, with the witnesses' signatures below the board's own."""
    newest = newest_or_refuse(announced_election(slug))
    return _file(published.note_of(newest).octets(), "text/plain; charset=utf-8", _CHECKPOINT_S)


@require_safe
def tile(request: HttpRequest, slug: str, path: str) -> HttpResponse:
    """A tile of hashes, or a bundle of entries, that the newest checkpoint covers."""
    election = announced_election(slug)
    try:
        named = read_path(f"tile/{path}")
    except Malformed as error:
        raise _no_such_file() from error
    octets = published.tile_octets(election, named, size=newest_or_refuse(election).size)
    if octets is None:
        raise _no_such_file()
    return _file(octets, "application/octet-stream", _YEAR_S)


@require_safe
def proof(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """That an entry is on the board: a file to keep, which is checked without a network."""
    newest = newest_or_refuse(announced_election(slug))
    if number >= newest.size:
        raise Refusal(
            "board.not-published-yet",
            "No checkpoint has this entry yet. One is signed every ten seconds or so: try again.",
            status=404,
        )
    octets = published.proof_of_entry(newest, number).octets()
    answer = _file(octets, "text/plain; charset=utf-8", _CHECKPOINT_S)
    answer.headers["Content-Disposition"] = f'attachment; filename="{slug}-{number}.tlog-proof"'
    return answer


# A program posts here, not a form, and no cookie gives it any right: what counts is a signature of
# a witness that the installation names, over a state that this board signed. Whoever made another's
# browser post here would have to hold such a signature, and could as well post it themselves.
@csrf_exempt
@require_POST
def cosignature(request: HttpRequest, slug: str) -> HttpResponse:
    """Take a witness's cosignature that it hands in, since it cannot be asked (board §9.3)."""
    now = timezone.now()
    try:
        limits.spend(
            (limits.COSIGNATURE_BY_ADDRESS, limits.masked_address(request, now=now)), now=now
        )
        taken = take_cosignature(announced_election(slug), octets=_cosigned(request))
    except Refusal as refusal:
        return _plain(refusal.sentence, refusal.status)
    return _plain(f"Taken, for the state of {taken.size} entries.", 200)


def _cosigned(request: HttpRequest) -> bytes:
    """The body, refused before it is read where it is too large."""
    try:
        length = int(request.headers.get("Content-Length") or 0)
    except ValueError:
        length = _LARGEST_COSIGNED_BYTES + 1
    if length > _LARGEST_COSIGNED_BYTES:
        raise Refusal("cosignature.too-large", "What is sent has more than 64 KiB.", status=413)
    return request.body


def _plain(sentence: str, status: int) -> HttpResponse:
    answer = HttpResponse(
        f"{sentence}\n", status=status, content_type="text/plain; charset=utf-8"
    )
    answer.headers["Cache-Control"] = "no-store"
    return answer


def newest_or_refuse(election: Election) -> Checkpoint:
    """The newest checkpoint of a board, or a refusal that says there is none yet."""
    newest = published.newest_checkpoint(election)
    if newest is None:
        raise Refusal(
            "board.no-checkpoint", "This board has not been signed yet. Try again in a minute.",
            status=404,
        )  # fmt: skip
    return newest


def _no_such_file() -> Refusal:
    return Refusal("board.no-such-tile", "The board has no such file.", status=404)


def _file(octets: bytes, kind: str, seconds: int) -> HttpResponse:
    answer = HttpResponse(octets, content_type=kind)
    lasts = ", immutable" if seconds == _YEAR_S else ""
    answer.headers["Cache-Control"] = f"public, max-age={seconds}{lasts}"
    # Programs of other origins read it: the verifier's page and witnesses' monitors.
    answer.headers["Access-Control-Allow-Origin"] = "*"
    return answer

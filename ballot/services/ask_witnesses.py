"""Asking a witness to cosign the boards: each one's newest signed state that it has not seen.

A task of its own for each witness, so that one that is away keeps nothing from the others; never
within a transaction, and no act waits for it. What it finds to do are rows: whatever is lost or
comes twice, the next call goes on from what is stored. Source: C2SP tlog-witness; board §7.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from datetime import datetime
from typing import Final

from django.conf import settings
from django.core.cache import cache

from ballot.board.errors import BoardError
from ballot.board.note import Note, read_note
from ballot.board.witness import (
    LARGEST_REQUEST,
    read_known_size,
    request_to_add,
    take_answer,
)
from ballot.lifecycle import State
from ballot.models import Checkpoint, Cosignature, Election, WitnessObjection
from ballot.posting import NoAnswer, post
from ballot.published import newest_checkpoint, proof_of_growth
from ballot.services.take_cosignature import store_cosignature
from ballot.witnesses import Witness

LEFT_ALONE_S: Final = 60
"""How long a witness that did not cosign is not asked again, about one board or, away, at all."""
LONGEST_S: Final = 40
"""How long a worker may be busy with one witness."""
_TRIES: Final = 3
_Ground = WitnessObjection.Ground

_log = logging.getLogger(__name__)


class NotCosigned(Exception):
    """A witness did not cosign, for a reason that does not speak against the board."""


class Objected(NotCosigned):
    """A witness did not cosign, and what it says speaks against the board."""

    def __init__(
        self, checkpoint: Checkpoint, ground: WitnessObjection.Ground, known_size: int | None
    ) -> None:
        super().__init__(ground.label)
        self.checkpoint, self.ground, self.known_size = checkpoint, ground, known_size


def ask_named(name: str, *, now: datetime) -> int:
    """Ask the witness of a name, unless a worker is at it; return how many boards it cosigned.

    Where the cache forgets that one is at it, two ask, which only costs the second its time. One
    that was cut off in the middle leaves its mark, so that the witness is left alone for a while.
    """
    witness = next((one for one in settings.WITNESSES if one.name == name), None)
    mark = f"witness-asked:{name}"
    if witness is None or not cache.add(mark, 1, timeout=2 * LONGEST_S):
        return 0
    cosigned = ask_witness(witness, now=now)
    cache.delete(mark)
    return cosigned


def ask_witness(witness: Witness, *, now: datetime) -> int:
    """Bring a witness every board's newest state; return how many it cosigned."""
    cosigned = 0
    for election in _boards_to_ask_about(witness):
        try:
            ask_about(election, witness)
        except NoAnswer as away:
            _log.warning("the witness %s does not answer: %s", witness.name, away)
            _leave_alone(witness, None)
            break
        except Objected as objected:
            _record(objected, witness, now=now)
            _leave_alone(witness, election)
        except (NotCosigned, BoardError) as error:
            _log.warning(
                "the witness %s does not cosign the board of election %s: %s",
                witness.name, election.pk, error,
            )  # fmt: skip
            _leave_alone(witness, election)
        else:
            cosigned += 1
    return cosigned


def ask_about(election: Election, witness: Witness) -> None:
    """Have a witness cosign the newest state of a board, and store its cosignature.

    A witness that has another size than we thought says so, and is asked again with the proof
    from that size on; a few times at most, for others may be asking it too.
    Raises: NoAnswer, NotCosigned, Objected; BoardError for an answer that does not hold.
    """
    since = _cosigned_size(election, witness)
    for _ in range(_TRIES):
        checkpoint = _newest(election)
        if since > checkpoint.size:
            raise Objected(checkpoint, _Ground.AHEAD, since)
        status, octets = _ask(checkpoint, witness, since=since)
        if status == 200:
            _take(checkpoint, octets, witness)
            return
        if status != 409:
            break
        known = read_known_size(octets)
        if known == since == checkpoint.size:
            raise Objected(checkpoint, _Ground.FORK, known)
        since = known
    if status == 422:
        raise Objected(checkpoint, _Ground.PROOF, since)
    raise NotCosigned(f"it answers {status}")


def _boards_to_ask_about(witness: Witness) -> Iterator[Election]:
    """The boards whose newest state a witness has not cosigned, but for those left alone.

    The latest election first: what is long declared waits for what is under way.
    """
    if cache.get(_alone(witness, None)):
        return
    for election in Election.objects.exclude(state=State.DRAFT.value).order_by("-pk"):
        newest = newest_checkpoint(election)
        if newest is None or cache.get(_alone(witness, election)):
            continue
        if not newest.cosignatures.filter(witness=witness.name).exists():
            yield election


def _newest(election: Election) -> Checkpoint:
    found = newest_checkpoint(election)
    if found is None:
        raise LookupError("A board that is asked about has a checkpoint.")
    return found


def _cosigned_size(election: Election, witness: Witness) -> int:
    """The largest state of a board that we know a witness to have cosigned; 0 for none."""
    rows = Cosignature.objects.filter(checkpoint__election=election, witness=witness.name)
    last = rows.order_by("-checkpoint__size").values_list("checkpoint__size", flat=True).first()
    return last or 0


def _ask(checkpoint: Checkpoint, witness: Witness, *, since: int) -> tuple[int, bytes]:
    proof = proof_of_growth(checkpoint, since=since)
    request = request_to_add(_own_note(checkpoint), old_size=since, proof=proof)
    return post(f"{witness.url}/add-checkpoint", request.octets(), largest_answer=LARGEST_REQUEST)


def _take(checkpoint: Checkpoint, octets: bytes, witness: Witness) -> None:
    """Store what a witness answered, once it is seen to hold."""
    note = take_answer(_own_note(checkpoint), octets, witness=witness.key)
    store_cosignature(checkpoint, note.signatures[-1], witness=witness.name)


def _own_note(checkpoint: Checkpoint) -> Note:
    return read_note(checkpoint.note.encode())


def _record(objected: Objected, witness: Witness, *, now: datetime) -> None:
    """Keep an objection where the officers see it, and say it in the log, once."""
    known = objected.known_size
    _, is_new = WitnessObjection.objects.get_or_create(
        checkpoint=objected.checkpoint, witness=witness.name, ground=objected.ground,
        defaults={"known_size": known, "said_at": now},
    )  # fmt: skip
    if is_new:
        _log.error(
            "the witness %s objects to %s of election %s: %s",
            witness.name, objected.checkpoint, objected.checkpoint.election_id, objected,
        )  # fmt: skip


def _alone(witness: Witness, election: Election | None) -> str:
    board = election.pk if election else "any"
    return f"witness-alone:{witness.key.key_id.hex()}:{board}"


def _leave_alone(witness: Witness, election: Election | None) -> None:
    cache.set(_alone(witness, election), 1, timeout=LEFT_ALONE_S)

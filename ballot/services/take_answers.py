"""Taking the outside issuer's answers: all of a file, whole and signed, or none of it.

A code asked for by an elector waits until it is confirmed from the mailbox, as one of the server's
own does; one of somebody added to the roll is in force at once.  What amendments did to the keys
goes on the board as an entry `keys`: sealed once the poll is open, and also where it is nothing,
for a board that is silent would tell that somebody struck off had voted.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db import transaction

from ballot.canonical import Json
from ballot.issuance.answers import Answer, read_answers
from ballot.issuance.errors import FileRefused
from ballot.issuance.lists import Kind
from ballot.lifecycle import State
from ballot.mapping.blobs import blob_reference
from ballot.models import Credential, Election, IssuerRequest
from ballot.sealing.errors import SealingError
from ballot.sealing.issuing import check_issued, check_replaced, check_revoked
from ballot.selectors import codes_made, issuer_is_awaited
from ballot.services.board import append_entry, store_blob
from ballot.services.issuer_files import card_of
from ballot.services.moves import lock_election, require_state
from ballot.services.sealed_keys import seal
from ballot.services.take_keys import require_ours
from office.refusal import Refusal
from office.services.audit import record

LARGEST_BYTES: Final = 8 * 1024 * 1024
"""Some twelve thousand answers: more than any order of a court has named at once."""
_TAKEN_IN: Final = (State.FROZEN, State.POLLING, State.SUSPENDED, State.CLOSED)
_OPEN = IssuerRequest.State.OPEN


@dataclass(frozen=True, slots=True)
class Taken:
    """What came of a file: codes for electors who asked, codes for those added, deaths signed, and
    answers to what is not asked any more."""

    reissued: int
    issued: int
    revoked: int
    passed_over: int


@transaction.atomic
def take_answers(election_id: int, *, content: bytes, by: int, now: datetime) -> Taken:
    """Take a file of answers. The same file once more changes nothing."""
    election = lock_election(election_id)
    require_state(election, *_TAKEN_IN)
    if not codes_made(election):
        raise Refusal("issuer.no-keys", "The issuer’s first keys have not been taken yet.")
    answered = _answered(election, _read(election, content))
    awaited = issuer_is_awaited(election)
    for request, answer in answered:
        _require_signed(election, request, answer)
    for request, answer in answered:
        _STORED[answer.kind](election, request, answer)
    if awaited:
        _publish(election, answered, now=now)
    counts = {kind: sum(answer.kind == kind for _, answer in answered) for kind in Kind}
    record("take_from_issuer", subject=("election", str(election.pk)), by=by, now=now,
           parameters={"file": "answers", "answers": len(answered)})
    return Taken(
        counts[Kind.REISSUE], counts[Kind.ISSUE], counts[Kind.REVOKE],
        len(_read(election, content)) - len(answered),
    )  # fmt: skip


def _read(election: Election, content: bytes) -> Sequence[Answer]:
    if len(content) > LARGEST_BYTES:
        raise Refusal("issuer.too-large", "This file is larger than any file of answers.")
    try:
        read = read_answers(content)
    except FileRefused as refused:
        raise Refusal(refused.code, refused.sentence, status=400) from refused
    require_ours(election, election_id=read.election, issuer=read.issuer)
    return read.answers


def _answered(
    election: Election, answers: Iterable[Answer]
) -> list[tuple[IssuerRequest, Answer]]:
    """Each answer with its open request; one of no request of this election is refused."""
    requests = {
        row.pk: row
        for row in IssuerRequest.objects.select_for_update(of=("self",))
        .filter(election=election)
        .select_related("roll_entry__section", "credential")
    }
    found = []
    for answer in answers:
        request = requests.get(answer.number)
        if request is None or request.kind != answer.kind:
            raise Refusal(
                "issuer.not-asked",
                f"The file answers number {answer.number}, which was not asked, or not so.",
                status=400,
            )
        if request.state == _OPEN:
            found.append((request, answer))
    return found


def _require_signed(election: Election, request: IssuerRequest, answer: Answer) -> None:
    """Check every signature of an answer, and that it is of this request's elector.

    Spec: sealing §5.5, equations 46 to 47a.
    """
    issuer, identifier = card_of(election).key, election.public_id.bytes
    if not _must_die(request) <= {one.credential for one in answer.revocations}:
        raise _wrong(answer, "it does not sign that the code before dies")
    if answer.credential and Credential.objects.filter(
        election=election, public_key=answer.credential
    ).exists():
        raise _wrong(answer, "its key was issued before")
    try:
        if answer.credential and answer.signature:
            section = request.roll_entry.section.code
            check_issued(identifier, section, answer.credential, answer.signature, issuer=issuer)
        for one in answer.revocations:
            if answer.credential is None:
                check_revoked(identifier, one.credential, one.signature, issuer=issuer)
            else:
                check_replaced(
                    identifier, one.credential, one.signature, by=answer.credential, issuer=issuer
                )
    except SealingError as refused:
        raise _wrong(answer, "the issuer’s signature does not hold") from refused


def _must_die(request: IssuerRequest) -> set[bytes]:
    """The credentials over whose death an answer has to be signed.

    A reissue may sign of more: of a code that was made for what was withdrawn meanwhile.
    """
    if request.credential is not None:
        return {bytes(request.credential.public_key)}
    if request.kind != Kind.REISSUE:
        return set()
    held = Credential.objects.filter(
        roll_entry=request.roll_entry_id, force=Credential.Force.IN_FORCE
    )
    return {bytes(key) for key in held.values_list("public_key", flat=True)}


def _wrong(answer: Answer, why: str) -> Refusal:
    return Refusal(
        "issuer.signature", f"Answer {answer.number} cannot be taken: {why}. Nothing was taken.",
        status=400,
    )


# --- storing ---------------------------------------------------------------------------------


def _reissued(election: Election, request: IssuerRequest, answer: Answer) -> None:
    """The new code waits for its confirmation; one before it that nobody confirmed is overtaken."""
    held = Credential.objects.filter(roll_entry=request.roll_entry_id)
    for one in answer.revocations:
        held.filter(public_key=one.credential).update(revocation=one.signature)
    waiting = held.filter(force=Credential.Force.WAITING)
    waiting.update(force=Credential.Force.REVOKED)
    _store(election, request, answer, force=Credential.Force.WAITING)


def _issued(election: Election, request: IssuerRequest, answer: Answer) -> None:
    _store(election, request, answer, force=Credential.Force.IN_FORCE)


def _store(
    election: Election, request: IssuerRequest, answer: Answer, *, force: Credential.Force
) -> None:
    held = Credential.objects.filter(roll_entry=request.roll_entry_id)
    credential = Credential.objects.create(
        election=election, roll_entry_id=request.roll_entry_id, attempt=held.count() + 1,
        public_key=answer.credential, signature=answer.signature, force=force,
    )
    _settle(request, credential)


def _revoked(election: Election, request: IssuerRequest, answer: Answer) -> None:
    """What was struck off was revoked when it was struck off; now its death is signed."""
    signed = {one.credential: one.signature for one in answer.revocations}
    (credential,) = _must_die(request)
    Credential.objects.filter(election=election, public_key=credential).update(
        revocation=signed[credential]
    )
    _settle(request, request.credential)


def _settle(request: IssuerRequest, credential: Credential | None) -> None:
    request.state, request.credential = IssuerRequest.State.ANSWERED, credential
    request.save(update_fields=["state", "credential"])


_STORED: Final[dict[Kind, Callable[[Election, IssuerRequest, Answer], None]]] = {
    Kind.REISSUE: _reissued, Kind.ISSUE: _issued, Kind.REVOKE: _revoked,
}


# --- the board -------------------------------------------------------------------------------


def _publish(
    election: Election, answered: Sequence[tuple[IssuerRequest, Answer]], *, now: datetime
) -> None:
    """Say on the board what amendments did to the keys (docs/spec/bundle.md, 4.1)."""
    issued: dict[str, list[tuple[bytes, bytes]]] = defaultdict(list)
    revoked: list[tuple[bytes, bytes]] = []
    for request, answer in answered:
        if answer.kind == Kind.ISSUE and answer.credential and answer.signature:
            issued[request.roll_entry.section.code].append((answer.credential, answer.signature))
        elif answer.kind == Kind.REVOKE:
            due = _must_die(request)
            revoked += [
                (one.credential, one.signature)
                for one in answer.revocations
                if one.credential in due
            ]
    content: dict[str, Json] = {
        "issued": [{"section": code, **_signed(issued[code])} for code in sorted(issued)],
        "revoked": _signed(revoked) if revoked else None,
    }
    if election.stage != State.FROZEN:
        content = seal(content)
    append_entry(election, kind="keys", content=content, now=now)


def _signed(pairs: list[tuple[bytes, bytes]]) -> dict[str, Json]:
    """Credentials, ascending, and the signature of each in the same order."""
    pairs = sorted(pairs)
    return {
        "credentials": len(pairs),
        "keys": blob_reference(store_blob([b"".join(key for key, _ in pairs)])),
        "signatures": blob_reference(store_blob([b"".join(one for _, one in pairs)])),
    }

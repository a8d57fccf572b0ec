"""Answering the server's requests: new codes, and signatures over what comes and what dies.

Spec: issuer §4 and §6; sealing §5.5, equations 46 and 47.  A request is answered once: asked again,
it gets the same answer.  A code made for a reissue goes to the address that the first list named:
whoever asks for a code must not say where it goes.  Where the server gives another address than
before (two officers corrected it, it says), the issuer has to say yes to each such file.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass, field

from ballot.canonical import canonical, read_canonical
from ballot.issuance.answers import Answer, Answers, Revocation
from ballot.issuance.errors import FileRefused
from ballot.issuance.lists import Kind, Opened, Request
from ballot.issuer.folder import Secrets
from ballot.issuer.making import require_same
from ballot.issuer.outbox import Outbox
from ballot.issuer.store import Code, Made, Store
from ballot.sealing.codes import credentials_of, make_code
from ballot.sealing.issuing import issued_message, replaced_message, revoked_message, sign_issue


@dataclass(frozen=True, slots=True)
class Asked:
    """What a file of requests asks, before anything is done."""

    requests: tuple[Request, ...]
    new: int = field(default=0)
    by_kind: tuple[tuple[Kind, int], ...] = ()
    moved: int = 0


def look_at(store: Store, file: Opened, *, secrets: Secrets) -> Asked:
    """Read a file of requests, and say what it asks that was not answered yet.

    Raises: FileRefused, as making.require_same and the file's own conditions.
    """
    require_same(store, file, secrets=secrets)
    if store.particulars() is None:
        raise FileRefused("issuer-list.none", "Read the list first: no code was made yet.")
    requests = tuple(file.requests())
    new = [one for one in requests if store.answer(one.number) is None]
    kinds = tuple((kind, sum(one.kind == kind for one in new)) for kind in Kind)
    moved = sum(_goes_elsewhere(store, one) for one in new)
    return Asked(requests, len(new), kinds, moved)


def _goes_elsewhere(store: Store, request: Request) -> bool:
    """Whether a code is to go elsewhere than is known; also where that was known, and is erased."""
    if request.kind == Kind.REVOKE:
        return False
    before = store.contact(request.contact.pseudonym)
    if before is None:
        return store.section(request.contact.pseudonym) is not None
    return before.goes_to != request.contact.goes_to


def answer_all(store: Store, file: Opened, asked: Asked, *, secrets: Secrets) -> Answers:
    """Answer every request of a file, all or none; each new code's letter then waits."""
    with store.changing():
        store.keep_particulars(file.head.particulars)
        answers = [_answer(store, one, secrets=secrets) for one in asked.requests]
    election = file.head.particulars.election
    return Answers(election, secrets.signs.public, _in_order(answers))


def _in_order(answers: Sequence[Answer]) -> list[Answer]:
    return sorted(answers, key=lambda one: one.number)


def _answer(store: Store, request: Request, *, secrets: Secrets) -> Answer:
    before = store.answer(request.number)
    if before is not None:
        answer = Answer.parse(read_canonical(before))
        _require_same_question(store, request, answer)
        return answer
    answering = _Answering(store, secrets)
    answer = (
        answering.revoke(request) if request.kind == Kind.REVOKE else answering.issue(request)
    )
    store.keep_answer(request.number, canonical(answer.to_json()))
    return answer


def _require_same_question(store: Store, request: Request, answer: Answer) -> None:
    """A number that comes again must ask the same of the same elector."""
    own = store.credentials_of(request.contact.pseudonym)
    asked = answer.credential or answer.revocations[0].credential
    if answer.kind != request.kind or asked not in own:
        raise FileRefused(
            "issuer-requests.other",
            f"Request {request.number} was answered before, and asked something else then. "
            "Nothing was answered. Ask the returning officer; it should not be.",
        )


@dataclass(frozen=True, slots=True)
class _Answering:
    store: Store
    secrets: Secrets

    def issue(self, request: Request) -> Answer:
        """Make a new code; of a reissue, sign that every code before it may die."""
        contact = request.contact
        self._require_section(request)
        before = self.store.credentials_of(contact.pseudonym)
        is_again = request.kind == Kind.REISSUE
        if is_again and not before:
            raise _unknown(request)
        Outbox(self.store).cancel(
            contact.pseudonym, kinds=[Made.AGAIN] if is_again else list(Made)
        )
        self.store.keep_contacts([contact])
        code = make_code(rng=os.urandom)
        credential = credentials_of([code], election_id=self._election()).tobytes()
        kind = Made.AGAIN if is_again else Made.ADDED
        self.store.keep_codes(
            [Code(contact.pseudonym, len(before) + 1, credential, code, kind)]
        )
        message = issued_message(self._election(), contact.section, credential)
        return Answer(
            request.number, request.kind, credential, self._sign(message),
            tuple(self._replaced(one, credential) for one in before) if is_again else (),
        )  # fmt: skip

    def revoke(self, request: Request) -> Answer:
        """Sign that a credential dies, and send its elector nothing more."""
        pseudonym, credential = request.contact.pseudonym, request.credential
        if credential is None or credential not in self.store.credentials_of(pseudonym):
            raise _unknown(request)
        Outbox(self.store).cancel(pseudonym)
        self.store.unlist(pseudonym)
        revocation = self._revocation(credential)
        return Answer(request.number, Kind.REVOKE, None, None, (revocation,))

    def _require_section(self, request: Request) -> None:
        """An elector's section never changes: a key of two sections would be one too many."""
        known = self.store.section(request.contact.pseudonym)
        if known is not None and known != request.contact.section:
            raise FileRefused(
                "issuer-requests.section",
                f"Request {request.number} names another section for its elector than the list "
                "did. Nothing was answered. Ask the returning officer.",
            )

    def _replaced(self, credential: bytes, by: bytes) -> Revocation:
        message = replaced_message(self._election(), credential, by=by)
        return Revocation(credential, self._sign(message))

    def _revocation(self, credential: bytes) -> Revocation:
        return Revocation(
            credential, self._sign(revoked_message(self._election(), credential))
        )

    def _sign(self, message: bytes) -> bytes:
        return sign_issue(message, key=self.secrets.signs, rng=os.urandom)

    def _election(self) -> bytes:
        particulars = self.store.particulars()
        if particulars is None:
            raise LookupError("a request is answered only after a list")
        return particulars.election


def _unknown(request: Request) -> FileRefused:
    return FileRefused(
        "issuer-requests.unknown",
        f"Request {request.number} is about an elector, or a code, that this folder does not "
        "know. Nothing was answered. Is it the right folder, and the newest list?",
    )

"""A key ceremony held in tests, as far as its dealings, and dealers who cheat in it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

from ballot.sealing import native
from ballot.sealing.ceremony import (
    check_reveals,
    conclude,
    deal,
    finish,
    judge,
    prepare,
    receive,
    reveal,
)
from ballot.sealing.dealing import share_statement
from ballot.sealing.keys import ElectionKey, KeyShare
from ballot.sealing.messages import (
    Ceremony,
    Commitment,
    Complaint,
    Confirmation,
    Dealing,
    Reveal,
    SealedShare,
    TrusteeSecret,
)
from ballot.sealing.proofs import prove_knowledge
from ballot.sealing.reveals import reveal_hash
from tests.sealing.making import ceremony, rng


@dataclass
class Run:
    """A ceremony under way: everybody's secrets and messages, up to the dealings."""

    frame: Ceremony
    secrets: list[TrusteeSecret] = field(default_factory=list)
    commitments: list[Commitment] = field(default_factory=list)
    reveals: dict[int, Reveal] = field(default_factory=dict)
    dealings: list[Dealing] = field(default_factory=list)
    complaints: list[Complaint] = field(default_factory=list)

    def received(self, number: int) -> tuple[Complaint, ...]:
        return receive(
            self.secrets[number - 1],
            ceremony=self.frame,
            reveals=self.reveals,
            dealings=self.dealings,
            rng=rng(b"receive%d" % number),
        )

    def finished(self, number: int) -> tuple[KeyShare, Confirmation]:
        return finish(self.secrets[number - 1], rng=rng(b"finish%d" % number), **self.said())

    def said(self) -> dict[str, Any]:
        return {
            "ceremony": self.frame,
            "commitments": self.commitments,
            "reveals": self.reveals,
            "dealings": self.dealings,
            "complaints": self.complaints,
        }

    def concluded(self, confirmations: list[Confirmation]) -> ElectionKey:
        said = self.said() | {"reveals": list(self.reveals.values())}
        return conclude(said.pop("ceremony"), confirmations=confirmations, **said)

    def out(self) -> frozenset[int]:
        return judge(self.frame, self.reveals, self.dealings, self.complaints)


def run(trustees: int = 3, quorum: int = 2) -> Run:
    frame = ceremony(trustees, quorum)
    made = Run(frame)
    for number in frame.numbers:
        secret, commitment = prepare(frame, number, rng=rng(b"prepare%d" % number))
        made.secrets.append(secret)
        made.commitments.append(commitment)
    revealed = [
        reveal(secret, ceremony=frame, commitments=made.commitments) for secret in made.secrets
    ]
    made.reveals = check_reveals(frame, made.commitments, revealed)
    for secret in made.secrets:
        seed = rng(b"deal%d" % secret.number)
        made.dealings.append(deal(secret, ceremony=frame, reveals=made.reveals, rng=seed))
    return made


def replace_share(made: Run, dealer: int, share: SealedShare) -> None:
    """Put a share in the place of the one that the dealer dealt to the same trustee."""
    dealt = made.dealings[dealer - 1].shares
    shares = tuple(share if one.recipient == share.recipient else one for one in dealt)
    made.dealings[dealer - 1] = Dealing(dealer, shares)


def seal_nonsense(made: Run, dealer: int, recipient: int) -> None:
    """Deal one trustee bytes that do not open, under a K that the dealer proves to know."""
    fresh, sealed = 4711, bytes(48)
    ephemeral = native.write_point(native.base_times(fresh))
    statement = share_statement(made.frame, made.reveals, dealer, recipient, ephemeral)
    proof = prove_knowledge(
        "ceremony-dealing-key", *statement, sealed, secret=fresh, rng=rng(b"nonsense")
    )
    replace_share(made, dealer, SealedShare(recipient, ephemeral, sealed, proof))


def deal_falsely(made: Run, dealer: int, recipient: int) -> None:
    """Deal one trustee a share, well sealed, of another polynomial than was revealed."""
    secret = made.secrets[dealer - 1]
    false = replace(secret, coefficients=tuple(c + 1 for c in secret.coefficients))
    dealt = deal(false, ceremony=made.frame, reveals=made.reveals, rng=rng(b"false"))
    share = dealt.share_for(recipient)
    assert share is not None
    replace_share(made, dealer, share)


def check_revealed(made, *, commitments=None, reveals=None):
    return check_reveals(
        made.frame,
        made.commitments if commitments is None else commitments,
        list(made.reveals.values()) if reveals is None else reveals,
    )


def recommitted(made, changed):
    """Commit anew to a changed reveal, as somebody might who means to cheat from the start."""
    commitments = list(made.commitments)
    commitments[changed.number - 1] = Commitment(changed.number, reveal_hash(made.frame, changed))
    reveals = [changed if one.number == changed.number else one for one in made.reveals.values()]
    return {"commitments": commitments, "reveals": reveals}

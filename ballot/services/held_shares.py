"""Demonstrations and rehearsals: the server sits for every trustee, through the same services.

It makes and holds the shares itself, encrypted under a key from the environment, and says so on
every page and in the notice. A real election's shares are never here.
"""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from ballot.ceremonies import Said, Step, newest_ceremony, said_in
from ballot.models import Checkpoint, DemonstrationShare, Election, Trustee
from ballot.sealing.ceremony import check_reveals, deal, finish, prepare, receive, reveal
from ballot.sealing.keys import KeyShare
from ballot.sealing.messages import Ceremony, Received, TrusteeSecret
from ballot.sealing.sharefile import prove_share
from ballot.services.begin_ceremony import NewTrustee, begin_ceremony
from ballot.services.prove_held import take_held_proof
from ballot.services.publish_board import publish_board
from ballot.services.take_message import take_message
from office.enclosure import open_enclosure, seal_enclosure
from office.refusal import Refusal


@transaction.atomic
def hold_ceremony(
    election_id: int, *, trustees: Sequence[str], quorum: int, by: int | None, now: datetime
) -> None:
    """Hold the whole ceremony in the server, keep the shares, and prove that they are held."""
    if not Election.objects.get(pk=election_id).demonstration:
        raise Refusal(
            "key.not-a-demonstration",
            "The server holds shares in a demonstration alone. Name the trustees with their "
            "addresses: each takes part from a machine of their own.",
        )
    named = [NewTrustee(name) for name in trustees]
    begin_ceremony(election_id, trustees=named, quorum=quorum, by=by, now=now)
    election = Election.objects.get(pk=election_id)
    shares = _Sitting(election, now).hold()
    for trustee, share in zip(election.trustees.order_by("number"), shares, strict=True):
        DemonstrationShare.objects.create(trustee=trustee, enclosure=_close(trustee, share))
    prove_held_shares(election_id, now=now)


def prove_held_shares(election_id: int, *, now: datetime) -> None:
    """Prove of every share that the server holds that it does, upon the board as it stands."""
    publish_board(election_id, now=now)
    question = Checkpoint.objects.filter(election=election_id).latest("size")
    for share in held_shares(Election.objects.get(pk=election_id)):
        proof = prove_share(share, question=bytes(question.root), rng=os.urandom)
        take_held_proof(election_id, number=share.number, size=question.size, proof=proof, now=now)


def held_shares(election: Election) -> list[KeyShare]:
    """The shares that a demonstration's server holds."""
    held = election.trustees.filter(demonstrationshare__isnull=False).order_by("number")
    return [_open(trustee) for trustee in held]


def mixers_held(election: Election) -> list[KeyShare]:
    """The shares of those trustees who mix after the server, as the notice has it; else none."""
    return held_shares(election)[: election.mixes_wanted - 1]


class _Sitting:
    """All trustees of a ceremony in one process, from which nothing is secret."""

    def __init__(self, election: Election, now: datetime) -> None:
        self._election, self._now = election, now
        self._secrets: list[TrusteeSecret] = []

    def hold(self) -> list[KeyShare]:
        """Say everything that is to be said, step by step; give the shares."""
        frame = self._said().frame
        for number in frame.numbers:
            secret, commitment = prepare(frame, number, rng=os.urandom)
            self._secrets.append(secret)
            self._say(number, Step.COMMITMENT, commitment.to_json())
        for secret in self._secrets:
            commitments = self._said().commitments
            told = reveal(secret, ceremony=frame, commitments=commitments)
            self._say(secret.number, Step.REVEAL, told.to_json())
        self._deal(frame)
        return self._confirm()

    def _deal(self, frame: Ceremony) -> None:
        said = self._said()
        reveals = check_reveals(frame, said.commitments, said.reveals)
        for secret in self._secrets:
            dealing = deal(secret, ceremony=frame, reveals=reveals, rng=os.urandom)
            self._say(secret.number, Step.DEALING, dealing.to_json())
        dealings = self._said().dealings
        for secret in self._secrets:
            complaints = receive(
                secret, ceremony=frame, reveals=reveals, dealings=dealings, rng=os.urandom
            )
            self._say(secret.number, Step.RECEIVED, Received(secret.number, complaints).to_json())

    def _confirm(self) -> list[KeyShare]:
        said, shares = self._said(), []
        for secret in self._secrets:
            share, confirmation = finish(
                secret,
                ceremony=said.frame,
                commitments=said.commitments,
                reveals={one.number: one for one in said.reveals},
                dealings=said.dealings,
                complaints=said.complaints,
                rng=os.urandom,
            )
            shares.append(share)
            self._say(secret.number, Step.CONFIRMATION, confirmation.to_json())
        return shares

    def _said(self) -> Said:
        ceremony = newest_ceremony(self._election)
        if ceremony is None:
            raise LookupError("the ceremony has just been begun, and is not there")
        return said_in(ceremony)

    def _say(self, number: int, step: Step, message: dict[str, Any]) -> None:
        take_message(
            self._election.pk, number=number, step=step.value, message=message, now=self._now
        )


def _close(trustee: Trustee, share: KeyShare) -> bytes:
    text = json.dumps(share.to_json()).encode()
    return seal_enclosure(text, purpose="share", recipient=str(trustee.pk), attempt=1)


def _open(trustee: Trustee) -> KeyShare:
    enclosure = bytes(trustee.demonstrationshare.enclosure)
    text = open_enclosure(enclosure, purpose="share", recipient=str(trustee.pk), attempt=1)
    return KeyShare.parse(json.loads(text))

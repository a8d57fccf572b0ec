"""Trustees of the tests, each with secrets of their own: what their software does, step by step."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from ballot.ceremonies import Said, Step, newest_ceremony, said_in
from ballot.models import Election
from ballot.sealing.ceremony import check_reveals, deal, finish, prepare, receive, reveal
from ballot.sealing.keys import KeyShare
from ballot.sealing.messages import Received, TrusteeSecret
from ballot.services.take_message import take_message

Say = Callable[[int, str, dict[str, Any]], Any]


def said_of(election: Election) -> Said:
    """What stands on the board of the newest ceremony."""
    ceremony = newest_ceremony(election)
    assert ceremony is not None
    return said_in(ceremony)


def speaking(election: Election, *, now: Callable[[], Any]) -> Say:
    """Say something through the service itself."""

    def say(number: int, step: str, message: dict[str, Any]) -> None:
        take_message(election.pk, number=number, step=step, message=message, now=now())

    return say


@dataclass
class Trustees:
    """All trustees of a ceremony that has begun; `say` takes what each of them says."""

    election: Election
    say: Say
    secrets: dict[int, TrusteeSecret] = field(default_factory=dict, repr=False)
    shares: dict[int, KeyShare] = field(default_factory=dict, repr=False)

    @property
    def said(self) -> Said:
        return said_of(self.election)

    @property
    def numbers(self) -> Sequence[int]:
        return self.said.frame.numbers

    def message(self, number: int, step: Step) -> dict[str, Any]:
        """What a trustee says at a step, from what stands on the board."""
        said = self.said
        if step == Step.COMMITMENT:
            self.secrets[number], commitment = prepare(said.frame, number, rng=os.urandom)
            return commitment.to_json()
        secret = self.secrets[number]
        if step == Step.REVEAL:
            return reveal(secret, ceremony=said.frame, commitments=said.commitments).to_json()
        reveals = check_reveals(said.frame, said.commitments, said.reveals)
        seen: dict[str, Any] = {"ceremony": said.frame, "reveals": reveals, "rng": os.urandom}
        if step == Step.DEALING:
            return deal(secret, **seen).to_json()
        seen["dealings"] = said.dealings
        if step == Step.RECEIVED:
            return Received(number, receive(secret, **seen)).to_json()
        share, confirmation = finish(
            secret, commitments=said.commitments, complaints=said.complaints, **seen
        )
        self.shares[number] = share
        return confirmation.to_json()

    def do(self, *steps: Step, but: Sequence[int] = ()) -> None:
        """Let every trustee, but some, do these steps, each step by all before the next."""
        for step in steps:
            for number in self.said.wanted_at(step):
                if number not in but:
                    self.say(number, step.value, self.message(number, step))

    def hold(self) -> tuple[KeyShare, ...]:
        """Do every step; give the shares by number."""
        self.do(*Step)
        return tuple(self.shares[number] for number in sorted(self.shares))

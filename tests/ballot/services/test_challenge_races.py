"""A paper cast and challenged at the same moment, on PostgreSQL: one of the two, never both."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ballot.models import Challenge, ChallengedVote, RegisterMark, SealedBallot, SealedVote
from ballot.sealing.challenge import OpenedVote
from ballot.services.receipts import Receipt
from office.refusal import Refusal
from tests.ballot.factories import (
    at_once,
    cast_wire,
    challenge,
    election,
    entries,
    key_of_elector,
    opening_of,
    signed_after_all,
)

pytestmark = pytest.mark.django_db(transaction=True)

PAIRS = 12


def test_of_a_paper_cast_and_challenged_at_once_one_is_taken() -> None:
    run = election(at="polling", electors=PAIRS)
    acts = []
    for entry in entries(run):
        key = key_of_elector(run, entry)
        opening = opening_of(run, entry, (1,), key=key)
        wire = signed_after_all(run, opening, key)
        acts += [
            lambda wire=wire: cast_wire(run, wire),
            lambda opening=opening: challenge(run, opening),
        ]

    answers = at_once(acts)

    for cast, challenged in zip(answers[::2], answers[1::2], strict=True):
        if isinstance(cast, Receipt):
            assert isinstance(challenged, Refusal) and challenged.code == "challenge.has-voted"
        else:
            assert isinstance(cast, Refusal) and cast.code == "ballot.copied", cast
            assert isinstance(challenged, bytes)
    assert SealedBallot.objects.count() + Challenge.objects.count() == PAIRS
    assert RegisterMark.objects.count() == SealedBallot.objects.count()


def test_of_a_c1_that_two_electors_share_one_is_taken_as_cast_or_challenged() -> None:
    run = election(at="polling", electors=2 * PAIRS)
    found = entries(run)
    acts = []
    for one, other in zip(found[::2], found[1::2], strict=True):
        key = key_of_elector(run, one)
        opening = opening_of(run, one, (1,), key=key)
        shared = OpenedVote(2, opening.votes[0].randomness, 5)
        theirs = replace(opening_of(run, other, (0,)), votes=(shared,))
        wire = signed_after_all(run, opening, key)
        acts += [
            lambda wire=wire: cast_wire(run, wire),
            lambda theirs=theirs: challenge(run, theirs),
        ]

    answers = at_once(acts)

    for cast, challenged in zip(answers[::2], answers[1::2], strict=True):
        taken = [isinstance(cast, Receipt), isinstance(challenged, bytes)]
        assert sum(taken) == 1, (cast, challenged)
        refusal = challenged if taken[0] else cast
        assert isinstance(refusal, Refusal)
        assert refusal.code == ("challenge.was-cast" if taken[0] else "ballot.copied")
    cast_c1 = {bytes(c1) for c1 in SealedVote.objects.values_list("c1", flat=True)}
    opened_c1 = {bytes(c1) for c1 in ChallengedVote.objects.values_list("c1", flat=True)}
    assert len(cast_c1 | opened_c1) == PAIRS and cast_c1 & opened_c1 == set()

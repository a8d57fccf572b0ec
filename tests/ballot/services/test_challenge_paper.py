"""Challenged papers: kept without whose they were, shown on the board, never cast or counted."""

from __future__ import annotations

import os
from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from ballot.models import (
    Challenge,
    ChallengedVote,
    Credential,
    Entry,
    RegisterMark,
    SealedBallot,
    SealedVote,
    TurnoutCount,
)
from ballot.sealing import native
from ballot.sealing.challenge import OpenedVote, PaperOpening, make_again
from ballot.sealing.codes import make_code, voting_key
from ballot.selectors import contest_codes, contested, ranking_space, setting_of
from ballot.services.board import append_ballots
from ballot.services.challenge_paper import challenge_paper
from ballot.services.reissue_code import PURPOSE as AGAIN
from ballot.services.reissue_code import reissue_code
from ballot.services.suspend_poll import suspend_poll
from ballot.services.tend_polls import tend_polls
from tests.ballot.factories import (
    REASON,
    Run,
    bring,
    cast,
    cast_all,
    cast_wire,
    challenge,
    code_of_refusal,
    content,
    election,
    entries,
    key_of_elector,
    kinds,
    now,
    opening_of,
    signed_after_all,
)

pytestmark = pytest.mark.django_db


def tracker_of(run: Run, opening: PaperOpening) -> bytes:
    paper = make_again(
        opening, setting=setting_of(run.election), contests=contest_codes(run.election)
    )
    return paper.tracker


def refused(run: Run, opening: PaperOpening, **changes: str) -> str:
    return code_of_refusal(lambda: challenge(run, opening, **changes))


# --- what is kept, and what the board shows --------------------------------------------------


def test_a_challenged_paper_is_on_the_board_opened_and_without_credential_proof_or_time() -> None:
    # sealing §6.7, bundle §4
    run = election(at="polling")
    entry = entries(run)[0]
    opening = opening_of(run, entry, (2, 0))

    tracker = challenge(run, opening)
    assert tend_polls() == 1

    shown = content(run, "challenge")
    body = bytes(Entry.objects.get(kind="challenge").body)
    paper = make_again(
        opening, setting=setting_of(run.election), contests=contest_codes(run.election)
    )
    (vote,), (drawn,) = paper.votes, opening.votes
    assert tracker == paper.tracker
    assert shown == {
        "section": entry.section.code,
        "tracker": paper.tracker.hex(),
        "unit": None,
        "votes": [
            {
                "c1": vote.c1.hex(),
                "c2": vote.c2.hex(),
                "r": f"{drawn.randomness:064x}",
                "ranking": ranking_space(run.contest).index((2, 0)),
            }
        ],
    }
    assert b'"at":null' in body
    for told in (opening.credential, vote.commitment, vote.response):
        assert told.hex().encode() not in body
    # Equation 1: whoever reads the entry makes the pair again from it.
    r = int(shown["votes"][0]["r"], 16)
    assert native.write_point(native.base_times(r)).hex() == shown["votes"][0]["c1"]


def test_challenges_go_on_the_board_shuffled_among_the_ballots_and_once() -> None:
    run = election(at="polling", electors=12, rankings=((0,),) * 12)
    openings = [opening_of(run, entry, (1,)) for entry in entries(run)]
    for opening in openings:
        challenge(run, opening)
    cast_all(run)

    assert (append_ballots(run.election), append_ballots(run.election)) == (24, 0)

    order = kinds(run)[-24:]
    assert order.count("challenge") == order.count("ballot") == 12
    # The chance that all of one kind stand before all of the other is two in 2,704,156, and that
    # the challenges then stand in the order in which they came one in 479,001,600.
    came = [tracker_of(run, opening).hex() for opening in openings]
    shown = [
        bytes(one.challenge.tracker).hex()
        for one in Entry.objects.filter(kind="challenge").order_by("number")
        if one.challenge
    ]
    assert sorted(shown) == sorted(came) and shown != came


def test_the_close_takes_every_challenge_that_waits() -> None:
    run = election(at="polling")
    challenge(run, opening_of(run, entries(run)[0], (1,)))

    bring(run, to="closed")

    assert kinds(run)[-9:].count("challenge") == 1 and kinds(run)[-1] == "close"
    assert kinds(run).count("ballot") == 7


def test_a_challenge_marks_nobody_and_is_neither_in_a_box_nor_counted() -> None:
    def result(challenges: int) -> tuple[object, ...]:
        run = election(at="polling", title=f"Leader {challenges}")
        for _ in range(challenges):
            challenge(run, opening_of(run, entries(run)[0], (2, 1, 0)))
        marked = RegisterMark.objects.filter(election=run.election_id).count()
        turnout = TurnoutCount.objects.filter(election=run.election_id).count()
        bring(run, to="declared")
        reconciled = content(run, "reconciliation")
        sections = [
            {name: section[name] for name in ("ballots", "on_board", "issued")}
            for section in reconciled["sections"]
        ]
        (box,) = reconciled["boxes"]
        sheet = content(run, "count")["sheet"]
        return marked, turnout, sections, box["ballots"], sheet

    assert result(challenges=3) == result(challenges=0)


def test_the_same_opening_sent_again_is_answered_alike_and_kept_once() -> None:
    run = election(at="polling")
    entry = entries(run)[0]
    opening = opening_of(run, entry, (1,))

    first = challenge(run, opening)
    cast(run, entry, (0,))

    assert challenge(run, opening) == first
    assert Challenge.objects.count() == ChallengedVote.objects.count() == 1


def test_a_paper_of_two_contests_is_kept_in_the_order_of_the_paper() -> None:
    deputy = {"title": "Deputy leader", "candidates": ("Dil Dhar", "Esme Eve")}
    run = election(at="polling", other_contests=(deputy,))
    opening = opening_of(run, entries(run)[0], (0,), (1,))

    challenge(run, opening)
    append_ballots(run.election)

    spaces = [ranking_space(contest) for contest in contested(run.election)]
    shown = [vote["ranking"] for vote in content(run, "challenge")["votes"]]
    assert shown == [spaces[0].index((0,)), spaces[1].index((1,))]


# --- what is never both ----------------------------------------------------------------------


def test_a_challenged_paper_is_never_cast_and_another_of_its_elector_is() -> None:
    run = election(at="polling")
    entry = entries(run)[0]
    key = key_of_elector(run, entry)
    opening = opening_of(run, entry, (1,), key=key)
    challenge(run, opening)

    wire = signed_after_all(run, opening, key)
    assert code_of_refusal(transaction.atomic(lambda: cast_wire(run, wire))) == "ballot.copied"

    assert SealedBallot.objects.count() == RegisterMark.objects.count() == 0
    cast(run, entry, (0,))
    assert SealedBallot.objects.count() == 1


def test_a_paper_that_was_cast_is_never_opened() -> None:
    run = election(at="polling")
    entry = entries(run)[0]
    key = key_of_elector(run, entry)
    opening = opening_of(run, entry, (1,), key=key)
    other = opening_of(run, entry, (1,), key=key)
    cast_wire(run, signed_after_all(run, opening, key))

    assert refused(run, opening) == refused(run, other) == "challenge.has-voted"
    assert Challenge.objects.count() == 0


@pytest.mark.parametrize("part", ["c1", "c2"])
def test_a_part_of_anothers_ballot_is_not_challenged_nor_that_of_a_challenge_cast(
    part: str,
) -> None:
    """Who gives another their r can share a c1; a c2 is any point that one likes."""
    run = election(at="polling")
    one, other, third = entries(run)[:3]
    vote = opening_of(run, one, (1,)).votes[0]
    theirs = opening_of(run, other, (0,))
    if part == "c1":
        theirs = replace(theirs, votes=(OpenedVote(0, vote.randomness, 5),))
        shared = replace(opening_of(run, one, (1,)), votes=(vote,))
        cast_wire(run, signed_after_all(run, shared, key_of_elector(run, one)))

        assert refused(run, theirs) == "challenge.was-cast"

        assert Challenge.objects.count() == ChallengedVote.objects.count() == 0
        challenge(run, opening_of(run, other, (0,)))
    challenge(run, opening_of(run, third, (2,)))
    held = ChallengedVote.objects.order_by("-pk")[0]
    cast(run, other, (0,))
    ballot = SealedBallot.objects.order_by("-pk")[0]
    free = {"c1": b"\x02" * 33, "c2": b"\x03" * 33}
    taken = {**free, part: bytes(getattr(held, part))}
    with pytest.raises(IntegrityError, match="challenged paper"), transaction.atomic():
        SealedVote.objects.create(ballot=ballot, contest=run.contest, proof=b"", **taken)
    cast_one = SealedVote.objects.filter(ballot=ballot)[0]
    kept = Challenge.objects.all()[0]
    with pytest.raises(IntegrityError, match="that was cast"), transaction.atomic():
        ChallengedVote.objects.create(
            challenge=kept, contest=run.contest, ranking=0, randomness=b"",
            **{**free, part: bytes(getattr(cast_one, part))},
        )


# --- who may challenge, and what ---------------------------------------------------------------


def test_only_a_code_in_force_and_unused_challenges_and_only_while_the_poll_is_open() -> None:
    run = election(at="polling")
    one, other = entries(run)[:2]
    key = key_of_elector(run, one)
    stranger = voting_key(make_code(rng=os.urandom), election_id=run.election.public_id.bytes)
    reissue_code(run.election_id, recipient=other.public_id, by=None, now=now())
    waiting = key_of_elector(run, other, purpose=AGAIN)

    for unknown in (stranger, waiting):
        assert refused(run, opening_of(run, other, (1,), key=unknown)) == (
            "challenge.code-not-in-force"
        )
    late = now() + timedelta(days=400)
    opening = opening_of(run, one, (1,), key=key)
    assert code_of_refusal(
        lambda: challenge_paper(
            run.election.slug, credential=key.credential, text=opening.to_text(), now=late
        )
    ) == "poll.closed"
    challenge(run, opening)
    assert Challenge.objects.count() == 1

    suspend_poll(run.election_id, reason=REASON, **run.by_two)
    assert refused(run, opening_of(run, one, (1,), key=key)) == "poll.suspended"
    assert Credential.objects.filter(force="waiting").exists()


def test_an_opening_of_no_paper_of_its_sender_is_refused() -> None:
    run = election(at="polling", sections=("member", "affiliated"))
    one, other = entries(run)[:2]
    opening = opening_of(run, one, (1,))
    foreign = next(code for code in ("member", "affiliated") if code != one.section.code)

    refusals = {
        refused(run, opening, text=opening.to_text()[:-4]),
        refused(run, opening, text=opening_of(run, other, (1,)).to_text()),
        refused(run, opening_of(run, one, (1,), section=foreign)),
        refused(run, replace(opening, unit="Abertawe")),
        refused(run, replace(opening, fingerprint=bytes(32))),
        refused(run, replace(opening, votes=(OpenedVote(10**6, 1, 1),))),
    }

    assert refusals == {"challenge.not-so-sealed"}
    challenge(run, opening)

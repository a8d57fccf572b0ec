"""The key ceremony as the server keeps it: who may say what when, and what comes of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from ballot.canonical import read_canonical
from ballot.ceremonies import Step, held_by, held_is_due, newest_ceremony, not_proved
from ballot.models import Checkpoint, DemonstrationShare, Election, Entry, ShareHeld
from ballot.sealing.dealing import evaluate, seal_share_for
from ballot.sealing.messages import Dealing, Received
from ballot.sealing.proofs import Equality
from ballot.selectors import key_of
from ballot.services.begin_ceremony import NewTrustee, begin_ceremony
from ballot.services.open_poll import open_poll
from ballot.services.prove_held import take_held_proof
from office.models import Letter
from office.refusal import Refusal
from tests.ballot.factories import (
    TRUSTEES,
    Run,
    begin,
    bring,
    code_of_refusal,
    content,
    election,
    kinds,
    now,
    proof_of,
    prove_held,
    question,
    sitting,
)
from tests.ballot.trustees import Trustees

pytestmark = pytest.mark.django_db
BEFORE_DEALING = (Step.COMMITMENT, Step.REVEAL)


@pytest.fixture
def run() -> Run:
    """A real election with a frozen roll, in which a ceremony of three has begun."""
    run = election(at="frozen", demonstration=False, electors=3)
    begin(run)
    return run


def say(trustees: Trustees, number: int, step: Step, message: Any) -> str:
    return code_of_refusal(lambda: trustees.say(number, step.value, message))


def test_the_frame_goes_on_the_board_under_an_identifier_that_never_was(run: Run) -> None:
    first = content(run, "ceremony")
    begin(run, quorum=3)
    second = content(run, "ceremony")

    assert (first["trustees"], first["quorum"]) == (list(TRUSTEES), 2)
    assert len(bytes.fromhex(first["identifier"])) == 16
    assert first["identifier"] != second["identifier"] and second["quorum"] == 3


def test_everybody_does_a_step_before_anybody_does_the_next(run: Run) -> None:
    trustees = sitting(run)
    trustees.do(Step.COMMITMENT, but=[3])

    early = trustees.secrets[1].reveal.to_json()
    assert say(trustees, 1, Step.REVEAL, early) == "ceremony.not-its-turn"
    trustees.say(3, "commitment", trustees.message(3, Step.COMMITMENT))
    trustees.say(1, "reveal", trustees.message(1, Step.REVEAL))

    assert kinds(run).count("ceremony-message") == 4
    assert content(run, "ceremony-message") == {"message": early, "step": "reveal"}


def test_the_same_again_changes_nothing_and_another_is_refused(run: Run) -> None:
    trustees = sitting(run)
    first, second = (trustees.message(1, Step.COMMITMENT) for _ in range(2))
    trustees.say(1, "commitment", first)

    trustees.say(1, "commitment", first)
    assert say(trustees, 1, Step.COMMITMENT, second) == "ceremony.said-otherwise"

    assert kinds(run).count("ceremony-message") == 1


def test_what_does_not_hold_is_refused_and_may_be_sent_aright(run: Run) -> None:
    trustees = sitting(run)
    commitment = trustees.message(1, Step.COMMITMENT)
    for wrong in ({}, commitment | {"more": 1}, commitment | {"digest": "zz"}, None, [commitment]):
        assert say(trustees, 1, Step.COMMITMENT, wrong) == "ceremony.does-not-check"
    assert say(trustees, 2, Step.COMMITMENT, commitment) == "ceremony.other-trustee"
    assert code_of_refusal(lambda: trustees.say(1, "vote", commitment)) == "ceremony.step"
    trustees.say(1, "commitment", commitment)
    trustees.do(Step.COMMITMENT, but=[1])

    # A reveal that was not committed to, and a dealing that leaves somebody out.
    mine, others = trustees.message(1, Step.REVEAL), trustees.message(2, Step.REVEAL)
    assert say(trustees, 1, Step.REVEAL, others | {"number": 1}) == "ceremony.does-not-check"
    trustees.say(1, "reveal", mine)
    trustees.do(Step.REVEAL, but=[1])
    dealing = trustees.message(1, Step.DEALING)
    short = dealing | {"shares": dealing["shares"][:1]}
    assert say(trustees, 1, Step.DEALING, short) == "ceremony.not-whole"
    trustees.do(Step.DEALING, Step.RECEIVED)
    confirmation, other = (trustees.message(n, Step.CONFIRMATION) for n in (1, 2))
    borrowed = other | {"number": 1}
    assert say(trustees, 1, Step.CONFIRMATION, borrowed) == "ceremony.does-not-check"
    assert run.election.key is None
    trustees.say(1, "confirmation", confirmation)
    trustees.do(Step.CONFIRMATION, but=[1])

    assert content(run, "key") == key_of(run.election).to_json()


def test_the_key_comes_with_the_last_confirmation_and_then_the_ceremony_is_over(run: Run) -> None:
    trustees = sitting(run)
    trustees.do(*Step, but=[])
    said = trustees.said

    key = key_of(run.election)
    assert kinds(run)[-2:] == ["ceremony-message", "key"]
    assert [one.name for one in key.trustees] == list(TRUSTEES) and key.quorum == 2
    assert said.step_due is None
    # Said again by who has said it, it is answered as it was.
    trustees.say(3, "confirmation", said.confirmations[2].to_json())
    assert kinds(run)[-1] == "key"


def deal_falsely(trustees: Trustees, dealer: int, recipient: int) -> None:
    """Have a trustee seal to another a share that is not theirs, in a dealing that is whole."""
    said = trustees.said
    secret = trustees.secrets[dealer]
    reveals = {one.number: one for one in said.reveals}
    first, *others = secret.coefficients
    false = replace(secret, coefficients=(first + 1, *others))
    assert evaluate(false.coefficients, recipient) != evaluate(secret.coefficients, recipient)
    made = Dealing.parse(trustees.message(dealer, Step.DEALING))
    share = seal_share_for(
        recipient, false, ceremony=said.frame, reveals=reveals, rng=lambda n: b"\x07" * n
    )
    shares = tuple(share if one.recipient == recipient else one for one in made.shares)
    trustees.say(dealer, "dealing", Dealing(dealer, shares).to_json())


def test_who_deals_falsely_is_out_and_the_others_make_the_key(run: Run) -> None:
    trustees = sitting(run)
    trustees.do(*BEFORE_DEALING)
    deal_falsely(trustees, 3, 1)
    trustees.do(Step.DEALING, but=[3])
    trustees.do(Step.RECEIVED)

    assert trustees.said.left == (1, 2)
    confirmation = trustees.message(1, Step.CONFIRMATION)
    assert say(trustees, 3, Step.CONFIRMATION, confirmation | {"number": 3}) == "ceremony.out"
    trustees.do(Step.CONFIRMATION)

    assert [one.number for one in key_of(run.election).trustees] == [1, 2]
    assert not_proved(run.election, now=now()) == ["Ann Lee", "Ben Ray"]


def test_too_few_left_end_the_ceremony_and_name_who_is_out(run: Run) -> None:
    trustees = sitting(run)
    trustees.do(*BEFORE_DEALING)
    deal_falsely(trustees, 2, 1)
    deal_falsely(trustees, 3, 1)
    trustees.do(Step.DEALING, but=[2, 3])
    trustees.do(Step.RECEIVED)

    ceremony = newest_ceremony(run.election)
    assert ceremony is not None and "Ben Ray, Cy Ode" in ceremony.failed
    assert "Ann Lee" not in ceremony.failed and run.election.key is None


def test_a_complaint_that_is_not_upheld_ends_the_ceremony_and_names_who_complained(
    run: Run,
) -> None:
    trustees = sitting(run)
    trustees.do(*BEFORE_DEALING)
    deal_falsely(trustees, 3, 1)
    trustees.do(Step.DEALING, but=[3])
    (complaint,) = Received.parse(trustees.message(1, Step.RECEIVED)).complaints
    # The same complaint with a proof that does not hold.
    wrong = Equality(complaint.proof.of_base, complaint.proof.of_other, b"\x01" * 32)
    false = Received(1, (replace(complaint, proof=wrong),))

    trustees.say(1, "received", false.to_json())

    ceremony = newest_ceremony(run.election)
    assert ceremony is not None
    assert ceremony.failed.startswith("Ann Lee complained of the share that Cy Ode dealt")
    after = trustees.message(2, Step.RECEIVED)
    assert say(trustees, 2, Step.RECEIVED, after) == "ceremony.failed"
    # Begun anew, it counts for nothing.
    begin(run, trustees=TRUSTEES[:2])
    assert sitting(run).hold()[0].public_key == key_of(run.election).public_key


def test_a_ceremony_begun_anew_takes_the_key_the_seats_and_the_proofs_away(run: Run) -> None:
    trustees = sitting(run)
    run.shares = trustees.hold()
    prove_held(run, run.shares[0])
    seats = {bytes(one.seat or b"") for one in run.election.trustees.all()}
    first = key_of(run.election)

    begin(run)

    assert run.election.key is None and not ShareHeld.objects.exists()
    assert seats.isdisjoint(bytes(one.seat or b"") for one in run.election.trustees.all())
    assert len(seats) == 3 and b"" not in seats
    # Letters of the former ceremony that have not gone out never do.
    letters = Letter.objects.filter(purpose="trustee-seat")
    assert sorted(letters.values_list("state", flat=True)) == ["cancelled"] * 3 + ["waiting"] * 3
    assert sitting(run).hold() and key_of(run.election) != first
    assert not DemonstrationShare.objects.exists()


def test_a_ceremony_is_framed_so_that_it_can_end(run: Run) -> None:
    def begun(*names: str, quorum: int = 1) -> str:
        named = [NewTrustee(name, "one@example.org") for name in names]
        return code_of_refusal(lambda: begin_ceremony(
            run.election_id, trustees=named, quorum=quorum, **run.by
        ))

    assert begun() == "ceremony.frame"
    assert begun("Ann", "Ann") == "ceremony.frame"
    assert begun("Ann", "server") == "ceremony.frame"
    assert begun("A" * 65) == "ceremony.frame"
    assert begun("Ann", quorum=2) == "ceremony.frame"
    # One person would hold two shares, and the names on the board would not say so.
    assert begun("Ann", "Ben") == "ceremony.same-address"
    Election.objects.filter(pk=run.election_id).update(mixes_wanted=3)
    assert begun("Ann") == "ceremony.too-few-trustees"
    begin(run, trustees=("Ann", "Ben"))

    assert kinds(run).count("ceremony") == 2


def test_nothing_is_begun_and_nothing_said_outside_the_frozen_roll() -> None:
    run = election(at="polling", demonstration=False, electors=3)

    assert code_of_refusal(lambda: begin(run)) == "election.wrong-state"
    bare = election(at="frozen", title="Bare", demonstration=False)
    trustees = Trustees(bare.election, sitting(run).say)
    assert code_of_refusal(lambda: sitting(bare).say(1, "commitment", {})) == "ceremony.none"

    assert trustees.secrets == {} and kinds(run).count("ceremony") == 1


# --- still held --------------------------------------------------------------------------------


def test_the_poll_opens_once_every_trustee_has_proved_that_they_hold_their_share() -> None:
    run = election(at="coded", demonstration=False, electors=3)
    third = run.election.trustees.get(number=3)
    third.proofs.all().delete()

    with pytest.raises(Refusal, match="Ask Cy Ode to prove it") as refused:
        open_poll(run.election_id, software={}, **run.by_two)
    assert refused.value.code == "election.not-ready"
    prove_held(run, run.shares[2])
    open_poll(run.election_id, software={}, **run.by_two)

    assert run.state == "polling"


def test_a_proof_answers_a_signed_state_of_the_board_that_has_the_key(run: Run) -> None:
    before = question(run)
    run.shares = sitting(run).hold()
    after = question(run)

    def held(number: int, asked: Checkpoint, proof: bytes, *, size: int = 0) -> None:
        take_held_proof(run.election_id, number=number, size=size or asked.size, proof=proof,
                        now=now())

    first = run.shares[0]
    good = proof_of(first, after)
    assert code_of_refusal(lambda: held(1, before, proof_of(first, before))) == "held.too-old"
    other_size = after.size + 1
    assert code_of_refusal(lambda: held(1, after, good, size=other_size)) == (
        "held.no-such-checkpoint"
    )
    assert code_of_refusal(lambda: held(2, after, good)) == "held.does-not-check"
    assert code_of_refusal(lambda: held(1, after, b"")) == "held.does-not-check"
    assert code_of_refusal(lambda: held(4, after, good)) == "held.no-such-trustee"
    held(1, after, good)
    held(1, after, proof_of(first, after))

    assert content(run, "share-held") == {"proof": good.hex(), "size": after.size, "trustee": 1}
    assert kinds(run).count("share-held") == 1
    assert held_by(run.election, now=now()) == {1}


def test_before_the_close_each_is_asked_again_and_who_has_not_answered_is_named() -> None:
    run = election(at="polling", demonstration=False, electors=3)
    closes_at = run.election.closes_at
    assert closes_at is not None
    early, late = closes_at - timedelta(days=3, minutes=1), closes_at - timedelta(days=2)

    assert not held_is_due(run.election, now=early)
    assert not_proved(run.election, now=early) == []
    assert held_by(run.election, now=early) == {1, 2, 3}
    assert not_proved(run.election, now=late) == list(TRUSTEES)
    asked = question(run)
    proof = proof_of(run.shares[1], asked)
    # The state that was asked about is four days old by then.
    assert code_of_refusal(lambda: take_held_proof(
        run.election_id, number=2, size=asked.size, proof=proof, now=late
    )) == "held.too-old"
    take_held_proof(run.election_id, number=2, size=asked.size, proof=proof,
                    now=asked.signed_at + timedelta(days=2))
    ShareHeld.objects.filter(size=asked.size).update(proved_at=late)

    assert not_proved(run.election, now=late) == ["Ann Lee", "Cy Ode"]
    # It is asked, and stops nothing.
    bring(run, to="closed")
    assert run.state == "closed"


def test_every_message_stands_on_the_board_as_it_was_sent(run: Run) -> None:
    trustees = sitting(run)
    sent: list[tuple[str, Any]] = []
    through = trustees.say

    def noting(number: int, step: str, message: Any) -> None:
        sent.append((step, message))
        through(number, step, message)

    trustees.say = noting
    trustees.hold()

    rows = Entry.objects.filter(election=run.election_id, kind="ceremony-message")
    bodies: list[Any] = [read_canonical(bytes(row.body)) for row in rows.order_by("number")]
    assert [(one["content"]["step"], one["content"]["message"]) for one in bodies] == sent
    assert len(sent) == 15

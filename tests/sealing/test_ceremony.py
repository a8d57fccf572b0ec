"""The key ceremony, step by step, with everybody honest and with each cheat (sealing §9)."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from itertools import combinations
from typing import Any

import pytest

from ballot.sealing import native
from ballot.sealing.ceremony import (
    check_confirmation,
    check_reveals,
    check_reveals_so_far,
    conclude,
    deal,
    finish,
    judge,
    make_key,
    outcome,
    prepare,
    receive,
    reveal,
)
from ballot.sealing.dealing import agreed_point, share_statement
from ballot.sealing.keys import ElectionKey, KeyShare, lagrange, whole_lagrange
from ballot.sealing.messages import (
    Ceremony,
    Commitment,
    Complaint,
    Confirmation,
    Dealing,
    Received,
    Reveal,
    SealedShare,
    TrusteeSecret,
)
from ballot.sealing.native import ORDER
from ballot.sealing.proofs import Equality, Knowledge, prove_equality, prove_knowledge
from ballot.sealing.reveals import reveal_hash
from tests.sealing import plain
from tests.sealing.making import NAMES, ceremony, key, refusal, rng


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


def test_dealers_in_league_whose_polynomials_cancel_conclude_no_key(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    drawn = iter([(5, 6), (7, ORDER - 6)])
    monkeypatch.setattr("ballot.sealing.ceremony.random_scalars", lambda _rng, _n: next(drawn))
    made = run(trustees=2, quorum=2)
    finished = [made.finished(number) for number in made.frame.numbers]

    refused = refusal(made.concluded, [confirmation for _, confirmation in finished])

    assert refused.condition == "key.shares"
    # Each of the two holds the whole key alone.
    assert {share.secret for share, _ in finished} == {12}


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


@pytest.mark.parametrize(("trustees", "quorum"), [(1, 1), (2, 2), (3, 2), (5, 3), (9, 5)])
def test_every_quorum_holds_the_key_and_one_short_does_not(trustees, quorum):
    # sealing §9.6, §10.5
    election_key, shares = key(trustees, quorum)
    for size in (quorum, quorum - 1):
        for chosen in list(combinations(shares, size))[:12]:
            factors = lagrange([share.number for share in chosen])
            secret = sum(f * share.secret for f, share in zip(factors, chosen, strict=True))
            point = native.times(native.G, secret)
            same = point is not None and native.write_point(point) == election_key.public_key
            assert same == (size == quorum)
    assert [trustee.name for trustee in election_key.trustees] == list(NAMES[:trustees])
    assert ElectionKey.parse(election_key.to_json()) == election_key


def test_an_honest_ceremony_ends_with_one_key_that_nobody_computed_alone():
    made = run(5, 3)
    assert all(made.received(number) == () for number in made.frame.numbers)
    finished = [made.finished(number) for number in made.frame.numbers]
    election_key = made.concluded([confirmation for _, confirmation in finished])
    for share, _ in finished:
        assert share.public_key == election_key.public_key
        point = native.write_point(native.base_times(share.secret))
        assert election_key.trustee(share.number).point == point
        assert str(share.secret) not in repr(share)
    total = sum(secret.coefficients[0] for secret in made.secrets) % ORDER
    assert native.write_point(native.base_times(total)) == election_key.public_key


def test_whole_factors_are_the_factors_times_their_scale():
    for numbers in ([1], [1, 2, 3], [2, 4, 5], [5, 6, 7, 8, 9]):
        scale, whole = whole_lagrange(numbers)
        assert [w % ORDER for w in whole] == [scale * f % ORDER for f in lagrange(numbers)]
    assert whole_lagrange([1, 2, 3]) == (1, [3, -3, 1])


@pytest.mark.parametrize(
    ("message", "parse"),
    [
        (lambda made: made.commitments[0], Commitment.parse),
        (lambda made: made.reveals[2], Reveal.parse),
        (lambda made: made.dealings[1], Dealing.parse),
        (lambda made: made.finished(1)[1], Confirmation.parse),
        (lambda made: made.secrets[0], TrusteeSecret.parse),
        (lambda made: made.finished(1)[0], KeyShare.parse),
        (lambda made: made.received(2)[0], Complaint.parse),
    ],
)
def test_every_message_comes_back_from_its_form_and_no_other_is_read(message, parse):
    made = run()
    said = message(made) if parse != Complaint.parse else message(spoilt(made))
    form = said.to_json()
    assert parse(form) == said
    condition = "share.fields" if parse == KeyShare.parse else "ceremony."
    for name, value in form.items():
        wrong: list[Any] = [None, -1, 256, True, "zz", "AA" * 33, [1], ["zz"], [{}], "00" * 33]
        if isinstance(value, str):
            wrong += [value.upper() + "AB", value[:-2], value + "00"]
            wrong += ["ff" * (len(value) // 2)] if name != "digest" else []
        for bad in wrong:
            refused = refusal(parse, form | {name: bad})
            assert refused.condition.startswith(condition)
    assert refusal(parse, form | {"more": 1}).condition.startswith(condition)
    assert refusal(parse, []).condition.startswith(condition)


def test_what_was_received_is_read_back_and_holds_ones_own_complaints_in_order():
    # bundle §4.5
    made = run(4, 2)
    deal_falsely(made, 1, 3)
    deal_falsely(made, 2, 3)
    said = Received(3, made.received(3))
    assert [one.dealer for one in said.complaints] == [1, 2]
    assert Received.parse(said.to_json()) == said
    assert Received.parse(Received(1, ()).to_json()) == Received(1, ())
    first, second = said.complaints
    for number, complaints in ((3, (second, first)), (3, (first, first)), (1, (first,))):
        wrong = Received(number, complaints).to_json()
        assert refusal(Received.parse, wrong).condition == "ceremony.received-fields"
    more = said.to_json() | {"more": 1}
    assert refusal(Received.parse, more).condition == "ceremony.received-fields"
    broken = {"number": 3, "complaints": [{}]}
    assert refusal(Received.parse, broken).condition == "ceremony.complaint-fields"


def spoilt(made: Run) -> Run:
    deal_falsely(made, 1, 2)
    return made


# --- Steps 1 and 2 (sealing §9.2) ---


def test_nobody_reveals_before_all_have_committed():
    made = run()
    assert reveal(made.secrets[0], ceremony=made.frame, commitments=made.commitments)
    early = refusal(
        reveal, made.secrets[0], ceremony=made.frame, commitments=made.commitments[:2]
    )
    assert (early.condition, early.evidence) == ("ceremony.missing", {"trustee": 3})


def check_revealed(made, *, commitments=None, reveals=None):
    return check_reveals(
        made.frame,
        made.commitments if commitments is None else commitments,
        list(made.reveals.values()) if reveals is None else reveals,
    )


def test_messages_too_few_too_many_or_of_nobody_are_refused():
    made = run()
    every = list(made.reveals.values())
    assert check_revealed(made) == made.reveals
    stranger = replace(every[0], number=4)
    for reveals, condition, trustee in [
        (every[:2], "ceremony.missing", 3),
        ([*every, every[1]], "ceremony.twice", 2),
        ([*every, stranger], "ceremony.number", 4),
    ]:
        refused = refusal(check_revealed, made, reveals=reveals)
        assert (refused.condition, refused.evidence["trustee"]) == (condition, trustee)


def test_a_reveal_must_be_what_was_committed_to():
    # No rushing: the last to speak cannot choose their part by the others'.
    made = run()
    secret, _ = prepare(made.frame, 3, rng=rng(b"another polynomial"))
    changed = [made.reveals[1], made.reveals[2], secret.reveal]
    assert check_revealed(made)
    refused = refusal(check_revealed, made, reveals=changed)
    assert (refused.condition, refused.evidence["trustee"]) == ("ceremony.commitment", 3)


def recommitted(made, changed):
    """Commit anew to a changed reveal, as somebody might who means to cheat from the start."""
    commitments = list(made.commitments)
    commitments[changed.number - 1] = Commitment(changed.number, reveal_hash(made.frame, changed))
    reveals = [changed if one.number == changed.number else one for one in made.reveals.values()]
    return {"commitments": commitments, "reveals": reveals}


def test_a_key_made_to_cancel_another_s_is_refused_for_want_of_its_secret():
    # The rogue key: F_0 of the first taken off, so that the sum is the cheat's alone.
    made = run()
    mine, other = made.reveals[3], made.reveals[1]
    rogue = native.add(
        native.read_point(mine.coefficients[0]),
        native.times(native.read_point(other.coefficients[0]), -1),
    )
    changed = replace(mine, coefficients=(native.write_point(rogue), *mine.coefficients[1:]))
    refused = refusal(check_revealed, made, **recommitted(made, changed))
    assert (refused.condition, refused.evidence["which"]) == ("ceremony.possession", "key")


def test_another_s_encryption_key_or_proof_cannot_be_passed_off():
    made = run()
    mine, other = made.reveals[3], made.reveals[1]
    stolen = replace(mine, encryption=other.encryption, knows_encryption=other.knows_encryption)
    refused = refusal(check_revealed, made, **recommitted(made, stolen))
    assert (refused.condition, refused.evidence["which"]) == ("ceremony.possession", "encryption")


def test_one_person_s_points_under_two_numbers_are_refused():
    made = run()
    frame = made.frame
    secret, _ = prepare(frame, 3, rng=rng(b"prepare1"))  # the first trustee's randomness
    refused = refusal(check_revealed, made, **recommitted(made, secret.reveal))
    assert (refused.condition, refused.evidence["trustee"]) == ("ceremony.repeated", 3)


def test_a_polynomial_of_another_degree_is_refused():
    made = run()
    longer, _ = prepare(ceremony(3, 3), 3, rng=rng())
    changed = replace(made.reveals[3], coefficients=longer.reveal.coefficients)
    refused = refusal(check_revealed, made, **recommitted(made, changed))
    assert refused.condition == "ceremony.degree"


def test_a_reveal_of_another_ceremony_proves_nothing_here():
    made, other = run(), Ceremony(bytes(16), NAMES[:3], 2)
    secret, _ = prepare(other, 3, rng=rng())
    refused = refusal(check_revealed, made, **recommitted(made, secret.reveal))
    assert refused.condition == "ceremony.possession"


def test_frames_that_may_not_be_are_refused():
    # sealing §9.1
    for trustees, quorum, identifier, condition in [
        ((), 1, bytes(16), "ceremony.trustees"),
        (tuple("abcdefghij"), 2, bytes(16), "ceremony.trustees"),
        (("a", "a"), 1, bytes(16), "ceremony.trustees"),
        (("a", "b"), 0, bytes(16), "ceremony.quorum"),
        (("a", "b"), 3, bytes(16), "ceremony.quorum"),
        (("a", "b"), 2, bytes(15), "ceremony.identifier"),
        (("a", "b"), 2, bytes(17), "ceremony.identifier"),
        (("a", ""), 2, bytes(16), "name"),
    ]:
        assert refusal(Ceremony, identifier, trustees, quorum).condition == condition
    assert refusal(prepare, ceremony(), 4, rng=rng()).condition == "ceremony.number"


# --- Steps 3 to 5 (sealing §9.3 to §9.6) ---


def test_a_sealed_share_opens_for_its_recipient_and_agrees_with_slow_arithmetic():
    # sealing §9.3, equations 29 and 30
    made = run()
    share = made.dealings[0].share_for(2)
    agreed = agreed_point(made.secrets[1], share)
    slow = plain.times(made.secrets[1].encryption, plain.read(share.ephemeral))
    assert agreed == plain.write(slow)
    assert made.dealings[0].share_for(1) is None


@pytest.mark.parametrize("cheat", [seal_nonsense, deal_falsely])
def test_a_false_share_is_complained_of_and_its_dealer_is_out(cheat):
    made = run(4, 2)
    assert made.out() == frozenset()
    cheat(made, 1, 3)
    made.complaints = [c for number in made.frame.numbers for c in made.received(number)]
    assert {complaint.dealer for complaint in made.complaints} == {1}
    assert made.out() == {1}
    assert refusal(made.finished, 1).condition == "ceremony.out"
    finished = [made.finished(number) for number in (2, 3, 4)]
    election_key = made.concluded([confirmation for _, confirmation in finished])
    assert [trustee.number for trustee in election_key.trustees] == [2, 3, 4]
    assert ElectionKey.parse(election_key.to_json()) == election_key


def test_who_deals_not_at_all_or_leaves_somebody_out_is_out():
    made = run(4, 2)
    silent = made.dealings[3]
    made.dealings = made.dealings[:3]
    assert made.out() == {4}
    for shares in (silent.shares[1:], (*silent.shares, silent.shares[0])):
        made.dealings[3:] = [Dealing(4, shares)]
        assert made.out() == {4}
    assert made.received(1) == ()
    finished = [made.finished(number) for number in (1, 2, 3)]
    assert len(made.concluded([confirmation for _, confirmation in finished]).trustees) == 3


def test_a_complaint_cannot_be_had_for_the_point_of_another_s_share():
    # sealing §9.4: the third takes the K of each other's share, shifted, with nonsense under it.
    # The Z of a complaint, less 5·E, would open the other's share, and so the whole key.
    made, honest = run(), run()
    seal_nonsense(honest, 3, 1)
    assert [complaint.dealer for complaint in honest.received(1)] == [3]
    for recipient in (1, 2):
        stolen = made.dealings[2 - recipient].share_for(recipient)
        shifted = native.add(native.read_point(stolen.ephemeral), native.base_times(5))
        ephemeral = native.write_point(shifted)
        statement = share_statement(made.frame, made.reveals, 3, recipient, ephemeral)
        guess = prove_knowledge(
            "ceremony-dealing-key", *statement, bytes(48), secret=5, rng=rng(b"guess")
        )
        for forged in (
            stolen,
            replace(stolen, ephemeral=ephemeral),
            SealedShare(recipient, ephemeral, bytes(48), guess),
        ):
            replace_share(made, 3, forged)
            assert made.received(recipient) == ()
            assert made.out() == {3}
    finished = [made.finished(number) for number in (1, 2)]
    assert len(made.concluded([confirmation for _, confirmation in finished]).trustees) == 2


def test_a_complaint_says_nothing_that_the_dealer_did_not_know():
    made = run()
    seal_nonsense(made, 3, 1)
    [complaint] = made.received(1)
    known = native.times(native.read_point(made.reveals[1].encryption), 4711)
    assert complaint.opened == native.write_point(known)


@pytest.mark.parametrize("changed", ["sealed", "recipient", "ceremony"])
def test_a_dealer_s_proof_holds_for_its_own_sealed_share_alone(changed):
    made = run(4, 2)
    assert made.out() == frozenset()
    share = made.dealings[0].share_for(2)
    if changed == "sealed":
        forged = replace(share, sealed=bytes([share.sealed[0] ^ 1]) + share.sealed[1:])
    elif changed == "recipient":
        forged = replace(made.dealings[0].share_for(3), recipient=2)
    else:
        other = Ceremony(bytes(16), made.frame.trustees, 2)
        dealt = deal(made.secrets[0], ceremony=other, reveals=made.reveals, rng=rng())
        forged = dealt.share_for(2)
    replace_share(made, 1, forged)
    assert made.received(2) == ()
    assert made.out() == {1}


def test_who_is_shown_other_reveals_opens_no_share_by_a_complaint():
    # In the false reveal the first trustee's share for the second is not the one that was dealt.
    made = run()
    other, _ = prepare(made.frame, 1, rng=rng(b"another polynomial"))
    shown = made.reveals | {1: replace(made.reveals[1], coefficients=other.reveal.coefficients)}
    said = {"ceremony": made.frame, "dealings": made.dealings, "rng": rng()}
    deal_falsely(made, 1, 2)
    assert len(receive(made.secrets[1], reveals=made.reveals, **said)) == 1
    assert receive(made.secrets[1], reveals=shown, **said) == ()


def complained_falsely(made: Run) -> Complaint:
    """Complain, as the second trustee and with a true proof, of the first's good share."""
    good = made.dealings[0].share_for(2)
    agreed = agreed_point(made.secrets[1], good)
    proof = prove_equality(
        "ceremony-complaint",
        *share_statement(made.frame, made.reveals, 1, 2, good.ephemeral),
        agreed,
        secret=made.secrets[1].encryption,
        other=native.read_point(good.ephemeral),
        rng=rng(),
    )
    return Complaint(1, 2, agreed, proof)


def test_a_complaint_that_opened_a_good_share_ends_the_ceremony():
    # sealing §9.5: with the second's shares out, one trustee fewer would open the box.
    made = run(4, 2)
    assert made.finished(1)
    made.complaints = [complained_falsely(made)]
    for refused in (refusal(made.out), refusal(made.finished, 1), refusal(made.concluded, [])):
        assert refused.condition == "ceremony.complaint"
        assert refused.evidence == {"trustee": 2, "dealer": 1}


def test_a_complaint_with_a_false_proof_ends_the_ceremony():
    made = run(4, 2)
    deal_falsely(made, 1, 2)
    [complaint] = made.received(2)
    made.complaints = [complaint]
    assert made.out() == {1}
    other = native.write_point(native.base_times(99))
    response = (int.from_bytes(complaint.proof.response, "big") + 1) % ORDER
    proof = replace(complaint.proof, response=response.to_bytes(32, "big"))
    for false in (
        replace(complaint, opened=other),
        replace(complaint, proof=proof),
        replace(complaint, complainant=1),
        replace(complaint, complainant=3),
    ):
        made.complaints = [false]
        refused = refusal(made.out)
        assert refused.condition == "ceremony.complaint"
        assert refused.evidence["trustee"] == false.complainant


def test_a_complaint_of_who_is_out_without_it_is_passed_over():
    made = run(4, 2)
    complaint = complained_falsely(made)
    made.complaints = [complaint]
    assert refusal(made.out).condition == "ceremony.complaint"
    made.dealings = made.dealings[1:]
    assert made.out() == {1}


def test_messages_of_nobody_in_the_ceremony_are_refused_at_every_step():
    # sealing §9.1
    made = run()
    confirmations = [made.finished(number)[1] for number in made.frame.numbers]
    assert made.concluded(confirmations)
    stranger = replace(confirmations[0], number=8)
    assert refusal(made.concluded, [*confirmations, stranger]).condition == "ceremony.number"
    complaint = complained_falsely(made)
    for false in (replace(complaint, dealer=8), replace(complaint, complainant=0)):
        made.complaints = [false]
        assert refusal(made.out).condition == "ceremony.number"
    made.complaints = []
    assert made.out() == frozenset()
    made.dealings.append(Dealing(8, made.dealings[0].shares))
    for refused in (refusal(made.out), refusal(made.received, 1)):
        assert (refused.condition, refused.evidence["trustee"]) == ("ceremony.number", 8)


def test_two_dealings_of_one_trustee_are_refused():
    made = run()
    made.dealings.append(made.dealings[0])
    for refused in (refusal(made.out), refusal(made.received, 2)):
        assert (refused.condition, refused.evidence["trustee"]) == ("ceremony.twice", 1)


def test_the_same_complaint_twice_is_refused():
    made = run(4, 2)
    deal_falsely(made, 1, 2)
    deal_falsely(made, 1, 3)
    made.complaints = [*made.received(2), *made.received(3)]
    assert made.out() == {1}
    made.complaints.append(made.complaints[0])
    refused = refusal(made.out)
    assert (refused.condition, refused.evidence["trustee"]) == ("ceremony.twice", 2)


def test_two_confirmations_of_one_trustee_are_refused_and_the_last_does_not_win():
    made = run()
    confirmations = [made.finished(number)[1] for number in made.frame.numbers]
    assert made.concluded(confirmations)
    false = replace(confirmations[2], holds_share=confirmations[1].holds_share)
    for twice in ([*confirmations[:2], false, confirmations[2]], [*confirmations, false]):
        refused = refusal(made.concluded, twice)
        assert (refused.condition, refused.evidence["trustee"]) == ("ceremony.twice", 3)


def test_too_few_left_end_the_ceremony():
    made = run(3, 2)
    made.dealings = made.dealings[:1]
    assert made.out() == {2, 3}
    assert refusal(made.finished, 1).condition == "ceremony.quorum"
    assert refusal(made.concluded, []).condition == "ceremony.quorum"


def test_a_false_share_nobody_complained_of_still_stops_its_recipient():
    made = run()
    deal_falsely(made, 1, 2)
    refused = refusal(made.finished, 2)
    assert (refused.condition, refused.evidence["trustee"]) == ("ceremony.share", 1)


def test_a_share_of_zero_or_out_of_range_is_false():
    from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

    from ballot.canonical import transcript_hash
    from ballot.sealing.dealing import open_sealed

    made = run()
    sealed = made.dealings[0].share_for(2)
    agreed = agreed_point(made.secrets[1], sealed)
    statement = share_statement(made.frame, made.reveals, 1, 2, sealed.ephemeral)
    sealing_key = transcript_hash("ceremony-dealing", *statement, agreed)
    share = open_sealed(made.frame, made.reveals, 1, sealed, agreed)
    for value in (0, ORDER, share + 1):
        box = ChaCha20Poly1305(sealing_key).encrypt(bytes(12), value.to_bytes(32, "big"), None)
        false = replace(sealed, sealed=box)
        assert open_sealed(made.frame, made.reveals, 1, false, agreed) is None


def test_the_key_waits_for_every_confirmation_and_refuses_a_false_one():
    made = run()
    confirmations = [made.finished(number)[1] for number in made.frame.numbers]
    assert made.concluded(confirmations)
    missing = refusal(made.concluded, confirmations[:2])
    assert (missing.condition, missing.evidence["trustee"]) == ("ceremony.unconfirmed", 3)
    borrowed = replace(confirmations[2], holds_share=confirmations[1].holds_share)
    other_key = replace(confirmations[2], public_key=made.reveals[1].coefficients[0])
    for false in (borrowed, other_key):
        refused = refusal(made.concluded, [*confirmations[:2], false])
        assert (refused.condition, refused.evidence["trustee"]) == ("ceremony.confirmation", 3)


def test_the_board_s_keeper_checks_each_reveal_and_each_confirmation_as_it_comes():
    # sealing §9.2, §9.6
    made = run(4, 2)
    deal_falsely(made, 1, 2)
    made.complaints = list(made.received(2))
    reveals = [one.reveal for one in made.secrets]
    confirmations = {number: made.finished(number)[1] for number in (2, 3, 4)}
    said = {"dealings": made.dealings, "complaints": made.complaints}

    reached = outcome(made.frame, commitments=made.commitments, reveals=reveals, **said)
    for number in (2, 3, 4):
        check_confirmation(reached, confirmations[number])
    assert check_reveals_so_far(made.frame, made.commitments, reveals[1:3]).keys() == {2, 3}

    assert reached.key == made.concluded(list(confirmations.values()))
    twice = [reveals[0], replace(reveals[1], number=1)]
    assert refusal(
        check_reveals_so_far, made.frame, made.commitments, twice
    ).condition == "ceremony.twice"
    others = replace(confirmations[2], number=3)
    assert refusal(check_confirmation, reached, others).condition == "ceremony.confirmation"
    of_who_is_out = replace(confirmations[2], number=1)
    assert refusal(check_confirmation, reached, of_who_is_out).condition == "key.trustee"


def test_a_confirmation_binds_the_whole_ceremony():
    made, other = run(4, 2), run(4, 2)
    deal_falsely(other, 1, 2)
    other.complaints = list(other.received(2))
    confirmations = [made.finished(number)[1] for number in made.frame.numbers]
    assert made.concluded(confirmations)
    assert refusal(other.concluded, confirmations).condition == "ceremony.confirmation"


def test_parts_that_cancel_each_other_out_are_no_key(monkeypatch):
    # Proofs of possession and hashes before reveals leave no way to it but a chance of 2**-256.
    from ballot.sealing import ceremony as module

    made = run(2, 1)
    opposite = native.write_point(
        native.times(native.read_point(made.reveals[1].coefficients[0]), -1)
    )
    cancelling = {1: made.reveals[1], 2: replace(made.reveals[2], coefficients=(opposite,))}
    for compute in (module._public_key, lambda some: module._public_share(made.frame, some, 1)):
        assert refusal(compute, cancelling).condition == "ceremony.infinite"


# --- The key ---


def test_a_key_whose_shares_do_not_fit_is_refused():
    election_key, _ = key(4, 2)
    form = election_key.to_json()
    assert ElectionKey.parse(form) == election_key
    points = [trustee["point"] for trustee in form["trustees"]]

    def with_trustees(**changes):
        changed = [dict(trustee) for trustee in form["trustees"]]
        for name, values in changes.items():
            for trustee, value in zip(changed, values, strict=True):
                trustee[name] = value
        return form | {"trustees": changed}

    for bad, condition in [
        (form | {"quorum": 5}, "key.quorum"),
        (form | {"quorum": 0}, "key.quorum"),
        (form | {"quorum": 3}, "key.shares"),
        (form | {"public_key": points[0]}, "key.shares"),
        (with_trustees(point=[*points[:3], points[0]]), "key.shares"),
        (with_trustees(number=[1, 2, 2, 4]), "key.trustees"),
        (with_trustees(number=[2, 1, 3, 4]), "key.trustees"),
        (with_trustees(number=[1, 2, 3, 10]), "key.trustees"),
        (with_trustees(number=[0, 2, 3, 4]), "key.trustees"),
        (with_trustees(name=["a", "b", "c", ""]), "name"),
        (form | {"more": 1}, "key.fields"),
    ]:
        assert refusal(ElectionKey.parse, bad).condition == condition
    assert refusal(election_key.trustee, 7).condition == "key.trustee"


def test_small_proofs_are_read_with_their_shape():
    for parse, size in ((Knowledge.parse, 65), (Equality.parse, 98)):
        point = native.write_point(native.G)
        good = point * ((size - 32) // 33) + bytes(32)
        assert parse(good).to_bytes() == good
        assert refusal(parse, good[:-1]).condition == "proof.length"
        assert refusal(parse, b"\x05" + good[1:]).condition == "proof.point"
        assert refusal(parse, good[:-32] + b"\xff" * 32).condition == "proof.scalar"


def test_a_trustee_alone_is_a_ceremony_too():
    election_key, [share] = make_key(ceremony(1, 1), rng=rng())
    assert native.write_point(native.base_times(share.secret)) == election_key.public_key

"""Shares dealt, complaints heard, and who is out of the key ceremony (sealing §9.3 to §9.5)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ballot.sealing import native
from ballot.sealing.ceremony import deal, prepare, receive
from ballot.sealing.dealing import agreed_point, share_statement
from ballot.sealing.keys import ElectionKey
from ballot.sealing.messages import Ceremony, Complaint, Dealing, SealedShare
from ballot.sealing.native import ORDER
from ballot.sealing.proofs import prove_equality, prove_knowledge
from tests.sealing import plain
from tests.sealing.held import Run, deal_falsely, replace_share, run, seal_nonsense
from tests.sealing.making import refusal, rng


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

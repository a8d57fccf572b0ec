"""Commitments and reveals of the key ceremony, and what is refused of them (sealing §9.2)."""

from __future__ import annotations

from dataclasses import replace

from ballot.sealing import native
from ballot.sealing.ceremony import prepare, reveal
from ballot.sealing.messages import Ceremony
from tests.sealing.held import check_revealed, recommitted, run
from tests.sealing.making import NAMES, ceremony, refusal, rng


def test_nobody_reveals_before_all_have_committed():
    made = run()
    assert reveal(made.secrets[0], ceremony=made.frame, commitments=made.commitments)
    early = refusal(
        reveal, made.secrets[0], ceremony=made.frame, commitments=made.commitments[:2]
    )
    assert (early.condition, early.evidence) == ("ceremony.missing", {"trustee": 3})


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

"""One sealed ballot: what is sealed holds, and any change to it does not (sealing §6)."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ballot.sealing import native
from ballot.sealing.ballot import (
    SealedBallot,
    ballot_size,
    check_ballot,
    seal_ballot,
    seal_vote,
    sign_ballot,
    tracker_hash,
    tracker_words,
    vote_transcript,
)
from ballot.sealing.native import ORDER
from ballot.sealing.wordlist import WORDS
from tests.sealing.making import place, refusal, rng, setting, vote_over, voter

TWO = {"contests": ["leader", "deputy"]}


def sealed(choices=(3,), number=0, seed=b"seal", **changes):
    key = voter(number)
    return seal_ballot(choices, key=key, rng=rng(seed), **place(**changes))


@settings(max_examples=15)
@given(st.lists(st.integers(0, 2**20 - 1), min_size=1, max_size=3), st.binary(max_size=4))
def test_what_is_sealed_holds_and_comes_back_from_its_bytes(choices, seed):
    where = place(contests=[f"contest {number}" for number in range(len(choices))], unit="u")
    ballot = seal_ballot(choices, key=voter(), rng=rng(seed), **where)
    wire = ballot.to_bytes()
    assert len(wire) == ballot_size(len(choices))
    assert check_ballot(wire, **where) == ballot


def test_the_holder_of_the_key_opens_what_was_sealed():
    # sealing §6.1, equation 1: c2 less the key's secret times c1 is (v + 1)·G.
    ballot = sealed((41,))
    vote = ballot.votes[0]
    c1, c2 = native.read_point(vote.c1), native.read_point(vote.c2)
    assert native.add(c2, native.times(c1, -777)) == native.base_times(42)


def test_any_changed_bit_is_refused():
    # sealing §6.4: mutate every field, and the check fails.
    wire = sealed((1, 2), **TWO).to_bytes()
    check_ballot(wire, **place(**TWO))
    for at in range(len(wire)):
        changed = wire[:at] + bytes([wire[at] ^ 1 << at % 8]) + wire[at + 1 :]
        assert refusal(check_ballot, changed, **place(**TWO)).condition.startswith("ballot.")


@pytest.mark.parametrize(
    ("change", "condition"),
    [
        ({"setting": setting(fingerprint=b"\x01" * 32)}, "ballot.proof"),
        ({"setting": setting(secret=778)}, "ballot.proof"),
        ({"contests": ["treasurer"]}, "ballot.proof"),
        ({"section": "affiliated"}, "ballot.proof"),
        ({"unit": "a unit"}, "ballot.proof"),
    ],
)
def test_a_ballot_holds_in_its_own_place_alone(change, condition):
    # The challenge binds fingerprint, key, contest, section and unit.
    wire = sealed().to_bytes()
    check_ballot(wire, **place())
    assert refusal(check_ballot, wire, **place(**change)).condition == condition


def test_votes_cannot_be_swapped_moved_or_copied():
    ballot, other = sealed((1, 2), **TWO), sealed((1, 2), number=1, **TWO)
    check_ballot(other.to_bytes(), **place(**TWO))
    swapped = SealedBallot(ballot.credential, ballot.votes[::-1], ballot.signature)
    copied = SealedBallot(other.credential, ballot.votes, other.signature)
    cut = SealedBallot(ballot.credential, ballot.votes[:1], ballot.signature)
    doubled = SealedBallot(ballot.credential, ballot.votes[:1] * 2, ballot.signature)
    mixed = SealedBallot(ballot.credential, (ballot.votes[0], other.votes[1]), ballot.signature)
    for changed, condition in [
        (swapped, "ballot.proof"),
        (copied, "ballot.proof"),
        (doubled, "ballot.repeated"),
        (mixed, "ballot.proof"),
    ]:
        assert refusal(check_ballot, changed.to_bytes(), **place(**TWO)).condition == condition
    assert refusal(check_ballot, cut.to_bytes(), **place(**TWO)).condition == "ballot.length"
    assert refusal(check_ballot, cut.to_bytes(), **place()).condition == "ballot.signature"


def test_a_component_repeats_another_in_its_own_place_alone():
    # sealing §6.4, equation 6: c1 among c1s and c2 among c2s.
    where, key = place(**TWO), voter()
    begun = [vote_transcript(setting(), contest, "member", "") for contest in TWO["contests"]]
    first = sealed((1, 2), **TWO).votes[0]

    def checked(c2):
        vote = vote_over(c2, randomness=5, begun=begun[1], credential=key.credential)
        ballot = sign_ballot((first, vote), key=key, rng=rng(), **where)
        return check_ballot(ballot.to_bytes(), **where)

    assert checked(first.c1).votes[1].c2 == first.c1
    assert refusal(checked, first.c2).condition == "ballot.repeated"


def test_a_paper_sealed_twice_by_one_elector_cannot_be_put_together_from_both():
    first, second = sealed((1, 2), **TWO), sealed((1, 2), seed=b"again", **TWO)
    both = SealedBallot(
        first.credential, (first.votes[0], second.votes[1]), first.signature
    )
    check_ballot(second.to_bytes(), **place(**TWO))
    assert refusal(check_ballot, both.to_bytes(), **place(**TWO)).condition == "ballot.signature"


def test_a_varied_copy_of_another_elector_s_vote_needs_their_randomness():
    # Re-encrypt another's pair: the proof of the old pair proves nothing about the new one.
    ballot = sealed()
    vote = ballot.votes[0]
    shift = native.base_times(5)
    key = setting().point
    c1 = native.write_point(native.add(native.read_point(vote.c1), shift))
    c2 = native.write_point(native.add(native.read_point(vote.c2), native.times(key, 5)))
    copy = ballot.to_bytes().replace(vote.c1, c1).replace(vote.c2, c2)
    check_ballot(ballot.to_bytes(), **place())
    assert refusal(check_ballot, copy, **place()).condition == "ballot.proof"


def test_ranges_are_canonical():
    # A response plus the order would be another spelling of it, where there is room for one.
    wire = sealed().to_bytes()
    small = 2**256 - ORDER - 1
    spelt = wire[:131] + (small + ORDER).to_bytes(32, "big") + wire[163:]
    assert refusal(check_ballot, spelt, **place()).condition == "ballot.scalar"
    signature = wire[:-32] + ORDER.to_bytes(32, "big")
    assert refusal(check_ballot, signature, **place()).condition == "ballot.signature"


def test_names_that_a_transcript_could_not_bind_are_refused():
    assert refusal(sealed, section="").condition == "name"
    assert refusal(sealed, contests=["x" * 65]).condition == "name"


def test_randomness_that_hides_nothing_is_a_fault():
    # (v + 1)·G + r·Y is infinite only for r that could not be drawn at random.
    randomness = -2 * pow(777, -1, ORDER) % ORDER
    with pytest.raises(ArithmeticError):
        seal_vote(
            1,
            randomness=randomness,
            nonce=5,
            setting=setting(),
            begun=vote_transcript(setting(), "leader", "member", ""),
            credential=voter().credential,
        )


def test_a_tracker_names_the_whole_paper_but_the_signature():
    # sealing §6.6
    ballot = sealed((1, 2), **TWO)
    resigned = seal_ballot((1, 2), key=voter(), rng=rng(b"seal"), **place(**TWO))
    tracker = tracker_hash(ballot.credential, ballot.votes, setting=setting())
    assert tracker == tracker_hash(resigned.credential, resigned.votes, setting=setting())
    others = {
        tracker_hash(voter(1).credential, ballot.votes, setting=setting()),
        tracker_hash(ballot.credential, ballot.votes[:1], setting=setting()),
        tracker_hash(ballot.credential, ballot.votes[::-1], setting=setting()),
        tracker_hash(ballot.credential, ballot.votes, setting=setting(secret=5)),
        tracker_hash(ballot.credential, ballot.votes, setting=setting(fingerprint=b"f" * 32)),
    }
    assert len(others | {tracker}) == 6


def test_twelve_words_show_132_bits():
    assert tracker_words(bytes(32)) == (WORDS[0],) * 12
    assert tracker_words(b"\xff" * 32) == (WORDS[2047],) * 12
    assert tracker_words(bytes(16) + b"\x10" + bytes(15))[-1] == WORDS[1]
    assert tracker_words(bytes(16) + b"\x0f" + b"\xff" * 15) == (WORDS[0],) * 12


def test_the_word_list_is_the_published_one():
    from hashlib import sha256

    published = "2f5eed53a4727b4bf8880d8f3f199efc90e58503646d9ff8eff3a2ed3b24dbda"
    assert sha256("".join(word + "\n" for word in WORDS).encode()).hexdigest() == published
    assert len({word[:4] for word in WORDS}) == 2048

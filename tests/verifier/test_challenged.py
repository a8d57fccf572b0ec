"""A challenged paper, made again from its opening (sealing §6.7), and its words (§6.6)."""

from __future__ import annotations

from hashlib import sha256
from typing import Any

import pytest

from tests.verifier.given import failure, vectors
from verifier.challenged import make_again, read_opening
from verifier.group import GENERATOR, ORDER, multiply, point
from verifier.keys import Key, Trustee
from verifier.opening import Contest, Poll
from verifier.words import WORDS, words_of

GIVEN = vectors("sealing")
NAMES = ("Ash", "Birch", "Cedar", "Dale", "Elm", "Fir", "Gorse", "Hazel")


def key_of(encoded: str) -> Key:
    place = point(bytes.fromhex(encoded), "key", "the vectors")
    return Key(place, 1, (Trustee(1, "Ann", place),))


def poll_of(case: Any, ballot: Any) -> Poll:
    """The poll that a paper of the vectors is of; its candidates have the names above."""
    contests = []
    for place, (vote, space) in enumerate(zip(ballot["votes"], case["spaces"], strict=True)):
        told = {
            "candidates": list(NAMES[: space["candidates"]]),
            "max_preferences": space["preferences"],
            "method": "av",
            "title": vote["contest"],
        }
        contests.append(Contest(vote["contest"], place, told))
    return Poll(bytes.fromhex(ballot["fingerprint"]), tuple(contests))


@pytest.mark.parametrize("case", GIVEN["challenges"])
def test_a_paper_of_the_vectors_has_the_tracker_and_words_that_were_shown(case: Any) -> None:
    ballot = GIVEN["ballots"][case["ballot"]]
    poll = poll_of(case, ballot)

    paper = make_again(case["text"], poll, key_of(ballot["key"]))

    assert paper.tracker.hex() == case["tracker"]
    assert paper.words == case["tracker_words"]
    assert (paper.given.section, paper.given.unit) == (ballot["section"], ballot["unit"])
    choices = [
        contest.space.number([NAMES.index(name) for name in names])
        for contest, names in zip(poll.contests, paper.rankings, strict=True)
    ]
    assert choices == [vote["choice"] for vote in ballot["votes"]]


def test_an_opening_may_be_given_as_the_address_that_ends_with_it() -> None:
    case = GIVEN["challenges"][0]
    ballot = GIVEN["ballots"][case["ballot"]]
    poll, key = poll_of(case, ballot), key_of(ballot["key"])

    address = f"https://check.example/check/leader/#{case['text']}\n"

    assert make_again(address, poll, key) == make_again(case["text"], poll, key)


@pytest.mark.parametrize("case", GIVEN["refused_challenges"], ids=lambda case: str(case["why"]))
def test_openings_that_may_not_be_are_refused_by_the_condition_of_the_vectors(case: Any) -> None:
    good = GIVEN["challenges"][1]
    poll = poll_of(good, GIVEN["ballots"][1])
    read_opening(good["text"], poll)

    assert failure(read_opening, case["text"], poll).check == case["condition"]


def test_a_vote_that_would_be_sealed_as_infinity_is_refused() -> None:
    # Only who knows the key's secret x can give such an r: (v + 1) + r·x = 0.
    case = GIVEN["challenges"][1]
    ballot = GIVEN["ballots"][1]
    poll = poll_of(case, ballot)
    choice, r = ballot["votes"][0]["choice"], int(ballot["votes"][0]["randomness"], 16)
    x = -(choice + 1) * pow(r, -1, ORDER) % ORDER
    for secret, is_refused in ((x + 1, False), (x, True)):
        place = multiply(secret, GENERATOR)
        assert place is not None
        key = Key(place, 1, (Trustee(1, "Ann", place),))
        if is_refused:
            assert failure(make_again, case["text"], poll, key).check == "challenge.form"
        else:
            make_again(case["text"], poll, key)


def test_the_words_are_those_of_bip_39() -> None:
    lines = "".join(f"{word}\n" for word in WORDS)

    assert sha256(lines.encode()).hexdigest() == (
        "2f5eed53a4727b4bf8880d8f3f199efc90e58503646d9ff8eff3a2ed3b24dbda"
    )
    assert words_of(bytes(32)) == ["abandon"] * 12
    assert words_of(b"\xff" * 32) == ["zoo"] * 12

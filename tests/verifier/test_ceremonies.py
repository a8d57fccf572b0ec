"""Key ceremonies as the board tells them (bundle §4.5), and shares still held (sealing §9.7)."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from typing import Any

import pytest

from tests.verifier.acts import Act, acts_of_key, board_of, ceremony_acts, leaves_of
from tests.verifier.ceremony_making import Held, prove
from tests.verifier.given import failure, turned
from verifier.canonical import digest, write
from verifier.ceremonies import came_to_nothing, check_ceremonies
from verifier.ceremony import check_ceremony
from verifier.group import ORDER, encode
from verifier.held import check_shares_held
from verifier.keys import Key
from verifier.tree import root_of

HELD = Held(3, 2)
ACTS = acts_of_key(HELD)
KEY = check_ceremony(HELD.frame, HELD.published)
ANOTHER = bytes(range(1, 17))
Change = Callable[[list[Act]], object]


def keys_of(acts: list[Act]) -> list[Key]:
    return list(check_ceremonies(board_of(acts)).values())


def place_of(acts: list[Act], step: str, number: int) -> int:
    """Where the message of a trustee at a step stands."""
    return next(
        place
        for place, (kind, content) in enumerate(acts)
        if kind == "ceremony-message"
        and content["step"] == step
        and content["message"]["number"] == number
    )


def message(acts: list[Act], step: str, number: int) -> dict[str, Any]:
    said: dict[str, Any] = acts[place_of(acts, step, number)][1]["message"]
    return said


def turn(said: dict[str, Any], name: str, at: int = 0) -> None:
    said[name] = turned(bytes.fromhex(said[name]), at).hex()


def swap(acts: list[Act], first: tuple[str, int], second: tuple[str, int]) -> None:
    one, two = place_of(acts, *first), place_of(acts, *second)
    acts[one], acts[two] = acts[two], acts[one]


def test_a_ceremony_makes_the_key_that_follows_it() -> None:
    assert keys_of(ACTS) == [KEY]
    assert came_to_nothing(board_of(ACTS)) == []


def test_messages_of_one_step_may_stand_in_any_order() -> None:
    acts = list(ACTS)
    for step in ("commitment", "reveal", "dealing", "received", "confirmation"):
        swap(acts, (step, 1), (step, 3))

    assert keys_of(acts) == [KEY]


def test_who_was_dealt_falsely_says_so_and_the_dealer_is_out() -> None:
    held = Held(3, 2, false=[(2, 1), (2, 3)])

    (key,) = keys_of(acts_of_key(held))

    assert [trustee.number for trustee in key.trustees] == [1, 3]


CHANGES: dict[str, tuple[Change, str]] = {
    "a commitment is another": (
        lambda acts: turn(message(acts, "commitment", 2), "digest"),
        "ceremony.commitment",
    ),
    "a reveal is another": (
        lambda acts: turn(message(acts, "reveal", 2), "knows_key", 64),
        "ceremony.commitment",
    ),
    "a share is sealed otherwise": (
        lambda acts: turn(message(acts, "dealing", 2)["shares"][0], "sealed"),
        "ceremony.confirmation",
    ),
    "a confirmation is another": (
        lambda acts: turn(message(acts, "confirmation", 2), "holds_share", 64),
        "ceremony.confirmation",
    ),
    "a complaint is made of nobody's share": (
        lambda acts: message(acts, "received", 2)["complaints"].append({}),
        "ceremony.complaint-fields",
    ),
    "a message received has a member more": (
        lambda acts: message(acts, "received", 2).update(more=1),
        "ceremony.received-fields",
    ),
    "a message is another trustee's": (
        lambda acts: message(acts, "confirmation", 2).update(number=3),
        "ceremony.twice",
    ),
    "a message is nobody's": (
        lambda acts: message(acts, "confirmation", 2).update(number=4),
        "ceremony.number",
    ),
    "what somebody received is said to be another's": (
        lambda acts: message(acts, "received", 2).update(number=3),
        "ceremony.step",
    ),
    "a commitment comes after a reveal": (
        lambda acts: swap(acts, ("commitment", 3), ("reveal", 1)),
        "ceremony.step",
    ),
    "a reveal comes after a dealing": (
        lambda acts: swap(acts, ("reveal", 3), ("dealing", 1)),
        "ceremony.step",
    ),
    "a dealing comes after what was received": (
        lambda acts: swap(acts, ("dealing", 3), ("received", 1)),
        "ceremony.step",
    ),
    "what was received comes after a confirmation": (
        lambda acts: swap(acts, ("received", 3), ("confirmation", 1)),
        "ceremony.step",
    ),
    "a message comes after the key": (
        lambda acts: acts.append(acts[place_of(acts, "commitment", 1)]),
        "ceremony.step",
    ),
    **{
        f"a {step} is missing": (
            lambda acts, step=step: acts.pop(place_of(acts, step, 3)),  # type: ignore[misc]
            condition,
        )
        for step, condition in (
            ("commitment", "ceremony.step"),
            ("reveal", "ceremony.step"),
            ("dealing", "ceremony.step"),
            ("received", "ceremony.step"),
            ("confirmation", "ceremony.unconfirmed"),
        )
    },
    **{
        f"a {step} stands twice": (
            lambda acts, step=step: acts.insert(  # type: ignore[misc]
                place_of(acts, step, 3), acts[place_of(acts, step, 3)]
            ),
            "ceremony.twice",
        )
        for step in ("commitment", "reveal", "dealing", "received", "confirmation")
    },
    "there is a second key": (lambda acts: acts.append(acts[-1]), "ceremony.key"),
    "the key has another quorum": (
        lambda acts: acts[-1][1].update(quorum=3),
        "key.shares",
    ),
    "the key names a trustee otherwise": (
        lambda acts: acts[-1][1]["trustees"][1].update(name="Somebody"),
        "ceremony.key",
    ),
    "the key leaves a trustee out": (
        lambda acts: acts[-1][1]["trustees"].pop(),
        "ceremony.key",
    ),
    "the ceremony has another identifier": (
        lambda acts: acts[1][1].update(identifier=ANOTHER.hex()),
        "ceremony.commitment",
    ),
    "the ceremony names a trustee otherwise": (
        lambda acts: acts[1][1]["trustees"].__setitem__(1, "Somebody"),
        "ceremony.commitment",
    ),
    "the ceremony has a quorum of nobody": (
        lambda acts: acts[1][1].update(quorum=4),
        "ceremony.quorum",
    ),
}


@pytest.mark.parametrize("name", CHANGES)
def test_a_ceremony_with_one_thing_changed_is_refused(name: str) -> None:
    change, condition = CHANGES[name]
    acts = deepcopy(ACTS)
    change(acts)

    assert failure(keys_of, acts).check == condition


def test_a_key_of_other_shares_than_the_ceremonys_is_refused() -> None:
    # A whole key, whose points belong together, of a ceremony that the board does not tell of.
    other = acts_of_key(Held(3, 2, secrets={1: [5, 6]}))

    assert failure(keys_of, [*ACTS[:-1], other[-1]]).check == "ceremony.key"


def test_a_ceremony_that_another_follows_came_to_nothing() -> None:
    groundless = Held(3, 2, groundless=[(3, 1)], identifier=ANOTHER)
    acts = [ACTS[0], *ceremony_acts(groundless), *ACTS[1:]]

    assert keys_of(acts) == [KEY]
    assert [entry.number for entry in came_to_nothing(board_of(acts))] == [1]


def test_a_ceremony_begun_anew_has_a_new_identifier() -> None:
    acts = [ACTS[0], ACTS[1], *ACTS[1:]]

    assert failure(keys_of, acts).check == "ceremony.identifier"


def test_complaints_stand_one_a_dealer_in_their_order_and_are_the_trustees_own() -> None:
    acts = acts_of_key(Held(4, 2, false=[(2, 1), (3, 1)]))
    assert [len(key.trustees) for key in keys_of(acts)] == [2]
    changes: list[Callable[[list[Any]], object]] = [
        lambda complaints: complaints.reverse(),
        lambda complaints: complaints.append(complaints[1]),
        lambda complaints: complaints[0].update(complainant=4),
    ]
    for change in changes:
        changed = deepcopy(acts)
        change(message(changed, "received", 1)["complaints"])

        assert failure(keys_of, changed).check == "ceremony.received-fields"


# --- shares still held ---


def share_held(number: int, size: int, acts: list[Act]) -> Act:
    """The proof of a trustee of `HELD`, asked with the root of the first `size` of these acts."""
    question = root_of(leaves_of(board_of(acts))[:size])
    x = sum(HELD.share(i, number) for i in HELD.numbers) % ORDER
    X = encode(KEY.trustees[number - 1].point)
    proof = prove("share-proof", ("held", KEY.encoded, number, X, question), x)
    return "share-held", {"trustee": number, "size": size, "proof": proof}


def shown(*numbers: int) -> list[Act]:
    """The ceremony, and proofs of these trustees, each asked with the board as it then was."""
    acts = list(ACTS)
    for number in numbers:
        acts.append(share_held(number, len(acts), acts))
    return acts


OPENED: Act = ("opening", {})


def check_held(acts: list[Act]) -> int:
    board = board_of(acts)
    return check_shares_held(board, check_ceremonies(board), leaves_of(board))


def test_each_trustee_shows_before_the_opening_that_they_hold_their_share() -> None:
    before_it = shown(2, 1, 3)

    assert check_held(before_it) == 3
    assert check_held([*before_it, OPENED]) == 3
    assert check_held(shown(2)) == 1


@pytest.mark.parametrize("number", [1, 2, 3])
def test_a_trustee_who_has_not_shown_it_before_the_opening_is_named(number: int) -> None:
    others = [other for other in HELD.numbers if other != number]
    late = share_held(number, len(ACTS), ACTS)

    for acts in ([*shown(*others), OPENED], [*shown(*others), OPENED, late]):
        failed = failure(check_held, acts)

        assert failed.check == "share.missing"
        assert f"Trustee {number}," in failed.why


@pytest.mark.parametrize(
    ("changes", "condition"),
    [
        ({"size": len(ACTS) + 1}, "share.proof"),
        ({"size": len(ACTS) + 2}, "share.size"),
        ({"size": len(ACTS) - 1}, "share.size"),
        ({"trustee": 1}, "share.proof"),
        ({"trustee": 4}, "key.trustee"),
        ({"proof": "02" + "00" * 64}, "proof.point"),
    ],
)
def test_a_proof_of_another_size_or_trustee_is_refused(
    changes: dict[str, Any], condition: str
) -> None:
    # The second proof behind the key, asked with the board up to the key.
    acts = shown(1)
    kind, said = share_held(2, len(ACTS), acts)
    assert check_held([*acts, (kind, said)]) == 2

    assert failure(check_held, [*acts, (kind, said | changes)]).check == condition


def test_a_proof_asked_with_the_board_of_before_the_key_is_refused() -> None:
    early = share_held(1, len(ACTS) - 1, ACTS)

    assert failure(check_held, [*ACTS, early]).check == "share.size"


def test_what_was_shown_of_a_key_that_was_replaced_counts_for_nothing() -> None:
    again = Held(3, 2, secrets={1: [5, 6]}, identifier=ANOTHER)
    acts = [*shown(1, 2, 3), *acts_of_key(again)[1:]]
    assert check_held(acts) == 3

    assert failure(check_held, [*acts, OPENED]).check == "share.missing"


def test_a_key_that_was_made_from_its_ceremony_has_the_hash_that_the_trustees_compare() -> None:
    # Sealing, equation (34).
    said = HELD.published
    four = (said.commitments, said.reveals, said.dealings, said.complaints)

    (key,) = keys_of(ACTS)

    T = digest("ceremony-transcript", HELD.frame.hash, *(write(list(one)) for one in four))
    assert key.transcript == T
    assert key == KEY

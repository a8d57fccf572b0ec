"""Who mixed: every mix but the server's first is signed by its trustee (sealing §8.6)."""

from __future__ import annotations

from typing import Any

import pytest

from tests.verifier.acts import Act, board_of
from tests.verifier.given import failure
from tests.verifier.making import NAME, Tally
from verifier.closed import ClosedBox
from verifier.keys import read_key
from verifier.mixing import Mixing, check_maker, require_different, require_mixed
from verifier.opening import Contest
from verifier.workers import ALONE

TALLY = Tally()
MIXES = TALLY.given["tally"]["mixes"]
KEY = read_key(TALLY.given["ceremony"]["key"])
CONTEST = Contest("leader", 0, {"candidates": ["Ann", "Bob", "Cen"]})
BOX = ClosedBox(CONTEST, 0, NAME, "Members", TALLY.rows(0))
GIVEN = Mixing(None, TALLY.setting, KEY, (), ALONE)  # type: ignore[arg-type]


def told(number: int, **changes: Any) -> dict[str, Any]:
    """What the board says of a mix of the vectors, by its place in them."""
    mix = MIXES[number]
    said = {name: mix[name] for name in ("mixer", "trustee", "signature")}
    return {"contest": "leader", "box": 0, "number": number + 1, **said, **changes}


def check(number: int, wire: str = "", **changes: Any) -> None:
    (entry,) = board_of([("mix", told(number, **changes))]).acts
    check_maker(GIVEN, BOX, entry, bytes.fromhex(wire or MIXES[number]["mix"]))


def test_the_servers_mix_is_unsigned_and_a_trustees_is_signed_with_their_share() -> None:
    assert [mix["trustee"] for mix in MIXES] == [None, 3]

    check(0)
    check(1)


@pytest.mark.parametrize(
    ("number", "changes", "condition"),
    [
        (0, {"mixer": "Siân"}, "mix.maker"),
        (0, {"signature": MIXES[1]["signature"]}, "mix.maker"),
        (1, {"signature": None}, "mix.maker"),
        (1, {"trustee": None}, "mix.maker"),
        (1, {"trustee": None, "signature": None}, "mix.maker"),
        (1, {"mixer": "server"}, "mix.maker"),
        (1, {"mixer": KEY.trustees[0].name}, "mix.maker"),
        (1, {"trustee": 1}, "mix.maker"),
        (1, {"trustee": 1, "mixer": KEY.trustees[0].name}, "mix.maker"),
        (1, {"trustee": 9}, "key.trustee"),
        (1, {"signature": "02" + "00" * 64}, "proof.point"),
        (1, {"wire": MIXES[0]["mix"]}, "mix.maker"),
    ],
)
def test_a_mix_that_is_said_to_be_anothers_is_refused(
    number: int, changes: dict[str, Any], condition: str
) -> None:
    assert failure(check, number, **changes).check == condition


@pytest.mark.parametrize("case", TALLY.given["tally"]["refused_signatures"], ids=lambda c: c["why"])
def test_signatures_that_the_vectors_refuse_are_refused_by_the_same_condition(case: Any) -> None:
    name = KEY.trustee(case["trustee"], "the vectors").name
    changes = {"signature": case["signature"], "trustee": case["trustee"], "mixer": name}

    failed = failure(check, 1, MIXES[case["mix"]]["mix"], **changes)

    assert failed.check == case["condition"]


def mixed(*makers: int | None) -> list[Act]:
    return [
        ("notice", {"mixes_wanted": 2}),
        *(("mix", told(0, trustee=maker)) for maker in makers),
    ]


def who(*makers: int | None) -> None:
    board = board_of(mixed(*makers))
    require_different(board.all("mix"))
    require_mixed(board, BOX, board.all("mix"))


@pytest.mark.parametrize("makers", [(None, 1), (2, 1), (None, 3, 1)])
def test_the_server_mixes_first_or_not_at_all_and_then_trustees(makers: tuple[Any, ...]) -> None:
    who(*makers)


@pytest.mark.parametrize(
    ("makers", "condition"),
    [
        ((1, None), "mix.order"),
        ((None, None), "mix.order"),
        ((None, 1, 1), "mix.twice"),
        ((1, 2, 1), "mix.twice"),
        ((1,), "mix.wanted"),
    ],
)
def test_others_who_mixed_are_refused(makers: tuple[Any, ...], condition: str) -> None:
    assert failure(who, *makers).check == condition


def test_a_box_that_the_server_alone_mixed_is_refused_however_many_are_wanted() -> None:
    acts = mixed(None)
    acts[0] = ("notice", {"mixes_wanted": 1})
    board = board_of(acts)

    assert failure(require_mixed, board, BOX, board.all("mix")).check == "mix.server"

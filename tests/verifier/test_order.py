"""What may follow the end of an election (bundle §4): a declaration, or that it is void."""

from __future__ import annotations

import pytest

from tests.verifier.acts import Act, board_of
from tests.verifier.given import failure
from verifier.kinds import CONTENT
from verifier.order import check_order

UNTIL: list[Act] = [("notice", {}), ("candidates", {})]
DECLARED: Act = ("declaration", {})
VOID: Act = ("void", {})


def after(end: Act, kind: str) -> list[Act]:
    return [*UNTIL, end, (kind, {})]


def test_a_declaration_is_followed_by_corrections_and_an_archive_and_by_nothing_else() -> None:
    end = ["correction", "archive", "correction"]

    check_order(board_of([*UNTIL, DECLARED, *((kind, {}) for kind in end)]))
    for kind in CONTENT.keys() - set(end) - {"ballot"}:
        assert failure(check_order, board_of(after(DECLARED, kind))).check == "entry.order", kind
    twice = board_of([*after(DECLARED, "archive"), ("archive", {})])
    assert failure(check_order, twice).check == "entry.order"


@pytest.mark.parametrize(
    "kind", ["notice-amendment", "incidents", "void", "opening", "declaration"]
)
def test_what_does_not_follow_a_void_is_refused_and_may_stand_before_it(kind: str) -> None:
    if kind in {"notice-amendment", "incidents"}:
        check_order(board_of([*UNTIL, (kind, {}), VOID]))
    check_order(board_of([*UNTIL, VOID]))

    assert failure(check_order, board_of(after(VOID, kind))).check == "entry.order"


@pytest.mark.parametrize("end", [[DECLARED, ("archive", {})], [VOID]])
def test_a_destruction_follows_an_end_for_good_once(end: list[Act]) -> None:
    gone: Act = ("destruction", {})

    check_order(board_of([*UNTIL, *end, gone]))

    for acts in ([*UNTIL, gone], [*UNTIL, *end[:-1], gone], [*UNTIL, *end, gone, gone]):
        assert failure(check_order, board_of(acts)).check == "entry.order"

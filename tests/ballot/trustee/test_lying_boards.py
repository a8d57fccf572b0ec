"""A board that is false is not opened, in whichever way (trustees §5.4, §6)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from ballot.board.tiles import ENTRIES, tile_at, write_bundle
from tests.ballot.trustee import lies_of_amendments, lies_of_ballots, lies_of_boxes
from tests.ballot.trustee.opening import commits, finish, sent
from tests.ballot.trustee.polling import closed, polling
from tests.ballot.trustee.world import refused

LIES = {**lies_of_ballots.LIES, **lies_of_amendments.LIES, **lies_of_boxes.LIES}


@pytest.mark.parametrize("name", LIES)
def test_a_board_that_lies_is_not_opened_and_the_check_is_named(tmp_path: Path, name: str) -> None:
    check, tell = LIES[name]
    with closed(tmp_path) as poll:
        tell(poll)

        ran = commits(poll, tmp_path)

        refused(ran, check)
        assert not sent(poll, "/commitment")
        assert not (tmp_path / "1/opened.json").exists()


def test_a_void_board_is_opened_by_nobody_whether_its_ballots_were_destroyed_or_not(
    tmp_path: Path,
) -> None:
    with closed(tmp_path) as poll:
        finish(poll)
        poll.world.add("void", {"reason": "A candidate died."})
        board = poll.world.board
        last = tile_at(ENTRIES, 0, size=len(board.entries))

        refused(commits(poll, tmp_path), "poll.void")
        board.files[last.path] = write_bundle(
            b"" if b'"kind":"ballot"' in entry else entry for entry in board.entries
        )
        refused(commits(poll, tmp_path), "board.entries")

        assert len(board.entries) < 256
        assert not sent(poll, "/commitment")


@pytest.mark.parametrize(
    ("member", "value", "check"),
    [
        ("amendments", ["00" * 32], "opening.amendments"),
        ("contests", [], "opening.contests"),
    ],
)
def test_an_opening_that_names_what_is_not_so_is_refused(
    tmp_path: Path, member: str, value: Any, check: str
) -> None:
    with polling(tmp_path, lambda content: content.update({member: value})) as poll:
        refused(commits(poll, tmp_path), check)


@pytest.mark.parametrize("is_one_aside", [False, True])
def test_a_box_smaller_than_the_notice_s_is_opened_only_where_every_ballot_cast_is_in_it(
    tmp_path: Path, is_one_aside: bool
) -> None:
    # trustees §5.4, §6: nobody chose who is left.
    with polling(tmp_path, smallest_box=99) as poll:
        poll.poll()
        if is_one_aside:
            poll.set_aside(poll.place_of_third_in_b())
        finish(poll, boxes=(("a", "b", "c"),))

        ran = commits(poll, tmp_path)

        if is_one_aside:
            refused(ran, "box.small")
            assert f"{len(poll.cast) - 1} of the {len(poll.cast)} ballots cast" in ran.err
            assert not sent(poll, "/commitment")
        else:
            assert "You have committed to your part of 2 boxes." in ran.out

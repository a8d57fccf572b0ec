"""A board that is false is not opened, in whichever way (trustees §5.4, §6)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

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

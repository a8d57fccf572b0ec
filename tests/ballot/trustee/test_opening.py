"""Opening by the trustee’s software, and when it reveals nothing (trustees §5.4)."""

from __future__ import annotations

import json
import os
from dataclasses import replace
from pathlib import Path

import pytest

from ballot.sealing.opening import check_part, check_revealed, read_part
from ballot.sealing.setting import Setting
from ballot.sealing.sharefile import check_share_proof, seal_share
from ballot.trustee.errors import Trouble
from ballot.trustee.folder import Folder
from ballot.trustee.opened import OPENED, remember
from tests.ballot.trustee.opening import commits, finish, sent
from tests.ballot.trustee.polling import BOXES, CONTESTS, Polling, closed, mixed, polling
from tests.ballot.trustee.world import PASSPHRASE, refused, trustee

SETTING = Setting(
    bytes(32),
    bytes.fromhex("0279be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798"),
)


def test_two_trustees_mix_and_open_every_box_and_what_comes_out_is_proved(tmp_path: Path) -> None:
    with closed(tmp_path) as poll:
        poll.reconcile()
        poll.mix_by_server()

        assert trustee(poll.world, 1, tmp_path, "mix").status == 0
        for _ in range(2):
            for number in (1, 2):
                ran = trustee(poll.world, number, tmp_path, "open")
                assert ran.status == 0, ran
        opened = {place: set(parts) for place, parts in poll.world.parts.items()}

        assert len(poll.places) == len(CONTESTS) * len(BOXES)
        assert opened == {place: {1, 2} for place in poll.places}
        for place in poll.places:
            check_parts(poll, place)


def check_parts(poll: Polling, place: tuple[str, int]) -> None:
    box = poll.last_box(place)
    committed = {
        told["trustee"]: bytes.fromhex(told["commitment"])
        for told in poll.world.contents("opening-commitment")
        if (told["contest"], told["box"]) == place
    }
    for number, content in poll.world.parts[place].items():
        part = read_part(content, box=box)
        check_part(box, part, setting=poll.setting, key=poll.world.key)
        check_revealed(content, committed[number], setting=poll.setting, number=number)


def test_a_board_that_holds_is_committed_to_and_the_list_is_remembered(tmp_path: Path) -> None:
    with mixed(tmp_path) as poll:
        ran = commits(poll, tmp_path)

        remembered = json.loads((tmp_path / "1/opened.json").read_bytes())

        assert "Set aside by the notice's rule: 1 of 8 ballots." in ran.out
        assert "You have committed to your part of 4 boxes." in ran.out
        assert len(remembered) == 6  # two contests, three sections
        assert len(poll.world.contents("opening-commitment")) == 4


def test_a_share_of_another_key_proves_and_opens_nothing(tmp_path: Path) -> None:
    with mixed(tmp_path) as poll:
        other = replace(poll.shares[0], public_key=poll.world.key.trustees[0].point)
        sealed = seal_share(other, passphrase=PASSPHRASE, rng=os.urandom)
        (tmp_path / "1/share.json").write_bytes(sealed)

        refused(commits(poll, tmp_path), "share.key")


def test_a_ballot_that_stands_again_is_in_its_box(tmp_path: Path) -> None:
    with closed(tmp_path) as poll:
        poll.let_stand(poll.place_of_third_in_b())
        # With three of its own section b needs no pool, but for c, which needs b.
        finish(poll)

        assert "4 boxes" in commits(poll, tmp_path).out


def test_a_second_list_of_a_box_is_refused_ever(tmp_path: Path) -> None:
    with mixed(tmp_path) as poll:
        assert commits(poll, tmp_path).status == 3
        poll.mix_by(2)
        poll.world.committed.clear()

        ran = commits(poll, tmp_path)

        refused(ran, "opening.own-commitment")


def test_a_second_list_is_refused_by_what_the_folder_remembers_alone(tmp_path: Path) -> None:
    with mixed(tmp_path) as poll:
        # Killed after the list was written down and before the commitment was taken.
        poll.world.dies = ("/commitment", "before")
        assert commits(poll, tmp_path).status == 1
        poll.world.dies = None
        poll.mix_by(2)

        ran = commits(poll, tmp_path)

        refused(ran, "opening.second-list")
        assert poll.world.contents("opening-commitment") == []


def test_the_same_list_is_committed_to_again_by_the_same_hash_after_a_kill(tmp_path: Path) -> None:
    with mixed(tmp_path) as poll:
        poll.world.dies = ("/commitment", "after")
        assert commits(poll, tmp_path).status == 1
        poll.world.dies = None

        ran = commits(poll, tmp_path)

        tried = {(path, body) for path, body in sent(poll, "/commitment")}
        assert "committed" in ran.out
        assert len(tried) == len(poll.places)


def test_nothing_is_revealed_before_the_board_shows_a_quorum(tmp_path: Path) -> None:
    with mixed(tmp_path) as poll:
        commits(poll, tmp_path)
        poll.world.due = lambda world, number: "part"

        ran = trustee(poll.world, 1, tmp_path, "open")
        assert ran.status == 3
        assert "1 of the 2 trustees who are needed have committed" in ran.out
        assert not sent(poll, "/part")

        commits(poll, tmp_path, 2)
        poll.world.due = lambda world, number: "part" if not world.parts else None
        assert trustee(poll.world, 1, tmp_path, "open").status == 0
        assert len(sent(poll, "/part")) == len(poll.places)


def test_a_quorum_that_the_server_makes_up_reveals_nothing(tmp_path: Path) -> None:
    with mixed(tmp_path) as poll:
        commits(poll, tmp_path)
        # The server writes the second trustee's commitments itself, upon everything that it has.
        for place in poll.places:
            own = poll.world.contents("opening-commitment")[0]
            poll.world.commit(place, 2, "33" * 32, own["signature"])
        poll.world.due = lambda world, number: "part"

        ran = trustee(poll.world, 1, tmp_path, "open")

        refused(ran, "opening.maker")
        assert not sent(poll, "/part")


def test_without_a_share_of_the_key_nothing_is_shown_mixed_or_opened(tmp_path: Path) -> None:
    with mixed(tmp_path) as poll:
        mine, theirs = tmp_path / "1/share.json", tmp_path / "2/share.json"
        mine.write_bytes(theirs.read_bytes())

        refused(commits(poll, tmp_path), "share.trustee")
        poll.world.due = lambda world, number: "held"
        refused(trustee(poll.world, 1, tmp_path, "held"), "share.trustee")
        assert not sent(poll, "/held")


def test_a_share_still_held_is_proved_by_the_root_that_was_checked(tmp_path: Path) -> None:
    with polling(tmp_path) as poll:
        poll.world.due = lambda world, number: None if world.held else "held"
        size, root = len(poll.world.bodies), poll.world.board.right.root()

        assert trustee(poll.world, 1, tmp_path, "held").status == 0

        [told] = poll.world.contents("share-held")
        assert told["size"] == size
        check_share_proof(poll.world.key, 1, root, bytes.fromhex(told["proof"]))


@pytest.mark.parametrize("damaged", [b"", b"[]", b"{"])
def test_a_damaged_memory_of_what_was_opened_is_not_an_empty_one(
    damaged: bytes, tmp_path: Path
) -> None:
    folder = Folder(tmp_path)
    folder.write(OPENED, damaged)

    with pytest.raises(Trouble, match="is damaged"):
        remember(folder, SETTING, [])
    assert folder.read(OPENED) == damaged


def test_a_mix_that_the_board_does_not_show_yet_is_waited_for(tmp_path: Path) -> None:
    with closed(tmp_path) as poll:
        poll.reconcile()
        poll.mix_by_server()
        poll.world.unsigned = 1

        early = commits(poll, tmp_path)

        assert (early.status, early.err) == (3, "")
        assert "does not show yet every mix" in early.out
        assert not sent(poll, "/commitment")
        poll.world.unsigned = 0
        poll.mix_by(3)
        commits(poll, tmp_path)
        assert len(sent(poll, "/commitment")) == len(poll.places)

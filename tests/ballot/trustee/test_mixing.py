"""Mixing by the trustee’s software, and upon what it mixes nothing (trustees §5.3)."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path

from tests.ballot.trustee.opening import all_sent, changed_vote
from tests.ballot.trustee.polling import closed
from tests.ballot.trustee.world import refused, trustee


def test_a_box_of_another_length_than_its_blob_is_not_mixed(tmp_path: Path) -> None:
    with closed(tmp_path) as poll:
        poll.reconcile(lambda content: content["boxes"][0].update(ballots=9))
        poll.mix_by_server()

        refused(trustee(poll.world, 1, tmp_path, "mix"), "box.length")


def test_nothing_is_mixed_upon_a_mix_that_does_not_hold(tmp_path: Path) -> None:
    with closed(tmp_path) as poll:
        poll.reconcile()
        for place in poll.places:
            poll.world.show_mix(place, changed_vote(poll, place), trustee=None, signature=None)

        refused(trustee(poll.world, 1, tmp_path, "mix"), "shuffle.sum")
        assert not [path for _, path, _ in poll.world.asked if "/mix/" in path]


def test_nothing_is_mixed_upon_a_box_that_is_not_the_reconciliation_s(tmp_path: Path) -> None:
    with closed(tmp_path) as poll:
        poll.reconcile()
        poll.mix_by_server()
        told = poll.world.contents("reconciliation")[0]["boxes"][0]
        kept = poll.world.blobs[told["sealed"]["sha256"]]
        poll.world.blobs[told["sealed"]["sha256"]] = kept[66:] + kept[:66]

        refused(trustee(poll.world, 1, tmp_path, "mix"), "blob.sha256")


def test_a_mix_is_kept_until_the_board_shows_it_and_is_handed_in_again_as_it_was(
    tmp_path: Path,
) -> None:
    with closed(tmp_path) as poll:
        poll.reconcile()
        poll.mix_by_server()
        poll.world.is_deaf_to = "/mix/"
        assert trustee(poll.world, 1, tmp_path, "mix").status == 3
        assert len(list((tmp_path / "1/mixes").iterdir())) == len(poll.places)
        poll.world.is_deaf_to = ""

        assert trustee(poll.world, 1, tmp_path, "mix").status == 0

        handed_in = {(path, body) for _, path, body in poll.world.asked if "/mix/" in path}
        assert len(handed_in) == len(poll.places)
        assert all(len(mixes) == 2 for mixes in poll.world.mixes.values())
        assert list((tmp_path / "1/mixes").iterdir()) == []


def test_a_mix_whose_check_stopped_is_handed_in_again_and_one_that_waits_is_not(
    tmp_path: Path,
) -> None:
    with closed(tmp_path) as poll:
        poll.reconcile()
        poll.mix_by_server()
        poll.world.is_deaf_to = "/mix/"
        assert trustee(poll.world, 1, tmp_path, "mix").status == 3
        handed_in = {
            (path.split("/")[4], int(path.split("/")[5])): sha256(body).hexdigest()
            for path, body in all_sent(poll, "/mix/")
        }
        again = {}
        for state in ("waiting", "stopped"):
            poll.world.handed_in = {
                place: {"kind": "mix", "message": "", "sha256": digest, "state": state}
                for place, digest in handed_in.items()
            }
            before = len(all_sent(poll, "/mix/"))
            trustee(poll.world, 1, tmp_path, "mix")
            again[state] = len(all_sent(poll, "/mix/")) - before

        assert set(handed_in) == set(poll.places)
        assert again == {"waiting": 0, "stopped": len(poll.places)}


def test_who_is_overtaken_mixes_once_more_from_what_the_other_left(tmp_path: Path) -> None:
    with closed(tmp_path, mixes_wanted=3) as poll:
        poll.reconcile()
        poll.mix_by_server()
        poll.world.overtaken_by = lambda: poll.mix_by(2)

        assert trustee(poll.world, 1, tmp_path, "mix").status == 0

        for place in poll.places:
            assert [one["mixer"] for one in poll.world.mixes[place]] == ["server", "Ben", "Ada"]

"""What the verifier passes, a trustee's own software opens: the good contest (trustees §5.4).

Amendments before, during and after the poll, codes replaced, ballots set aside and one that stands.
"""

from __future__ import annotations

import pytest

from ballot.board.tiles import ENTRIES, read_bundle, tile_at
from ballot.trustee.boxes import recomputed
from ballot.trustee.cast import check_cast
from ballot.trustee.forms import BlobNamed
from ballot.trustee.keys_named import keys_named
from ballot.trustee.poll import read_poll
from ballot.trustee.record import Record
from ballot.trustee.roll import Roll
from tests.verifier.good import Good

pytestmark = pytest.mark.django_db


def test_the_boxes_of_the_good_contest_are_made_again_by_a_trustee_s_own_checks(good: Good) -> None:
    board = good.board

    def blob(named: BlobNamed, where: str) -> bytes:
        return board.blobs[named.sha256]

    record = Record(board.entries[0]["election"], blob=blob)
    width = len(board.entries)
    path = tile_at(ENTRIES, 0, size=width).path
    record.extend(read_bundle(good.files[path], width=width))
    poll = read_poll(record)
    named = keys_named(record, blob=blob)
    named.require_no_more_than_people(Roll(record))

    cast = check_cast(record, poll, named, jobs=1)
    boxes = recomputed(record, poll=poll, cast=cast)

    aside = {one["entry"] for told in board.numbers("set-aside")
             for one in board.entries[told]["content"]["ballots"]}  # fmt: skip
    stand = board.content("ballots-stand")["ballots"]
    assert len(aside) > len(stand) == 1
    left_out = sum(len(one.counted) - int(one.counted.sum()) for one in cast.values())
    assert left_out == len(aside) - len(stand)
    assert [fixed.ballots for fixed, _ in boxes] == [
        told["ballots"] for told in board.content("reconciliation")["boxes"] if told["ballots"]
    ]

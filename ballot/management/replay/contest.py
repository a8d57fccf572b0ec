"""The contest of 2016 from its draft to the bundle: the parts in their order."""

from __future__ import annotations

from ballot.management.replay import (
    bundle,
    closing,
    declaring,
    keys,
    nominating,
    notice,
    poll,
    post,
    roll,
    withdrawal,
)
from ballot.management.replay.play import Play

PARTS = (
    notice.publish, nominating.nominate_all, roll.freeze, withdrawal.rehearse_withdrawal,
    keys.make_and_open, poll.vote, closing.close, post.open_and_read, closing.verify,
    closing.mix_and_open, declaring.count, declaring.declare, bundle.check,
)


def play_contest(play: Play) -> None:
    """Play every part in turn."""
    for part in PARTS:
        part(play)

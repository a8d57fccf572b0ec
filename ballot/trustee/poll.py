"""The poll as its opening entry fixed it: the fingerprint, the contests, the notice's figures."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from ballot.sealing.keys import ElectionKey
from ballot.sealing.setting import Setting
from ballot.trustee.errors import Refused
from ballot.trustee.forms import Form
from ballot.trustee.published import key_on_board
from ballot.trustee.record import Entry, Record

NAMED: Final = ("notice", "candidates", "roll", "key", "credentials")


@dataclass(frozen=True, slots=True)
class Poll:
    """A poll.

    contests:     the codes of those on the paper, in its order.
    opening:      the opening entry's number.
    smallest_box: the fewest ballots that the notice lets a box have.
    mixes_wanted: how many mixes the notice promises of each box.
    """

    setting: Setting
    key: ElectionKey
    contests: tuple[str, ...]
    opening: int
    smallest_box: int
    mixes_wanted: int


def read_poll(record: Record) -> Poll:
    """Check the opening entry and what it names, and the key from its ceremony.

    Spec:   bundle §4, §5.4, §5.5; trustees §5.4.
    Raises: Refused "poll.void", "opening.entries", "opening.amendments", "opening.contests", those
            of the key.
    """
    void = record.last("void")
    if void is not None:
        raise Refused("poll.void", void.where, "The election was made void: nothing is opened.")
    opening = record.only("opening")
    _require_named(record, opening)
    key, _ = key_on_board(record)
    notice = record.only("notice").content
    return Poll(
        setting=Setting(opening.digest, key.public_key),
        key=key,
        contests=_contests(record, opening),
        opening=opening.number,
        smallest_box=notice.number("smallest_box"),
        mixes_wanted=notice.number("mixes_wanted"),
    )


def _require_named(record: Record, opening: Entry) -> None:
    """Check that the opening names the last entry of each kind that makes its fingerprint."""
    named = opening.content.form("entries")
    for kind in NAMED:
        entry = record.newest(kind)
        if named.octets(kind, 32) != entry.digest or entry.number > opening.number:
            why = f"It names another {kind} than the last, which is {entry.where}."
            raise Refused("opening.entries", opening.where, why)
    frozen = record.newest("roll").number
    amendments = [
        entry.digest.hex()
        for entry in record.all("amendment")
        if frozen < entry.number < opening.number
    ]
    if opening.content.texts("amendments") != amendments:
        why = "It does not name the amendments since the roll was frozen."
        raise Refused("opening.amendments", opening.where, why)


def _contests(record: Record, opening: Entry) -> tuple[str, ...]:
    """Give the codes of the contests that are voted in, as the last candidates make them."""
    told = [_contest(one) for one in opening.content.forms("contests")]
    wanted = [
        (f"contest-{place}", one.text("title"), tuple(one.texts("candidates")))
        for place, one in enumerate(record.newest("candidates").content.forms("contests"), 1)
        if not one.truth("unopposed")
    ]
    if told != wanted or not wanted:
        why = "Its contests are not those of the last candidates that are voted in."
        raise Refused("opening.contests", opening.where, why)
    return tuple(code for code, _, _ in told)


def _contest(one: Form) -> tuple[str, str, tuple[str, ...]]:
    return one.text("code"), one.text("title"), tuple(one.texts("candidates"))

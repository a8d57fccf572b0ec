"""The server's own checks and the verifier name one condition for what was changed (sealing §12).

Each case turns a bit, at a place drawn from a fixed seed, in what both accept.
"""

from __future__ import annotations

import random
from collections.abc import Callable

import numpy as np
import pytest

from ballot.canonical import XofRng
from ballot.sealing.ballot import check_ballot
from ballot.sealing.box import Box as TheirBox
from ballot.sealing.box import BoxName as TheirName
from ballot.sealing.errors import SealingError
from ballot.sealing.keys import ElectionKey
from ballot.sealing.mix_check import check_mix as their_check_mix
from ballot.sealing.opening import check_part as their_check_part
from ballot.sealing.opening import read_part
from ballot.sealing.setting import Setting as TheirSetting
from ballot.sealing.shuffle import read_mix
from tests.verifier.given import failure, turned
from tests.verifier.making import NAME, Tally, make_mix, rows_of, sealed_pairs
from tests.verifier.opening_making import commitment_to
from verifier.ballots import Cast, check_ballots
from verifier.generators import derive_generators
from verifier.keys import read_key
from verifier.mixes import check_mix
from verifier.openings import Box, check_part

TALLY = Tally()
GENERATORS = derive_generators(8)
BALLOT = TALLY.casts[0].wire
MIX = bytes.fromhex(TALLY.given["tally"]["mixes"][0]["mix"])
PART = bytes.fromhex(TALLY.given["tally"]["parts"][0]["part"])
KEY = TALLY.given["ceremony"]["key"]
THEIR_SETTING = TheirSetting(TALLY.setting.fingerprint, TALLY.setting.key)


def their_box(rows: bytes) -> TheirBox:
    pairs = np.frombuffer(rows, np.uint8).reshape(-1, 66)
    return TheirBox.parse(TheirName(NAME.contest, NAME.sections), pairs)


def our_ballot(wire: bytes) -> None:
    check_ballots(TALLY.paper, [Cast(wire, "member")])


def their_ballot(wire: bytes) -> None:
    check_ballot(wire, setting=THEIR_SETTING, contests=["leader"], section="member")


def our_mix(wire: bytes, before: bytes = TALLY.rows(0)) -> None:
    given = {"before": before, "wire": wire, "generators": GENERATORS}
    check_mix(TALLY.setting, NAME, "server", **given)


def their_mix(wire: bytes, before: bytes = TALLY.rows(0)) -> None:
    box = their_box(before)
    mix = read_mix(wire, before=box)
    their_check_mix(box, mix, setting=THEIR_SETTING, mixer="server", rng=XofRng(b"agreement"))


def our_part(wire: bytes) -> None:
    box = Box(TALLY.setting, read_key(KEY), NAME, TALLY.rows(2))
    number = wire[32] if len(wire) > 32 else 1
    check_part(box, wire=wire, commitment=commitment_to(box, wire, number))


def their_part(wire: bytes) -> None:
    box = their_box(TALLY.rows(2))
    part = read_part(wire, box=box)
    their_check_part(box, part, setting=THEIR_SETTING, key=ElectionKey.parse(KEY))


def their_condition(call: Callable[[], None]) -> str:
    with pytest.raises(SealingError) as caught:
        call()
    return str(caught.value.condition)


@pytest.mark.parametrize("seed", range(40))
@pytest.mark.parametrize(
    ("wire", "ours", "theirs"),
    [(BALLOT, our_ballot, their_ballot), (MIX, our_mix, their_mix), (PART, our_part, their_part)],
    ids=["ballot", "mix", "part"],
)
def test_both_refuse_a_turned_bit_by_the_same_condition(
    wire: bytes, ours: Callable[[bytes], None], theirs: Callable[[bytes], None], seed: int
) -> None:
    rng = random.Random(seed)
    changed = turned(wire, rng.randrange(len(wire)), rng.randrange(8))

    assert failure(ours, changed).check == their_condition(lambda: theirs(changed))


@pytest.mark.parametrize("left", [0, 1, 33, 131, -1])
@pytest.mark.parametrize(
    ("wire", "ours", "theirs"),
    [(BALLOT, our_ballot, their_ballot), (MIX, our_mix, their_mix), (PART, our_part, their_part)],
    ids=["ballot", "mix", "part"],
)
def test_both_refuse_what_was_cut_short_by_the_same_condition(
    wire: bytes, ours: Callable[[bytes], None], theirs: Callable[[bytes], None], left: int
) -> None:
    assert failure(ours, wire[:left]).check == their_condition(lambda: theirs(wire[:left]))


@pytest.mark.parametrize("cheat", ["c1", "c2", "commitment", "chain"])
def test_both_find_a_mixer_who_cheats_by_the_same_equation(cheat: str) -> None:
    pairs = sealed_pairs(random.Random(3), TALLY.setting.key_point, range(8))
    before = rows_of(pairs)
    honest = make_mix(TALLY.setting, pairs)
    our_mix(honest, before)
    their_mix(honest, before)

    false = make_mix(TALLY.setting, pairs, cheat=cheat)

    ours = failure(our_mix, false, before).check
    assert ours == their_condition(lambda: their_mix(false, before)) == f"shuffle.{cheat}"

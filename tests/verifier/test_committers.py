"""Who committed: every commitment to a part is signed by its trustee (sealing §10.3, eq. 49)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from tests.verifier.acts import board_of
from tests.verifier.given import failure
from tests.verifier.making import NAME, Tally
from tests.verifier.opening_making import make_key, signed_commitment
from verifier.boxes import BoxName
from verifier.group import encode
from verifier.openings import Box
from verifier.setting import Setting
from verifier.unsealing import check_committer

KEY, SHARES = make_key([1, 2, 3], 2)
SETTING = Setting(bytes(32), encode(KEY.point))
BOX = Box(SETTING, KEY, NAME, Tally().rows(0))
COMMITMENT = b"5" * 32


def told(signature: bytes, **changes: Any) -> dict[str, Any]:
    return {"contest": "leader", "box": 0, "trustee": 2, "commitment": COMMITMENT.hex(),
            "signature": signature.hex(), **changes}  # fmt: skip


def check(signature: bytes, *, box: Box = BOX, **changes: Any) -> None:
    (entry,) = board_of([("opening-commitment", told(signature, **changes))]).acts
    check_committer(box, entry)


def signed(*, box: Box = BOX, number: int = 2, share: int = 2) -> bytes:
    return signed_commitment(box, number, SHARES[share], COMMITMENT)


def test_a_commitment_is_signed_for_its_part_its_box_its_election_and_its_trustee_alone() -> None:
    check(signed())

    election = replace(BOX, setting=replace(SETTING, fingerprint=b"1" * 32))
    other_box = replace(BOX, name=BoxName("leader", ("member", "other")))
    for box in (election, other_box):
        check(signed(box=box), box=box)
        assert failure(check, signed(box=box)).check == "opening.maker"
    assert failure(check, signed(share=1)).check == "opening.maker"
    assert failure(check, signed(number=1, share=1)).check == "opening.maker"
    assert failure(check, signed(), commitment="00" * 32).check == "opening.maker"
    assert failure(check, signed(), trustee=1).check == "opening.maker"


@pytest.mark.parametrize(
    ("signature", "changes", "condition"),
    [
        (bytes(65), {}, "proof.point"),
        (signed()[:33] + b"\xff" * 32, {}, "proof.scalar"),
        (signed(), {"trustee": 9}, "key.trustee"),
    ],
)
def test_what_is_no_signature_is_refused_by_what_is_wrong_with_it(
    signature: bytes, changes: dict[str, Any], condition: str
) -> None:
    check(signed())

    assert failure(check, signature, **changes).check == condition

"""Core and script mix and open one box, and each checks the other (sealing §8, §10).

Chance is fresh on both sides; the vectors, where it is not, are compared byte for byte in tests/js.
"""

from __future__ import annotations

import json
import shutil
import subprocess
from collections import Counter
from pathlib import Path
from secrets import token_bytes
from typing import Any

import pytest

from ballot.sealing.decoding import open_box
from ballot.sealing.maker import check_commitment_maker, check_mix_maker
from ballot.sealing.mix_check import check_mix
from ballot.sealing.mixing import mix
from ballot.sealing.opening import check_part, check_revealed, open_part, read_part
from ballot.sealing.rankings import RankingSpace
from ballot.sealing.setting import Setting
from ballot.sealing.shuffle import read_mix
from tests.sealing.making import box, key

ROOT = Path(__file__).parent.parent.parent
FINGERPRINT = bytes(range(32))
CHOICES = [0, 15, 3, 15, 1, 0]


def test_a_box_mixed_and_opened_by_core_and_script_gives_what_was_sealed() -> None:
    node = shutil.which("node")
    if node is None:
        pytest.skip("there is no node on this machine")
    whole, shares = key()
    setting = Setting(FINGERPRINT, whole.public_key)
    before = box(CHOICES, setting=setting)
    first = mix(before, setting=setting, mixer="server", rng=token_bytes)
    given = {
        "box": before.to_bytes().hex(),
        "contest": before.name.contest,
        "fingerprint": FINGERPRINT.hex(),
        "key": whole.to_json(),
        "mix": first.to_bytes().hex(),
        "sections": list(before.name.sections),
        "share": shares[0].to_json(),
    }

    ran = subprocess.run(
        [node, str(ROOT / "tests/js/opener.mjs")],
        input=json.dumps(given),
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )

    made = {name: bytes.fromhex(text) for name, text in json.loads(ran.stdout).items()}
    said: dict[str, Any] = {"setting": setting, "key": whole}
    check_mix_maker(made["mix"], made["signature"], name=before.name, number=1, **said)
    second = read_mix(made["mix"], before=first.after)
    mixer = whole.trustee(1).name
    after = check_mix(first.after, second, setting=setting, mixer=mixer, rng=token_bytes)
    check_commitment_maker(
        made["commitment"], made["committed"], name=before.name, number=1, **said
    )
    check_revealed(made["part"], made["commitment"], setting=setting, number=1)
    part = read_part(made["part"], box=after)
    check_part(after, part, **said)
    other = open_part(after, share=shares[2], rng=token_bytes, **said)
    found = open_box(after, [part, other], key=whole, space=RankingSpace(3, 3))
    assert found.profile == dict(Counter(CHOICES))
    assert found.rejected == 0

"""One small election, message by message, as others will check it (tests/vectors)."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import numpy as np
import pytest

from ballot.canonical import canonical
from ballot.sealing import native
from ballot.sealing.batch import check_ballots
from ballot.sealing.box import Box, box_hash
from ballot.sealing.ceremony import check_reveals, conclude
from ballot.sealing.dealing import judge
from ballot.sealing.decoding import open_box
from ballot.sealing.keys import ElectionKey, KeyShare
from ballot.sealing.maker import check_mix_maker
from ballot.sealing.messages import (
    Ceremony,
    Commitment,
    Complaint,
    Confirmation,
    Dealing,
    Reveal,
)
from ballot.sealing.mix_check import check_mix
from ballot.sealing.opening import check_part, check_revealed, read_part
from ballot.sealing.rankings import RankingSpace
from ballot.sealing.setting import BoxName, Setting
from ballot.sealing.sharefile import check_share_proof, open_share
from ballot.sealing.shuffle import read_mix
from tests.sealing import plain
from tests.sealing.making import refusal, rng
from tests.vectors import make_tally

FILE = Path(__file__).parent.parent / "vectors/sealing-tally.json"
VECTORS = json.loads(FILE.read_text(encoding="utf-8"))
TALLY, CEREMONY = VECTORS["tally"], VECTORS["ceremony"]
KEY = ElectionKey.parse(CEREMONY["key"])
SETTING = Setting(bytes.fromhex(TALLY["fingerprint"]), KEY.public_key)
NAME = BoxName(TALLY["contest"], (TALLY["section"],))
BOXES = [
    Box.parse(NAME, np.frombuffer(bytes.fromhex(one["rows"]), np.uint8).reshape(-1, 66))
    for one in TALLY["boxes"]
]


def test_the_file_is_what_the_script_makes():
    assert make_tally.vectors() == VECTORS


def test_generators_are_those_of_slow_arithmetic():
    # sealing §3.5
    stream = plain.stream(plain.h("generators"), 64 * 4)
    slow = [plain.write(plain.ellswift(stream[64 * i : 64 * i + 64])).hex() for i in range(4)]
    assert slow == VECTORS["generators"]


def test_the_ceremony_ends_with_its_key_and_without_the_false_dealers():
    # sealing §9.5, §9.6
    frame = Ceremony(
        bytes.fromhex(CEREMONY["ceremony_id"]), tuple(CEREMONY["names"]), CEREMONY["quorum"]
    )
    assert frame.digest().hex() == CEREMONY["frame_hash"]
    assert plain.h("ceremony", frame.ceremony_id, 2, 5, *CEREMONY["names"]) == frame.digest()
    kinds = {
        "commitments": Commitment,
        "reveals": Reveal,
        "dealings": Dealing,
        "complaints": Complaint,
        "confirmations": Confirmation,
    }
    said = {name: [kind.parse(one) for one in CEREMONY[name]] for name, kind in kinds.items()}
    reveals = check_reveals(frame, said["commitments"], said["reveals"])
    assert judge(frame, reveals, said["dealings"], said["complaints"]) == set(CEREMONY["out"])
    assert conclude(frame, **said) == KEY


def test_every_dealer_but_the_last_proves_every_point_by_slow_arithmetic():
    # sealing §9.3, equations 28 and 29
    shown = canonical(CEREMONY["reveals"])
    agreed_on = plain.h("ceremony-reveals", bytes.fromhex(CEREMONY["frame_hash"]), shown)
    for dealing in CEREMONY["dealings"]:
        for share in dealing["shares"]:
            dealer, recipient = dealing["number"], share["recipient"]
            encryption = bytes.fromhex(CEREMONY["reveals"][recipient - 1]["encryption"])
            ephemeral, sealed = bytes.fromhex(share["ephemeral"]), bytes.fromhex(share["sealed"])
            proof = bytes.fromhex(share["knows_ephemeral"])
            statement = (agreed_on, dealer, recipient, encryption, ephemeral, sealed)
            challenge = plain.reduced(plain.h("ceremony-dealing-key", *statement, proof[:33]))
            left = plain.times(int.from_bytes(proof[33:], "big"), plain.G)
            right = plain.add(
                plain.read(proof[:33]), plain.times(challenge, plain.read(ephemeral))
            )
            assert (left == right) == ((dealer, recipient) != (5, 2))


def test_the_share_file_opens_and_is_still_held():
    # sealing §9.7, §9.8
    case = VECTORS["share_file"]
    share = open_share(case["file"].encode(), passphrase=case["passphrase"])
    assert share == KeyShare.parse(case["share"])
    assert plain.write(plain.times(share.secret, plain.G)) == KEY.trustees[0].point
    question, proof = bytes.fromhex(case["question"]), bytes.fromhex(case["still_held"])
    check_share_proof(KEY, 1, question, proof)
    # Equation 37, by slow arithmetic: it binds the trustee's point.
    point = KEY.trustees[0].point
    statement = ("held", KEY.public_key, 1, point, question)
    challenge = plain.reduced(plain.h("share-proof", *statement, proof[:33]))
    left = plain.times(int.from_bytes(proof[33:], "big"), plain.G)
    right = plain.times(challenge, plain.read(point))
    assert left == plain.add(plain.read(proof[:33]), right)


def test_the_ballots_make_the_first_box():
    wire = np.frombuffer(bytes.fromhex("".join(TALLY["ballots"])), np.uint8)
    checked = check_ballots(
        wire.reshape(len(TALLY["ballots"]), -1),
        setting=SETTING,
        contests=[TALLY["contest"]],
        section=TALLY["section"],
        rng=rng(),
    )
    assert checked.box(TALLY["contest"]).to_bytes() == BOXES[0].to_bytes()


@pytest.mark.parametrize("number", range(3))
def test_every_box_has_its_hash(number):
    # sealing §7.2
    one = TALLY["boxes"][number]
    where = (SETTING.fingerprint, SETTING.key, "leader", 1, "member", "", len(BOXES[number]))
    slow = plain.h("box", *where, bytes.fromhex(one["rows"]))
    assert box_hash(BOXES[number], setting=SETTING).hex() == slow.hex() == one["hash"]


def test_every_mix_holds():
    for number, case in enumerate(TALLY["mixes"]):
        made = read_mix(bytes.fromhex(case["mix"]), before=BOXES[number])
        named = {"setting": SETTING, "mixer": case["mixer"], "rng": rng()}
        assert check_mix(BOXES[number], made, **named).to_bytes() == BOXES[number + 1].to_bytes()


@pytest.mark.parametrize("case", TALLY["refused_mixes"], ids=lambda case: case["why"])
def test_refused_mixes_break_the_condition_they_name(case):
    def read_and_check(data):
        made = read_mix(data, before=BOXES[0])
        check_mix(BOXES[0], made, setting=SETTING, mixer="server", rng=rng())

    read_and_check(bytes.fromhex(TALLY["mixes"][0]["mix"]))
    assert refusal(read_and_check, bytes.fromhex(case["mix"])).condition == case["condition"]


def test_the_parts_open_the_box():
    parts = []
    for case in TALLY["parts"]:
        data = bytes.fromhex(case["part"])
        commitment = bytes.fromhex(case["commitment"])
        check_revealed(data, commitment, setting=SETTING, number=case["number"])
        parts.append(read_part(data, box=BOXES[2]))
        check_part(BOXES[2], parts[-1], setting=SETTING, key=KEY)
    space = RankingSpace(TALLY["candidates"], TALLY["preferences"])
    found = open_box(BOXES[2], parts, key=KEY, space=space)
    assert {str(number): papers for number, papers in found.profile.items()} == TALLY["profile"]
    assert found.rejected == TALLY["rejected"] == 1
    assert native.LAYOUT_IS_KNOWN


def check_maker(mix: int, trustee: int, signature: str):
    content = bytes.fromhex(TALLY["mixes"][mix]["mix"])
    named = {"name": NAME, "setting": SETTING, "key": KEY, "number": trustee}
    check_mix_maker(content, bytes.fromhex(signature), **named)


def test_the_mix_of_a_trustee_is_signed_with_their_share_by_slow_arithmetic():
    # sealing §8.6, equation 48
    case, trustee = TALLY["mixes"][1], KEY.trustees[2]
    content, signature = bytes.fromhex(case["mix"]), bytes.fromhex(case["signature"])
    statement = (SETTING.fingerprint, SETTING.key, "leader", 1, "member", "", "Siân", 3)
    whole = (*statement, trustee.point, hashlib.sha256(content).digest(), signature[:33])
    challenge = plain.reduced(plain.h("mix-maker", *whole))
    left = plain.times(int.from_bytes(signature[33:], "big"), plain.G)
    right = plain.times(challenge, plain.read(trustee.point))
    assert left == plain.add(plain.read(signature[:33]), right)
    assert [one["trustee"] for one in TALLY["mixes"]] == [None, 3]


@pytest.mark.parametrize("case", TALLY["refused_signatures"], ids=lambda case: case["why"])
def test_refused_signatures_of_a_mix_break_the_condition_they_name(case):
    check_maker(1, 3, TALLY["mixes"][1]["signature"])
    refused = refusal(check_maker, case["mix"], case["trustee"], case["signature"])
    assert refused.condition == case["condition"]


@pytest.mark.parametrize("case", TALLY["refused_parts"], ids=lambda case: case["why"])
def test_refused_parts_break_the_condition_they_name(case):
    def read_and_check(data):
        part = read_part(data, box=BOXES[2])
        check_part(BOXES[2], part, setting=SETTING, key=KEY)

    read_and_check(bytes.fromhex(TALLY["parts"][0]["part"]))
    assert refusal(read_and_check, bytes.fromhex(case["part"])).condition == case["condition"]

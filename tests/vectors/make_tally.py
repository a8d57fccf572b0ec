"""Write tests/vectors/sealing-tally.json: run as `python -m tests.vectors.make_tally`.

One small election from the key ceremony to the profile, every message as bytes, drawn from
`XofRng`, and changes to it with the condition that each breaks.
"""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from ballot.canonical import XofRng
from ballot.sealing import native
from ballot.sealing.batch import check_ballots
from ballot.sealing.box import Box, box_hash
from ballot.sealing.bulk import seal_ballots
from ballot.sealing.ceremony import check_reveals, conclude, deal, finish, prepare, receive
from ballot.sealing.codes import make_codes, secrets_of
from ballot.sealing.decoding import open_box
from ballot.sealing.generators import generators
from ballot.sealing.keys import ElectionKey, KeyShare
from ballot.sealing.maker import sign_mix
from ballot.sealing.messages import Ceremony, Dealing, TrusteeSecret
from ballot.sealing.mixing import mix
from ballot.sealing.native import ORDER
from ballot.sealing.opening import open_part, part_commitment
from ballot.sealing.rankings import RankingSpace
from ballot.sealing.setting import Setting
from ballot.sealing.sharefile import prove_share, seal_share

HERE = Path(__file__).parent
ELECTION = bytes.fromhex("8c5d2a4be1f04c6f9a7de3b1c0ffee02")
FINGERPRINT = bytes.fromhex("7a11" * 16)
PASSPHRASE = "saith milltir o Lanfair"
CHOICES = [0, 15, 3, 15, 16]  # The last lies outside a space of three candidates.
QUESTION = bytes.fromhex("b0a2" * 16)  # In an election, the root of its board.


def rng(name: str) -> XofRng:
    return XofRng(b"tally " + name.encode())


def unproved(dealing: Dealing) -> Dealing:
    """Turn a bit of the share for trustee 2: the proof of its K holds no longer."""
    form = dealing.to_json()
    for share in form["shares"]:
        if share["recipient"] == 2:
            sealed = bytes.fromhex(share["sealed"])
            share["sealed"] = (bytes([sealed[0] ^ 1]) + sealed[1:]).hex()
    return Dealing.parse(form)


def false_secret(secret: TrusteeSecret) -> TrusteeSecret:
    """Change the polynomial that a trustee deals from to another than they revealed."""
    first, *others = secret.coefficients
    return replace(secret, coefficients=(first + 1, *others))


def ceremony() -> tuple[dict[str, Any], ElectionKey, list[KeyShare]]:
    """Hold a ceremony of five, a quorum of two.

    The fourth deals falsely, and the others complain; the fifth deals without a proof.
    """
    frame = Ceremony(ELECTION, ("Ann", "Bob", "Siân", "Dee", "Eli"), 2)
    prepared = [prepare(frame, number, rng=rng(f"prepare {number}")) for number in frame.numbers]
    secrets = [secret for secret, _ in prepared]
    commitments = [commitment for _, commitment in prepared]
    reveals = check_reveals(frame, commitments, [secret.reveal for secret in secrets])
    dealers = [*secrets[:3], false_secret(secrets[3]), secrets[4]]
    dealings = [
        deal(one, ceremony=frame, reveals=reveals, rng=rng(f"deal {one.number}")) for one in dealers
    ]
    dealings[4] = unproved(dealings[4])
    heard = {"ceremony": frame, "reveals": reveals, "dealings": dealings}
    complaints = [
        complaint
        for one in secrets
        for complaint in receive(one, rng=rng(f"receive {one.number}"), **heard)
    ]
    said = heard | {"commitments": commitments, "complaints": complaints}
    finished = [finish(one, rng=rng(f"finish {one.number}"), **said) for one in secrets[:3]]
    confirmations = [confirmation for _, confirmation in finished]
    public = said | {"reveals": list(reveals.values()), "confirmations": confirmations}
    key = conclude(public.pop("ceremony"), **public)
    shown = {
        "ceremony_id": frame.ceremony_id.hex(),
        "names": list(frame.trustees),
        "quorum": frame.quorum,
        "frame_hash": frame.digest().hex(),
        **{
            name: [message.to_json() for message in public[name]]
            for name in ("commitments", "reveals", "dealings", "complaints", "confirmations")
        },
        "out": [4, 5],
        "key": key.to_json(),
    }
    return shown, key, [share for share, _ in finished]


def changed(data: bytes, at: int, new: bytes) -> str:
    return (data[:at] + new + data[at + len(new) :]).hex()


def refused_mixes(data: bytes, count: int) -> list[dict[str, str]]:
    order = ORDER.to_bytes(32, "big")
    scalars = 32 + 165 * count
    last = int.from_bytes(data[-32:], "big")
    return [
        {"condition": "shuffle.length", "why": "a byte short", "mix": data[:-1].hex()},
        {"condition": "shuffle.point", "why": "a prefix of 05", "mix": changed(data, 32, b"\x05")},
        {
            "condition": "shuffle.scalar",
            "why": "the order as a response",
            "mix": changed(data, scalars, order),
        },
        {"condition": "shuffle.input", "why": "another box", "mix": changed(data, 0, bytes(32))},
        {
            "condition": "shuffle.c1",
            "why": "the last response one more",
            "mix": changed(data, len(data) - 32, ((last + 1) % ORDER).to_bytes(32, "big")),
        },
        {
            "condition": "shuffle.sum",
            "why": "two pairs after it swapped",
            "mix": changed(data, 32, data[98:164] + data[32:98]),
        },
    ]


def refused_signatures(signature: bytes) -> list[dict[str, Any]]:
    """Give what is no signature of the second mix by trustee 3 (sealing §8.6)."""
    response = (int.from_bytes(signature[33:], "big") + 1) % ORDER
    order = ORDER.to_bytes(32, "big")
    said = {"condition": "mix.maker", "trustee": 3, "mix": 1, "signature": signature.hex()}
    return [
        said | {"why": "another trustee", "trustee": 2},
        said | {"why": "another mix", "mix": 0},
        said
        | {
            "why": "the response one more",
            "signature": changed(signature, 33, response.to_bytes(32, "big")),
        },
        said
        | {
            "condition": "proof.scalar",
            "why": "the order as the response",
            "signature": changed(signature, 33, order),
        },
        said
        | {"condition": "proof.length", "why": "a byte short", "signature": signature[:-1].hex()},
    ]


def refused_parts(data: bytes) -> list[dict[str, str]]:
    response = (int.from_bytes(data[-32:], "big") + 1) % ORDER
    return [
        {"condition": "opening.length", "why": "a byte more", "part": data.hex() + "00"},
        {"condition": "opening.box", "why": "another box", "part": changed(data, 0, bytes(32))},
        {"condition": "opening.point", "why": "prefix 00", "part": changed(data, 33, b"\x00")},
        {
            "condition": "opening.proof",
            "why": "two factors swapped",
            "part": changed(data, 33, data[66:99] + data[33:66]),
        },
        {
            "condition": "opening.proof",
            "why": "another trustee",
            "part": changed(data, 32, b"\x02"),
        },
        {
            "condition": "opening.proof",
            "why": "the response one more",
            "part": changed(data, len(data) - 32, response.to_bytes(32, "big")),
        },
        {
            "condition": "proof.scalar",
            "why": "the order as the response",
            "part": changed(data, len(data) - 32, ORDER.to_bytes(32, "big")),
        },
    ]


def tally(key: ElectionKey, shares: list[KeyShare]) -> dict[str, Any]:
    """Seal, mix twice, the second time by a trustee, open with the first and third trustee."""
    setting = Setting(FINGERPRINT, key.public_key)
    place = {"setting": setting, "contests": ["leader"], "section": "member"}
    codes = make_codes(len(CHOICES), rng=rng("codes"))
    secrets = secrets_of(codes, election_id=ELECTION)
    choices = np.array(CHOICES, np.uint32).reshape(-1, 1)
    wire = seal_ballots(choices, secrets=secrets, rng=rng("seal"), **place)
    box = check_ballots(wire, rng=rng("check"), **place).box("leader")
    boxes, mixes = [box], []
    for mixer in ("server", "Siân"):
        mixes.append((mixer, mix(boxes[-1], setting=setting, mixer=mixer, rng=rng(mixer))))
        boxes.append(mixes[-1][1].after)
    signature = sign_mix(
        mixes[1][1].to_bytes(),
        name=box.name,
        setting=setting,
        key=key,
        share=shares[2],
        rng=rng("sign the mix"),
    )
    signed_by = [(None, None), (3, signature.hex())]
    opened = {"setting": setting, "key": key}
    parts = [
        open_part(boxes[-1], share=share, rng=rng(f"open {share.number}"), **opened)
        for share in (shares[0], shares[2])
    ]
    found = open_box(boxes[-1], parts, key=key, space=RankingSpace(3, 3))
    return {
        "fingerprint": FINGERPRINT.hex(),
        "section": "member",
        "contest": "leader",
        "candidates": 3,
        "preferences": 3,
        "ballots": [row.tobytes().hex() for row in wire],
        "boxes": [shown_box(one, setting) for one in boxes],
        "mixes": [
            {
                "mixer": mixer,
                "mix": made.to_bytes().hex(),
                "trustee": trustee,
                "signature": signed,
            }
            for (mixer, made), (trustee, signed) in zip(mixes, signed_by, strict=True)
        ],
        "parts": [
            {
                "number": part.number,
                "part": part.to_bytes().hex(),
                "commitment": part_commitment(
                    part.to_bytes(), setting=setting, number=part.number
                ).hex(),
            }
            for part in parts
        ],
        "profile": {str(number): papers for number, papers in found.profile.items()},
        "rejected": found.rejected,
        "refused_mixes": refused_mixes(mixes[0][1].to_bytes(), len(box)),
        "refused_signatures": refused_signatures(signature),
        "refused_parts": refused_parts(parts[0].to_bytes()),
    }


def shown_box(box: Box, setting: Setting) -> dict[str, str]:
    return {"rows": box.to_bytes().hex(), "hash": box_hash(box, setting=setting).hex()}


def vectors() -> dict[str, Any]:
    shown, key, shares = ceremony()
    points = native.write_points(generators(4))
    return {
        "origin": "Made by tests/vectors/make_tally.py; its steps are those that "
        "tests/sealing/test_mix.py and test_opening.py recompute with slow arithmetic.",
        "generators": [point.tobytes().hex() for point in points],
        "ceremony": shown,
        "share_file": {
            "passphrase": PASSPHRASE,
            "file": seal_share(shares[0], passphrase=PASSPHRASE, rng=rng("file")).decode(),
            "share": shares[0].to_json(),
            "question": QUESTION.hex(),
            "still_held": prove_share(shares[0], question=QUESTION, rng=rng("held")).hex(),
        },
        "tally": tally(key, shares),
    }


def main() -> None:
    text = json.dumps(vectors(), ensure_ascii=False, indent=1)
    (HERE / "sealing-tally.json").write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()

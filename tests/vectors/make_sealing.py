"""Write tests/vectors/sealing.json: run as `python -m tests.vectors.make_sealing`.

The inputs are fixed numbers and bytes drawn from `XofRng`; every output is recomputed by
tests/sealing/plain.py, which shares nothing with the core but the hash functions of Python.
"""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

from btclib_secp256k1 import ssa

from ballot.canonical import (
    XofRng,
    canonical,
    transcript_hash,
    wide_reduce,
    xof,
)
from ballot.sealing import native
from ballot.sealing.ballot import (
    SealedBallot,
    paper_message,
    seal_vote,
    tracker_hash,
    tracker_words,
    vote_transcript,
)
from ballot.sealing.challenge import OpenedVote, PaperOpening
from ballot.sealing.codes import make_code, show_code, sign_identity, voting_key
from ballot.sealing.issuing import (
    issued_message,
    issuer_key,
    list_message,
    replaced_message,
    revoked_message,
    sign_issue,
)
from ballot.sealing.native import ORDER
from ballot.sealing.postal import postal_message, seal_postal, sign_postal, teller_key
from ballot.sealing.rankings import RankingSpace
from ballot.sealing.scalars import random_scalar
from ballot.sealing.setting import Setting

HERE = Path(__file__).parent
ELECTION = bytes.fromhex("8c5d2a4be1f04c6f9a7de3b1c0ffee01")
FINGERPRINT = bytes.fromhex("5ea1ed" * 10 + "5ea1")
SECRET = 0x1F0E2D3C4B5A69788796A5B4C3D2E1F00F1E2D3C4B5A69788796A5B4C3D2E1F0


def setting() -> Setting:
    return Setting(FINGERPRINT, native.write_point(native.base_times(SECRET)))


def canonical_cases() -> list[dict[str, Any]]:
    values: list[Any] = [
        None,
        True,
        {"b": [1, -2, 0], "a": {"é": "€", "z": ""}},
        {"\U0001f600": 1, "\ufb33": 2, "\r": 3, "ö": 4, "1": 5},
        'quotes " and \\ and \b\f\n\r\t and \u0007 and \u007f and \u2028',
        9007199254740991,
        [],
    ]
    return [{"value": value, "hex": canonical(value).hex()} for value in values]


def transcript_cases() -> list[dict[str, Any]]:
    cases: list[tuple[str, list[tuple[str, Any]]]] = [
        ("example", []),
        ("example", [("hex", ""), ("hex", "00")]),
        ("example", [("text", "Siân"), ("integer", 506438), ("hex", "ff" * 33)]),
    ]
    read = {"hex": bytes.fromhex, "text": str, "integer": int}
    return [
        {
            "use": use,
            "parts": [{kind: value} for kind, value in parts],
            "hash": transcript_hash(use, *(read[kind](value) for kind, value in parts)).hex(),
        }
        for use, parts in cases
    ]


def stream_cases() -> list[dict[str, Any]]:
    seeds = [bytes(32), transcript_hash("example", 1)]
    return [
        {
            "seed": seed.hex(),
            "first_80_bytes": xof(seed, 80).hex(),
            "scalar": f"{wide_reduce(seed, ORDER):064x}",
        }
        for seed in seeds
    ]


def ranking_cases() -> list[dict[str, Any]]:
    cases = []
    for candidates, preferences in [(1, 1), (2, 1), (3, 3), (5, 5), (5, 2), (8, 8), (20, 4)]:
        space = RankingSpace(candidates, preferences)
        some = {0, 1, 2, space.size // 3, space.size // 2, space.size - 2, space.size - 1}
        cases.append(
            {
                "candidates": candidates,
                "preferences": preferences,
                "size": space.size,
                "rankings": [
                    {"index": number, "ranking": list(space.ranking(number))}
                    for number in sorted(some)
                    if number < space.size
                ],
            }
        )
    return cases


def code_cases() -> list[dict[str, Any]]:
    cases = []
    codes = ["0" * 21, make_code(rng=lambda n: b"\xff" * n)]
    codes += [make_code(rng=XofRng(bytes([number]))) for number in range(6)]
    for code in codes:
        key = voting_key(code, election_id=ELECTION)
        auxiliary = XofRng(code.encode())(32)
        identity = sign_identity(key, election_id=ELECTION, rng=lambda _, drawn=auxiliary: drawn)
        cases.append(
            {
                "code": code,
                "shown": show_code(code),
                "typed": " " + show_code(code).lower().replace("0", "o").replace("1", "l"),
                "election_id": ELECTION.hex(),
                "secret": key.secret.hex(),
                "credential": key.credential.hex(),
                "auxiliary": auxiliary.hex(),
                "identity_signature": identity.hex(),
            }
        )
    return cases


def issuer_cases() -> list[dict[str, Any]]:
    """What an outside issuer signs: a section of three at first, one that comes, one that dies.

    The last dies for the one that comes: a reissue bears the second and the fourth.
    """
    key = issuer_key(SECRET.to_bytes(32, "big"))
    codes = [make_code(rng=XofRng(bytes([number]))) for number in range(4)]
    *first, later = (voting_key(code, election_id=ELECTION).credential for code in codes)
    section = "member"
    messages = [
        ("issued-list", sorted(first), list_message(ELECTION, section, b"".join(sorted(first)))),
        ("issued", [later], issued_message(ELECTION, section, later)),
        ("revoked", [first[0]], revoked_message(ELECTION, first[0])),
        ("replaced", [first[0], later], replaced_message(ELECTION, first[0], by=later)),
    ]
    cases = []
    for use, credentials, message in messages:
        auxiliary = XofRng(use.encode())(32)
        signature = sign_issue(message, key=key, rng=lambda _, drawn=auxiliary: drawn)
        cases.append(
            {
                "use": use,
                "secret": key.secret.hex(),
                "issuer": key.public.hex(),
                "election_id": ELECTION.hex(),
                "section": section,
                "credentials": [one.hex() for one in credentials],
                "message": message.hex(),
                "auxiliary": auxiliary.hex(),
                "signature": signature.hex(),
            }
        )
    return cases


def refused_codes() -> list[dict[str, Any]]:
    good = make_code(rng=XofRng(b"\x01"))
    swapped = good[:3] + good[4] + good[3] + good[5:]
    slip = good[:7] + ("A" if good[7] != "A" else "B") + good[8:]
    return [
        {"typed": good[:20], "condition": "code.length", "why": "one character short"},
        {"typed": good + "0", "condition": "code.length", "why": "one character too many"},
        {"typed": "U" + good[1:], "condition": "code.character", "why": "U is no digit"},
        {"typed": good[:20] + "!", "condition": "code.character", "why": "no check symbol"},
        {"typed": slip, "condition": "code.check", "why": "one character wrong"},
        {"typed": swapped, "condition": "code.check", "why": "two neighbours swapped"},
    ]


def ballot_cases() -> list[dict[str, Any]]:
    papers: list[tuple[list[str], str, str, list[int]]] = [
        (["leader"], "member", "", [0]),
        (["leader"], "affiliated", "", [325]),
        (["leader", "deputy"], "registered", "", [17, 109600]),
        (["Arweinydd", "Dirprwy", "Trysorydd"], "aelod", "Sir Fôn", [1, 0, 2**20 - 1]),
        (["leader"], "tŷ", "Ynys Môn", [44]),
    ]
    return [
        ballot_case(number, contests, section, unit, choices)
        for number, (contests, section, unit, choices) in enumerate(papers)
    ]


def ballot_case(
    number: int, contests: list[str], section: str, unit: str, choices: list[int]
) -> dict[str, Any]:
    rng = XofRng(b"ballot" + bytes([number]))
    key = voting_key(make_code(rng=rng), election_id=ELECTION)
    votes, shown = [], []
    for contest, choice in zip(contests, choices, strict=True):
        randomness, nonce = random_scalar(rng), random_scalar(rng)
        begun = vote_transcript(setting(), contest, section, unit)
        vote = seal_vote(
            choice,
            randomness=randomness,
            nonce=nonce,
            setting=setting(),
            begun=begun,
            credential=key.credential,
        )
        votes.append(vote)
        response = int.from_bytes(vote.response, "big")
        challenge = (response - nonce) * pow(randomness, -1, ORDER) % ORDER
        shown.append(
            {
                "contest": contest,
                "choice": choice,
                "randomness": f"{randomness:064x}",
                "nonce": f"{nonce:064x}",
                "c1": vote.c1.hex(),
                "c2": vote.c2.hex(),
                "commitment": vote.commitment.hex(),
                "challenge": f"{challenge:064x}",
                "response": vote.response.hex(),
            }
        )
    auxiliary = rng(32)
    message = paper_message(
        setting(),
        contests=contests,
        section=section,
        unit=unit,
        credential=key.credential,
        votes=votes,
    )
    signature = ssa.sign(message, key.secret, auxiliary)
    ballot = SealedBallot(key.credential, tuple(votes), signature)
    tracker = tracker_hash(key.credential, votes, setting=setting())
    return {
        "fingerprint": FINGERPRINT.hex(),
        "key": setting().key.hex(),
        "section": section,
        "unit": unit,
        "secret": key.secret.hex(),
        "credential": key.credential.hex(),
        "votes": shown,
        "message": message.hex(),
        "auxiliary": auxiliary.hex(),
        "signature": signature.hex(),
        "wire": ballot.to_bytes().hex(),
        "tracker": tracker.hex(),
        "tracker_words": list(tracker_words(tracker)),
    }


def refused_ballots() -> list[dict[str, Any]]:
    """Changes to the third paper above (two contests), each with the condition it breaks."""
    case = ballot_cases()[2]
    wire = bytes.fromhex(case["wire"])
    order = ORDER.to_bytes(32, "big")
    response = int.from_bytes(wire[131:163], "big")
    other = bytes.fromhex(ballot_cases()[1]["wire"])

    def changed(at: int, new: bytes) -> str:
        return (wire[:at] + new + wire[at + len(new) :]).hex()

    return [
        {"condition": "ballot.length", "why": "a byte short", "wire": wire[:-1].hex()},
        {"condition": "ballot.point", "why": "prefix 04", "wire": changed(32, b"\x04")},
        {
            "condition": "ballot.point",
            "why": "a coordinate not below the field's order",
            "wire": changed(33, native.FIELD.to_bytes(32, "big")),
        },
        {
            "condition": "ballot.point",
            "why": "x is on no point",
            "wire": changed(33, bytes(31) + b"\x05"),
        },
        {"condition": "ballot.scalar", "why": "the order itself", "wire": changed(131, order)},
        {
            "condition": "ballot.credential",
            "why": "x is on no point",
            "wire": changed(0, bytes(31) + b"\x05"),
        },
        {
            "condition": "ballot.repeated",
            "why": "the first vote put in both places",
            "wire": changed(163, wire[32:163]),
        },
        {
            "condition": "ballot.proof",
            "why": "response one more",
            "wire": changed(131, ((response + 1) % ORDER).to_bytes(32, "big")),
        },
        {
            "condition": "ballot.proof",
            "why": "the votes swapped",
            "wire": changed(32, wire[163:294] + wire[32:163]),
        },
        {
            "condition": "ballot.proof",
            "why": "another elector's vote",
            "wire": changed(32, other[32:163]),
        },
        {"condition": "ballot.proof", "why": "another credential", "wire": changed(0, other[:32])},
        {
            "condition": "ballot.signature",
            "why": "last bit turned",
            "wire": changed(357, bytes([wire[357] ^ 1])),
        },
    ]


def challenge_cases() -> list[dict[str, Any]]:
    """Four of the papers above, as their openings, with the spaces that they are read in."""
    spaces = {0: [(5, 5)], 1: [(5, 5)], 2: [(5, 5), (8, 8)], 4: [(5, 5)]}
    cases = ballot_cases()
    return [
        {
            "ballot": number,
            "spaces": [{"candidates": c, "preferences": m} for c, m in spaces[number]],
            "text": challenge_of(cases[number]).to_text(),
            "tracker": cases[number]["tracker"],
            "tracker_words": cases[number]["tracker_words"],
        }
        for number in spaces
    ]


def challenge_of(case: dict[str, Any]) -> PaperOpening:
    votes = tuple(
        OpenedVote(vote["choice"], int(vote["randomness"], 16), int(vote["nonce"], 16))
        for vote in case["votes"]
    )
    credential = bytes.fromhex(case["credential"])
    return PaperOpening(FINGERPRINT, credential, case["section"], case["unit"], votes)


def refused_challenges() -> list[dict[str, Any]]:
    """Changes to the second opening above, each with the condition it breaks."""
    wire = challenge_of(ballot_cases()[1]).to_bytes()
    begins = 1 + 32 + 32 + 1 + len("affiliated") + 1

    def text(octets: bytes) -> str:
        return base64.urlsafe_b64encode(octets).rstrip(b"=").decode()

    def changed(at: int, new: bytes) -> str:
        return text(wire[:at] + new + wire[at + len(new) :])

    order = ORDER.to_bytes(32, "big")
    form, index = "challenge.form", "ranking.index"
    return [
        {"condition": form, "why": "no text at all", "text": ""},
        {"condition": form, "why": "a slash, not _", "text": text(wire).replace("_", "/")},
        {"condition": form, "why": "padding", "text": text(wire) + "=="},
        {"condition": form, "why": "a bit that no byte has", "text": text(wire)[:-1] + "_"},
        {"condition": form, "why": "a byte short", "text": text(wire[:-1])},
        {"condition": form, "why": "a byte too many", "text": text(wire + b"\0")},
        {"condition": form, "why": "cut within the section", "text": text(wire[:68])},
        {"condition": form, "why": "cut before the section", "text": text(wire[:65])},
        {"condition": form, "why": "another version", "text": changed(0, b"\x02")},
        {"condition": form, "why": "another election", "text": changed(1, b"\0")},
        {"condition": form, "why": "a section not in UTF-8", "text": changed(66, b"\xe9")},
        {
            "condition": form,
            "why": "no section",
            "text": text(wire[:65] + b"\0" + wire[76:]),
        },
        {"condition": form, "why": "r is zero", "text": changed(begins + 4, bytes(32))},
        {"condition": form, "why": "r is the order", "text": changed(begins + 4, order)},
        {"condition": form, "why": "k is zero", "text": changed(begins + 36, bytes(32))},
        {"condition": form, "why": "k is the order", "text": changed(begins + 36, order)},
        {
            "condition": index,
            "why": "one past the last ranking",
            "text": changed(begins, (326).to_bytes(4, "big")),
        },
    ]


def postal_cases() -> list[dict[str, Any]]:
    """Papers by post: two tellers' codes, what each reads, and the one ballot that both seal."""
    rng = XofRng(b"postal")
    codes = [make_code(rng=rng) for _ in range(2)]
    ann, bob = (teller_key(code, election_id=ELECTION) for code in codes)
    cases = []
    for number, section, choices in [(1, "member", [3]), (2, "section-é", [0, 326])]:
        contests = [f"contest-{place}" for place in range(1, 1 + len(choices))]
        place: dict[str, Any] = {"number": number, "setting": setting(), "section": section}
        ballot = seal_postal(choices, **place, contests=contests, key=ann, other=bob.credential)
        cases.append(
            {
                "election": ELECTION.hex(),
                "fingerprint": FINGERPRINT.hex(),
                "key": setting().key.hex(),
                "codes": codes,
                "keys": [ann.credential.hex(), bob.credential.hex()],
                "number": number,
                "section": section,
                "contests": contests,
                "choices": choices,
                "wire": ballot.to_bytes().hex(),
                "message": postal_message(ballot, **place).hex(),
                "signatures": [
                    sign_postal(ballot, **place, key=key, rng=bytes).hex() for key in (ann, bob)
                ],
            }
        )
    return cases


def vectors() -> dict[str, Any]:
    return {
        "origin": "Made by tests/vectors/make_sealing.py; recomputed by tests/sealing/plain.py.",
        "canonical": canonical_cases(),
        "transcripts": transcript_cases(),
        "streams": stream_cases(),
        "rankings": ranking_cases(),
        "codes": code_cases(),
        "refused_codes": refused_codes(),
        "issuer": issuer_cases(),
        "ballots": ballot_cases(),
        "refused_ballots": refused_ballots(),
        "postal": postal_cases(),
        "challenges": challenge_cases(),
        "refused_challenges": refused_challenges(),
    }


def main() -> None:
    text = json.dumps(vectors(), ensure_ascii=False, indent=1)
    (HERE / "sealing.json").write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()

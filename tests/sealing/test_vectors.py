"""The vectors that the core, the browser and the verifier share, recomputed by slow arithmetic."""

from __future__ import annotations

import hmac
import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from btclib_secp256k1 import ssa

from ballot.canonical import canonical, read_canonical, transcript_hash, wide_reduce, xof
from ballot.sealing.ballot import (
    SealedBallot,
    check_ballot,
    seal_votes,
    tracker_hash,
    tracker_words,
)
from ballot.sealing.batch import check_ballots
from ballot.sealing.challenge import (
    OpenedVote,
    PaperOpening,
    draw_opening,
    make_again,
    read_opening,
    refuse_cast,
)
from ballot.sealing.codes import check_identity, read_code, show_code, voting_key
from ballot.sealing.errors import BallotsRejected, SealingError
from ballot.sealing.issuing import check_issued, check_list, check_replaced, check_revoked
from ballot.sealing.native import ORDER
from ballot.sealing.rankings import RankingSpace
from ballot.sealing.setting import Setting
from tests.sealing import plain
from tests.sealing.making import refusal, rng
from tests.sealing.making import setting as making_setting
from tests.vectors import make_sealing

VECTORS = Path(__file__).parent.parent / "vectors"
OURS = json.loads((VECTORS / "sealing.json").read_text(encoding="utf-8"))
BIP340 = json.loads((VECTORS / "sealing-bip340.json").read_text(encoding="utf-8"))


def octets(text: str) -> bytes:
    return bytes.fromhex(text)


def test_the_file_is_what_the_script_makes():
    assert make_sealing.vectors() == OURS


@pytest.mark.parametrize("case", OURS["canonical"])
def test_canonical_forms(case):
    assert canonical(case["value"]).hex() == case["hex"]
    assert read_canonical(octets(case["hex"])) == case["value"]


@pytest.mark.parametrize("case", OURS["transcripts"])
def test_transcripts(case):
    read = {"hex": bytes.fromhex, "text": str, "integer": int}
    parts = [read[kind](value) for part in case["parts"] for kind, value in part.items()]
    assert transcript_hash(case["use"], *parts).hex() == case["hash"]
    assert plain.h(case["use"], *parts).hex() == case["hash"]


@pytest.mark.parametrize("case", OURS["streams"])
def test_streams_and_wide_reductions(case):
    seed = octets(case["seed"])
    assert xof(seed, 80).hex() == plain.stream(seed, 80).hex() == case["first_80_bytes"]
    assert f"{wide_reduce(seed, ORDER):064x}" == f"{plain.reduced(seed):064x}" == case["scalar"]


@pytest.mark.parametrize("case", OURS["rankings"])
def test_rankings(case):
    space = RankingSpace(case["candidates"], case["preferences"])
    assert space.size == case["size"]
    for one in case["rankings"]:
        assert space.index(one["ranking"]) == one["index"]
        assert list(space.ranking(one["index"])) == one["ranking"]


@pytest.mark.parametrize("case", OURS["codes"])
def test_codes_become_keys(case):
    # sealing §5.3, and RFC 5869 step by step
    assert read_code(case["typed"]) == read_code(case["shown"]) == case["code"]
    assert show_code(case["code"]) == case["shown"]
    election = octets(case["election_id"])
    key = voting_key(case["code"], election_id=election)
    extracted = hmac.digest(election, case["code"][:20].encode(), "sha256")
    info = b"hustings/v1/voting-key"
    first = hmac.digest(extracted, info + b"\x01", "sha256")
    second = hmac.digest(extracted, first + info + b"\x02", "sha256")
    secret = int.from_bytes(first + second, "big") % (plain.N - 1) + 1
    assert key.secret.hex() == f"{secret:064x}" == case["secret"]
    public = plain.write(plain.times(secret, plain.G))[1:]
    assert key.credential.hex() == public.hex() == case["credential"]
    shown = plain.h("identify", election, public)
    signature = plain.bip340_sign(shown, secret, octets(case["auxiliary"]))
    assert signature.hex() == case["identity_signature"]
    check_identity(key.credential, signature, election_id=election)


@pytest.mark.parametrize("case", OURS["refused_codes"])
def test_refused_codes(case):
    assert refusal(read_code, case["typed"]).condition == case["condition"]


@pytest.mark.parametrize("case", OURS["issuer"])
def test_what_an_outside_issuer_signs(case):
    # sealing §5.5, equations 45 to 47a
    election, section = octets(case["election_id"]), case["section"]
    credentials = [octets(one) for one in case["credentials"]]
    joined = b"".join(credentials)
    parts = {
        "issued-list": (section, len(credentials), joined),
        "issued": (section, joined),
        "revoked": credentials,
        "replaced": credentials,
    }[case["use"]]
    message = plain.h(case["use"], election, *parts)
    secret = int(case["secret"], 16)
    assert message.hex() == case["message"]
    assert plain.write(plain.times(secret, plain.G))[1:].hex() == case["issuer"]
    signature = plain.bip340_sign(message, secret, octets(case["auxiliary"]))
    assert signature.hex() == case["signature"]
    issuer = octets(case["issuer"])
    {
        "issued-list": lambda: check_list(election, section, joined, signature, issuer=issuer),
        "issued": lambda: check_issued(election, section, joined, signature, issuer=issuer),
        "revoked": lambda: check_revoked(election, joined, signature, issuer=issuer),
        "replaced": lambda: check_replaced(
            election, credentials[0], signature, by=credentials[1], issuer=issuer
        ),
    }[case["use"]]()


def place(case):
    return {
        "setting": Setting(octets(case["fingerprint"]), octets(case["key"])),
        "contests": [vote["contest"] for vote in case["votes"]],
        "section": case["section"],
        "unit": case["unit"],
    }


@pytest.mark.parametrize("case", OURS["ballots"])
def test_ballots_are_what_slow_arithmetic_seals(case):
    # sealing §6.1 to §6.3, §6.6
    fingerprint, key = octets(case["fingerprint"]), octets(case["key"])
    credential, y = octets(case["credential"]), plain.read(octets(case["key"]))
    votes, named = [], []
    for vote in case["votes"]:
        r, k = int(vote["randomness"], 16), int(vote["nonce"], 16)
        c1 = plain.write(plain.times(r, plain.G))
        c2 = plain.write(
            plain.add(plain.times(vote["choice"] + 1, plain.G), plain.times(r, y))
        )
        commitment = plain.write(plain.times(k, plain.G))
        where = (fingerprint, key, vote["contest"], case["section"], case["unit"])
        challenge = plain.reduced(plain.h("vote", *where, credential, c1, c2, commitment))
        response = ((k + challenge * r) % plain.N).to_bytes(32, "big")
        assert [c1.hex(), c2.hex(), commitment.hex(), f"{challenge:064x}", response.hex()] == [
            vote[name] for name in ("c1", "c2", "commitment", "challenge", "response")
        ]
        votes.append(c1 + c2 + commitment + response)
        named += [vote["contest"], votes[-1]]
    where = (fingerprint, key, case["section"], case["unit"])
    message = plain.h("paper", *where, credential, *named)
    signature = plain.bip340_sign(message, int(case["secret"], 16), octets(case["auxiliary"]))
    assert (message.hex(), signature.hex()) == (case["message"], case["signature"])
    assert (credential + b"".join(votes) + signature).hex() == case["wire"]
    assert plain.h("tracker", fingerprint, key, credential, *votes).hex() == case["tracker"]


@pytest.mark.parametrize("case", OURS["ballots"])
def test_ballots_hold(case):
    ballot = check_ballot(octets(case["wire"]), **place(case))
    tracker = tracker_hash(ballot.credential, ballot.votes, setting=place(case)["setting"])
    assert tracker.hex() == case["tracker"]
    assert list(tracker_words(tracker)) == case["tracker_words"]
    assert SealedBallot.parse(octets(case["wire"]), contests=len(case["votes"])) == ballot


@pytest.mark.parametrize("case", OURS["refused_ballots"], ids=lambda case: case["why"])
def test_refused_ballots_break_the_condition_they_name(case):
    where = place(OURS["ballots"][2])
    check_ballot(octets(OURS["ballots"][2]["wire"]), **where)
    assert refusal(check_ballot, octets(case["wire"]), **where).condition == case["condition"]
    wire = np.frombuffer(octets(case["wire"]), np.uint8).reshape(1, -1)
    together = refusal(check_ballots, wire, rng=rng(), **where)
    if isinstance(together, BallotsRejected):
        assert together.culprits == ((0, case["condition"]),)
    else:
        assert isinstance(together, SealingError)
        assert together.condition == case["condition"] == "ballot.length"


def spaces(case):
    return [RankingSpace(one["candidates"], one["preferences"]) for one in case["spaces"]]


@pytest.mark.parametrize("case", OURS["challenges"])
def test_a_challenged_paper_is_made_again_as_it_was_sealed(case):
    # sealing §6.7, byte by byte, then (1) to (4) and (10)
    ballot = OURS["ballots"][case["ballot"]]
    where = place(ballot)
    opening = read_opening(case["text"], setting=where["setting"], spaces=spaces(case))
    section, unit = ballot["section"].encode(), ballot["unit"].encode()
    wire = b"\x01" + octets(ballot["fingerprint"]) + octets(ballot["credential"])
    wire += bytes([len(section)]) + section + bytes([len(unit)]) + unit
    for vote in ballot["votes"]:
        wire += vote["choice"].to_bytes(4, "big")
        wire += octets(vote["randomness"]) + octets(vote["nonce"])
    assert opening.to_bytes() == wire and opening.to_text() == case["text"]

    paper = make_again(opening, setting=where["setting"], contests=where["contests"])

    sealed = [vote.to_bytes().hex() for vote in paper.votes]
    names = ("c1", "c2", "commitment", "response")
    assert sealed == ["".join(vote[name] for name in names) for vote in ballot["votes"]]
    assert paper.tracker.hex() == case["tracker"] == ballot["tracker"]
    assert list(tracker_words(paper.tracker)) == case["tracker_words"]


@pytest.mark.parametrize("case", OURS["refused_challenges"], ids=lambda case: case["why"])
def test_refused_openings_break_the_condition_they_name(case):
    good = OURS["challenges"][1]
    where = {"setting": place(OURS["ballots"][1])["setting"], "spaces": spaces(good)}
    read_opening(good["text"], **where)
    assert refusal(read_opening, case["text"], **where).condition == case["condition"]


def test_what_is_drawn_is_opened_as_it_was_sealed_and_never_drawn_twice():
    # sealing §6.7: an opening is drawn first, r and then k, and the paper is made of it
    where = place(OURS["ballots"][2])
    one = {"setting": where["setting"], "section": "member", "credential": bytes(32)}
    random = rng(b"one paper")
    opening = draw_opening([17, 9], rng=random, **one)
    drawn = seal_votes([17, 9], contests=where["contests"], rng=rng(b"one paper"), **one)

    paper = make_again(opening, setting=where["setting"], contests=where["contests"])

    assert paper.votes == drawn
    again = draw_opening([17, 9], rng=random, **one)
    assert make_again(again, setting=one["setting"], contests=where["contests"]) != paper


def test_the_opening_of_a_paper_that_was_cast_is_refused():
    # sealing §6.7
    case = OURS["challenges"][0]
    where = place(OURS["ballots"][0])
    opening = read_opening(case["text"], setting=where["setting"], spaces=spaces(case))
    paper = make_again(opening, setting=where["setting"], contests=where["contests"])
    refuse_cast(paper, cast={bytes(32)})
    assert refusal(refuse_cast, paper, cast={paper.tracker}).condition == "challenge.cast"


def test_an_opening_of_no_paper_is_refused():
    # sealing §6.7: c2 would be infinite, which only who knows the key's secret can bring about
    where = {"setting": making_setting(777), "contests": ["leader"]}
    r = (ORDER - 4) * pow(777, -1, ORDER) % ORDER
    opening = PaperOpening(bytes(32), bytes(32), "member", "", (OpenedVote(3, r, 1),))
    make_again(replace(opening, votes=(OpenedVote(2, r, 1),)), **where)
    assert refusal(make_again, opening, **where).condition == "challenge.form"


@pytest.mark.parametrize("case", BIP340["cases"], ids=lambda case: str(case["index"]))
def test_signatures_agree_with_the_vectors_of_bip_340(case):
    message, signature = octets(case["message"]), octets(case["signature"])
    public = octets(case["public_key"])
    try:
        valid = ssa.verify(message, public, signature)
    except ValueError:  # a public key that is none
        valid = False
    assert valid == case["valid"]
    if case["secret_key"]:
        secret, aside = int(case["secret_key"], 16), octets(case["aux_rand"])
        assert plain.bip340_sign(message, secret, aside) == signature
        assert ssa.sign(message, octets(case["secret_key"]), aside) == signature

"""Keys that an outside issuer makes, as the command follows them (sealing §5.5; trustees §5.4)."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from ballot.canonical import XofRng, canonical
from ballot.sealing.issuing import (
    issued_message,
    list_message,
    make_issuer_key,
    replaced_message,
    revoked_message,
    sign_issue,
)
from ballot.trustee.errors import Refused
from ballot.trustee.forms import BlobNamed
from ballot.trustee.keys_named import KeysNamed, keys_named
from ballot.trustee.record import Record
from tests.ballot.trustee.polling import voter

ELECTION = "00000000-0000-4000-8000-000000000001"
IDENTIFIER = bytes.fromhex(ELECTION.replace("-", ""))
ISSUER = make_issuer_key(rng=XofRng(b"issuer"))
FIRST, SECOND = sorted(voter("member", number).credential for number in (1, 2))
LATE, AGAIN, OTHER = (voter("member", number).credential for number in (3, 4, 5))
VECTORS = Path(__file__).parents[2] / "vectors/sealing.json"
Act = tuple[str, Any]


def signed(message: bytes) -> bytes:
    return sign_issue(message, key=ISSUER, rng=XofRng(b"signing"))


def issued(key: bytes, section: str = "member") -> bytes:
    return signed(issued_message(IDENTIFIER, section, key))


def replaced(old: bytes, by: bytes) -> str:
    return signed(replaced_message(IDENTIFIER, old, by=by)).hex()


@dataclass
class Making:
    """A board of an election with codes from outside, and the bytes that its entries name.

    Two keys at first; one that comes before the opening and dies during the poll; one replaced.
    """

    blobs: dict[str, bytes] = field(default_factory=dict)
    acts: list[Act] = field(default_factory=list)

    def __post_init__(self) -> None:
        joined = FIRST + SECOND
        signature = signed(list_message(IDENTIFIER, "member", joined)).hex()
        section = {"section": "member", "credentials": 2, "keys": self.blob(joined),
                   "signature": signature}  # fmt: skip
        dead = self.named(LATE, signed(revoked_message(IDENTIFIER, LATE)))
        sealed = {"issued": [], "revoked": dead, "salt": "00" * 32}
        self.acts = [
            ("notice", {"issuer": {"name": "Ann", "key": ISSUER.public.hex()}}),
            ("credentials", {"sections": [section]}),
            ("amendment", {"number": 1, "keys": None}),
            ("keys", {"issued": [{"section": "member", **self.named(LATE, issued(LATE))}],
                      "revoked": None}),
            ("opening", {}),
            ("keys", {"sealed": sha256(canonical(sealed)).hexdigest()}),
            ("reissue", {"credential": AGAIN.hex(), "revoked": [FIRST.hex()],
                         "signature": issued(AGAIN).hex(),
                         "revocations": [replaced(FIRST, AGAIN)]}),
            ("reconciliation", {"amended_keys": [{"entry": 5, **sealed}]}),
        ]  # fmt: skip

    def blob(self, content: bytes) -> dict[str, Any]:
        digest = sha256(content).hexdigest()
        self.blobs[digest] = content
        return {"sha256": digest, "size_bytes": len(content)}

    def named(self, key: bytes, signature: bytes) -> dict[str, Any]:
        return {"credentials": 1, "keys": self.blob(key), "signatures": self.blob(signature)}

    def followed(self, election: str = ELECTION) -> KeysNamed:
        """Follow the keys of the board as it stands."""

        def blob(named: BlobNamed, where: str) -> bytes:
            return self.blobs[named.sha256]

        record = Record(election, blob=blob)
        record.extend(
            canonical({"at": "2026-05-01T12:00:00Z", "content": content, "election": election,
                       "kind": kind, "number": number, "version": "hustings/v1"})
            for number, (kind, content) in enumerate(self.acts)
        )  # fmt: skip
        return keys_named(record, blob=blob)

    def refused(self) -> str:
        with pytest.raises(Refused) as caught:
            self.followed()
        return caught.value.check


def test_keys_that_the_issuer_signed_come_and_go() -> None:
    found = Making().followed()

    assert set(found.section) == {FIRST, SECOND, LATE, AGAIN}
    assert set(found.section.values()) == {"member"}
    assert found.dead == {LATE, FIRST}


CHANGES: dict[str, Callable[[Making], Any]] = {
    "the list has no signature": lambda made: made.acts[1][1]["sections"][0].update(signature=None),
    "the list is another section's": lambda made: (
        made.acts[1][1]["sections"][0].update(section="affiliated")
    ),
    "the list has another's signature": lambda made: (
        made.acts[1][1]["sections"][0].update(signature=issued(FIRST).hex())
    ),
    "a later key has another's signature": lambda made: (
        made.acts[3][1]["issued"][0].update(signatures=made.blob(issued(OTHER)))
    ),
    "a later key has no signature": lambda made: (
        made.acts[3][1]["issued"][0].update(signatures=made.blob(b""))
    ),
    "a later key is of another section": lambda made: (
        made.acts[3][1]["issued"][0].update(section="affiliated")
    ),
    "a key issued again is the server's own": lambda made: (
        made.acts[6][1].update(credential=OTHER.hex())
    ),
    "a key issued again has no signature": lambda made: made.acts[6][1].update(signature=None),
    "what a key replaces is another elector's": lambda made: (
        made.acts[6][1].update(revoked=[SECOND.hex()])
    ),
    "a death is signed for another key in its place": lambda made: (
        made.acts[6][1].update(revocations=[replaced(FIRST, OTHER)])
    ),
    "a death is signed for no key in its place": lambda made: made.acts[6][1].update(
        revocations=[signed(revoked_message(IDENTIFIER, FIRST)).hex()]
    ),
    "no death is signed": lambda made: made.acts[6][1].update(revocations=[]),
    "the deaths are null": lambda made: made.acts[6][1].update(revocations=None),
    "the notice's issuer is another": lambda made: made.acts[0][1]["issuer"].update(
        key=make_issuer_key(rng=XofRng(b"another")).public.hex()
    ),
    "the notice names none": lambda made: made.acts[0][1].update(issuer=None),
}


@pytest.mark.parametrize("name", CHANGES)
def test_a_key_that_the_issuer_did_not_sign_is_the_server_s_own_and_refused(name: str) -> None:
    # sealing §5.5, equations 45, 46 and 47a
    made = Making()
    CHANGES[name](made)

    assert made.refused() == "issuer.signature"


def test_a_death_told_after_the_close_bears_the_issuer_s_signature_too() -> None:
    # equation 47
    made = Making()
    told = made.acts[-1][1]["amended_keys"][0]
    told["revoked"] = made.named(LATE, issued(LATE))
    bare = {name: told[name] for name in ("issued", "revoked", "salt")}
    made.acts[5][1]["sealed"] = sha256(canonical(bare)).hexdigest()

    assert made.refused() == "issuer.signature"


def test_an_amendment_brings_no_keys_where_an_issuer_makes_them() -> None:
    made = Making()
    made.acts[2][1]["keys"] = {"issued": [], "revoked": None}

    assert made.refused() == "amendment.keys"


def test_sealed_keys_are_told_by_the_number_of_their_entry() -> None:
    made = Making()
    told = made.acts[-1][1]["amended_keys"][0]
    told["amendment"] = told.pop("entry")

    assert made.refused() == "amendment.keys"


def test_the_vectors_make_a_whole_reissue() -> None:
    # equations 45, 46 and 47a, as the core signed them
    cases = {one["use"]: one for one in json.loads(VECTORS.read_text("utf-8"))["issuer"]}
    made, first, again = Making(), cases["issued-list"], cases["replaced"]
    old, new = again["credentials"]
    keys = made.blob(bytes.fromhex("".join(first["credentials"])))
    made.acts = [
        ("notice", {"issuer": {"name": "Ann", "key": again["issuer"]}}),
        ("credentials", {"sections": [{"section": first["section"], "credentials": 3, "keys": keys,
                                       "signature": first["signature"]}]}),
        ("opening", {}),
        ("reissue", {"credential": new, "revoked": [old],
                     "signature": cases["issued"]["signature"],
                     "revocations": [again["signature"]]}),
        ("reconciliation", {"amended_keys": []}),
    ]  # fmt: skip
    text = again["election_id"]
    election = "-".join((text[:8], text[8:12], text[12:16], text[16:20], text[20:]))

    found = made.followed(election)

    assert found.dead == {bytes.fromhex(old)}
    assert found.section[bytes.fromhex(new)] == first["section"]

"""Keys of an outside issuer: none comes or dies unsigned (sealing §5.5; bundle §4.1)."""

from __future__ import annotations

from copy import deepcopy
from hashlib import sha256
from typing import Any
from uuid import UUID

import pytest

from tests.verifier.acts import ELECTION, Act, Blobs, board_of
from tests.verifier.given import failure, vectors
from tests.verifier.making import G, sign, times
from verifier.canonical import Hashed, digest, write
from verifier.credentials import Credentials, check_credentials
from verifier.group import ORDER
from verifier.issuer import Issuer
from verifier.roll import check_roll
from verifier.signature import public_key

IDENTIFIER = UUID(ELECTION).bytes
SALT = "5a" * 32


def even(secret: int) -> int:
    """Return the secret, or its opposite, whose point has an even y, as BIP 340 signs."""
    return ORDER - secret if times(secret, G)[1] & 1 else secret


ISSUER, STRANGER = even(7001), even(7002)


def x_of(secret: int) -> bytes:
    return times(secret, G)[0].to_bytes(32, "big")


class Making:
    """What the board of an election of two sections, with codes from outside, tells of its keys.

    signer: who signs in the issuer's name.
    """

    def __init__(self, signer: int = ISSUER) -> None:
        self.signer = signer
        self.blobs = Blobs()
        self.keys = sorted(sha256(bytes([n])).digest() for n in range(1, 9))

    def signed(self, use: str, *parts: Hashed) -> bytes:
        return sign(self.signer, digest(use, IDENTIFIER, *parts))

    def first(self, section: str, keys: list[bytes]) -> dict[str, Any]:
        """The keys of a section at first: equation (45)."""
        joined = b"".join(keys)
        signature = self.signed("issued-list", section, len(keys), joined)
        named = {"section": section, "credentials": len(keys), "keys": self.blobs.named(joined)}
        return named | {"signature": signature.hex()}

    def issued(self, section: str, keys: list[bytes]) -> dict[str, Any]:
        """Keys that came later: equation (46)."""
        signatures = [self.signed("issued", section, key) for key in keys]
        return {"section": section, **self._named(keys, signatures)}

    def revoked(self, keys: list[bytes]) -> dict[str, Any]:
        """Keys that died: equation (47)."""
        return self._named(keys, [self.signed("revoked", key) for key in keys])

    def _named(self, keys: list[bytes], signatures: list[bytes]) -> dict[str, Any]:
        return {
            "credentials": len(keys),
            "keys": self.blobs.named(b"".join(keys)),
            "signatures": self.blobs.named(b"".join(signatures)),
        }

    def reissue(self, new: bytes, old: bytes, section: str = "member") -> Act:
        return "reissue", {
            "credential": new.hex(),
            "revoked": [old.hex()],
            "signature": self.signed("issued", section, new).hex(),
            "revocations": [self.signed("replaced", old, new).hex()],
        }

    def credentials(self, acts: list[Act]) -> Credentials:
        board = board_of(acts)
        return check_credentials(self.blobs, board, check_roll(board))


def notice(key: bytes | None = x_of(ISSUER)) -> Act:
    return "notice", {"issuer": key and {"name": "The Scrutineers Ltd", "key": key.hex()}}


ROLL: Act = (
    "roll",
    {
        "commitment": "00" * 32,
        "totals": [
            {"section": code, "unit": None, "rule": "eligible", "people": people}
            for code, people in (("affiliated", 1), ("member", 2))
        ],
    },
)


def amendment(number: int, change: str, section: str, electors: dict[str, int]) -> Act:
    kinds = {"added": "add", "struck": "remove", "corrected": "correct"}
    return "amendment", {
        "kind": kinds[change],
        "number": number,
        "roll": "00" * 32,
        "previous": f"{number - 1:064x}",
        "commitment": f"{number:064x}",
        "changes": [{"change": change, "section": section, "people": 1}],
        "electors": electors,
        "keys": None,
    }


def good(made: Making) -> list[Act]:
    """Three first keys; one added before the poll; during it a reissue, one added, one struck.

    The reconciliation is the last act.
    """
    k = made.keys
    late = {"issued": [made.issued("affiliated", [k[5]])], "revoked": None, "salt": SALT}
    struck = {"issued": [], "revoked": made.revoked([k[1]]), "salt": SALT}
    sealed = [{"sealed": sha256(write(one)).hexdigest()} for one in (late, struck)]
    return [
        notice(),
        ROLL,
        (
            "credentials",
            {"sections": [made.first("affiliated", k[:1]), made.first("member", k[1:3])]},
        ),
        amendment(1, "added", "member", {"affiliated": 1, "member": 3}),
        ("keys", {"issued": [made.issued("member", [k[3]])], "revoked": None}),
        ("opening", {}),
        made.reissue(k[4], k[2]),
        amendment(2, "added", "affiliated", {"affiliated": 2, "member": 3}),
        amendment(3, "struck", "member", {"affiliated": 2, "member": 2}),
        ("keys", sealed[0]),
        ("keys", sealed[1]),
        ("reconciliation", {"amended_keys": [late | {"entry": 9}, struck | {"entry": 10}]}),
    ]


def test_keys_that_the_issuer_signed_are_taken() -> None:
    made = Making()

    found = made.credentials(good(made))

    assert found.in_force() == {"affiliated": 2, "member": 2}
    assert found.unread == 0


def test_the_signatures_of_the_vectors_hold_each_for_what_it_was_made() -> None:
    """Equations (45) to (47a), as the core signed them."""
    cases = {case["use"]: case for case in vectors("sealing")["issuer"]}
    made = cases["replaced"]
    key = public_key(bytes.fromhex(made["issuer"]), "issuer.key", "the vectors")
    issuer = Issuer("The Scrutineers Ltd", key, bytes.fromhex(made["election_id"]))
    keys = {use: [bytes.fromhex(one) for one in case["credentials"]] for use, case in cases.items()}
    signed = {use: bytes.fromhex(case["signature"]) for use, case in cases.items()}
    section, (old, new) = made["section"], keys["replaced"]

    issuer.check_list(section, keys["issued-list"], signed["issued-list"], "the list")
    issuer.check_issued(section, keys["issued"], [signed["issued"]], "one that comes")
    issuer.check_revoked(keys["revoked"], [signed["revoked"]], "one that dies")
    issuer.check_replaced([old], [signed["replaced"]], "one that dies for another", by=new)
    for use, by in (("replaced", keys["issued-list"][0]), ("revoked", new)):
        failed = failure(issuer.check_replaced, [old], [signed[use]], "another", by=by)
        assert failed.check == "issuer.signature"


def test_before_the_reconciliation_sealed_keys_are_not_known() -> None:
    made = Making()

    found = made.credentials(good(made)[:-1])

    assert found.unread == 2
    assert len(found.section) == 5


def test_a_hundred_keys_that_the_server_made_for_abstainers_are_all_refused() -> None:
    # It knows secrets of its own and publishes their keys, signed with any key that it may have.
    made, forger = Making(), Making(signer=STRANGER)
    forged = sorted(x_of(secret) for secret in range(9000, 9100))
    right = good(made)
    for place in range(100):
        one = forged[place : place + 1]
        acts = [*right[:4], ("keys", {"issued": [forger.issued("member", one)], "revoked": None})]
        made.blobs.held |= forger.blobs.held

        failed = failure(made.credentials, acts)

        assert failed.check == "issuer.signature"
        assert one[0].hex() in failed.where
    first = forger.first("member", sorted([made.keys[1], forged[0]]))
    made.blobs.held |= forger.blobs.held
    acts = [*right[:2], ("credentials", {"sections": [right[2][1]["sections"][0], first]})]
    assert failure(made.credentials, acts).check == "issuer.signature"


def change(acts: list[Act], place: int, **members: Any) -> None:
    acts[place][1].update(members)


def of_section(acts: list[Act], **members: Any) -> None:
    acts[2][1]["sections"][1].update(members)


def without_a_key(acts: list[Act], made: Making) -> None:
    """Leave out a key of a list that the issuer signed, as if one elector fewer had one."""
    keys = made.blobs.named(made.keys[1])
    of_section(acts, keys=keys, credentials=1)
    acts[1][1]["totals"][1]["people"] = 1
    del acts[3:]


def with_an_elector_elsewhere(acts: list[Act], _: Making) -> None:
    """Let the amendment before a later key add somebody of another section."""
    acts[3] = amendment(1, "added", "affiliated", {"affiliated": 2, "member": 2})
    del acts[5:]


def unanswered(acts: list[Act], place: int) -> None:
    """Take the issuer's answer away, with what the reconciliation says of it."""
    told = acts[-1][1]["amended_keys"]
    acts[-1][1]["amended_keys"] = [one | {"entry": one["entry"] - 1} for one in told
                                   if one["entry"] != place]  # fmt: skip
    del acts[place]


CHANGES: dict[str, tuple[Any, str]] = {
    "an amendment before the opening is not answered before it": (
        lambda acts, _: unanswered(acts, 4),
        "amendment.unanswered",
    ),
    "an amendment during the poll is not answered before the reconciliation": (
        lambda acts, _: acts.insert(
            11, amendment(4, "corrected", "member", {"affiliated": 2, "member": 2})
        ),
        "amendment.unanswered",
    ),
    "a list is not signed": (lambda acts, _: of_section(acts, signature=None), "issuer.signature"),
    "a list has another section's signature": (
        lambda acts, _: of_section(acts, signature=acts[2][1]["sections"][0]["signature"]),
        "issuer.signature",
    ),
    "a key of a list is left out": (without_a_key, "issuer.signature"),
    "a later key has no signature": (
        lambda acts, made: acts[4][1]["issued"][0].update(signatures=made.blobs.named(b"")),
        "issuer.signature",
    ),
    "a later key is said to be of another section": (
        lambda acts, _: acts[4][1]["issued"][0].update(section="affiliated"),
        "amendment.issued",
    ),
    "a later key comes that no amendment lets come": (
        with_an_elector_elsewhere,
        "amendment.issued",
    ),
    "a key dies that no amendment lets die": (
        lambda acts, _: acts.__setitem__(
            8, amendment(3, "added", "member", {"affiliated": 2, "member": 4})
        ),
        "amendment.revoked",
    ),
    "an amendment brings keys": (
        lambda acts, _: change(acts, 3, keys={"issued": [], "revoked": None}),
        "amendment.keys",
    ),
    "keys are sealed before the opening": (
        lambda acts, _: acts.__setitem__(4, ("keys", {"sealed": SALT})),
        "amendment.keys",
    ),
    "keys are open after the opening": (
        lambda acts, made: acts.__setitem__(
            9, ("keys", {"issued": [made.issued("affiliated", [made.keys[5]])], "revoked": None})
        ),
        "amendment.keys",
    ),
    "sealed keys are told as an amendment's": (
        lambda acts, _: acts[-1][1]["amended_keys"][0].update(
            amendment=acts[-1][1]["amended_keys"][0].pop("entry")
        ),
        "amendment.keys",
    ),
    "sealed keys are told of another entry": (
        lambda acts, _: acts[-1][1]["amended_keys"][0].update(entry=8),
        "amendment.keys",
    ),
    "sealed keys are not told": (
        lambda acts, _: acts[-1][1]["amended_keys"].pop(),
        "amendment.keys",
    ),
    "a new key is not signed": (
        lambda acts, _: change(acts, 6, signature=None),
        "issuer.signature",
    ),
    "a new key is signed for another section": (
        lambda acts, made: change(
            acts, 6, signature=made.signed("issued", "affiliated", made.keys[4]).hex()
        ),
        "issuer.signature",
    ),
    "a new key is another": (
        lambda acts, made: change(acts, 6, credential=made.keys[6].hex()),
        "issuer.signature",
    ),
    "a key is replaced that the issuer did not revoke": (
        lambda acts, made: change(acts, 6, revoked=[made.keys[1].hex()]),
        "issuer.signature",
    ),
    "a key dies for another than the one in its place": (
        lambda acts, made: change(
            acts, 6, revocations=[made.signed("replaced", made.keys[2], made.keys[6]).hex()]
        ),
        "issuer.signature",
    ),
    "a key dies, signed for none in its place": (
        lambda acts, made: change(
            acts, 6, revocations=[made.signed("revoked", made.keys[2]).hex()]
        ),
        "issuer.signature",
    ),
    "revocations are missing": (
        lambda acts, _: change(acts, 6, revocations=[]),
        "issuer.signature",
    ),
    "revocations are null": (lambda acts, _: change(acts, 6, revocations=None), "issuer.signature"),
    "the issuer's key is no point": (
        lambda acts, _: acts.__setitem__(0, notice(b"\xff" * 32)),
        "issuer.key",
    ),
    "the issuer is another": (
        lambda acts, _: acts.__setitem__(0, notice(x_of(STRANGER))),
        "issuer.signature",
    ),
    "there is no issuer": (lambda acts, _: acts.__setitem__(0, notice(None)), "amendment.keys"),
}


@pytest.mark.parametrize("name", CHANGES)
def test_keys_with_one_thing_changed_are_refused(name: str) -> None:
    do, condition = CHANGES[name]
    made = Making()
    acts = deepcopy(good(made))
    do(acts, made)

    assert failure(made.credentials, acts).check == condition


@pytest.mark.parametrize("use", ["issued", "revoked"])
def test_signatures_over_sealed_keys_are_checked_when_they_are_told(use: str) -> None:
    made = Making()
    acts = deepcopy(good(made))
    told = acts[-1][1]["amended_keys"][0 if use == "issued" else 1]
    named = told["issued"][0] if use == "issued" else told["revoked"]
    forged = made.signed(use, b"something else")
    named["signatures"] = made.blobs.named(forged)
    bare = {name: told[name] for name in ("issued", "revoked", "salt")}
    acts[told["entry"]] = ("keys", {"sealed": sha256(write(bare)).hexdigest()})

    assert failure(made.credentials, acts).check == "issuer.signature"


def without_an_issuer(acts: list[Act]) -> list[Act]:
    """The same up to the reissue, with codes that the server made."""
    acts = deepcopy(acts)
    acts[0] = notice(None)
    for section in acts[2][1]["sections"]:
        section["signature"] = None
    ((_, keys),) = [acts.pop(4)]
    del keys["issued"][0]["signatures"]
    acts[3][1]["keys"] = keys
    acts[5][1].update(signature=None, revocations=None)
    return acts[:6]


def test_without_an_issuer_nothing_is_signed_and_there_are_no_entries_of_keys() -> None:
    made = Making()
    signed = good(made)
    acts = without_an_issuer(signed)
    assert made.credentials(acts).in_force() == {"affiliated": 1, "member": 3}
    credentials, reissue = signed[2], signed[6]

    for place, act, condition in (
        (2, credentials, "issuer.signature"),
        (5, reissue, "issuer.signature"),
        (3, signed[3], "amendment.keys"),
    ):
        changed = deepcopy(acts)
        changed[place] = act
        assert failure(made.credentials, changed).check == condition
    assert failure(made.credentials, [*acts[:4], signed[4]]).check == "issuer.signature"

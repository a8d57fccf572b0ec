"""Every key that the board names bears the outside issuer's signature, and every death of one.

The server can write to its own board whatever it likes; the issuer's signature it cannot write. So
whoever reads the board finds a key under which the server could cast for somebody who abstains.
This is the server's own look before it fixes the boxes; a verifier makes the same check from
outside (docs/spec/bundle.md, 5, check 7).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ballot.models import Blob, Election
from ballot.sealing.errors import SealingError
from ballot.sealing.issuing import (
    CREDENTIAL,
    SIGNATURE,
    check_issued,
    check_list,
    check_replaced,
    check_revoked,
    cut,
)
from ballot.selectors import whole_blob
from ballot.services.as_published import keys_told, newest, told
from ballot.services.sealed_keys import opened
from office.refusal import Refusal


def require_issuer_signed(election: Election) -> None:
    """Refuse unless the issuer of the notice signed every key issued and revoked on the board.

    Spec: sealing §5.5, equations 45 to 47. Without an outside issuer there is nothing to look at.
    """
    issuer = newest(election, "notice")["issuer"]
    if (issuer is None) != (election.issuer is None):
        raise _not_signed("the notice names another issuer than the database")
    if issuer is None:
        return
    wrong = list(unsigned(election, issuer=bytes.fromhex(issuer["key"])))
    if wrong:
        raise _not_signed(", ".join(wrong[:5]))


def _not_signed(what: str) -> Refusal:
    return Refusal(
        "register.not-signed-by-issuer",
        f"The board names keys, or deaths of keys, that the outside issuer did not sign: {what}. "
        "Somebody has made keys who may not.",
    )


def unsigned(election: Election, *, issuer: bytes) -> Iterator[str]:
    """Say of each signature of the issuer's that does not hold, or is not there, what it is of."""
    identifier = election.public_id.bytes
    for section in newest(election, "credentials")["sections"]:
        code = section["section"]
        if not _holds(
            check_list, identifier, code, _bytes(section["keys"]), _given(section["signature"]),
            issuer=issuer,
        ):
            yield f"the credentials of {code}"
    for name, keys in keys_told(election):
        yield from _of_keys(identifier, f"keys of entry {name['entry']}", opened(keys), issuer)
    for reissue in told(election, "reissue"):
        yield from _of_reissue(election, reissue, issuer)


def _of_keys(identifier: bytes, what: str, keys: Any, issuer: bytes) -> Iterator[str]:
    for section in keys["issued"]:
        for credential, signature in _pairs(section):
            if not _holds(
                check_issued, identifier, section["section"], credential, signature, issuer=issuer
            ):
                yield f"a key issued in the {what}"
    for credential, signature in _pairs(keys["revoked"]) if keys["revoked"] else ():
        if not _holds(check_revoked, identifier, credential, signature, issuer=issuer):
            yield f"a key revoked in the {what}"


def _of_reissue(election: Election, reissue: Any, issuer: bytes) -> Iterator[str]:
    """A reissued key is of the section of those that it takes the place of."""
    identifier, credential = election.public_id.bytes, bytes.fromhex(reissue["credential"])
    signature = _given(reissue["signature"])
    sections = election.credentials.filter(public_key=credential)
    code = sections.values_list("roll_entry__section__code", flat=True).first()
    if code is None or not _holds(
        check_issued, identifier, code, credential, signature, issuer=issuer
    ):
        yield f"the reissued key {credential.hex()[:16]}"
    revocations = reissue["revocations"] or []
    if len(revocations) != len(reissue["revoked"]):
        yield f"what died with {credential.hex()[:16]}"
        return
    for dead, given in zip(reissue["revoked"], revocations, strict=True):
        if not _holds(
            check_replaced, identifier, bytes.fromhex(dead), _given(given), by=credential,
            issuer=issuer,
        ):
            yield f"the death of {dead[:16]}"


def _pairs(named: Any) -> Iterator[tuple[bytes, bytes]]:
    """Each credential of a list in an entry `keys`, with the signature beside it."""
    keys = cut(_bytes(named["keys"]), CREDENTIAL)
    return zip(keys, cut(_bytes(named["signatures"]), SIGNATURE), strict=True)


def _given(signature: str | None) -> bytes:
    """A signature's bytes; of one that is not there, none that could hold."""
    return bytes.fromhex(signature) if signature else bytes(SIGNATURE)


def _holds(check: Any, *said: Any, **named: bytes) -> bool:
    try:
        check(*said, **named)
    except SealingError:
        return False
    return True


def _bytes(reference: Any) -> bytes:
    return whole_blob(Blob.objects.get(sha256=bytes.fromhex(reference["sha256"])))

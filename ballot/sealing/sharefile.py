"""A trustee's share file: the share under a passphrase, and the proof that it can still be read.

Source: RFC 9106 (argon2id, its second recommended option), RFC 8439 (ChaCha20-Poly1305).  Bytes in
and out: where they are kept is the caller's affair.  The parameters stand here, under the version
in the file's first field, and never in the file.
"""

from __future__ import annotations

import unicodedata
from typing import Final

from argon2.low_level import Type, hash_secret_raw
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

from ballot.canonical import LABEL, Json, NotCanonical, Part, canonical, read_canonical
from ballot.sealing import native
from ballot.sealing.errors import Malformed, OpeningRejected, ShareFileRejected
from ballot.sealing.fields import Fields
from ballot.sealing.keys import ElectionKey, KeyShare
from ballot.sealing.messages import TrusteeSecret
from ballot.sealing.proofs import Knowledge, knows, prove_knowledge
from ballot.sealing.scalars import Rng

FORMAT: Final = LABEL + "share-file"
SHORTEST_PASSPHRASE: Final = 12
_MEMORY_KIB, _PASSES, _LANES = 64 * 1024, 3, 4
_NONCE: Final = bytes(12)  # The key is fresh: every file has a salt of its own.
Kept = KeyShare | TrusteeSecret
_KINDS: Final[dict[str, type[KeyShare] | type[TrusteeSecret]]] = {
    "share": KeyShare,
    "ceremony": TrusteeSecret,
}


def seal_share(share: Kept, *, passphrase: str, rng: Rng) -> bytes:
    """Seal a share, or what a trustee keeps between the ceremony's steps, under a passphrase.

    Spec:   sealing §9.8.  Cost: half a second and 64 MiB, by design.
    Raises: ShareFileRejected "sharefile.passphrase-short".
    """
    if len(passphrase) < SHORTEST_PASSPHRASE:
        raise ShareFileRejected("sharefile.passphrase-short", shortest=SHORTEST_PASSPHRASE)
    kind = "share" if isinstance(share, KeyShare) else "ceremony"
    salt = rng(16)
    head: dict[str, Json] = {"format": FORMAT, "kind": kind, "number": share.number}
    head["salt"] = salt.hex()
    cipher = ChaCha20Poly1305(stretched(passphrase, salt))
    sealed = cipher.encrypt(_NONCE, canonical(share.to_json()), canonical(head))
    return canonical({**head, "sealed": sealed.hex()})


def open_share(kept: bytes, *, passphrase: str) -> Kept:
    """Open a share file.

    Spec:   sealing §9.8.
    Raises: ShareFileRejected: "sharefile.format" (damaged, or no share file), or
            "sharefile.passphrase" (the wrong passphrase, or a changed file: no telling which).
    """
    try:
        value = read_canonical(kept)
        fields = Fields(
            value, "sharefile.format", "format", "kind", "number", "salt", "sealed"
        )
        head = {name: value[name] for name in ("format", "kind", "number", "salt")}
        kind, salt = _KINDS[fields.text("kind")], fields.octets("salt", 16)
        sealed = bytes.fromhex(fields.text("sealed"))
        if fields.text("format") != FORMAT:
            raise ShareFileRejected("sharefile.format", format=fields.text("format"))
    except (NotCanonical, Malformed, KeyError, ValueError) as error:
        raise ShareFileRejected("sharefile.format") from error
    try:
        cipher = ChaCha20Poly1305(stretched(passphrase, salt))
        opened = cipher.decrypt(_NONCE, sealed, canonical(head))
    except InvalidTag as error:
        raise ShareFileRejected("sharefile.passphrase") from error
    return kind.parse(read_canonical(opened))


def stretched(passphrase: str, salt: bytes) -> bytes:
    """Make a key of 32 bytes from a passphrase by argon2id (RFC 9106).

    salt:   16 bytes, of one file alone.
    Spec:   sealing §9.8; what an outside issuer keeps is sealed so, too (issuer §7).
    Cost:   half a second and 64 MiB, by design.
    """
    normal = unicodedata.normalize("NFKC", passphrase).encode("utf-8")
    return hash_secret_raw(
        normal,
        salt,
        time_cost=_PASSES,
        memory_cost=_MEMORY_KIB,
        parallelism=_LANES,
        hash_len=32,
        type=Type.ID,
    )


def prove_share(share: KeyShare, *, question: bytes, rng: Rng) -> bytes:
    """Prove that one still holds a share, in answer to a fresh question; give 65 bytes.

    question: 32 bytes, the root of the board as the trustee's own software found it.
    Spec:     sealing §9.7, equation 37.
    """
    point = native.write_point(native.base_times(share.secret))
    statement = _statement(share.public_key, share.number, point, question)
    return prove_knowledge("share-proof", *statement, secret=share.secret, rng=rng).to_bytes()


def check_share_proof(key: ElectionKey, number: int, question: bytes, proof: bytes) -> None:
    """Check that a trustee still holds their share (sealing §9.7, equation 37).

    Raises: OpeningRejected "share.proof"; Malformed for a proof, or a trustee, that is none.
    """
    trustee = key.trustee(number)
    statement = _statement(key.public_key, number, trustee.point, question)
    point = native.read_point(trustee.point)
    if not knows(Knowledge.parse(proof), "share-proof", *statement, point=point):
        raise OpeningRejected("share.proof", trustee=number)


def _statement(public_key: bytes, number: int, point: bytes, question: bytes) -> tuple[Part, ...]:
    """Give what is proved to be held, the point too (Bernhard, Pereira and Warinschi 2012)."""
    return ("held", public_key, number, point, question)

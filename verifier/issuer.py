"""An outside issuer's signatures over the keys that come and die (sealing §5.5)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from verifier.board import Board
from verifier.canonical import Hashed, digest
from verifier.claims import false_claims
from verifier.failure import Failed
from verifier.group import Point
from verifier.signature import public_key, signature_claim

CHECK = "issuer.signature"


@dataclass(frozen=True, slots=True)
class Issuer:
    """Who makes the codes. key: BIP 340's; identifier: the election's, 16 bytes."""

    name: str
    key: Point
    identifier: bytes

    def check_list(self, section: str, keys: Sequence[bytes], signature: bytes, where: str) -> None:
        """Check the signature over all first keys of a section, which ascend: equation (45).

        Raises: Failed (issuer.signature).
        """
        message = digest("issued-list", self.identifier, section, len(keys), b"".join(keys))
        self._check([message], [signature], [where])

    def check_issued(
        self, section: str, keys: Sequence[bytes], signatures: Sequence[bytes], where: str
    ) -> None:
        """Check the signature over each key that came later: equation (46).

        Raises: Failed (issuer.signature).
        """
        self._check_each("issued", (self.identifier, section), keys, signatures, where)

    def check_revoked(self, keys: Sequence[bytes], signatures: Sequence[bytes], where: str) -> None:
        """Check the signature over each key that dies: equation (47).

        Raises: Failed (issuer.signature).
        """
        self._check_each("revoked", (self.identifier,), keys, signatures, where)

    def check_replaced(
        self, keys: Sequence[bytes], signatures: Sequence[bytes], where: str, *, by: bytes
    ) -> None:
        """Check the signature over each key that dies for another of its elector: equation (47a).

        Raises: Failed (issuer.signature).
        """
        self._check_each("replaced", (self.identifier,), keys, signatures, where, after=(by,))

    def _check_each(
        self,
        use: str,
        bound: Sequence[Hashed],
        keys: Sequence[bytes],
        signatures: Sequence[bytes],
        where: str,
        *,
        after: Sequence[Hashed] = (),
    ) -> None:
        if len(keys) != len(signatures):
            why = f"{len(signatures)} signatures are not one for each of {len(keys)} keys."
            raise Failed(CHECK, where, why)
        messages = [digest(use, *bound, key, *after) for key in keys]
        self._check(messages, signatures, [f"{where}, key {key.hex()}" for key in keys])

    def _check(
        self, messages: Sequence[bytes], signatures: Sequence[bytes], places: Sequence[str]
    ) -> None:
        claims = [
            signature_claim(self.key, message, signature, CHECK, place)
            for message, signature, place in zip(messages, signatures, places, strict=True)
        ]
        for position in false_claims(claims):
            raise Failed(CHECK, places[position], f"{self.name} has not signed this.")


def issuer_of(board: Board) -> Issuer | None:
    """Return the outside issuer whom the notice names, if it does.

    Raises: Failed (issuer.key).
    """
    notice = board.only("notice")
    told = notice.content["issuer"]
    if told is None:
        return None
    key = public_key(bytes.fromhex(told["key"]), "issuer.key", f"{notice.where}, issuer")
    return Issuer(told["name"], key, UUID(board.election).bytes)

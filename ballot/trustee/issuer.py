"""The outside issuer whom the notice names, and what bears their signature (sealing §5.5)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from ballot.sealing.issuing import check_issued, check_list, check_replaced, check_revoked
from ballot.trustee.errors import Refused, checking
from ballot.trustee.record import Record

_KEY: Final = 32
_UNSIGNED: Final = "The outside issuer has not signed it: its code may be the server's own."


@dataclass(frozen=True, slots=True)
class Issuer:
    """Who makes the codes.  key: x-only, of the notice; election: its identifier, 16 bytes.

    Every check raises: Refused "issuer.signature".
    """

    key: bytes
    election: bytes

    def check_list(self, section: str, keys: Sequence[bytes], signature: bytes, where: str) -> None:
        """Check the signature over all first keys of a section, which ascend (equation 45)."""
        with checking(where, _UNSIGNED):
            check_list(self.election, section, b"".join(keys), signature, issuer=self.key)

    def check_issued(
        self, section: str, keys: Sequence[bytes], signatures: Sequence[bytes], where: str
    ) -> None:
        """Check the signature over each key that came later (equation 46)."""
        self._check_each(
            lambda key, signature: check_issued(
                self.election, section, key, signature, issuer=self.key
            ),
            keys, signatures, where,
        )  # fmt: skip

    def check_revoked(self, keys: Sequence[bytes], signatures: Sequence[bytes], where: str) -> None:
        """Check the signature over each key that died (equation 47)."""
        self._check_each(
            lambda key, signature: check_revoked(self.election, key, signature, issuer=self.key),
            keys, signatures, where,
        )  # fmt: skip

    def check_replaced(
        self, keys: Sequence[bytes], signatures: Sequence[bytes], where: str, *, by: bytes
    ) -> None:
        """Check the signature over each key that died for another, and which (equation 47a)."""
        self._check_each(
            lambda key, signature: check_replaced(
                self.election, key, signature, by=by, issuer=self.key
            ),
            keys, signatures, where,
        )  # fmt: skip

    def _check_each(
        self,
        check: Callable[[bytes, bytes], None],
        keys: Sequence[bytes],
        signatures: Sequence[bytes],
        where: str,
    ) -> None:
        if len(keys) != len(signatures):
            why = f"{len(signatures)} signatures are not one for each of {len(keys)} keys."
            raise Refused("issuer.signature", where, why)
        for key, signature in zip(keys, signatures, strict=True):
            with checking(f"{where}, key {key.hex()}", _UNSIGNED):
                check(key, signature)


def issuer_of(record: Record) -> Issuer | None:
    """Give the outside issuer whom the notice names; None where the server makes the codes.

    Raises: Refused "entry.form".
    """
    notice = record.newest("notice").content
    if notice.value("issuer") is None:
        return None
    return Issuer(notice.form("issuer").octets("key", _KEY), UUID(record.election).bytes)


def require_signed(issuer: Issuer | None, given: object, where: str) -> None:
    """Check that there is a signature where an outside issuer makes the codes, and nowhere else.

    Raises: Refused "issuer.signature".
    """
    if (given is None) != (issuer is None):
        why = "An outside issuer signs every key, and nobody where the notice names none."
        raise Refused("issuer.signature", where, why)

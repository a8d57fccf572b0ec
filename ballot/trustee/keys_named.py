"""The credentials that the board names, each in its section, and those that died (bundle §4.1).

Whether an outside issuer signed them, and whether there are as many as electors, is for a verifier:
what is needed here is that no ballot in a box stands under a key that nobody was given.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from hashlib import sha256
from typing import Final

from ballot.canonical import canonical
from ballot.sealing.ballot import CREDENTIAL
from ballot.trustee.errors import Refused
from ballot.trustee.forms import Form
from ballot.trustee.record import Entry, ReadBlob, Record

_BY_AMENDMENT: Final = 0


@dataclass(slots=True)
class KeysNamed:
    """Keys, of 32 bytes each.

    section: of each key that was ever named, its section's code.
    died:    of each that died, the number of the reissue's entry; 0 where it was by an amendment,
             and then nobody may have cast with it at all.
    """

    section: dict[bytes, str] = field(default_factory=dict)
    died: dict[bytes, int] = field(default_factory=dict)

    def issue(self, section: str, keys: list[bytes], where: str) -> None:
        """Let keys come.  Raises: Refused "credentials.twice"."""
        for key in keys:
            if key in self.section:
                raise Refused("credentials.twice", where, f"The key {key.hex()} was named before.")
            self.section[key] = section

    def revoke(self, keys: list[bytes], number: int, where: str) -> None:
        """Let keys die.  Raises: Refused "credentials.dead"."""
        for key in keys:
            if key not in self.section or key in self.died:
                raise Refused("credentials.dead", where, f"The key {key.hex()} was not in force.")
            self.died[key] = number


def keys_named(record: Record, *, blob: ReadBlob) -> KeysNamed:
    """Follow the keys from the last `credentials` to the reconciliation.

    Raises: Refused "credentials.twice", "credentials.dead", "credentials.length",
            "amendment.keys", "reissue.revoked", "blob.sha256".
    """
    found = KeysNamed()
    first = record.newest("credentials")
    for section in first.content.forms("sections"):
        found.issue(section.text("section"), _keys(section, blob), section.where)
    opened = _opened(record)
    for entry in record.all("amendment", "keys", "reissue"):
        if entry.number < first.number:
            continue
        if entry.kind == "reissue":
            _reissue(found, entry)
        elif (said := _said(entry, opened)) is not None:
            _apply(found, said, blob)
    return found


def _keys(named: Form, blob: ReadBlob) -> list[bytes]:
    """Read a blob of keys, 32 bytes each, as many as are said."""
    content = blob(named.blob("keys"), named.where)
    if len(content) != CREDENTIAL * named.number("credentials"):
        why = f"{len(content)} bytes are not {named.number('credentials')} keys of 32."
        raise Refused("credentials.length", named.where, why)
    return [content[at : at + CREDENTIAL] for at in range(0, len(content), CREDENTIAL)]


def _opened(record: Record) -> dict[tuple[str, int], Form]:
    """Give what the reconciliation says of sealed keys, by what they came with."""
    told = record.only("reconciliation").content.forms("amended_keys")
    return {
        (kind, one.number(name)): one
        for one in told
        for kind, name in (("amendment", "amendment"), ("keys", "entry"))
        if one.has(name)
    }


def _said(entry: Entry, opened: dict[tuple[str, int], Form]) -> Form | None:
    """Give the keys that come and go by an entry; None where an issuer answers later."""
    if entry.kind == "amendment":
        if entry.content.value("keys") is None:
            return None
        keys, place = entry.content.form("keys"), entry.content.number("number")
    else:
        keys, place = entry.content, entry.number
    if not keys.has("sealed"):
        return keys
    told = opened.get((entry.kind, place))
    if told is None:
        raise Refused("amendment.keys", entry.where, "The reconciliation does not say its keys.")
    bare = {name: told.value(name) for name in ("issued", "revoked", "salt")}
    if sha256(canonical(bare)).digest() != keys.octets("sealed", 32):
        why = "What the reconciliation says of its keys is not what was sealed."
        raise Refused("amendment.keys", entry.where, why)
    return told


def _apply(found: KeysNamed, said: Form, blob: ReadBlob) -> None:
    # Who is struck loses the key before somebody who is added is given one.
    if said.value("revoked") is not None:
        revoked = said.form("revoked")
        found.revoke(_keys(revoked, blob), _BY_AMENDMENT, revoked.where)
    for one in said.forms("issued"):
        found.issue(one.text("section"), _keys(one, blob), one.where)


def _reissue(found: KeysNamed, entry: Entry) -> None:
    old = entry.content.all_octets("revoked", CREDENTIAL)
    found.revoke(old, entry.number, entry.where)
    sections = {found.section[key] for key in old}
    if len(sections) != 1:
        why = "What it revokes is not one elector's: keys of one section."
        raise Refused("reissue.revoked", entry.where, why)
    found.issue(sections.pop(), [entry.content.octets("credential", CREDENTIAL)], entry.where)

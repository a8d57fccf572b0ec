"""The credentials that the board names, each in its section, and those that died (bundle §4.1).

No ballot in a box may stand under a key that nobody was given, nor under one that died, before it
or after; and where the notice names an outside issuer, under none that they have not signed.  No
section may have more keys than people: ballots of nobody's would fill a box, and leave one elector
alone in it.  What else is to be counted of them is for a verifier (trustees §5.4).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from itertools import pairwise

from ballot.canonical import canonical
from ballot.sealing.ballot import CREDENTIAL
from ballot.sealing.issuing import SIGNATURE
from ballot.trustee.errors import Refused
from ballot.trustee.forms import Form
from ballot.trustee.issuer import issuer_of, require_signed
from ballot.trustee.record import Entry, ReadBlob, Record
from ballot.trustee.roll import Roll


@dataclass(slots=True)
class KeysNamed:
    """Keys, of 32 bytes each.

    section: of each key that was ever named, its section's code.
    dead:    those that died, by a reissue or with the roll; nobody casts with one, be it before its
             death or after: whoever cast, and is given another key, could vote twice.
    """

    section: dict[bytes, str] = field(default_factory=dict)
    dead: set[bytes] = field(default_factory=set)

    def issue(self, section: str, keys: Iterable[bytes], where: str) -> None:
        """Let keys come.  Raises: Refused "credentials.twice"."""
        for key in keys:
            if key in self.section:
                raise Refused("credentials.twice", where, f"The key {key.hex()} was named before.")
            self.section[key] = section

    def revoke(self, keys: Iterable[bytes], where: str) -> None:
        """Let keys die.  Raises: Refused "credentials.dead"."""
        for key in keys:
            if key not in self.section or key in self.dead:
                raise Refused("credentials.dead", where, f"The key {key.hex()} was not in force.")
            self.dead.add(key)

    def require_no_more_than_people(self, roll: Roll) -> None:
        """Check that no section has more keys in force than ever were on its roll.

        Raises: Refused "credentials.number".
        """
        in_force = Counter(self.section[key] for key in self.section.keys() - self.dead)
        for section, keys in in_force.items():
            if keys > roll.ever(section):
                why = f"{keys} keys are in force, and {roll.ever(section)} people were ever on it."
                raise Refused("credentials.number", f"section {section}", why)


def keys_named(record: Record, *, blob: ReadBlob) -> KeysNamed:
    """Follow the keys from the last `credentials` to the reconciliation.

    Raises: Refused "credentials.twice", "credentials.dead", "credentials.length",
            "credentials.order", "amendment.keys", "reissue.revoked", "issuer.signature",
            "blob.sha256".
    """
    following = _Following(record, blob)
    steps = {
        "credentials": following.first,
        "amendment": following.amendment,
        "keys": following.answer,
        "reissue": following.reissue,
    }
    first = record.newest("credentials").number
    for entry in record.all(*steps):
        if entry.number >= first:
            steps[entry.kind](entry)
    following.require_all_told()
    return following.found


class _Following:
    """The keys, entry by entry.  found: what is known of them so far."""

    def __init__(self, record: Record, blob: ReadBlob) -> None:
        self._blob = blob
        self._issuer = issuer_of(record)
        self._opened_at = record.only("opening").number
        self._told = iter(record.only("reconciliation").content.forms("amended_keys"))
        self.found = KeysNamed()

    def first(self, entry: Entry) -> None:
        """Name the first keys of every section."""
        for one in entry.content.forms("sections"):
            section, keys = one.text("section"), self._keys(one)
            require_signed(self._issuer, one.value("signature"), one.where)
            if self._issuer:
                signature = one.octets("signature", SIGNATURE)
                self._issuer.check_list(section, keys, signature, one.where)
            self.found.issue(section, keys, one.where)

    def amendment(self, entry: Entry) -> None:
        """Follow an amendment's keys; with an outside issuer they stand in an entry of its own."""
        if (entry.content.value("keys") is None) != (self._issuer is not None):
            why = "Its keys are null where an outside issuer makes the codes, and nowhere else."
            raise Refused("amendment.keys", entry.where, why)
        if self._issuer is None:
            keys = entry.content.form("keys")
            self._change(self._unsealed(entry, keys, "amendment", entry.content.number("number")))

    def answer(self, entry: Entry) -> None:
        """Follow what an outside issuer answered."""
        if self._issuer is None:
            raise Refused("issuer.signature", entry.where, "The notice names no outside issuer.")
        self._change(self._unsealed(entry, entry.content, "entry", entry.number))

    def reissue(self, entry: Entry) -> None:
        """Let an elector's keys die, and another of their section come into force."""
        content, where = entry.content, entry.where
        old = content.all_octets("revoked", CREDENTIAL)
        new = content.octets("credential", CREDENTIAL)
        sections = {self.found.section.get(key) for key in old}
        section = sections.pop() if len(sections) == 1 else None
        if section is None:
            why = "What it revokes is not one elector's: keys of one section, issued before."
            raise Refused("reissue.revoked", where, why)
        self._require_reissue_signed(content, section, old, new)
        self.found.revoke(old, where)
        self.found.issue(section, [new], where)

    def _require_reissue_signed(
        self, content: Form, section: str, old: Sequence[bytes], new: bytes
    ) -> None:
        for name in ("signature", "revocations"):
            require_signed(self._issuer, content.value(name), content.where)
        if self._issuer:
            signed = [content.octets("signature", SIGNATURE)]
            self._issuer.check_issued(section, [new], signed, content.where)
            signed = content.all_octets("revocations", SIGNATURE)
            self._issuer.check_replaced(old, signed, content.where, by=new)

    def _unsealed(self, entry: Entry, keys: Form, member: str, number: int) -> Form:
        """Give keys that come and go: those that stand there, or, sealed, the next that are told.

        member, number: by what the reconciliation names them.
        """
        is_late = entry.number > self._opened_at
        if keys.has("sealed") != is_late:
            why = "Keys are sealed from the opening on, and not before."
            raise Refused("amendment.keys", entry.where, why)
        if not is_late:
            return keys
        told = next(self._told, None)
        if told is None or not told.has(member) or told.number(member) != number:
            why = "The reconciliation does not say its keys, in their order."
            raise Refused("amendment.keys", entry.where, why)
        bare = {name: told.value(name) for name in ("issued", "revoked", "salt")}
        if sha256(canonical(bare)).digest() != keys.octets("sealed", 32):
            why = "What the reconciliation says of its keys is not what was sealed."
            raise Refused("amendment.keys", entry.where, why)
        return told

    def require_all_told(self) -> None:
        """Check that the reconciliation tells of no keys but those that were sealed."""
        more = next(self._told, None)
        if more is not None:
            raise Refused("amendment.keys", more.where, "It tells of keys that nothing sealed.")

    def _change(self, said: Form) -> None:
        # Who is struck loses the key before somebody who is added is given one.
        if said.value("revoked") is not None:
            dead = said.form("revoked")
            keys = self._keys(dead)
            if self._issuer:
                self._issuer.check_revoked(keys, self._signatures(dead), dead.where)
            self.found.revoke(keys, dead.where)
        for one in said.forms("issued"):
            section, keys = one.text("section"), self._keys(one)
            if self._issuer:
                self._issuer.check_issued(section, keys, self._signatures(one), one.where)
            self.found.issue(section, keys, one.where)

    def _keys(self, named: Form) -> list[bytes]:
        """Read a blob of keys, 32 bytes each, which ascend, as many as are said."""
        content = self._blob(named.blob("keys"), named.where)
        if len(content) != CREDENTIAL * named.number("credentials"):
            why = f"{len(content)} bytes are not {named.number('credentials')} keys of 32."
            raise Refused("credentials.length", named.where, why)
        keys = _pieces(content, CREDENTIAL)
        if any(left >= right for left, right in pairwise(keys)):
            raise Refused("credentials.order", named.where, "The keys do not ascend.")
        return keys

    def _signatures(self, named: Form) -> list[bytes]:
        """Read a blob of an outside issuer's signatures, 64 bytes each."""
        return _pieces(self._blob(named.blob("signatures"), named.where), SIGNATURE)


def _pieces(joined: bytes, size: int) -> list[bytes]:
    return [joined[at : at + size] for at in range(0, len(joined), size)]

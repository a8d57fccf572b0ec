"""The public keys that may cast: which were named for which section, and which died (bundle §5, 7).

Keys that came or went by amendments after the opening are sealed until the reconciliation; in a
bundle without one they are not known, and ballots under keys that nobody named yet wait. Where an
outside issuer makes the codes, they stand in entries `keys`, and every key bears its signature.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from verifier.board import Board, Entry
from verifier.bundle import Bundle, read_blob
from verifier.columns import pieces
from verifier.failure import Failed
from verifier.issuer import CHECK, Issuer, issuer_of
from verifier.key_changes import Backing, Sealed, read_sealed, require_all_told
from verifier.roll import Roll, same_figures
from verifier.signature import SIGNATURE_BYTES

KEY_BYTES = 32


@dataclass(slots=True)
class Credentials:
    """What is known of the keys.

    section:   of each key that was ever named, its section's code.
    dead:      the keys that died, by a reissue, an amendment or an entry `keys`; nobody casts with
               one, before its death or after.
    unread:    of how many of these the keys are sealed still.
    """

    section: dict[bytes, str] = field(default_factory=dict)
    dead: set[bytes] = field(default_factory=set)
    unread: int = 0

    def in_force(self) -> Counter[str]:
        """Return how many keys are in force now, by section."""
        dead = Counter(self.section[key] for key in self.dead)
        return Counter(self.section.values()) - dead

    def issue(self, section: str, keys: Iterable[bytes], where: str) -> None:
        for key in keys:
            if key in self.section:
                raise Failed("credentials.twice", where, f"The key {key.hex()} was named before.")
            self.section[key] = section

    def revoke(self, keys: Iterable[bytes], where: str) -> None:
        """Let keys die. Those that nobody named are passed over while keys are sealed still."""
        for key in keys:
            if key in self.dead or (key not in self.section and not self.unread):
                raise Failed("credentials.dead", where, f"The key {key.hex()} was not in force.")
            if key in self.section:
                self.dead.add(key)


def check_credentials(bundle: Bundle, board: Board, roll: Roll) -> Credentials:
    """Follow the keys from the last `credentials` to the reconciliation.

    Raises: Failed (credentials.*, amendment.*, reissue.*, issuer.*, blob.*, file.*).
    """
    issuer = issuer_of(board)
    sealed = read_sealed(board, "entry" if issuer else "amendment")
    following = _Following(bundle, roll, issuer, sealed)
    steps = {
        "credentials": following.first,
        "amendment": following.amendment,
        "keys": following.later,
        "reissue": following.reissue,
    }
    first = board.only("credentials").number
    for entry in board.all(*steps):
        if entry.number >= first:
            steps[entry.kind](entry)
        elif entry.kind == "amendment":
            _require_unsealed(entry, issuer)
    require_all_told(board, sealed)
    if issuer:
        _require_answered(board, first)
    return following.found


def _require_answered(board: Board, first: int) -> None:
    """Check that an outside issuer answered every amendment by an entry `keys`, in time (§4.1).

    first:  the number of the last `credentials`.
    Raises: Failed (amendment.unanswered).
    """
    since = first
    for end in board.all("opening", "reconciliation"):
        between = [
            entry for entry in board.all("amendment", "keys") if since < entry.number < end.number
        ]
        if between and between[-1].kind == "amendment":
            why = f"No entry of keys follows it before {end.where}."
            raise Failed("amendment.unanswered", between[-1].where, why)
        since = end.number


def _require_unsealed(entry: Entry, issuer: Issuer | None) -> None:
    """Before the codes are made an amendment names no key; what was made before a last one fell."""
    keys = entry.content["keys"]
    if (keys is None) != (issuer is not None) or "sealed" in (keys or {}):
        why = "Before the opening keys are not sealed, and with an outside issuer they are null."
        raise Failed("amendment.keys", entry.where, why)


@dataclass(slots=True)
class _Following:
    """The keys, entry by entry. backing: of all amendments since the codes were made."""

    bundle: Bundle
    roll: Roll
    issuer: Issuer | None
    sealed: Sealed
    backing: Backing = field(default_factory=Backing)
    found: Credentials = field(default_factory=Credentials)

    def first(self, entry: Entry) -> None:
        """Name the first keys of every section."""
        for one, place in _by_section(entry.content["sections"], entry.where):
            keys = _read_keys(self.bundle, one, place)
            self._check_list(one, keys, place)
            self.found.issue(one["section"], keys, place)
        self._require_one_each(entry)

    def _check_list(self, one: dict[str, Any], keys: list[bytes], where: str) -> None:
        signature = one["signature"]
        _require_signed(self.issuer, signature, where)
        if self.issuer and signature is not None:
            self.issuer.check_list(one["section"], keys, bytes.fromhex(signature), where)

    def amendment(self, entry: Entry) -> None:
        """Follow an amendment's keys; with an outside issuer it has none, and lets some come."""
        keys: dict[str, Any] | None = entry.content["keys"]
        if (keys is None) != (self.issuer is not None):
            why = "Its keys are null where an outside issuer makes the codes, and nowhere else."
            raise Failed("amendment.keys", entry.where, why)
        self.backing.add(entry.content["changes"])
        if keys is not None:
            self._change(entry, keys)
            # What one amendment did not use is no other's.
            self.backing = Backing()

    def later(self, entry: Entry) -> None:
        """Follow what an outside issuer answered."""
        if self.issuer is None:
            raise Failed(CHECK, entry.where, "The notice names no outside issuer.")
        self._change(entry, entry.content)

    def _change(self, entry: Entry, told: dict[str, Any]) -> None:
        keys = self.sealed.keys_of(entry, told)
        if keys is None:
            self.found.unread += 1
            return
        self.backing.use(keys, entry.where)
        self._apply(keys, entry.where)
        if self.issuer is None and not self.sealed.is_late(entry):
            self._require_one_each(entry)

    def _apply(self, keys: dict[str, Any], where: str) -> None:
        # Who is struck loses the key before somebody who is added is given one.
        if keys["revoked"] is not None:
            place = f"{where}, keys revoked"
            dead = _read_keys(self.bundle, keys["revoked"], place)
            if self.issuer:
                signatures = _read_signatures(self.bundle, keys["revoked"], place)
                self.issuer.check_revoked(dead, signatures, place)
            self.found.revoke(dead, where)
        for one, place in _by_section(keys["issued"], where):
            new = _read_keys(self.bundle, one, place)
            if self.issuer:
                signatures = _read_signatures(self.bundle, one, place)
                self.issuer.check_issued(one["section"], new, signatures, place)
            self.found.issue(one["section"], new, place)

    def reissue(self, entry: Entry) -> None:
        """Let an elector's keys die, and another come into force."""
        new = bytes.fromhex(entry.content["credential"])
        old = [bytes.fromhex(key) for key in entry.content["revoked"]]
        sections = {self.found.section[key] for key in old if key in self.found.section}
        if not old or len(set(old)) < len(old) or len(sections) > 1:
            why = "What it revokes is not one elector's: keys of one section, each once."
            raise Failed("reissue.revoked", entry.where, why)
        self._check_reissue(entry, new, old, sections)
        self.found.revoke(old, entry.where)
        if sections:
            self.found.issue(sections.pop(), [new], entry.where)

    def _check_reissue(
        self, entry: Entry, new: bytes, old: list[bytes], sections: set[str]
    ) -> None:
        """Check the issuer's signatures; (46) binds the section, which may be sealed still."""
        signature, revocations = entry.content["signature"], entry.content["revocations"]
        for given in (signature, revocations):
            _require_signed(self.issuer, given, entry.where)
        if self.issuer is None:
            return
        dead = [bytes.fromhex(one) for one in revocations]
        self.issuer.check_replaced(old, dead, entry.where, by=new)
        for section in sections:
            signatures = [bytes.fromhex(signature)]
            self.issuer.check_issued(section, [new], signatures, entry.where)

    def _require_one_each(self, entry: Entry) -> None:
        """Check that every section has as many keys in force as electors, after an entry."""
        found, electors = self.found.in_force(), self.roll.electors_before(entry.number + 1)
        if not same_figures(found, electors):
            why = f"Keys by section are {dict(found)}, and electors {dict(electors)}."
            raise Failed("credentials.number", entry.where, why)


def _require_signed(issuer: Issuer | None, given: object, where: str) -> None:
    """Check that there is a signature where an outside issuer makes the codes, and nowhere else."""
    if (given is None) != (issuer is None):
        why = "An outside issuer signs every key, and nobody where there is none."
        raise Failed(CHECK, where, why)


def _by_section(some: list[dict[str, Any]], where: str) -> list[tuple[dict[str, Any], str]]:
    """Return the keys of each section with where they stand; no section stands there twice."""
    sections = [one["section"] for one in some]
    if len(set(sections)) < len(sections):
        raise Failed("credentials.section", where, "It names the keys of a section twice.")
    return [(one, f"{where}, section {one['section']}") for one in some]


def _read_keys(bundle: Bundle, named: dict[str, Any], where: str) -> list[bytes]:
    """Read a blob of keys, which ascend, as many as are said."""
    content = read_blob(bundle, named["keys"], where)
    if len(content) != KEY_BYTES * named["credentials"]:
        why = f"{len(content)} bytes are not {named['credentials']} keys of 32."
        raise Failed("credentials.length", where, why)
    keys = pieces(content, KEY_BYTES)
    if any(left >= right for left, right in pairwise(keys)):
        raise Failed("credentials.order", where, "The keys do not ascend.")
    return keys


def _read_signatures(bundle: Bundle, named: dict[str, Any], where: str) -> list[bytes]:
    """Read a blob of an outside issuer's signatures, one a key."""
    content = read_blob(bundle, named["signatures"], where)
    if len(content) != SIGNATURE_BYTES * named["credentials"]:
        why = f"{len(content)} bytes are not {named['credentials']} signatures of 64."
        raise Failed(CHECK, where, why)
    return pieces(content, SIGNATURE_BYTES)

"""The public keys that may cast: which were named for which section, and which died (bundle §5, 7).

Keys that came or went by amendments after the opening are sealed until the reconciliation; in a
bundle without one they are not known, and ballots under keys that nobody named yet wait.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from hashlib import sha256
from itertools import pairwise
from typing import Any

from verifier.board import Board, Entry
from verifier.bundle import Bundle, read_blob
from verifier.canonical import write
from verifier.failure import Failed
from verifier.roll import Roll, same_figures

KEY_BYTES = 32


@dataclass(slots=True)
class Credentials:
    """What is known of the keys.

    section:   of each key that was ever named, its section's code.
    died_at:   the number of the reissue's entry by which a key died; 0 where an amendment did it.
    unread:    how many amendments' keys are sealed still.
    """

    section: dict[bytes, str] = field(default_factory=dict)
    died_at: dict[bytes, int] = field(default_factory=dict)
    unread: int = 0

    def in_force(self) -> Counter[str]:
        """Return how many keys are in force now, by section."""
        dead = Counter(self.section[key] for key in self.died_at)
        return Counter(self.section.values()) - dead

    def issue(self, section: str, keys: Iterable[bytes], where: str) -> None:
        for key in keys:
            if key in self.section:
                raise Failed("credentials.twice", where, f"The key {key.hex()} was named before.")
            self.section[key] = section

    def revoke(self, keys: Iterable[bytes], number: int, where: str) -> None:
        """Let keys die. Those that nobody named are passed over while keys are sealed still."""
        for key in keys:
            if key in self.died_at or (key not in self.section and not self.unread):
                raise Failed("credentials.dead", where, f"The key {key.hex()} was not in force.")
            if key in self.section:
                self.died_at[key] = number


def check_credentials(bundle: Bundle, board: Board, roll: Roll) -> Credentials:
    """Follow the keys from the last `credentials` to the reconciliation.

    Raises: Failed (credentials.*, amendment.keys, reissue.*, blob.*, file.*).
    """
    first = board.only("credentials")
    opening = board.last("opening")
    opened = _opened_amendments(board)
    found = Credentials()
    for entry in board.all("credentials", "amendment", "reissue"):
        if entry.number < first.number:
            _require_none_yet(entry)
            continue
        if entry.kind == "reissue":
            _reissue(found, entry)
            continue
        keys: dict[str, Any] | None = {"issued": entry.content.get("sections"), "revoked": None}
        if entry.kind == "amendment":
            sealed = opening is not None and entry.number > opening.number
            keys = _keys_of_amendment(entry, opened, sealed=sealed)
        if keys is None:
            found.unread += 1
            continue
        if entry.kind == "amendment":
            _require_backed(entry, keys)
        _apply(found, bundle, keys, entry.where)
        if opening is None or entry.number < opening.number:
            _require_one_each(found, roll.electors_before(entry.number + 1), entry.where)
    _require_all_used(board, opened)
    return found


def _require_none_yet(entry: Entry) -> None:
    """Before the codes are made an amendment names no key; what was made before a last one fell."""
    keys = entry.content.get("keys")
    if entry.kind == "amendment" and "sealed" in (keys or {}):
        raise Failed("amendment.keys", entry.where, "Before the opening, keys are not sealed.")


def _opened_amendments(board: Board) -> dict[int, dict[str, Any]]:
    """Return what the reconciliation says of the sealed keys, by the amendment's number."""
    reconciliation = board.last("reconciliation")
    told = reconciliation.content["amended_keys"] if reconciliation else []
    numbers = [one["amendment"] for one in told]
    if numbers != sorted(set(numbers)):
        where = "the reconciliation, amended_keys"
        raise Failed("amendment.keys", where, "They are not each once, in order.")
    return {one["amendment"]: one for one in told}


def _keys_of_amendment(
    entry: Entry, opened: dict[int, dict[str, Any]], *, sealed: bool
) -> dict[str, Any] | None:
    """Return which keys an amendment brings and takes; None while that is sealed."""
    keys: dict[str, Any] = entry.content["keys"]
    if sealed != ("sealed" in keys):
        why = "Keys are sealed from the opening on, and not before."
        raise Failed("amendment.keys", entry.where, why)
    if not sealed:
        return keys
    if not opened:
        return None
    told = opened.get(entry.content["number"])
    if told is None:
        raise Failed("amendment.keys", entry.where, "The reconciliation does not say its keys.")
    bare = {name: told[name] for name in ("issued", "revoked", "salt")}
    if sha256(write(bare)).hexdigest() != keys["sealed"]:
        why = "What the reconciliation says of its keys is not what was sealed."
        raise Failed("amendment.keys", entry.where, why)
    return bare


def _require_backed(entry: Entry, keys: dict[str, Any]) -> None:
    """Check that no more keys come, or die, than people whom the amendment names might have."""
    came: Counter[str] = Counter()
    went: Counter[str] = Counter()
    for change in entry.content["changes"]:
        if change["change"] != "struck":
            came[change["section"]] += change["people"]
        if change["change"] in {"struck", "corrected"}:
            went[change["section"]] += change["people"]
    for one in keys["issued"]:
        if one["credentials"] > came[one["section"]]:
            why = f"More keys came into force in {one['section']} than people were added."
            raise Failed("amendment.issued", entry.where, why)
    if keys["revoked"] is not None and keys["revoked"]["credentials"] > went.total():
        raise Failed("amendment.revoked", entry.where, "More keys died than people were struck.")


def _require_all_used(board: Board, opened: dict[int, dict[str, Any]]) -> None:
    opening = board.last("opening")
    last_roll = board.only("roll").number
    after = {
        entry.content["number"]
        for entry in board.all("amendment")
        if opening and entry.number > opening.number > last_roll
    }
    if board.has("reconciliation") and after != opened.keys():
        where = "the reconciliation, amended_keys"
        raise Failed("amendment.keys", where, "They are not those of the amendments of the poll.")


def _apply(found: Credentials, bundle: Bundle, keys: dict[str, Any], where: str) -> None:
    # Who is struck loses the key before somebody who is added is given one.
    if keys["revoked"] is not None:
        dead = _read_keys(bundle, keys["revoked"], f"{where}, keys revoked")
        found.revoke(dead, 0, where)
    sections = [one["section"] for one in keys["issued"]]
    if len(set(sections)) < len(sections):
        raise Failed("credentials.section", where, "It names the keys of a section twice.")
    for one in keys["issued"]:
        place = f"{where}, section {one['section']}"
        found.issue(one["section"], _read_keys(bundle, one, place), place)


def _read_keys(bundle: Bundle, named: dict[str, Any], where: str) -> list[bytes]:
    """Read a blob of keys, which ascend, as many as are said."""
    content = read_blob(bundle, named["keys"], where)
    if len(content) != KEY_BYTES * named["credentials"]:
        why = f"{len(content)} bytes are not {named['credentials']} keys of 32."
        raise Failed("credentials.length", where, why)
    keys = [content[i : i + KEY_BYTES] for i in range(0, len(content), KEY_BYTES)]
    if any(left >= right for left, right in pairwise(keys)):
        raise Failed("credentials.order", where, "The keys do not ascend.")
    return keys


def _reissue(found: Credentials, entry: Entry) -> None:
    new = bytes.fromhex(entry.content["credential"])
    old = [bytes.fromhex(key) for key in entry.content["revoked"]]
    sections = {found.section[key] for key in old if key in found.section}
    if not old or len(set(old)) < len(old) or len(sections) > 1:
        why = "What it revokes is not one elector's: keys of one section, each once."
        raise Failed("reissue.revoked", entry.where, why)
    found.revoke(old, entry.number, entry.where)
    if sections:
        found.issue(sections.pop(), [new], entry.where)


def _require_one_each(found: Credentials, electors: Counter[str], where: str) -> None:
    if not same_figures(found.in_force(), electors):
        why = f"Keys by section are {dict(found.in_force())}, and electors {dict(electors)}."
        raise Failed("credentials.number", where, why)

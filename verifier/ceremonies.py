"""The key ceremonies on the board, from their messages, and the keys they made (bundle §4.5).

A ceremony that another follows before its key came to nothing: its messages stand in their order,
and nothing else is asked of them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from verifier.board import Board, Entry
from verifier.canonical import write
from verifier.ceremony import Frame, Published, check_ceremony
from verifier.failure import Failed
from verifier.group import encode
from verifier.keys import Key, read_key
from verifier.kinds import STEPS
from verifier.messages import read_received


@dataclass(slots=True)
class _Held:
    """One ceremony, so far. said: its messages, by step. step: the place in STEPS of the last."""

    entry: Entry
    frame: Frame
    said: dict[str, list[Any]] = field(default_factory=lambda: defaultdict(list))
    step: int = 0
    has_key: bool = False


def check_ceremonies(board: Board) -> dict[int, Key]:
    """Check every key against its ceremony; return them by their entries' numbers, in order.

    Raises: Failed (ceremony.*, key.*, proof.*, name).
    """
    keys: dict[int, Key] = {}
    held: list[_Held] = []
    for entry in board.all("ceremony", "ceremony-message", "key"):
        if entry.kind == "ceremony":
            held.append(_begun(entry, [one.frame for one in held]))
        elif entry.kind == "ceremony-message":
            _hear(held[-1], entry)
        else:
            keys[entry.number] = _concluded(held[-1], entry)
    return keys


def came_to_nothing(board: Board) -> list[Entry]:
    """Return the ceremonies that were begun and made no key."""
    made: dict[int, Entry] = {}
    last = -1
    for entry in board.all("ceremony", "key"):
        if entry.kind == "ceremony":
            last = entry.number
            made[last] = entry
        else:
            made.pop(last, None)
    return list(made.values())


def _begun(entry: Entry, earlier: Sequence[Frame]) -> _Held:
    content = entry.content
    identifier = bytes.fromhex(content["identifier"])
    frame = Frame(identifier, content["quorum"], tuple(content["trustees"]))
    if any(frame.identifier == other.identifier for other in earlier):
        why = "An earlier ceremony has its identifier, which is to be new each time."
        raise Failed("ceremony.identifier", entry.where, why)
    return _Held(entry, frame)


def _hear(held: _Held, entry: Entry) -> None:
    """Take a message, if its step is the one that is due."""
    step = STEPS.index(entry.content["step"])
    if held.has_key or step < held.step:
        raise Failed("ceremony.step", entry.where, "Its step was over.")
    for earlier in range(held.step, step):
        _require_all(held, STEPS[earlier], entry.where)
    held.step = step
    held.said[STEPS[step]].append(entry.content["message"])


def _require_all(held: _Held, step: str, where: str) -> None:
    """Check that every trustee gave their message of a step before the next step began."""
    given = [message.get("number") for message in held.said[step]]
    for number in held.frame.numbers:
        if number not in given:
            why = f"The {step} of trustee {number} was still due."
            raise Failed("ceremony.step", where, why)


def _concluded(held: _Held, entry: Entry) -> Key:
    """Check that a key is what the messages of its ceremony make."""
    read_key(entry.content, entry.where)
    if held.has_key:
        raise Failed("ceremony.key", entry.where, "Its ceremony made a key already.")
    made = _made(held)
    if write(_as_entry(made)) != write(entry.content):
        raise Failed("ceremony.key", entry.where, "It is not the key that its ceremony made.")
    held.has_key = True
    return made


def _made(held: _Held) -> Key:
    said = held.said
    try:
        received = [read_received(message) for message in said["received"]]
        _require_one_each(held.frame, [one.number for one in received])
        published = Published(
            commitments=said["commitment"],
            reveals=said["reveal"],
            dealings=said["dealing"],
            complaints=[complaint for one in received for complaint in one.complaints],
            confirmations=said["confirmation"],
        )
        return check_ceremony(held.frame, published)
    except Failed as failure:
        where = f"{held.entry.where}: {failure.where}"
        raise Failed(failure.check, where, failure.why) from None


def _require_one_each(frame: Frame, numbers: Sequence[int]) -> None:
    """Check that each trustee said once how they found their shares."""
    for number in numbers:
        where = f"received of trustee {number}"
        if number not in frame.numbers:
            raise Failed("ceremony.number", where, "There is no such trustee.")
        if numbers.count(number) > 1:
            raise Failed("ceremony.twice", where, "There are two, and none may be chosen.")
    for number in frame.numbers:
        if number not in numbers:
            raise Failed("ceremony.missing", f"received of trustee {number}", "It is missing.")


def _as_entry(key: Key) -> dict[str, object]:
    """Write a key as its entry has it (sealing §9.6)."""
    return {
        "public_key": key.encoded.hex(),
        "quorum": key.quorum,
        "trustees": [
            {"name": one.name, "number": one.number, "point": encode(one.point).hex()}
            for one in key.trustees
        ],
    }

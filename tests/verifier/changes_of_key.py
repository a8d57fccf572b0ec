"""Single changes of the key: its ceremony, message by message, and the shares that are still held.

Each is signed again, and most are named anew in the opening, so that nothing is wrong but what is
said.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from tests.verifier.acts import key_content
from tests.verifier.ceremony_making import Held
from tests.verifier.changing import Change, linked
from tests.verifier.good import Good
from tests.verifier.tampered import Board, Files, drop, other, put, turned
from verifier.ceremony import check_ceremony


def _named(kind: str, change: Callable[[Any], object], which: int = 0) -> Change:
    """Change what stands before the opening, and leave what the trustees showed."""
    return lambda good: good.board.edited(kind, change, which).named().signed()


def _turned_proof(said: Any) -> None:
    said["proof"] = turned(bytes.fromhex(said["proof"])).hex()


def _said_at(board: Board, step: str) -> list[int]:
    """Which of the ceremony's messages are of a step."""
    numbers = board.numbers("ceremony-message")
    return [
        which
        for which, number in enumerate(numbers)
        if board.entries[number]["content"]["step"] == step
    ]


def _message(step: str, change: Callable[[Any], object]) -> Change:
    """Change the second trustee's message of a step."""

    def tamper(good: Good) -> Files:
        which = _said_at(good.board, step)[1]
        board = good.board.edited(
            "ceremony-message", lambda content: change(content["message"]), which
        )
        return board.linked().signed()

    return tamper


def _turn(*path: Any, at: int = -1) -> Callable[[Any], None]:
    """Turn a bit of the hexadecimal at a path."""
    return put(*path, to=lambda text: turned(bytes.fromhex(text), at).hex())


MESSAGES: Final[dict[str, dict[str, Callable[[Any], object]]]] = {
    "commitment": {"another": _turn("digest"), "another trustee's": put("number", to=3)},
    "reveal": {
        "another": _turn("knows_key"),
        "of other points": lambda said: said.update(encryption=said["coefficients"][0]),
        "another trustee's": put("number", to=3),
    },
    "dealing": {
        "another": _turn("shares", 0, "sealed"),
        "not whole": drop("shares", 1),
        "another trustee's": put("number", to=3),
    },
    "received": {
        "another trustee's": put("number", to=3),
        "nobody's": put("number", to=4),
        "no list": put("complaints", to=None),
        "a complaint of nothing": put("complaints", to=[{}]),
    },
    "confirmation": {
        "another": _turn("holds_share"),
        "of another key": _turn("public_key", at=0),
        "another trustee's": put("number", to=3),
    },
}


def _without_message(step: str) -> Change:
    return lambda good: (
        good.board.without("ceremony-message", _said_at(good.board, step)[1]).linked().signed()
    )


def _twice(step: str) -> Change:
    return lambda good: (
        good.board.doubled("ceremony-message", _said_at(good.board, step)[1]).linked().signed()
    )


def _steps_exchanged(first: str, second: str) -> Change:
    """Let the last message of a step and the first of the next change places."""

    def tamper(good: Good) -> Files:
        board = good.board
        late = board.at("ceremony-message", _said_at(board, second)[0])
        return board.moved(late, late - 1).linked().signed()

    return tamper


def _late_message(good: Good) -> Files:
    """Let the last message stand a second time, behind the key."""
    board, order = good.board, list(range(len(good.board.entries)))
    key = board.at("key")
    again = [*order[: key + 1], board.at("ceremony-message", -1), *order[key + 1 :]]
    return board.in_order(again).linked().signed()


def _ceremony_twice(good: Good) -> Files:
    return good.board.doubled("ceremony").linked().signed()


def _key_of_another_ceremony(good: Good) -> Files:
    """Name a key whose shares belong together, and that no message on the board made."""
    held = Held(3, 2)
    key = key_content(check_ceremony(held.frame, held.published))
    names = [trustee["name"] for trustee in good.board.content("key")["trustees"]]
    for trustee, name in zip(key["trustees"], names, strict=True):
        trustee["name"] = name
    return good.board.edited("key", lambda content: content.update(key)).linked().signed()


def _proofs_exchanged(good: Good) -> Files:
    board = good.board
    proofs = [board.content("share-held", which)["proof"] for which in (0, 1)]
    for which in (0, 1):
        board = board.edited("share-held", put("proof", to=proofs[1 - which]), which)
    return board.named().signed()


def _before_the_key(good: Good) -> Files:
    """Show a share, and well, upon the board as it was when the key was not on it."""
    size = good.board.at("key")
    return linked("share-held", put("size", to=size))(good)


def _asked_too_late(good: Good) -> Files:
    """Show a share upon a board with an entry more than there was."""
    number = good.board.at("share-held")
    return _named("share-held", put("size", to=number + 1))(good)


def _unshown(good: Good) -> Files:
    return good.board.without("share-held", 2).linked().signed()


def _shown_late(good: Good) -> Files:
    board = good.board
    return board.moved(board.at("share-held", 2), board.at("opening") + 1).linked().signed()


KEY: Final[dict[str, Change]] = {
    "the quorum is one": linked("key", put("quorum", to=1)),
    "the public key is another": linked(
        "key", lambda key: key.update(public_key=key["trustees"][0]["point"])
    ),
    "a trustee's point is another's": linked(
        "key", lambda key: key["trustees"][1].update(point=key["trustees"][0]["point"])
    ),
    "a trustee's point has the other sign": linked(
        "key", put("trustees", 2, "point", to=lambda point: f"0{5 - int(point[1])}{point[2:]}")
    ),
    "a trustee's number stands twice": linked("key", put("trustees", 2, "number", to=2)),
    "the public key is no point": linked("key", put("public_key", to="02" + "ff" * 32)),
    "a trustee is left out, so that no quorum is sure": linked(
        "key", drop("trustees", slice(1, 3))
    ),
    "a trustee is left out, and the rest give the key": linked("key", drop("trustees", 2)),
    "a trustee has another name": linked("key", put("trustees", 1, "name", to="Somebody Else")),
    "the key is another ceremony's, whole": _key_of_another_ceremony,
    "the ceremony has another identifier": linked("ceremony", put("identifier", to=other)),
    "the ceremony has another quorum": linked("ceremony", put("quorum", to=3)),
    "the ceremony names another trustee": linked(
        "ceremony", put("trustees", 1, to="Somebody Else")
    ),
    "two trustees of the ceremony change places": linked(
        "ceremony", put("trustees", to=lambda names: [names[1], names[0], names[2]])
    ),
    "the ceremony was held before, under one identifier": _ceremony_twice,
    **{
        f"the {step} of a trustee is {how}": _message(step, change)
        for step, places in MESSAGES.items()
        for how, change in places.items()
    },
    **{
        f"the {step} of a trustee is missing": _without_message(step)
        for step in ("commitment", "reveal", "dealing", "received", "confirmation")
    },
    **{
        f"the {step} of a trustee stands twice": _twice(step)
        for step in ("commitment", "reveal", "dealing", "received", "confirmation")
    },
    **{
        f"a {first} and a {second} change places": _steps_exchanged(first, second)
        for first, second in (
            ("commitment", "reveal"),
            ("reveal", "dealing"),
            ("dealing", "received"),
            ("received", "confirmation"),
        )
    },
    "a message follows the key": _late_message,
    "two trustees' proofs that they hold a share change places": _proofs_exchanged,
    "a proof that a share is held has another bit": _named("share-held", _turned_proof),
    "a proof that a share is held is of another trustee": _named(
        "share-held", put("trustee", to=2)
    ),
    "a proof that a share is held is of no trustee": _named("share-held", put("trustee", to=4)),
    "a proof that a share is held is of a smaller board": _named(
        "share-held", put("size", to=lambda size: size - 1), which=2
    ),
    "a proof that a share is held is of the board of before the key": _before_the_key,
    "a proof that a share is held is of a board that it stands on": _asked_too_late,
    "a trustee did not show before the opening that they hold a share": _unshown,
    "a trustee showed after the opening that they hold a share": _shown_late,
}

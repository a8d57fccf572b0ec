"""Single changes of what a board says up to the close: notice, opening, key, roll, keys, ballots.

Each is signed again, so that nothing is wrong but what is said.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any, Final

from tests.verifier.acts import key_content
from tests.verifier.ceremony_making import Held
from tests.verifier.challenge_making import with_challenge
from tests.verifier.good import CHALLENGED, Good
from tests.verifier.tampered import Board, Files, drop, exchanged, more, other, put, turned
from verifier.ceremony import check_ceremony

Change = Callable[[Good], Files]


def _edited(kind: str, change: Callable[[Any], object], which: int = 0) -> Change:
    return lambda good: good.board.edited(kind, change, which).signed()


def _linked(kind: str, change: Callable[[Any], object], which: int = 0) -> Change:
    """Change what stands before the opening, as its keeper would have before the poll."""
    return lambda good: good.board.edited(kind, change, which).linked().signed()


def _board(change: Callable[[Board], Board]) -> Change:
    return lambda good: change(good.board).signed()


NOTICE: Final[dict[str, Change]] = {
    "an extension names another close before": _edited(
        "extension", put("closed_before_at", to="2026-11-30T10:00:00Z")
    ),
    "the close was due at another time": _edited(
        "close", put("was_due_at", to="2026-11-30T10:00:00Z")
    ),
    "the poll was closed when it was due, and before": _edited(
        "close", lambda said: said.update(early=False) or said.pop("reason")
    ),
    "a close that was early has no reason": _edited("close", drop("reason")),
    "a close that was early came late": lambda good: good.board.reframed(
        "close", put("at", to="2099-01-01T00:00:00Z")
    ).signed(),
}

OPENING: Final[dict[str, Change]] = {
    "the notice is changed": _edited("notice", put("mixes_wanted", to=1)),
    "the candidates are changed": _edited(
        "candidates", put("contests", 0, "candidates", 2, to="Carl Cox"), which=1
    ),
    "the roll is changed": _edited("roll", put("totals", 0, "people", to=more)),
    "the key is changed": _edited("key", put("quorum", to=1)),
    "the credentials are changed": _edited(
        "credentials", put("sections", 0, "credentials", to=more)
    ),
    "an amendment before the opening is changed": _edited("amendment", put("reason", to="dead")),
    "an amendment before the opening is not named": _edited("opening", drop("amendments", 2)),
    "the paper names another candidate": _edited(
        "opening", put("contests", 0, "candidates", 2, to="Carl Cox")
    ),
    "the paper has another order": _edited(
        "opening", put("contests", 0, "candidates", to=lambda names: names[::-1])
    ),
    "the paper has another rule for ties": _edited(
        "opening", put("contests", 0, "tie_rule", to="lot")
    ),
    "the paper lets somebody rank fewer": _edited(
        "opening", put("contests", 0, "max_preferences", to=2)
    ),
    "a contest on the paper has another code": _edited(
        "opening", put("contests", 1, "code", to="contest-3")
    ),
    "a contest is missing from the paper": _edited("opening", drop("contests", 1)),
    "a withdrawn candidate is named again": lambda good: _with_statement(good.board).signed(),
}


def _with_statement(board: Board) -> Board:
    """Name the first statement, with the withdrawn candidate, in the opening."""
    first = board.without("candidates", 1).linked()
    named = first.content("opening")["entries"]["candidates"]
    return board.edited("opening", put("entries", "candidates", to=named))


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
    return _linked("share-held", put("size", to=size))(good)


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
    "the quorum is one": _linked("key", put("quorum", to=1)),
    "the public key is another": _linked(
        "key", lambda key: key.update(public_key=key["trustees"][0]["point"])
    ),
    "a trustee's point is another's": _linked(
        "key", lambda key: key["trustees"][1].update(point=key["trustees"][0]["point"])
    ),
    "a trustee's point has the other sign": _linked(
        "key", put("trustees", 2, "point", to=lambda point: f"0{5 - int(point[1])}{point[2:]}")
    ),
    "a trustee's number stands twice": _linked("key", put("trustees", 2, "number", to=2)),
    "the public key is no point": _linked("key", put("public_key", to="02" + "ff" * 32)),
    "a trustee is left out, so that no quorum is sure": _linked(
        "key", drop("trustees", slice(1, 3))
    ),
    "a trustee is left out, and the rest give the key": _linked("key", drop("trustees", 2)),
    "a trustee has another name": _linked("key", put("trustees", 1, "name", to="Somebody Else")),
    "the key is another ceremony's, whole": _key_of_another_ceremony,
    "the ceremony has another identifier": _linked("ceremony", put("identifier", to=other)),
    "the ceremony has another quorum": _linked("ceremony", put("quorum", to=3)),
    "the ceremony names another trustee": _linked(
        "ceremony", put("trustees", 1, to="Somebody Else")
    ),
    "two trustees of the ceremony change places": _linked(
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

ROLL: Final[dict[str, Change]] = {
    "a section's total is another": _linked("roll", put("totals", 0, "people", to=more)),
    "the roll's commitment is another": _linked("roll", put("commitment", to=other)),
    "electors after an amendment are more": _edited(
        "amendment", put("electors", "member", to=more), which=3
    ),
    "an amendment touches more people": _edited(
        "amendment", put("changes", 0, "people", to=more), which=4
    ),
    "an amendment strikes where it added": _edited(
        "amendment", put("changes", 0, "change", to="struck"), which=4
    ),
    "an amendment is of another roll": _edited("amendment", put("roll", to=other), which=4),
    "an amendment follows another": _edited("amendment", put("previous", to=other), which=4),
    "an amendment's commitment is another": _edited(
        "amendment", put("commitment", to=other), which=4
    ),
    "an amendment has another number": _edited("amendment", put("number", to=more), which=5),
    "an amendment is dropped": _board(lambda board: board.without("amendment", 5)),
    "two amendments change places": _board(
        lambda board: board.moved(board.at("amendment", 5), board.at("amendment", 4))
    ),
    "an amendment stands twice": _board(lambda board: board.doubled("amendment", 5)),
}


def _keys(change: Callable[[bytes], bytes], section: int = 1) -> Change:
    return lambda good: (
        good.board.told("credentials", change, "sections", section, "keys").linked().signed()
    )


def _in_two_sections(good: Good) -> Files:
    """Issue a member's key to a registered supporter, too."""
    board = good.board
    member, registered = (
        board.blob(board.content("credentials")["sections"][at]["keys"]) for at in (1, 2)
    )
    keys = sorted([member[:32], *(registered[at : at + 32] for at in range(32, 128, 32))])
    return _keys(lambda _: b"".join(keys), section=2)(good)


def _revoked_again(good: Good) -> Files:
    """Let the reissue revoke a key that an amendment revoked already."""
    board = good.board
    dead = board.blob(board.content("amendment", 2)["keys"]["revoked"]["keys"])
    return board.edited("reissue", put("revoked", 0, to=dead.hex())).signed()


CREDENTIALS: Final[dict[str, Change]] = {
    "a key stands twice in a section": _keys(lambda keys: keys[:32] * 2 + keys[64:]),
    "the keys are not in order": _keys(exchanged(0, 1, size=32)),
    "the keys are cut short": _keys(lambda keys: keys[:-1]),
    "a section has a key less": _keys(lambda keys: keys[:-32]),
    "a section has a key more": _keys(lambda keys: keys + b"\xff" * 32),
    "a key stands in two sections": _in_two_sections,
    "a section has fewer credentials than keys": _linked(
        "credentials", put("sections", 0, "credentials", to=4)
    ),
    "a section has no credentials": _linked("credentials", drop("sections", 0)),
    "a new key is one that was issued": _edited(
        "reissue", lambda said: said.update(credential=said["revoked"][0])
    ),
    "a key dies that was never issued": _edited("reissue", put("revoked", 0, to=other)),
    "a key dies that was dead": _revoked_again,
    "sealed keys have another salt": _edited(
        "reconciliation", put("amended_keys", 1, "salt", to=other)
    ),
    "sealed keys are of another amendment": _edited(
        "reconciliation", put("amended_keys", 0, "amendment", to=5)
    ),
    "sealed keys are not told": _edited("reconciliation", drop("amended_keys", 1)),
    "sealed keys are other keys": lambda good: good.board.told(
        "reconciliation", lambda keys: keys[::-1], "amended_keys", 1, "issued", 0, "keys"
    ).signed(),
    "an amendment's hash is another": _edited(
        "amendment", put("keys", "sealed", to=other), which=4
    ),
}


def _votes(wire: bytes) -> dict[str, Any]:
    """A ballot of two contests as it stands on the board."""
    return {
        "credential": wire[:32].hex(),
        "signature": wire[-64:].hex(),
        "votes": [wire[32:163].hex(), wire[163:294].hex()],
    }


def _of(board: Board, credential: str) -> int:
    """Which of the ballots is of a credential."""
    cast = [board.entries[number]["content"]["credential"] for number in board.numbers("ballot")]
    return cast.index(credential)


def _cast(lie: str) -> Change:
    """Let a ballot that nobody may cast stand before the close."""

    def tamper(good: Good) -> Files:
        board = good.board
        entry = board.entries[board.at("ballot")] | {"content": _votes(good.lies[lie])}
        longer = replace(board, entries=[*board.entries, entry])
        return longer.moved(len(board.entries), board.at("close")).signed()

    return tamper


def _instead(*lies: str) -> Change:
    """Let ballots that nobody may cast stand in the place of those of the same credentials."""

    def tamper(good: Good) -> Files:
        board = good.board
        for lie in lies:
            told = _votes(good.lies[lie])
            place = _of(board, told["credential"])
            board = board.edited("ballot", lambda content, told=told: content.update(told), place)
        return board.signed()

    return tamper


def _signature_of_another(good: Good) -> Files:
    signature = good.board.content("ballot", 1)["signature"]
    return good.board.edited("ballot", put("signature", to=signature)).signed()


def _challenged(change: Callable[[Any], object]) -> Change:
    """Change a challenged paper on the board."""
    return lambda good: with_challenge(good.board).edited("challenge", change).signed()


def _challenged_and_cast(good: Good) -> Files:
    # The first ballot that was set aside is named by its tracker, so that it need not be made.
    shown = good.board.content("set-aside")["ballots"][0]["tracker"]
    return _challenged(put("tracker", to=shown))(good)


def _cast_after_challenge(good: Good) -> Files:
    """Let a ballot be the paper that was challenged, signed by its credential after all."""
    board = with_challenge(good.board, list(zip(CHALLENGED, good.drawn, strict=True)))
    told = _votes(good.lies["challenged"])
    place = _of(board, told["credential"])
    return board.edited("ballot", lambda content: content.update(told), place).signed()


BALLOTS: Final[dict[str, Change]] = {
    "somebody votes twice": _cast("second"),
    "a key votes that was replaced": _cast("of a revoked key"),
    "a key votes whose elector was struck off": _cast("of one struck off"),
    "a key votes that was never issued": _cast("of a stranger"),
    "a ballot was sealed for another election": _instead("of another election"),
    "a ballot was sealed for another section": _instead("of another section"),
    "two votes are alike in c1": _instead("alike", "alike again"),
    "a ballot stands twice": _board(lambda board: board.doubled("ballot")),
    "a ballot lacks a vote": _edited("ballot", drop("votes", 1)),
    "a proof has another bit": _edited(
        "ballot", put("votes", 0, to=lambda vote: vote[:-1] + other(vote[-1]))
    ),
    "a c1 has the other sign": _edited(
        "ballot", put("votes", 0, to=lambda vote: f"0{5 - int(vote[1])}{vote[2:]}")
    ),
    "a c2 is no point": _edited(
        "ballot", put("votes", 1, to=lambda vote: vote[:66] + "02" + "ff" * 32 + vote[132:])
    ),
    "a signature has another bit": _edited(
        "ballot", put("signature", to=lambda signed: signed[:-1] + other(signed[-1]))
    ),
    "a signature is another ballot's": _signature_of_another,
    "a challenged paper has another ranking": _challenged(put("votes", 0, "ranking", to=more)),
    "a challenged paper has a ranking of no space": _challenged(
        put("votes", 1, "ranking", to=2**20)
    ),
    "a challenged paper has another r": _challenged(
        put("votes", 0, "r", to=lambda r: f"{int(r, 16) + 1:064x}")
    ),
    "a challenged paper's r is 0": _challenged(put("votes", 0, "r", to="00" * 32)),
    "a challenged paper's c1 is another": _challenged(
        lambda said: said["votes"][0].update(c1=said["votes"][1]["c1"])
    ),
    "a challenged paper's c2 is another": _challenged(
        lambda said: said["votes"][0].update(c2=said["votes"][1]["c2"])
    ),
    "a challenged paper's c1 is no point": _challenged(put("votes", 0, "c1", to="02" + "ff" * 32)),
    "a challenged paper lacks a vote": _challenged(drop("votes", 1)),
    "a challenged paper is of no section": _challenged(put("section", to="nobody")),
    "a challenged paper has the tracker of a ballot": _challenged_and_cast,
    "a challenged paper is cast": _cast_after_challenge,
    "the votes of two contests change places": _edited(
        "ballot", put("votes", to=lambda votes: votes[::-1])
    ),
    "the poll opened with other software": _edited(
        "opening", put("software", "booth.js", to="11" * 32)
    ),
    "the notice was another when the poll opened": _linked("notice", put("mixes_wanted", to=1)),
}

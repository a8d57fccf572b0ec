"""Single changes of what a board says up to the close: notice, opening, key, roll, keys, ballots.

Each is signed again, so that nothing is wrong but what is said.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any, Final

from tests.verifier.challenge_making import with_challenge
from tests.verifier.changing import Change, board, edited, linked
from tests.verifier.good import CHALLENGED, Good
from tests.verifier.tampered import Board, Files, drop, exchanged, more, other, put


def _standing(contest: int, *names: str) -> Change:
    """Let these stand in a contest of the last statement of persons nominated."""
    return linked("candidates", put("contests", contest, "candidates", to=list(names)), which=1)


def _too_many_rankings(good: Good) -> Files:
    """Let so many stand in a contest in which all may be ranked."""
    many = put("contests", 0, "candidates", to=[f"Candidate {n}" for n in range(1_000)])
    board = good.board.edited("candidates", many, which=1).edited("opening", many)
    return board.linked().signed()


def _moves_the_close(good: Good) -> Files:
    """Let an amendment of during the poll move the close from what it was by the one before."""
    stood = good.board.content("notice-amendment")["hours"][0]["becomes"]
    hour = {"part": "closes_at", "was": stood, "becomes": "2099-01-01T00:00:00Z"}
    return good.board.edited("notice-amendment", put("hours", to=[hour]), which=1).signed()


# What the notice settled of a contest, and what somebody might want it to be once people stand.
UNSETTLED: Final[dict[str, object]] = {
    "gates": ["20 nominations of members of parliament"],
    "names_order": "shuffled",
    "places": 2,
    "ticket": {"first": "Leader", "second": "Deputy leader"},
    "votes_of_withdrawn": "stand",
    "weights": {"member": 1},
}

NOTICE: Final[dict[str, Change]] = {
    **{
        f"who stands is published with other {member} than the notice's": linked(
            "candidates", put("contests", 0, member, to=becomes), which=1
        )
        for member, becomes in UNSETTLED.items()
    },
    "an extension names another close before": edited(
        "extension", put("closed_before_at", to="2026-11-30T10:00:00Z")
    ),
    "the close was due at another time": edited(
        "close", put("was_due_at", to="2026-11-30T10:00:00Z")
    ),
    "the poll was closed when it was due, and before": edited(
        "close", lambda said: said.update(early=False) or said.pop("reason")
    ),
    "a close that was early has no reason": edited("close", drop("reason")),
    "an amendment of the notice has another number": edited(
        "notice-amendment", put("number", to=3), which=1
    ),
    "an amendment of the notice is left out": board(lambda one: one.without("notice-amendment")),
    "an amendment says another text than the notice's": linked(
        "notice-amendment", put("texts", 0, "was", to="Another")
    ),
    "an amendment says another hour than the notice's": edited(
        "notice-amendment", put("hours", 0, "was", to="2001-01-01T00:00:00Z"), which=1
    ),
    "an amendment moves an hour to an earlier one": edited(
        "notice-amendment", put("hours", 0, "becomes", to="2001-01-01T00:00:00Z"), which=1
    ),
    "an amendment moves the close of an open poll": _moves_the_close,
    "the close was due by the notice as it was before its amendment": linked(
        "notice-amendment", put("hours", to=[])
    ),
    "a step stands twice in the timetable": linked(
        "notice", put("timetable", 1, "step", to="count")
    ),
    "two reminders are not in order": linked(
        "notice", put("reminders", to=["2026-11-30T10:00:00Z", "2026-11-29T10:00:00Z"])
    ),
    "two candidates have one name": _standing(0, "Ash Amin", "Birch Bell", "Ash Amin"),
    "two candidates' names differ in their normal form alone": _standing(
        0, "Zoë Ash", "Birch Bell", "Zoe\u0308 Ash"
    ),
    "a candidate's name has a character that nobody sees": _standing(
        0, "Ash Amin", "Birch Bell", "Ash Amin\u200b"
    ),
    "a candidate's name ends with a space": _standing(0, "Ash Amin", "Birch Bell", "Ash Amin "),
    "a candidate has no name": _standing(0, "Ash Amin", "Birch Bell", ""),
    "somebody is unopposed beside another": _standing(2, "Fern Foy", "Gale Gray"),
    "nobody is unopposed": _standing(2),
    "a close that was early came late": lambda good: good.board.reframed(
        "close", put("at", to="2099-01-01T00:00:00Z")
    ).signed(),
}

OPENING: Final[dict[str, Change]] = {
    "a contest allows more rankings than there may be": _too_many_rankings,
    "the notice is changed": edited("notice", put("mixes_wanted", to=1)),
    "the candidates are changed": edited(
        "candidates", put("contests", 0, "candidates", 2, to="Carl Cox"), which=1
    ),
    "the roll is changed": edited("roll", put("totals", 0, "people", to=more)),
    "the key is changed": edited("key", put("quorum", to=1)),
    "the credentials are changed": edited(
        "credentials", put("sections", 0, "credentials", to=more)
    ),
    "an amendment before the opening is changed": edited("amendment", put("reason", to="dead")),
    "an amendment before the opening is not named": edited("opening", drop("amendments", 2)),
    "the paper names another candidate": edited(
        "opening", put("contests", 0, "candidates", 2, to="Carl Cox")
    ),
    "the paper has another order": edited(
        "opening", put("contests", 0, "candidates", to=lambda names: names[::-1])
    ),
    "the paper has another rule for ties": edited(
        "opening", put("contests", 0, "tie_rule", to="lot")
    ),
    "the paper lets somebody rank fewer": edited(
        "opening", put("contests", 0, "max_preferences", to=2)
    ),
    "a contest on the paper has another code": edited(
        "opening", put("contests", 1, "code", to="contest-3")
    ),
    "a contest is missing from the paper": edited("opening", drop("contests", 1)),
    "a withdrawn candidate is named again": lambda good: _with_statement(good.board).signed(),
}


def _with_statement(board: Board) -> Board:
    """Name the first statement, with the withdrawn candidate, in the opening."""
    first = board.without("candidates", 1).linked()
    named = first.content("opening")["entries"]["candidates"]
    return board.edited("opening", put("entries", "candidates", to=named))


ROLL: Final[dict[str, Change]] = {
    "a section's total is another": linked("roll", put("totals", 0, "people", to=more)),
    "the roll's commitment is another": linked("roll", put("commitment", to=other)),
    "electors after an amendment are more": edited(
        "amendment", put("electors", "member", to=more), which=3
    ),
    "an amendment touches more people": edited(
        "amendment", put("changes", 0, "people", to=more), which=4
    ),
    "an amendment strikes where it added": edited(
        "amendment", put("changes", 0, "change", to="struck"), which=4
    ),
    "an amendment that strikes off says that it corrects": edited(
        "amendment", put("kind", to="correct"), which=3
    ),
    "an amendment restores somebody who was never struck off": edited(
        "amendment", put("changes", 0, "change", to="restored"), which=4
    ),
    "an amendment is of another roll": edited("amendment", put("roll", to=other), which=4),
    "an amendment follows another": edited("amendment", put("previous", to=other), which=4),
    "an amendment's commitment is another": edited(
        "amendment", put("commitment", to=other), which=4
    ),
    "an amendment has another number": edited("amendment", put("number", to=more), which=5),
    "an amendment is dropped": board(lambda board: board.without("amendment", 5)),
    "two amendments change places": board(
        lambda board: board.moved(board.at("amendment", 5), board.at("amendment", 4))
    ),
    "an amendment stands twice": board(lambda board: board.doubled("amendment", 5)),
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
    "a section has fewer credentials than keys": linked(
        "credentials", put("sections", 0, "credentials", to=4)
    ),
    "a section has no credentials": linked("credentials", drop("sections", 0)),
    "a new key is one that was issued": edited(
        "reissue", lambda said: said.update(credential=said["revoked"][0])
    ),
    "a key dies that was never issued": edited("reissue", put("revoked", 0, to=other)),
    "a key dies that was dead": _revoked_again,
    "sealed keys have another salt": edited(
        "reconciliation", put("amended_keys", 1, "salt", to=other)
    ),
    "sealed keys are of another amendment": edited(
        "reconciliation", put("amended_keys", 0, "amendment", to=5)
    ),
    "sealed keys are not told": edited("reconciliation", drop("amended_keys", 1)),
    "sealed keys are other keys": lambda good: good.board.told(
        "reconciliation", lambda keys: keys[::-1], "amended_keys", 1, "issued", 0, "keys"
    ).signed(),
    "an amendment's hash is another": edited("amendment", put("keys", "sealed", to=other), which=4),
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


def _replaced_after_it_cast(good: Good) -> Files:
    """Let the second reissue stand after all ballots, and replace a key with which one was cast."""
    board = good.board.moved(good.board.at("reissue", 1), good.board.at("close"))
    voted = board.content("reissue")["credential"]
    return board.edited("reissue", put("revoked", 0, to=voted), which=1).signed()


BALLOTS: Final[dict[str, Change]] = {
    "somebody votes twice": _cast("second"),
    "a key is replaced with which somebody cast": _replaced_after_it_cast,
    "a key votes that was replaced": _cast("of a revoked key"),
    "a key votes whose elector was struck off": _cast("of one struck off"),
    "a key votes that was never issued": _cast("of a stranger"),
    "a ballot was sealed for another election": _instead("of another election"),
    "a ballot was sealed for another section": _instead("of another section"),
    "two votes are alike in c1": _instead("alike", "alike again"),
    "a ballot stands twice": board(lambda board: board.doubled("ballot")),
    "a ballot lacks a vote": edited("ballot", drop("votes", 1)),
    "a proof has another bit": edited(
        "ballot", put("votes", 0, to=lambda vote: vote[:-1] + other(vote[-1]))
    ),
    "a c1 has the other sign": edited(
        "ballot", put("votes", 0, to=lambda vote: f"0{5 - int(vote[1])}{vote[2:]}")
    ),
    "a c2 is no point": edited(
        "ballot", put("votes", 1, to=lambda vote: vote[:66] + "02" + "ff" * 32 + vote[132:])
    ),
    "a signature has another bit": edited(
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
    "the votes of two contests change places": edited(
        "ballot", put("votes", to=lambda votes: votes[::-1])
    ),
    "the poll opened with other software": edited(
        "opening", put("software", "booth.js", to="11" * 32)
    ),
    "the notice was another when the poll opened": linked("notice", put("mixes_wanted", to=1)),
}

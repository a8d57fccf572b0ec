"""Single changes of what a board says after the close: sums, boxes, mixes, openings and the result.

Each is signed again, so that nothing is wrong but what is said.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from hashlib import sha256
from typing import Any, Final

from ballot.canonical import canonical
from ballot.sealing.opening import part_commitment
from tests.verifier.changing import (
    Change,
    board,
    edited,
    setting_of,
    signature_on,
    swapped,
    told,
    without_blob,
)
from tests.verifier.good import Good
from tests.verifier.tampered import Board, Files, drop, exchanged, more, other, put, turned

FIGURES: Final = (
    "frozen",
    "added",
    "struck",
    "electors",
    "struck_voted",
    "issued",
    "marks",
    "ballots",
    "set_aside",
    "counted",
    "votes",
    "on_board",
)


def _both_by_one(content: Any) -> None:
    """Let the second ballot be set aside by the first one's amendment."""
    first, second = content["ballots"]
    second["amendment"] = first["amendment"]


def _stands_for_nothing(good: Good) -> Files:
    """Let the ballot that stands again never have been set aside."""
    (restored,) = good.board.content("ballots-stand")["ballots"]

    def leave_out(content: Any) -> None:
        content["ballots"] = [
            one for one in content["ballots"] if one["tracker"] != restored["tracker"]
        ]

    return good.board.edited("set-aside", leave_out).signed()


SET_ASIDE: Final[dict[str, Change]] = {
    "a tracker is no ballot's": edited("set-aside", put("ballots", 0, "tracker", to=other)),
    "a tracker is another ballot's": edited(
        "set-aside", lambda said: said["ballots"][0].update(tracker=said["ballots"][1]["tracker"])
    ),
    "a ballot that is set aside is named by another entry": edited(
        "set-aside", put("ballots", 0, "entry", to=11)
    ),
    "what is set aside is no ballot": edited("set-aside", put("ballots", 0, "entry", to=27)),
    "ballots are set aside twice": board(lambda board: board.doubled("set-aside")),
    "a ballot stands twice": board(lambda board: board.doubled("ballots-stand")),
    "a ballot stands that was not set aside": _stands_for_nothing,
    "a ballot is set aside for another reason": edited(
        "set-aside", put("ballots", 0, "reason", to="dead")
    ),
    "two ballots are set aside by an amendment that struck one off": edited(
        "set-aside", _both_by_one
    ),
    "a ballot is set aside by an amendment that struck off in another section": edited(
        "set-aside", put("ballots", 0, "amendment", to=4)
    ),
    "a ballot is set aside by an amendment that struck nobody off": board(
        lambda board: board.edited(
            "amendment", lambda said: said.update(reason="excluded"), 4
        ).edited("set-aside", put("ballots", 0, "amendment", to=5))
    ),
    "a ballot stands by an amendment that restored nobody": edited(
        "ballots-stand", put("ballots", 0, "amendment", to=5)
    ),
    "a ballot is set aside by an amendment that is not there": edited(
        "set-aside", put("ballots", 0, "amendment", to=99)
    ),
}


def _second_key(amendment: int, section: str, figures: dict[str, int]) -> Change:
    """Let whoever an amendment names keep their key, and be given another beside it."""

    def tamper(good: Good) -> Files:
        board, keys = good.board.with_blob(b"\x01" * 32)
        place = _told_of(board, amendment=amendment)
        issued = [{"credentials": 1, "keys": keys, "section": section}]
        board = board.edited("reconciliation", put("amended_keys", place, "issued", to=issued))
        told = board.content("reconciliation")["amended_keys"][place]
        bare = canonical({name: told[name] for name in ("issued", "revoked", "salt")})
        sealed = put("keys", "sealed", to=sha256(bare).hexdigest())
        return (
            board.edited("amendment", sealed, which=amendment - 1)
            .edited("reconciliation", lambda said: _section(said, section).update(figures))
            .signed()
        )

    return tamper


def _section(said: Any, code: str) -> Any:
    return next(one for one in said["sections"] if one["code"] == code)


def _told_of(board: Board, *, amendment: int) -> int:
    told = board.content("reconciliation")["amended_keys"]
    return [one["amendment"] for one in told].index(amendment)


def _aside_though_restored(good: Good) -> Files:
    """Restore an elector, and leave their ballot set aside."""
    board = good.board.without("ballots-stand")
    figures = {"set_aside": 2, "counted": 3}
    return board.edited("reconciliation", lambda said: said["sections"][0].update(figures)).signed()


RECONCILIATION: Final[dict[str, Change]] = {
    "a difference of no section is explained": edited(
        "reconciliation",
        put("explanations", to=[{"difference": "disputed", "section": "nowhere", "number": 1,
                                 "explanation": "They rang."}]),
    ),
    "somebody who was corrected has two keys": _second_key(
        6, "affiliated", {"issued": 6, "struck_voted": 1}
    ),
    "somebody who was restored has two keys": _second_key(
        9, "member", {"issued": 6, "struck_voted": 2}
    ),
    "a ballot is set aside whose elector is on the roll again": _aside_though_restored,
    **{
        f"the account's {figure} is one more": edited(
            "reconciliation", put("sections", 0, figure, to=more)
        )
        for figure in FIGURES
    },
    "somebody struck off is said to have voted, and was issued a paper": edited(
        "reconciliation",
        lambda said: said["sections"][0].update(
            struck_voted=said["sections"][0]["struck_voted"] + 1,
            issued=said["sections"][0]["issued"] + 1,
        ),
    ),
    "a section is not accounted for": edited("reconciliation", drop("sections", 2)),
    "a section is accounted for twice": edited(
        "reconciliation", put("sections", to=lambda sections: [*sections, sections[0]])
    ),
    "a ballot is dropped": board(lambda board: board.without("ballot", 0)),
    "ballots that were set aside stand": board(lambda board: board.without("ballots-stand")),
}


def _pooled_otherwise(content: Any) -> None:
    """Pool the members with the registered supporters, and leave the affiliated by themselves."""
    for box in content["boxes"]:
        box["sections"] = (
            ["affiliated"] if "affiliated" in box["sections"] else ["member", "registered"]
        )


BOXES: Final[dict[str, Change]] = {
    "sections are pooled otherwise": edited("reconciliation", _pooled_otherwise),
    "a box has another digest": edited("reconciliation", put("boxes", 0, "digest", to=other)),
    "a box holds a ballot more": edited("reconciliation", put("boxes", 0, "ballots", to=more)),
    "a box has another number": edited("reconciliation", put("boxes", 0, "number", to=2)),
    "a box is missing": edited("reconciliation", drop("boxes", 3)),
    "two boxes change places": edited(
        "reconciliation", put("boxes", to=lambda boxes: [boxes[1], boxes[0], *boxes[2:]])
    ),
    "two votes in a box change places": told(
        "reconciliation", exchanged(0, 1, size=66), "boxes", 0, "sealed"
    ),
    "a vote stands twice in a box": told(
        "reconciliation", lambda held: held[:66] * 2 + held[132:], "boxes", 0, "sealed"
    ),
    "a vote is missing in a box": told(
        "reconciliation", lambda held: held[:-66], "boxes", 0, "sealed"
    ),
    "a box holds another contest's votes": edited(
        "reconciliation",
        lambda said: said["boxes"][0].update(sealed=said["boxes"][2]["sealed"]),
    ),
}


def _committed_to_false(good: Good) -> Files:
    """Commit to a part with a false proof, as a trustee would who wants it taken."""
    board = good.board.told("part", turned, "content")
    part = board.blob(board.content("part")["content"])
    number = board.content("part")["trustee"]
    commitment = part_commitment(part, setting=setting_of(board), number=number)
    return _committed(board, commitment=commitment.hex()).signed()


def _committed(board: Board, **changes: Any) -> Board:
    """Change what the first commitment says, and let the trustee it names sign it."""
    board = board.edited("opening-commitment", lambda said: said.update(changes))
    return board.edited("opening-commitment", put("signature", to=signature_on(board)))


def _signed_by_another(good: Good) -> Files:
    """Let the holder of another share sign in a trustee's name."""
    said = good.board.content("opening-commitment")
    (another, *_) = (share for n, share in good.board.shares.items() if n != said["trustee"])
    signature = signature_on(good.board, replace(another, number=said["trustee"]))
    return good.board.edited("opening-commitment", put("signature", to=signature)).signed()


OPENINGS: Final[dict[str, Change]] = {
    "a commitment is of nobody, to make up a quorum": board(
        lambda board: board.doubled("opening-commitment").edited(
            "opening-commitment", put("trustee", to=7)
        )
    ),
    "a commitment comes after a part of its box": board(
        lambda board: board.moved(board.at("opening-commitment", 1), board.at("part", 1))
    ),
    "a commitment is another": edited("opening-commitment", put("commitment", to=other)),
    "a commitment is another, and signed": board(
        lambda board: _committed(board, commitment="5a" * 32)
    ),
    "a commitment is unsigned": edited("opening-commitment", put("signature", to="00" * 65)),
    "a commitment is signed otherwise": edited(
        "opening-commitment", put("signature", to=lambda signature: signature[:66] + "01" * 32)
    ),
    "a commitment is signed with another's share": _signed_by_another,
    "two trustees' signatures change places": swapped("opening-commitment", "signature"),
    "a commitment is signed for another box": swapped("opening-commitment", "signature", 0, 2),
    "a commitment that no part follows is unsigned": board(
        lambda board: board.doubled("opening-commitment").edited(
            "opening-commitment", put("trustee", to=3)
        )
    ),
    "two trustees' commitments change places": swapped("opening-commitment", "commitment"),
    "a commitment is of another box": swapped("opening-commitment", "commitment", 0, 2),
    "a part is missing": board(lambda board: board.without("part", 1)),
    "a part has another bit": told("part", turned, "content"),
    "a part has a false proof and a commitment to it": _committed_to_false,
    "a part is cut short": told("part", lambda held: held[:-33], "content"),
    "a part is another trustee's": swapped("part", "content"),
    "a part is of another box": swapped("part", "content", 0, 4),
    "the bytes of a part are missing": without_blob("part", "content"),
}


def _one_moved(lines: bytes) -> bytes:
    """Take one paper from the first ranking and give it to one that nobody chose."""
    first, *rest = lines.decode().splitlines()
    ranking, papers = first.split(",")
    free = max(int(line.split(",")[0]) for line in (first, *rest)) + 1
    kept = [f"{ranking},{int(papers) - 1}"] if int(papers) > 1 else []
    return "".join(f"{line}\n" for line in (*kept, *rest, f"{free},1")).encode()


PROFILE: Final[dict[str, Change]] = {
    "a paper is moved": told("profile", _one_moved, "profile"),
    "a paper is added": told("profile", lambda lines: lines + b"15,1\n", "profile", which=1),
    "the lines are not in order": told(
        "profile", lambda lines: b"\n".join(lines.split(b"\n")[-2::-1]) + b"\n", "profile", which=1
    ),
    "the last line has no end": told("profile", lambda lines: lines[:-1], "profile"),
    "a ranking has no paper": told("profile", lambda lines: lines + b"15,0\n", "profile"),
    "a paper more is rejected": edited("profile", put("papers_rejected", to=more)),
    "there is a paper more": edited("profile", put("papers", to=more)),
    "the profiles of two boxes change places": swapped("profile", "profile"),
    "the profiles are not in order": board(
        lambda board: board.moved(board.at("profile", 1), board.at("profile"))
    ),
    "a box has no profile": board(lambda board: board.without("profile", 3)),
}

SHEET: Final[dict[str, Callable[[Any], object]]] = {
    "votes of a stage": put("stages", 0, "votes", "Ash Amin", to=more),
    "votes of a section": put("stages", 0, "sections", "Members", "votes", "Ash Amin", to=more),
    "exhausted papers": put("stages", 1, "exhausted", to=more),
    "who is excluded": put("stages", 0, "excluded", 0, to="Birch Bell"),
    "who is elected": put("elected", 0, to="Birch Bell"),
    "why somebody is elected": put("stages", 1, "elected_by", to="last remaining"),
    "a transfer": put("stages", 1, "transfers", 0, "to", "Ash Amin", to=more),
    "continuing votes": put("stages", 0, "continuing_votes", to=more),
    "a percentage": put("stages", 1, "percent", "Ash Amin", to="61.0%"),
    "valid papers": put("valid", to=more),
    "blank papers": put("blank", to=more),
    "rejected papers": put("rejected", to=more),
    "valid papers of a section": put("sections", 1, "valid", to=more),
    "the rules": put("rules", "stop", to="two"),
    "whether the sums agree": put("sums_agree", to=False),
    "the title": put("title", to="Treasurer"),
    "who withdrew": put("withdrawn", to=["Cedar Cox"]),
    "a stage more": put("stages", to=lambda stages: [*stages, stages[-1]]),
}


def _on_sheet(change: Callable[[Any], object]) -> Change:
    """Change the sheet where it is counted and where it is declared, so that both still agree."""

    def tamper(good: Good) -> Files:
        board = good.board.edited("count", lambda content: change(content["sheet"]))
        return board.edited(
            "declaration", lambda content: change(content["contests"][0]["sheet"])
        ).signed()

    return tamper


COUNT: Final[dict[str, Change]] = {
    "a sentence is no text": edited(
        "count", put("sheet", "stages", 0, "sentence", to={"elected": "Birch Bell"})
    ),
    **{
        f"the sheet has another figure: {name}": _on_sheet(change) for name, change in SHEET.items()
    },
    "the lot is drawn the other way round": edited("lot", put("drawn", to=[0, 1])),
    "the lot is drawn among others": edited("lot", put("among", to=[0])),
    "the lot draws one of the tied twice": edited("lot", put("drawn", to=[0, 0])),
    "the lot is another contest's": edited("lot", put("contest", to="contest-1")),
    "the lot is missing": board(lambda board: board.without("lot")),
    "a contest is not counted": board(lambda board: board.without("count", 1)),
    "the sheets of two contests change places": swapped("count", "sheet"),
}

DECLARATION: Final[dict[str, Change]] = {
    "a sentence is another than that of the count": edited(
        "declaration",
        put("contests", 0, "sheet", "stages", 0, "sentence", to="Birch Bell is elected."),
    ),
    "somebody else is elected": edited(
        "declaration", put("contests", 0, "elected", 0, to="Birch Bell")
    ),
    "nobody is elected": edited("declaration", put("contests", 0, "elected", to=[])),
    "the loser of the lot is elected": edited(
        "declaration", put("contests", 1, "elected", 0, to="Elm Ede")
    ),
    "somebody else is elected unopposed": edited(
        "declaration", put("contests", 2, "elected", 0, to="Oak Orr")
    ),
    "a contest is said to be unopposed": edited(
        "declaration", put("contests", 0, "unopposed", to=True)
    ),
    "nominations reopen": edited("declaration", put("contests", 0, "nominations_reopen", to=True)),
    "a sheet has another figure": edited(
        "declaration", put("contests", 0, "sheet", "valid", to=more)
    ),
    "a contest has another title": edited("declaration", put("contests", 0, "title", to="Deputy")),
    "a contest is not declared": edited("declaration", drop("contests", 1)),
    "contests are not in order": edited(
        "declaration", put("contests", to=lambda contests: contests[::-1])
    ),
    "a section has a ballot more": edited("declaration", put("sections", 0, "ballots", to=more)),
    "a section has issued more": edited("declaration", put("sections", 0, "issued", to=more)),
    "a section has set aside more": edited("declaration", put("sections", 0, "set_aside", to=more)),
    "a section is not declared": edited("declaration", drop("sections", 0)),
    "a second count is told that was not": edited(
        "declaration", put("contests", 0, "second_count", to="counted-once")
    ),
    "the turnout is another": edited("declaration", put("contests", 0, "turnout", "part", to=more)),
}

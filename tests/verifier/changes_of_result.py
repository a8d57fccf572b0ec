"""Single changes of what a board says after the close: sums, boxes, mixes, openings and the result.

Each is signed again, so that nothing is wrong but what is said.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any, Final

import numpy as np

from ballot.board.tree import leaf_hash
from ballot.canonical import canonical
from ballot.sealing.box import Box
from ballot.sealing.keys import ElectionKey
from ballot.sealing.maker import sign_mix
from ballot.sealing.mixing import mix
from ballot.sealing.opening import part_commitment
from ballot.sealing.setting import BoxName, Setting
from ballot.services.mix_box import SERVER
from tests.ballot.factories import TRUSTEES
from tests.verifier.good import Good
from tests.verifier.tampered import Board, Files, drop, exchanged, more, other, put, turned

Change = Callable[[Good], Files]
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


def _edited(kind: str, change: Callable[[Any], object], which: int = 0) -> Change:
    return lambda good: good.board.edited(kind, change, which).signed()


def _told(kind: str, change: Callable[[bytes], bytes], *path: Any, which: int = 0) -> Change:
    return lambda good: good.board.told(kind, change, *path, which=which).signed()


def _board(change: Callable[[Board], Board]) -> Change:
    return lambda good: change(good.board).signed()


def _swapped(kind: str, member: str, first: int = 0, second: int = 1) -> Change:
    """Let two entries of a kind exchange what they say under a member."""

    def tamper(good: Good) -> Files:
        board = good.board
        one, two = (board.content(kind, which)[member] for which in (first, second))
        board = board.edited(kind, put(member, to=two), first)
        return board.edited(kind, put(member, to=one), second).signed()

    return tamper


def _without_blob(kind: str, member: str) -> Change:
    def tamper(good: Good) -> Files:
        named = good.board.content(kind)[member]["sha256"]
        files = good.board.signed()
        return {path: octets for path, octets in files.items() if path != f"blob/{named}"}

    return tamper


def _cut_blob(kind: str, member: str) -> Change:
    """Cut the file of a blob short, and leave what is said of it."""

    def tamper(good: Good) -> Files:
        path = f"blob/{good.board.content(kind)[member]['sha256']}"
        files = good.board.signed()
        return files | {path: files[path][:-1]}

    return tamper


def _stands_for_nothing(good: Good) -> Files:
    """Let the ballot that stands again never have been set aside."""
    (restored,) = good.board.content("ballots-stand")["ballots"]

    def leave_out(content: Any) -> None:
        content["ballots"] = [
            one for one in content["ballots"] if one["tracker"] != restored["tracker"]
        ]

    return good.board.edited("set-aside", leave_out).signed()


SET_ASIDE: Final[dict[str, Change]] = {
    "a tracker is no ballot's": _edited("set-aside", put("ballots", 0, "tracker", to=other)),
    "a tracker is another ballot's": _edited(
        "set-aside", lambda said: said["ballots"][0].update(tracker=said["ballots"][1]["tracker"])
    ),
    "a ballot that is set aside is named by another entry": _edited(
        "set-aside", put("ballots", 0, "entry", to=11)
    ),
    "what is set aside is no ballot": _edited("set-aside", put("ballots", 0, "entry", to=27)),
    "ballots are set aside twice": _board(lambda board: board.doubled("set-aside")),
    "a ballot stands twice": _board(lambda board: board.doubled("ballots-stand")),
    "a ballot stands that was not set aside": _stands_for_nothing,
    "a ballot is set aside for another reason": _edited(
        "set-aside", put("ballots", 0, "reason", to="dead")
    ),
    "a ballot is set aside by an amendment that is not there": _edited(
        "set-aside", put("ballots", 0, "amendment", to=99)
    ),
}

RECONCILIATION: Final[dict[str, Change]] = {
    **{
        f"the account's {figure} is one more": _edited(
            "reconciliation", put("sections", 0, figure, to=more)
        )
        for figure in FIGURES
    },
    "somebody struck off is said to have voted, and was issued a paper": _edited(
        "reconciliation",
        lambda said: said["sections"][0].update(
            struck_voted=said["sections"][0]["struck_voted"] + 1,
            issued=said["sections"][0]["issued"] + 1,
        ),
    ),
    "a section is not accounted for": _edited("reconciliation", drop("sections", 2)),
    "a section is accounted for twice": _edited(
        "reconciliation", put("sections", to=lambda sections: [*sections, sections[0]])
    ),
    "a ballot is dropped": _board(lambda board: board.without("ballot", 0)),
    "ballots that were set aside stand": _board(lambda board: board.without("ballots-stand")),
}


def _pooled_otherwise(content: Any) -> None:
    """Pool the members with the registered supporters, and leave the affiliated by themselves."""
    for box in content["boxes"]:
        box["sections"] = (
            ["affiliated"] if "affiliated" in box["sections"] else ["member", "registered"]
        )


BOXES: Final[dict[str, Change]] = {
    "sections are pooled otherwise": _edited("reconciliation", _pooled_otherwise),
    "a box has another digest": _edited("reconciliation", put("boxes", 0, "digest", to=other)),
    "a box holds a ballot more": _edited("reconciliation", put("boxes", 0, "ballots", to=more)),
    "a box has another number": _edited("reconciliation", put("boxes", 0, "number", to=2)),
    "a box is missing": _edited("reconciliation", drop("boxes", 3)),
    "two boxes change places": _edited(
        "reconciliation", put("boxes", to=lambda boxes: [boxes[1], boxes[0], *boxes[2:]])
    ),
    "two votes in a box change places": _told(
        "reconciliation", exchanged(0, 1, size=66), "boxes", 0, "sealed"
    ),
    "a vote stands twice in a box": _told(
        "reconciliation", lambda held: held[:66] * 2 + held[132:], "boxes", 0, "sealed"
    ),
    "a vote is missing in a box": _told(
        "reconciliation", lambda held: held[:-66], "boxes", 0, "sealed"
    ),
    "a box holds another contest's votes": _edited(
        "reconciliation",
        lambda said: said["boxes"][0].update(sealed=said["boxes"][2]["sealed"]),
    ),
}


def _setting(board: Board) -> Setting:
    opening = leaf_hash(canonical(board.entries[board.at("opening")]))
    return Setting(opening, bytes.fromhex(board.content("key")["public_key"]))


def _box_after(board: Board, which: int) -> Box:
    """The first box, as a mix of it left it."""
    told = board.content("reconciliation")["boxes"][0]
    after = board.blob(board.content("mix", which)["content"])[32 : 32 + 66 * told["ballots"]]
    rows = np.frombuffer(after, dtype=np.uint8).reshape(-1, 66)
    return Box.parse(BoxName(told["contest"], tuple(told["sections"])), rows)


def _made(board: Board, box: Box, trustee: int | None) -> tuple[Board, dict[str, Any]]:
    """Mix a box well, by a trustee or the server; return the board with the bytes, and what to say.

    A trustee's mix is signed with their share.
    """
    key, setting = ElectionKey.parse(board.content("key")), _setting(board)
    mixer = SERVER if trustee is None else key.trustee(trustee).name
    content = mix(box, setting=setting, mixer=mixer, rng=os.urandom).to_bytes()
    board, named = board.with_blob(content)
    said = {"content": named, "mixer": mixer, "trustee": trustee, "signature": None}
    if trustee is not None:
        said["signature"] = _signature(board, content, box.name, trustee)
    return board, said


def _signature(board: Board, content: bytes, name: BoxName, trustee: int) -> str:
    key, share = ElectionKey.parse(board.content("key")), board.shares[trustee]
    signed = {"name": name, "setting": _setting(board), "key": key, "share": share}
    return sign_mix(content, rng=os.urandom, **signed).hex()


def _mixed_second_by(trustee: int | None) -> Change:
    """Let another have made the second mix of the first box, well and with a good proof."""

    def tamper(good: Good) -> Files:
        board, said = _made(good.board, _box_after(good.board, 0), trustee)
        return board.edited("mix", lambda content: content.update(said), which=4).signed()

    return tamper


def _mixed_third_by(trustee: int | None) -> Change:
    """Let the first box be mixed once more, well and with a good proof."""

    def tamper(good: Good) -> Files:
        board, said = _made(good.board, _box_after(good.board, 4), trustee)
        board = board.doubled("mix", 4)
        return board.edited("mix", lambda content: content.update(said, number=3), 5).signed()

    return tamper


def _signed_by_another(good: Good) -> Files:
    """Let a trustee sign what another mixed."""
    board = good.board
    content = board.blob(board.content("mix", 4)["content"])
    signature = _signature(board, content, _box_after(board, 0).name, 2)
    return board.edited("mix", put("signature", to=signature), which=4).signed()


def _signed_for_another_box(good: Good) -> Files:
    """Let the trustee who mixed a box sign its bytes as those of another box."""
    board = good.board
    content = board.blob(board.content("mix", 4)["content"])
    signature = _signature(board, content, BoxName("contest-9", ("member",)), 1)
    return board.edited("mix", put("signature", to=signature), which=4).signed()


MIXES: Final[dict[str, Change]] = {
    "the server mixed again": _mixed_second_by(None),
    "the server mixed after a trustee": _mixed_third_by(None),
    "a trustee mixed twice": _mixed_third_by(1),
    "a mix is signed by another trustee": _signed_by_another,
    "a mix is signed for another box": _signed_for_another_box,
    "a mix is said to be another trustee's": _edited("mix", put("trustee", to=2), which=4),
    "a mix is said to be of no trustee that there is": _edited(
        "mix", put("trustee", to=9), which=4
    ),
    "a trustee's mix is not signed": _edited("mix", put("signature", to=None), which=4),
    "a trustee's mix is said to be the server's": _edited(
        "mix", lambda said: said.update(trustee=None, signature=None, mixer=SERVER), which=4
    ),
    "a mix by nobody is not signed": _edited(
        "mix", lambda said: said.update(trustee=None, signature=None), which=4
    ),
    "the server's mix is said to be a trustee's": _edited(
        "mix", lambda said: said.update(trustee=2, mixer=TRUSTEES[1])
    ),
    "the server's mix is signed": _edited("mix", put("signature", to="02" + "11" * 64)),
    "the signatures of two mixes change places": _swapped("mix", "signature", 4, 5),
    "a signature has another bit": _edited(
        "mix", put("signature", to=lambda text: turned(bytes.fromhex(text)).hex()), which=4
    ),
    "a box was mixed once": _board(lambda board: board.without("mix", 4)),
    "the first mix of a box is missing": _board(lambda board: board.without("mix", 0)),
    "a mix stands twice": _board(lambda board: board.doubled("mix", 4)),
    "a mix is another box's": _swapped("mix", "content", 0, 2),
    "two mixes of a box change places": _swapped("mix", "content", 0, 4),
    "a mix has another number": _edited("mix", put("number", to=3), which=4),
    "a mix is said to be of another box": _edited("mix", put("box", to=1), which=4),
    "a mix is of a box that is not there": _edited("mix", put("box", to=9), which=4),
    "a mix is of a contest that is not there": _edited(
        "mix", put("contest", to="contest-9"), which=4
    ),
    "a mixer has another name": _edited("mix", put("mixer", to="third mixer"), which=4),
    "a mix is of another input": _told("mix", lambda held: turned(held, 0), "content"),
    "two mixed votes change places": _told(
        "mix",
        lambda held: held[:32] + exchanged(0, 1, size=66)(held[32:230]) + held[230:],
        "content",
    ),
    "a proof has another bit": _told("mix", turned, "content"),
    "a mix is cut short": _told("mix", lambda held: held[:-1], "content"),
    "a mix goes on": _told("mix", lambda held: held + b"\0", "content"),
    "the bytes of a mix are missing": _without_blob("mix", "content"),
    "the file of a mix is cut short": _cut_blob("mix", "content"),
    "a mix has another size": _edited("mix", put("content", "size_bytes", to=more)),
}


def _committed_to_false(good: Good) -> Files:
    """Commit to a part with a false proof, as a trustee would who wants it taken."""
    board = good.board.told("part", turned, "content")
    part = board.blob(board.content("part")["content"])
    number = board.content("part")["trustee"]
    commitment = part_commitment(part, setting=_setting(board), number=number)
    return board.edited("opening-commitment", put("commitment", to=commitment.hex())).signed()


OPENINGS: Final[dict[str, Change]] = {
    "a commitment comes after a part of its box": _board(
        lambda board: board.moved(board.at("opening-commitment", 1), board.at("part", 1))
    ),
    "a commitment is another": _edited("opening-commitment", put("commitment", to=other)),
    "two trustees' commitments change places": _swapped("opening-commitment", "commitment"),
    "a commitment is of another box": _swapped("opening-commitment", "commitment", 0, 2),
    "a part is missing": _board(lambda board: board.without("part", 1)),
    "a part has another bit": _told("part", turned, "content"),
    "a part has a false proof and a commitment to it": _committed_to_false,
    "a part is cut short": _told("part", lambda held: held[:-33], "content"),
    "a part is another trustee's": _swapped("part", "content"),
    "a part is of another box": _swapped("part", "content", 0, 4),
    "the bytes of a part are missing": _without_blob("part", "content"),
}


def _one_moved(lines: bytes) -> bytes:
    """Take one paper from the first ranking and give it to one that nobody chose."""
    first, *rest = lines.decode().splitlines()
    ranking, papers = first.split(",")
    free = max(int(line.split(",")[0]) for line in (first, *rest)) + 1
    kept = [f"{ranking},{int(papers) - 1}"] if int(papers) > 1 else []
    return "".join(f"{line}\n" for line in (*kept, *rest, f"{free},1")).encode()


PROFILE: Final[dict[str, Change]] = {
    "a paper is moved": _told("profile", _one_moved, "profile"),
    "a paper is added": _told("profile", lambda lines: lines + b"15,1\n", "profile", which=1),
    "the lines are not in order": _told(
        "profile", lambda lines: b"\n".join(lines.split(b"\n")[-2::-1]) + b"\n", "profile", which=1
    ),
    "the last line has no end": _told("profile", lambda lines: lines[:-1], "profile"),
    "a ranking has no paper": _told("profile", lambda lines: lines + b"15,0\n", "profile"),
    "a paper more is rejected": _edited("profile", put("papers_rejected", to=more)),
    "there is a paper more": _edited("profile", put("papers", to=more)),
    "the profiles of two boxes change places": _swapped("profile", "profile"),
    "the profiles are not in order": _board(
        lambda board: board.moved(board.at("profile", 1), board.at("profile"))
    ),
    "a box has no profile": _board(lambda board: board.without("profile", 3)),
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
    **{
        f"the sheet has another figure: {name}": _on_sheet(change) for name, change in SHEET.items()
    },
    "the lot is drawn the other way round": _edited("lot", put("drawn", to=[0, 1])),
    "the lot is drawn among others": _edited("lot", put("among", to=[0])),
    "the lot is another contest's": _edited("lot", put("contest", to="contest-1")),
    "the lot is missing": _board(lambda board: board.without("lot")),
    "a contest is not counted": _board(lambda board: board.without("count", 1)),
    "the sheets of two contests change places": _swapped("count", "sheet"),
}

DECLARATION: Final[dict[str, Change]] = {
    "somebody else is elected": _edited(
        "declaration", put("contests", 0, "elected", 0, to="Birch Bell")
    ),
    "nobody is elected": _edited("declaration", put("contests", 0, "elected", to=[])),
    "the loser of the lot is elected": _edited(
        "declaration", put("contests", 1, "elected", 0, to="Elm Ede")
    ),
    "somebody else is elected unopposed": _edited(
        "declaration", put("contests", 2, "elected", 0, to="Oak Orr")
    ),
    "a contest is said to be unopposed": _edited(
        "declaration", put("contests", 0, "unopposed", to=True)
    ),
    "nominations reopen": _edited("declaration", put("contests", 0, "nominations_reopen", to=True)),
    "a sheet has another figure": _edited(
        "declaration", put("contests", 0, "sheet", "valid", to=more)
    ),
    "a contest has another title": _edited("declaration", put("contests", 0, "title", to="Deputy")),
    "a contest is not declared": _edited("declaration", drop("contests", 1)),
    "contests are not in order": _edited(
        "declaration", put("contests", to=lambda contests: contests[::-1])
    ),
    "a section has a ballot more": _edited("declaration", put("sections", 0, "ballots", to=more)),
    "a section has issued more": _edited("declaration", put("sections", 0, "issued", to=more)),
    "a section has set aside more": _edited(
        "declaration", put("sections", 0, "set_aside", to=more)
    ),
    "a section is not declared": _edited("declaration", drop("sections", 0)),
}

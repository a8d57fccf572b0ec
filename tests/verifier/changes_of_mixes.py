"""Single changes of the mixes: who made them, their places, and their proofs.

Each is signed again, so that nothing is wrong but what is said.
"""

from __future__ import annotations

import os
from typing import Any, Final

import numpy as np

from ballot.sealing.box import Box
from ballot.sealing.keys import ElectionKey
from ballot.sealing.maker import sign_mix
from ballot.sealing.mixing import mix
from ballot.sealing.setting import BoxName
from ballot.services.mix_box import SERVER
from tests.ballot.factories import TRUSTEES
from tests.verifier.changing import (
    Change,
    board,
    cut_blob,
    edited,
    setting_of,
    swapped,
    told,
    without_blob,
)
from tests.verifier.good import Good
from tests.verifier.tampered import Board, Files, exchanged, more, put, turned


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
    key, setting = ElectionKey.parse(board.content("key")), setting_of(board)
    mixer = SERVER if trustee is None else key.trustee(trustee).name
    content = mix(box, setting=setting, mixer=mixer, rng=os.urandom).to_bytes()
    board, named = board.with_blob(content)
    said = {"content": named, "mixer": mixer, "trustee": trustee, "signature": None}
    if trustee is not None:
        said["signature"] = _signature(board, content, box.name, trustee)
    return board, said


def _signature(board: Board, content: bytes, name: BoxName, trustee: int) -> str:
    key, share = ElectionKey.parse(board.content("key")), board.shares[trustee]
    signed = {"name": name, "setting": setting_of(board), "key": key, "share": share}
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
    "a mix is said to be another trustee's": edited("mix", put("trustee", to=2), which=4),
    "a mix is said to be of no trustee that there is": edited("mix", put("trustee", to=9), which=4),
    "a trustee's mix is not signed": edited("mix", put("signature", to=None), which=4),
    "a trustee's mix is said to be the server's": edited(
        "mix", lambda said: said.update(trustee=None, signature=None, mixer=SERVER), which=4
    ),
    "a mix by nobody is not signed": edited(
        "mix", lambda said: said.update(trustee=None, signature=None), which=4
    ),
    "the server's mix is said to be a trustee's": edited(
        "mix", lambda said: said.update(trustee=2, mixer=TRUSTEES[1])
    ),
    "the server's mix is signed": edited("mix", put("signature", to="02" + "11" * 64)),
    "the signatures of two mixes change places": swapped("mix", "signature", 4, 5),
    "a signature has another bit": edited(
        "mix", put("signature", to=lambda text: turned(bytes.fromhex(text)).hex()), which=4
    ),
    "a box was mixed once": board(lambda board: board.without("mix", 4)),
    "the first mix of a box is missing": board(lambda board: board.without("mix", 0)),
    "a mix stands twice": board(lambda board: board.doubled("mix", 4)),
    "a mix is another box's": swapped("mix", "content", 0, 2),
    "two mixes of a box change places": swapped("mix", "content", 0, 4),
    "a mix has another number": edited("mix", put("number", to=3), which=4),
    "a mix is said to be of another box": edited("mix", put("box", to=1), which=4),
    "a mix is of a box that is not there": edited("mix", put("box", to=9), which=4),
    "a mix is of a contest that is not there": edited(
        "mix", put("contest", to="contest-9"), which=4
    ),
    "a mixer has another name": edited("mix", put("mixer", to="third mixer"), which=4),
    "a mix is of another input": told("mix", lambda held: turned(held, 0), "content"),
    "two mixed votes change places": told(
        "mix",
        lambda held: held[:32] + exchanged(0, 1, size=66)(held[32:230]) + held[230:],
        "content",
    ),
    "a proof has another bit": told("mix", turned, "content"),
    "a mix is cut short": told("mix", lambda held: held[:-1], "content"),
    "a mix goes on": told("mix", lambda held: held + b"\0", "content"),
    "the bytes of a mix are missing": without_blob("mix", "content"),
    "the file of a mix is cut short": cut_blob("mix", "content"),
    "a mix has another size": edited("mix", put("content", "size_bytes", to=more)),
}

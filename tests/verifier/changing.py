"""Changes of the good bundle that are signed again: how they are made, whatever they change."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

from ballot.board.tree import leaf_hash
from ballot.canonical import canonical
from ballot.sealing.keys import ElectionKey, KeyShare
from ballot.sealing.maker import sign_commitment
from ballot.sealing.setting import BoxName, Setting
from tests.verifier.good import Good
from tests.verifier.tampered import Board, Files, put

Change = Callable[[Good], Files]


def edited(kind: str, change: Callable[[Any], object], which: int = 0) -> Change:
    """Change what an entry says."""
    return lambda good: good.board.edited(kind, change, which).signed()


def linked(kind: str, change: Callable[[Any], object], which: int = 0) -> Change:
    """Change what stands before the opening, as its keeper would have before the poll."""
    return lambda good: good.board.edited(kind, change, which).linked().signed()


def told(kind: str, change: Callable[[bytes], bytes], *path: Any, which: int = 0) -> Change:
    """Change the bytes of a blob that an entry names."""
    return lambda good: good.board.told(kind, change, *path, which=which).signed()


def board(change: Callable[[Board], Board]) -> Change:
    """Change the board as a whole."""
    return lambda good: change(good.board).signed()


def swapped(kind: str, member: str, first: int = 0, second: int = 1) -> Change:
    """Let two entries of a kind exchange what they say under a member."""

    def tamper(good: Good) -> Files:
        changed = good.board
        one, two = (changed.content(kind, which)[member] for which in (first, second))
        changed = changed.edited(kind, put(member, to=two), first)
        return changed.edited(kind, put(member, to=one), second).signed()

    return tamper


def without_blob(kind: str, member: str) -> Change:
    """Leave out the file of a blob."""

    def tamper(good: Good) -> Files:
        named = good.board.content(kind)[member]["sha256"]
        files = good.board.signed()
        return {path: octets for path, octets in files.items() if path != f"blob/{named}"}

    return tamper


def cut_blob(kind: str, member: str) -> Change:
    """Cut the file of a blob short, and leave what is said of it."""

    def tamper(good: Good) -> Files:
        path = f"blob/{good.board.content(kind)[member]['sha256']}"
        files = good.board.signed()
        return files | {path: files[path][:-1]}

    return tamper


def setting_of(changed: Board) -> Setting:
    """Return what every challenge of a board binds."""
    opening = leaf_hash(canonical(changed.entries[changed.at("opening")]))
    return Setting(opening, bytes.fromhex(changed.content("key")["public_key"]))


def signature_on(changed: Board, share: KeyShare | None = None) -> str:
    """Sign the first commitment to a part as it stands, with its trustee's share or another."""
    said = changed.content("opening-commitment")
    (name,) = (
        BoxName(box["contest"], tuple(box["sections"]))
        for box in changed.content("reconciliation")["boxes"]
        if (box["contest"], box["number"]) == (said["contest"], said["box"])
    )
    return sign_commitment(
        bytes.fromhex(said["commitment"]),
        name=name,
        setting=setting_of(changed),
        key=ElectionKey.parse(changed.content("key")),
        share=share or changed.shares[said["trustee"]],
        rng=os.urandom,
    ).hex()

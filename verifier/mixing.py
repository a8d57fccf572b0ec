"""The mixes of every box, one after another, and who made them (bundle §5, 12; sealing §8.6)."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256
from typing import NamedTuple

from verifier.board import Board, Entry
from verifier.bundle import Bundle, read_blob
from verifier.claims import false_claims, knowledge
from verifier.closed import ClosedBox, Left
from verifier.failure import Failed
from verifier.group import Point, encode
from verifier.keys import Key
from verifier.mixes import check_mix, read_mix
from verifier.setting import Setting
from verifier.workers import Workers

SERVER = "server"


def mixes_of(board: Board, boxes: Sequence[ClosedBox]) -> list[list[Entry]]:
    """Return the mixes of each box, in order.

    Raises: Failed (mix.box, mix.number, mix.empty).
    """
    found: dict[tuple[str, int], list[Entry]] = {box.place: [] for box in boxes}
    for entry in board.all("mix"):
        place = (entry.content["contest"], entry.content["box"])
        if place not in found:
            raise Failed("mix.box", entry.where, "There is no such box.")
        found[place].append(entry)
        if entry.content["number"] != len(found[place]):
            raise Failed("mix.number", entry.where, "Its number is not the next of its box.")
    for box in boxes:
        if found[box.place] and not box.pairs:
            raise Failed("mix.empty", box.where, "An empty box is not mixed.")
    return [found[box.place] for box in boxes]


def require_mixed(board: Board, box: ClosedBox, mixes: Sequence[Entry]) -> None:
    """Check that a box that is opened was mixed as often as the notice says, once by a trustee.

    Raises: Failed (mix.wanted, mix.server).
    """
    wanted = board.only("notice").content["mixes_wanted"]
    if not box.pairs:
        return
    if len(mixes) < wanted:
        why = f"It was mixed {len(mixes)} times, and {wanted} are wanted."
        raise Failed("mix.wanted", box.where, why)
    if all(entry.content["trustee"] is None for entry in mixes):
        raise Failed("mix.server", box.where, "No trustee has mixed it: the server alone.")


def require_different(mixes: Sequence[Entry]) -> None:
    """Check that of one box nobody made two mixes, and the server none but the first.

    Raises: Failed (mix.order, mix.twice).
    """
    seen: set[int] = set()
    for place, entry in enumerate(mixes):
        trustee = entry.content["trustee"]
        if trustee is None and place:
            raise Failed("mix.order", entry.where, "The server mixes first, or not at all.")
        if trustee in seen:
            raise Failed("mix.twice", entry.where, "This trustee mixed the box before.")
        if trustee is not None:
            seen.add(trustee)


class Mixing(NamedTuple):
    """What every mix of an election is checked with. generators: as many as the largest needs."""

    bundle: Bundle
    setting: Setting
    key: Key
    generators: Sequence[Point]
    workers: Workers


def check_box_mixes(given: Mixing, box: ClosedBox, mixes: Sequence[Entry]) -> bytes:
    """Check each mix of a box against what the one before left, and return the last one's rows.

    Of a box whose ballots were destroyed the first is read, and its proof cannot be checked.

    Raises: Failed (mix.maker, key.trustee, proof.*, shuffle.*, blob.*, file.*).
    """
    rows = box.rows
    for entry in mixes:
        wire = read_blob(given.bundle, entry.content["content"], entry.where)
        try:
            check_maker(given, box, entry, wire)
            if box.left and entry is mixes[0]:
                rows = read_first(box.left, wire, box.where)
                continue
            rows = check_mix(
                given.setting,
                box.name,
                entry.content["mixer"],
                before=rows,
                wire=wire,
                generators=given.generators,
                workers=given.workers,
            )
        except Failed as failure:
            raise Failed(failure.check, f"{entry.where}: {failure.where}", failure.why) from None
    return rows


def read_first(left: Left, wire: bytes, where: str) -> bytes:
    """Return the rows after the first mix of a box whose ballots were destroyed.

    Raises: Failed (shuffle.input, shuffle.empty, shuffle.length).
    """
    mix = read_mix(wire, left.pairs, where)
    if mix.before_hash != left.digest:
        raise Failed("shuffle.input", where, "It took another box than the one that was fixed.")
    return mix.columns.after


def check_maker(given: Mixing, box: ClosedBox, entry: Entry, wire: bytes) -> None:
    """Check that a mix is signed by the trustee it is said to be of, or is said to be the server's.

    wire:   the mix's bytes.
    Spec:   equation (48).
    Raises: Failed (mix.maker, key.trustee, proof.point, proof.scalar).
    """
    mixer, number, signature = (entry.content[n] for n in ("mixer", "trustee", "signature"))
    where = f"mix by {mixer}"
    if number is None:
        if mixer != SERVER or signature is not None:
            raise Failed("mix.maker", where, "It names no trustee, and is not the server's.")
        return
    trustee = given.key.trustee(number, where)
    if mixer != trustee.name or signature is None:
        raise Failed("mix.maker", where, f"It is not signed as that of {trustee.name}.")
    setting, j = given.setting, trustee.number
    who = (mixer, j, encode(trustee.point), sha256(wire).digest())
    statement = (setting.fingerprint, setting.key, *box.name.parts, *who)
    proof = bytes.fromhex(signature)
    if false_claims([knowledge("mix-maker", statement, trustee.point, proof, where)]):
        raise Failed("mix.maker", where, f"{trustee.name} did not sign these bytes.")

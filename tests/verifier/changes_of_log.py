"""Single changes of how a board is kept: its files, its tree, its signature, its stand-ins."""

from __future__ import annotations

from collections.abc import Callable
from hashlib import sha256
from typing import Final

from ballot.board.checkpoint import Checkpoint, sign_checkpoint
from ballot.board.logged import stand_in
from ballot.board.note import SigningKey
from ballot.board.tree import root_of
from ballot.canonical import canonical, read_canonical
from ballot.mapping.entry import log_entry
from tests.verifier.good import Good
from tests.verifier.tampered import Board, Files, bundle_of, put, turned

Change = Callable[[Good], Files]


def _file(files: Files, start: str) -> str:
    (path,) = (path for path in files if path.startswith(start))
    return path


def _changed(start: str, change: Callable[[bytes], bytes]) -> Change:
    """Change one file, and leave all others."""

    def tamper(good: Good) -> Files:
        files = good.board.signed()
        path = _file(files, start)
        return files | {path: change(files[path])}

    return tamper


def _missing(start: str) -> Change:
    def tamper(good: Good) -> Files:
        files = good.board.signed()
        del files[_file(files, start)]
        return files

    return tamper


def _signed_as(good: Good, *, size: int = 0, key: SigningKey | None = None) -> Files:
    """Sign another checkpoint over the same tiles."""
    board, files = good.board, good.board.signed()
    key = key or board.key
    root = _root(files)
    note = sign_checkpoint(Checkpoint(key.name, size or len(board.entries), root), key=key)
    return files | {"checkpoint": note.octets()}


def _root(files: Files) -> bytes:
    return root_of(files[_file(files, "tile/0/")])


def _without_tree(change: Callable[[Board], Board]) -> Change:
    """Change the entries, and keep the tiles and the checkpoint of before."""

    def tamper(good: Good) -> Files:
        before, after = good.board.signed(), change(good.board).signed()
        path = _file(before, "tile/entries/")
        return before | {path: after[_file(after, "tile/entries/")]}

    return tamper


def logged(kind: str, write: Callable[[dict[str, object]], bytes]) -> Change:
    """Let the log hold something else of the first entry of a kind, in a tree that is in order."""

    def tamper(good: Good) -> Files:
        board = good.board
        logged = [log_entry(entry["kind"], canonical(entry)) for entry in board.entries]
        number = board.at(kind)
        logged[number] = write(board.entries[number])
        signed = board.signed()
        blobs = {path[5:]: octets for path, octets in signed.items() if path.startswith("blob/")}
        return bundle_of(logged, blobs, key=board.key)

    return tamper


def _body(change: Callable[[bytes], bytes] | None) -> Change:
    """Change the blob of an entry that the log holds by its stand-in, or take it away."""

    def tamper(good: Good) -> Files:
        files = good.board.signed()
        entry = canonical(good.board.entries[good.board.at("part")])
        path = f"blob/{sha256(entry).hexdigest()}"
        if change is None:
            return {name: octets for name, octets in files.items() if name != path}
        return files | {path: change(files[path])}

    return tamper


def _swapped(kind: str) -> Callable[[Board], Board]:
    return lambda board: board.moved(board.at(kind, 1), board.at(kind))


LOG: Final[dict[str, Change]] = {
    "the first entry is no notice": lambda good: good.board.moved(
        good.board.at("candidates"), 0
    ).signed(),
    "a bit of an entry is turned": _changed("tile/entries/", lambda held: turned(held, 100)),
    "a bundle goes on after its last entry": _changed("tile/entries/", lambda held: held + b"\0\0"),
    "a bit of a tile is turned": _changed("tile/0/", turned),
    "a tile is cut short": _changed("tile/0/", lambda held: held[:-32]),
    "a tile is missing": _missing("tile/0/"),
    "the bundle of the entries is missing": _missing("tile/entries/"),
    "the checkpoint is missing": _missing("checkpoint"),
    "the signature has another bit": _changed("checkpoint", lambda held: turned(held, -20)),
    "the root has another digit and the old signature": _changed(
        "checkpoint", lambda held: held.replace(held.split(b"\n")[2], b"A" * 43 + b"=")
    ),
    "somebody else signed": lambda good: _signed_as(
        good, key=SigningKey(good.board.key.name, bytes(32))
    ),
    "it is signed as another board's": lambda good: _signed_as(
        good, key=SigningKey("elsewhere.example/board/x", bytes(32))
    ),
    "one entry more is signed than there is": lambda good: _signed_as(
        good, size=len(good.board.entries) + 1
    ),
    "one entry less is signed than the tiles hold": lambda good: _signed_as(
        good, size=len(good.board.entries) - 1
    ),
    "a ballot is dropped and the tree is left": _without_tree(lambda b: b.without("ballot")),
    "a ballot is doubled and the tree is left": _without_tree(lambda b: b.doubled("ballot")),
    "two ballots change places and the tree is left": _without_tree(_swapped("ballot")),
    "a figure of an entry is changed and the tree is left": _without_tree(
        lambda board: board.edited("reconciliation", put("sections", 0, "ballots", to=6))
    ),
    "an entry that waits stands in clear": logged("part", canonical),
    "an entry that does not wait has a stand-in": logged(
        "close", lambda entry: stand_in(canonical(entry))
    ),
    "a stand-in names another size": logged(
        "count",
        lambda entry: stand_in(canonical(entry)).replace(b'"size_bytes":', b'"size_bytes":1'),
    ),
    "a stand-in is written in another way": logged(
        "count", lambda entry: stand_in(canonical(entry)).replace(b"{", b"{ ", 1)
    ),
    "a stand-in says its kind twice": logged(
        "count", lambda entry: stand_in(canonical(entry)).replace(b"{", b'{"kind":"lot",', 1)
    ),
    "a stand-in has a content besides": logged(
        "count",
        lambda entry: canonical(read_canonical(stand_in(canonical(entry))) | {"content": {}}),
    ),
    "a stand-in names more bytes than any entry has": logged(
        "count",
        lambda entry: stand_in(canonical(entry)).replace(b'"size_bytes":', b'"size_bytes":9999999'),
    ),
    "the body of a stand-in is missing": _body(None),
    "the body of a stand-in is cut short": _body(lambda body: body[:-1]),
    "the body of a stand-in has another bit": _body(lambda body: turned(body, 40)),
}

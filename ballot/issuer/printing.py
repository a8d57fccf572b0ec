"""Letters to be printed and posted: files of HTML, one letter a page, with the link as a QR code.

A file's letters are settled, on the disk, before it is written: a run that was broken off writes
the same file again, under the same name, and no letter stands in two.
"""

from __future__ import annotations

from collections.abc import Iterator
from html import escape
from pathlib import Path
from typing import Final

import segno

from ballot.issuance.lists import Particulars
from ballot.issuer.folder import write_whole
from ballot.issuer.letters import paragraphs_in_html, write
from ballot.issuer.outbox import Letter, Outbox, ToWrite
from ballot.issuer.store import Store
from ballot.sealing.workers import Progress

LETTERS_A_FILE: Final = 500
_LOOKED_AT: Final = 10_000
_STYLE: Final = (
    "@page{size:A4;margin:20mm}body{font:11pt/1.45 sans-serif;margin:0}"
    ".letter{break-after:page;overflow-wrap:anywhere}.post{min-height:38mm;margin:0 0 12mm}"
    ".qr{float:right;width:38mm;margin:0 0 4mm 8mm}strong{font:600 14pt monospace}"
)


def print_letters(
    store: Store, folder: Path, *, everybody: bool, issuer: str, progress: Progress
) -> list[Path]:
    """Write files of the letters that wait and have no e-mail address, or of all, and of those that
    the mail server refused; return the files."""
    outbox, particulars = Outbox(store), store.particulars()
    if particulars is None:
        return []
    folder.mkdir(mode=0o700, exist_ok=True)
    with store.changing():
        tranches = [*outbox.unfinished_tranches(), *_new_tranches(outbox, everybody=everybody)]
    files = []
    for place, tranche in enumerate(tranches, start=1):
        files.append(_write(outbox, folder, tranche, particulars, issuer=issuer))
        progress(place, len(tranches))
    return files


def _new_tranches(outbox: Outbox, *, everybody: bool) -> list[int]:
    """Settle which of the letters that wait go into which new file."""
    numbers, chosen = [], list[int]()
    for part in _to_print(outbox, everybody=everybody):
        chosen += part
        while len(chosen) >= LETTERS_A_FILE:
            numbers.append(outbox.put_in_tranche(chosen[:LETTERS_A_FILE]))
            del chosen[:LETTERS_A_FILE]
    return [*numbers, outbox.put_in_tranche(chosen)] if chosen else numbers


def _to_print(outbox: Outbox, *, everybody: bool) -> Iterator[list[int]]:
    """The letters that go by post: those without an e-mail address, and those refused at theirs."""
    after = 0
    while letters := outbox.waiting(most=_LOOKED_AT, after=after):
        after = letters[-1].letter_id
        yield [one.letter_id for one in letters if everybody or not one.contact.email]
    after = 0
    while letters := outbox.refused(most=_LOOKED_AT, after=after):
        after = letters[-1].letter_id
        yield [one.letter_id for one in letters]


def _write(
    outbox: Outbox, folder: Path, tranche: int, particulars: Particulars, *, issuer: str
) -> Path:
    letters = outbox.tranche(tranche, most=LETTERS_A_FILE)
    pages = "".join(_page(one, particulars, issuer=issuer) for one in letters)
    path = folder / f"letters-{tranche:04}.html"
    whole = (
        '<!doctype html>\n<html lang="en-GB"><head><meta charset="utf-8">'
        f"<title>Letters {tranche:04}: {escape(particulars.title)}</title>"
        f"<style>{_STYLE}</style></head>\n<body>\n{pages}</body></html>\n"
    )
    write_whole(path, whole.encode())
    outbox.mark([one.letter_id for one in letters], Letter.PRINTED)
    return path


def _page(letter: ToWrite, particulars: Particulars, *, issuer: str) -> str:
    written = write(letter, particulars, issuer=issuer)
    lines = "<br>".join(escape(one) for one in (letter.contact.name, *letter.contact.address))
    picture = segno.make(written.link, micro=False, error="m").svg_inline(
        scale=1, omitsize=True, border=2
    )
    return (
        f'<section class="letter"><p class="post">{lines}</p>\n'
        f'<div class="qr" role="img" aria-label="The link below as a QR code">{picture}</div>\n'
        f"{paragraphs_in_html(written.paragraphs)}</section>\n"
    )

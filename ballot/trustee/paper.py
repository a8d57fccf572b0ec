"""The share file on paper: a page to print, with a QR code; and back from what the code says.

The page is made on the trustee's machine, holds no script and names no address.  Whoever finds the
paper needs the passphrase, too (sealing §9.8).
"""

from __future__ import annotations

import html
from typing import Final

import segno

from ballot.trustee.errors import Trouble
from ballot.trustee.folder import Folder
from ballot.trustee.passphrase import Passphrase
from ballot.trustee.session import owner_of
from ballot.trustee.share import SHARE, keep_share, require_share

PAPER: Final = "paper.html"
_LINE: Final = 64


def write_paper(folder: Folder, passphrase: Passphrase) -> str:
    """Write the page, after the share file has opened: paper for a dead file helps nobody.

    Raises: Trouble, Refused "sharefile.format".
    """
    kept = folder.read(SHARE)
    if kept is None:
        raise Trouble(f"There is no share file in {folder.root} to put on paper.")
    require_share(passphrase.open(kept, "your share file"))
    folder.write(PAPER, page(kept.decode("ascii"), owner_of(folder)).encode())
    return (
        f"{folder.path(PAPER)} is ready. Open it in a browser, print it, and keep the paper apart "
        "from this machine and from the passphrase. Then remove the page."
    )


def page(text: str, owner: dict[str, object]) -> str:
    """Give the page.  text: the share file, which is ASCII throughout; owner: as in seat.json."""
    code = segno.make(text, error="m", micro=False)
    lines = "\n".join(text[at : at + _LINE] for at in range(0, len(text), _LINE))
    named = {
        name: html.escape(str(owner.get(name, "")))
        for name in ("title", "name", "number")
    }
    return _PAGE.format(
        svg=code.svg_inline(scale=4, border=4, title="The share file as a QR code"),
        lines=html.escape(lines),
        **named,
    )


def restore(folder: Folder, text: str, passphrase: Passphrase) -> str:
    """Write the share file again from the text of its QR code; spaces and line ends may be in it.

    Raises: Trouble, Refused "sharefile.format".
    """
    kept = "".join(text.split()).encode()
    require_share(passphrase.open(kept, "the share file on paper"))
    keep_share(folder, kept)
    return f"Your share file is restored: {folder.path(SHARE)}."


_PAGE: Final = """\
<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>Share of the key: {title}</title>
<style>
body {{ font-family: sans-serif; max-width: 42rem; margin: 2rem auto; }}
pre {{ font-size: 0.9rem; white-space: pre-wrap; overflow-wrap: anywhere; }}
svg {{ max-width: 100%; height: auto; }}
</style>
</head>
<body>
<h1>Share of the key</h1>
<dl>
<dt>Election</dt><dd>{title}</dd>
<dt>Trustee</dt><dd>{number}: {name}</dd>
</dl>
<p>This is the trustee’s share file, closed by the trustee’s passphrase. Keep this paper apart from
the passphrase, and destroy it once the result stands. To use it, let a phone without network read
the code, and give the text to <code>python -m ballot.trustee restore --keep FOLDER</code>.</p>
{svg}
<h2>The same as text</h2>
<pre>{lines}</pre>
</body>
</html>
"""

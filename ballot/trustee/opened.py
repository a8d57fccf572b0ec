"""Which list of each box this trustee opened: written down before anything leaves, and for good.

One list a box, ever: a trustee who opens any list handed over opens single ballots (sealing §10.6).
A box is known by the election's key, its contest and each of its sections, so that no other box can
be made of the same ballots, not even under another opening of the poll.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from ballot.canonical import NotCanonical, canonical, read_canonical
from ballot.sealing.setting import BoxName, Setting
from ballot.trustee.errors import Refused, Trouble
from ballot.trustee.folder import Folder

OPENED: Final = "opened.json"


def remember(folder: Folder, setting: Setting, lists: Iterable[tuple[BoxName, bytes]]) -> None:
    """Write down which list of each box is to be opened, on the disk before this returns.

    lists:  each box's name, and the hash (sealing §7.2) of the list after its last mix.
    Raises: Refused "opening.second-list"; nothing is written then. Trouble for a damaged memory.
    """
    known = _known(folder)
    for name, digest in lists:
        for section in name.sections:
            box = canonical([setting.key.hex(), name.contest, section, name.unit]).decode()
            before = known.setdefault(box, digest.hex())
            if before != digest.hex():
                why = (
                    f"You have opened another list of section {section} of {name.contest} before, "
                    f"{before[:16]}…, and this is {digest.hex()[:16]}…. Both together could show "
                    "how somebody voted."
                )
                raise Refused("opening.second-list", OPENED, why)
    folder.write(OPENED, canonical(known))


def _known(folder: Folder) -> dict[str, Any]:
    kept = folder.read(OPENED)
    if kept is None:
        return {}
    # An empty file is no memory that is empty: a disk that failed leaves such.
    try:
        known = read_canonical(kept)
    except NotCanonical:
        known = None
    if not isinstance(known, dict):
        raise Trouble(
            f"{folder.root / OPENED} is damaged. It keeps you from opening a box twice: do not "
            "open with this folder, and tell the others."
        )
    return known

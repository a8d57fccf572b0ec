"""Telling every elector that the poll closes later: one letter each for each extension, no code.

Where another extension follows before a letter is sent, the later one's letter alone goes out.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final

from ballot.extensions import extensions_of
from ballot.models import Election
from ballot.services.tell_electors import tell_electors

PURPOSE: Final = "extension"


def tell_of_extension(election: Election, *, by: int, now: datetime) -> int:
    """Queue the letters of the newest extension and let them out; return how many are new.

    Part of the extension: in its transaction, after its entry stands on the board.
    """
    return tell_electors(
        election, PURPOSE, number=len(extensions_of(election)), by=by, now=now
    )

"""The tellers: a second count of the opened papers, to be held against the first.

    told = tell(Opened(names, 3, {"members": [(0, 3), (7, 120)]}, {"method": "av"}))
    differences(sheet, told)  # [] where both counts agree

Written from docs/spec/counting.md §4 to §7, §10, §12 and §13 and docs/spec/sealing.md §4.1 alone,
as tellers at tables would do it: every paper is one item in a pile and is moved by itself, at the
value that it has. It is slow, and shares no line with `ballot.counting` (an import contract keeps
that); whoever changes the one MUST NOT copy from it into the other. It knows every method that a
contest can have. What it does not know, as the exclusion of several candidates at once (§5.4),
which no contest asks for, it refuses by name (`NotKnown`): such a count was made once only, and
everybody is told so.
"""

from __future__ import annotations

from ballot.tellers.compare import Apart, Names, apart, differences
from ballot.tellers.errors import NotKnown, PapersUnreadable, TieOpen
from ballot.tellers.papers import Opened
from ballot.tellers.tell import tell

__all__ = [
    "Apart", "Names", "NotKnown", "Opened", "PapersUnreadable", "TieOpen", "apart", "differences",
    "tell",
]

"""Which records of a membership list may be one person's: found, scored, and never decided.

A pure core: rows in, pairs out, each with how likely it is and what agrees. Records meet in blocks
(members.matching.blocking) and are weighed against two other explanations, that they are strangers
or that they share a household (members.matching.scoring). Whether two records are one person is
decided by a person, nowhere here.

Source: Fellegi and Sunter, "A theory for record linkage" (1969); Winkler's use of the
frequency of values (1989). Names are compared by Jaro and Winkler's measure, as rapidfuzz has it.
"""

from __future__ import annotations

from members.matching.blocking import BLOCKS, Skipped
from members.matching.columns import Columns, Gathering, Record
from members.matching.finding import Found, compare, find_alike
from members.matching.scoring import FIELDS, THRESHOLD, Level

__all__ = [
    "BLOCKS",
    "FIELDS",
    "THRESHOLD",
    "Columns",
    "Found",
    "Gathering",
    "Level",
    "Record",
    "Skipped",
    "compare",
    "find_alike",
]

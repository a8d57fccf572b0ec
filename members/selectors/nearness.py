"""Words near the words that were typed, and how near: the search's own arithmetic.

A word with one slip (a letter wrong, missing, too many, or two swapped) still has its first or its
last half whole: with p = (n - 1) // 2 letters kept at each end, no single slip reaches into both.
So two index ranges, one of them over the words read backwards, hold every such word, and the
distance is reckoned for those alone (optimal string alignment; rapidfuzz).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from django.db import connection
from django.db.backends.utils import CursorWrapper
from rapidfuzz.distance import OSA

MOST_WORDS: Final = 6
_CHOICES: Final = 12
_LAST = "\U0010ffff"

Choices = dict[str, float]
Row = tuple[int, list[str], str]


def after(prefix: str) -> str:
    """What follows everything that begins with the prefix, byte by byte."""
    return prefix + _LAST


def slips_allowed(word: str) -> int:
    """None in a word of three letters, one in a word of seven, two in a longer one."""
    return 0 if len(word) < 4 else 1 if len(word) < 8 else 2


def slips_of_number(key: str) -> set[str]:
    """Every number that is one slip away: a digit wrong, missing, too many, or two swapped."""
    if not key.isascii() or not key.isdigit() or not 4 <= len(key) <= 12:
        return set()
    digits = "0123456789"
    parted = [(key[:n], key[n:]) for n in range(len(key) + 1)]
    near = {a + b[1:] for a, b in parted if b}
    near |= {a + b[1] + b[0] + b[2:] for a, b in parted if len(b) > 1}
    near |= {a + digit + b[1:] for a, b in parted if b for digit in digits}
    near |= {a + digit + b for a, b in parted for digit in digits}
    return {number.lstrip("0") for number in near} - {key, ""}


# --- from what was typed to the words there are -----------------------------------------------

_NEAR = """
(SELECT word FROM members_searchword WHERE word >= %(word)s AND word < %(after)s
 ORDER BY length(word), word LIMIT %(most)s)
UNION
(SELECT word FROM members_searchword
 WHERE %(slips)s > 0 AND word >= %(first)s AND word < %(after_first)s
   AND length(word) BETWEEN %(letters)s - %(slips)s AND %(letters)s + %(slips)s LIMIT 2000)
UNION
(SELECT word FROM members_searchword
 WHERE %(slips)s > 0 AND reverse(word) >= %(last)s AND reverse(word) < %(after_last)s
   AND length(word) BETWEEN %(letters)s - %(slips)s AND %(letters)s + %(slips)s LIMIT 2000)
"""


def _halves(word: str) -> dict[str, str | int]:
    kept = max(1, (len(word) - 1) // 2)
    first, last = word[:kept], word[::-1][:kept]
    return {
        "word": word, "after": after(word), "first": first, "after_first": after(first),
        "last": last, "after_last": after(last), "letters": len(word),
        "slips": slips_allowed(word), "most": _CHOICES,
    }  # fmt: skip


def choices_of(asked: Sequence[str]) -> list[Choices]:
    """For each word typed, the words it may mean with how near each is, the nearest few."""
    with connection.cursor() as cursor:
        return [_nearest(word, _words_near(cursor, word)) for word in asked]


def _words_near(cursor: CursorWrapper, word: str) -> list[str]:
    cursor.execute(_NEAR, _halves(word))
    found = [row[0] for row in cursor.fetchall()]
    if len(word) >= 3 and not any(_nearness(word, each) for each in found):
        cursor.execute(
            "SELECT word FROM members_searchword WHERE strpos(word, %s) > 0 LIMIT %s",
            [word, _CHOICES],
        )
        found = [row[0] for row in cursor.fetchall()]
    return found


def _nearest(word: str, found: Sequence[str]) -> Choices:
    near = {each: _nearness(word, each) for each in found}
    best = sorted((each for each in near if near[each]), key=lambda each: (-near[each], each))
    return {word: 1.0} | {each: near[each] for each in best[:_CHOICES]}


def _nearness(asked: str, word: str) -> float:
    if asked == word:
        return 1.0
    slips = OSA.distance(asked, word, score_cutoff=slips_allowed(asked))
    if slips <= slips_allowed(asked):
        return 0.9 - 0.15 * slips
    if word.startswith(asked):
        return 0.85
    return 0.6 if len(asked) >= 3 and asked in word else 0.0


# --- from words to people ---------------------------------------------------------------------


def people_with(choices: Sequence[Choices], *, most: int) -> list[Row]:
    """Members who have one of the choices for each word typed.

    A word of one or two letters picks nobody by itself: it is only weighed (likeness).
    """
    asked = [sorted(each) for each in choices if max(map(len, each)) > 2] or [
        sorted(each) for each in choices
    ]
    conditions = " AND ".join("r.words && %s::text[]" for _ in asked)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT r.member_id, r.words, m.name_key FROM members_searchrow r"  # noqa: S608
            " JOIN members_member m ON m.id = r.member_id WHERE r.member_id IN"
            f" (SELECT r.member_id FROM members_searchrow r WHERE {conditions} LIMIT %s)",
            [*asked, most],
        )
        return list(cursor.fetchall())


def people_with_most(
    asked: Sequence[str], choices: Sequence[Choices], *, most: int
) -> list[Row]:
    """Members who have two words run together as one, or all the words but one."""
    pairs = [
        [*asked[:n], asked[n] + asked[n + 1], *asked[n + 2 :]] for n in range(len(asked) - 1)
    ]
    rows = [row for pair in pairs for row in people_with(choices_of(pair), most=most)]
    if rows or len(asked) < 2:
        return rows
    for left_out in range(len(asked)):
        kept = [each for place, each in enumerate(choices) if place != left_out]
        rows += people_with(kept, most=most // len(asked))
    return rows


def likeness(choices: Sequence[Choices], words: Sequence[str], name_key: str) -> tuple[float, str]:
    """How well somebody's words answer those typed, from 0 to 1, and what they were found by."""
    total, is_whole, names = 0.0, True, set(name_key.split())
    in_name = False
    for each in choices:
        near = {word: each[word] for word in words if word in each}
        best = max(near, key=lambda word: near[word], default="")
        total += near.get(best, 0.0)
        is_whole = is_whole and near.get(best, 0.0) == 1.0
        in_name = in_name or best in names or best in name_key.replace(" ", "")
    way = "name" if in_name else "part of the e-mail address"
    return total / len(choices), way if is_whole or not in_name else "name, nearly"


# --- mailboxes --------------------------------------------------------------------------------

_MAILBOXES = """
(SELECT member_id, mailbox FROM members_searchrow
 WHERE mailbox >= %(word)s AND mailbox < %(after)s LIMIT 60)
UNION
(SELECT member_id, mailbox FROM members_searchrow
 WHERE reverse(mailbox) >= %(drow)s AND reverse(mailbox) < %(after_drow)s LIMIT 60)
UNION
(SELECT member_id, mailbox FROM members_searchrow
 WHERE %(slips)s > 0 AND mailbox >= %(first)s AND mailbox < %(after_first)s
   AND length(mailbox) BETWEEN %(letters)s - %(slips)s AND %(letters)s + %(slips)s LIMIT 4000)
UNION
(SELECT member_id, mailbox FROM members_searchrow
 WHERE %(slips)s > 0 AND reverse(mailbox) >= %(last)s AND reverse(mailbox) < %(after_last)s
   AND length(mailbox) BETWEEN %(letters)s - %(slips)s AND %(letters)s + %(slips)s LIMIT 4000)
"""


def mailboxes_near(mailbox: str) -> list[tuple[int, str]]:
    """Members whose mailbox begins or ends with this, or may be it with a slip."""
    backwards = mailbox[::-1]
    values = {**_halves(mailbox), "drow": backwards, "after_drow": after(backwards)}
    with connection.cursor() as cursor:
        cursor.execute(_MAILBOXES, values)
        return list(cursor.fetchall())

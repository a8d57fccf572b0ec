"""Find people by number, name, postcode or e-mail address, slips and all, the best first.

What is typed in the one box is looked up every way that it can be meant, each with an index
(members.models.searching). Somebody found in two ways stands before somebody found in one.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Final

from django.db import connection
from rapidfuzz.distance import OSA

from members.models import Member, SearchDue
from members.rollfile import number_key, postcode_key
from members.rollfile.normal import fold
from members.selectors import nearness

MOST: Final = 50
_CANDIDATES: Final = 200
_POSTCODE = re.compile(r"[A-Z]{1,2}[0-9][0-9A-Z]? [0-9][A-Z]{2}")
_COARSE = str.maketrans("OIL", "011")


@dataclass(frozen=True, slots=True)
class Found:
    """Somebody who was found, and by what."""

    member: Member
    by: str


@dataclass(frozen=True, slots=True)
class SearchResult:
    """The best finds. is_more: there were more. is_late: the list has changes not searched yet."""

    found: tuple[Found, ...]
    is_more: bool
    is_late: bool


@dataclass(slots=True)
class _Finds:
    """What was found so far: for each member, what answers, how well, and in which words.

    Of one sort of answer (a name, a number) the best counts; different sorts add up.
    """

    answers: dict[int, dict[str, tuple[float, str]]] = field(default_factory=dict)

    def add(self, members: Iterable[int], *, sort: str, score: float, way: str) -> None:
        for member_id in members:
            answers = self.answers.setdefault(member_id, {})
            answers[sort] = max(answers.get(sort, (0.0, "")), (score, way))

    def score(self, member_id: int) -> float:
        return round(sum(score for score, _ in self.answers[member_id].values()), 3)

    def ways(self, member_id: int) -> str:
        best = sorted(self.answers[member_id].values(), reverse=True)
        return ", ".join(dict.fromkeys(way for _, way in best))


def search(words: str) -> SearchResult:
    """The people that the words may mean, at most 50 of them."""
    text = unicodedata.normalize("NFKC", words).replace("\x00", "").strip()
    finds = _Finds()
    codes = [word for word in text.split() if "@" not in word and re.search(r"\d", word)]
    if codes and _POSTCODE.fullmatch(postcode_key(text)):
        codes = [text]
    if _by_number(text, codes, finds) and text.isdigit():
        return _best(finds)
    _by_postcode("".join(codes), finds)
    _by_mailbox(text, finds)
    names = " ".join(word for word in text.split() if "@" not in word and word not in codes)
    asked = fold(names.replace(",", " ")).split()[: nearness.MOST_WORDS]
    # More people of just this name than are shown: nobody who is less like it is looked for.
    if asked and codes != [text] and (_by_beginning(names, finds) < MOST or len(asked) > 1):
        _by_words(asked, finds)
    return _best(finds)


def _best(finds: _Finds) -> SearchResult:
    chosen = sorted(finds.answers, key=lambda member_id: -finds.score(member_id))[: 2 * MOST]
    rows = Member.objects.select_related("section", "unit").in_bulk(chosen)
    members = sorted(
        rows.values(),
        key=lambda row: (-finds.score(row.pk), not row.is_listed, row.name_key, row.pk),
    )
    return SearchResult(
        tuple(Found(row, finds.ways(row.pk)) for row in members[:MOST]),
        is_more=len(members) > MOST,
        is_late=SearchDue.objects.exists(),
    )


def _ids(query: str, *values: Any) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(query, values)
        return [row[0] for row in cursor.fetchall()]


# --- numbers and postcodes -------------------------------------------------------------------


def _by_number(text: str, codes: list[str], finds: _Finds) -> bool:
    keys = {number_key(given)[:32] for given in (text, "".join(codes)) if given} - {""}
    exact = _ids("SELECT id FROM members_member WHERE number_key = ANY(%s)", sorted(keys))
    finds.add(exact, sort="number", score=100, way="number")
    slips = {slip for key in keys for slip in nearness.slips_of_number(key)}
    if slips and not exact:
        near = _ids(
            "SELECT id FROM members_member WHERE number_key = ANY(%s) LIMIT 50", sorted(slips)
        )
        finds.add(near, sort="number", score=50, way="number, but for one slip")
    return bool(exact)


def _by_postcode(code: str, finds: _Finds) -> None:
    coarse = re.sub(r"[^A-Z0-9]", "", code.upper()).translate(_COARSE)
    if len(coarse) < 3:
        return
    query = (
        "SELECT member_id FROM members_searchrow WHERE postcode >= %s AND postcode < %s"
        " ORDER BY postcode LIMIT %s"
    )
    found = _ids(query, coarse, nearness.after(coarse), _CANDIDATES)
    score = 60 if len(coarse) >= 5 else 40
    finds.add(found, sort="postcode", score=score, way="postcode")


# --- e-mail addresses ------------------------------------------------------------------------


def _by_mailbox(text: str, finds: _Finds) -> None:
    """What stands before the @ of an address, or a single word that may be a part of that."""
    addresses = [word for word in text.lower().split() if "@" in word]
    if not addresses and (" " in text or not re.search(r"[\d._+-]", text)):
        return
    for address in addresses or [text.lower()]:
        mailbox = address.partition("@")[0]
        if len(mailbox) >= 3:
            _by_one_mailbox(mailbox, finds)


def _by_one_mailbox(mailbox: str, finds: _Finds) -> None:
    exact = _ids("SELECT member_id FROM members_searchrow WHERE mailbox = %s LIMIT 300", mailbox)
    finds.add(exact, sort="e-mail", score=100, way="e-mail")
    near, parts = [], []
    for member_id, found in nearness.mailboxes_near(mailbox):
        if found != mailbox and OSA.distance(found, mailbox) <= nearness.slips_allowed(mailbox):
            near.append(member_id)
        elif found != mailbox and (found.startswith(mailbox) or found.endswith(mailbox)):
            parts.append(member_id)
    finds.add(near, sort="e-mail", score=70, way="e-mail, but for a slip")
    finds.add(parts, sort="e-mail", score=50, way="part of the e-mail address")


# --- names -----------------------------------------------------------------------------------


def _by_beginning(names: str, finds: _Finds) -> int:
    """Names that begin with what was typed, as the list stands at this moment.

    Returns how many have it as whole words.
    """
    family, comma, given = names.partition(",")
    key = fold(f"{family} {given}" if comma else names)
    if not key:
        return 0
    query = (
        "SELECT id FROM members_member WHERE name_key >= %s AND name_key < %s"
        " ORDER BY name_key, id LIMIT %s"
    )
    whole = _ids("SELECT id FROM members_member WHERE name_key = %s LIMIT %s", key, MOST + 1)
    whole += _ids(query, f"{key} ", nearness.after(f"{key} "), MOST + 1)
    finds.add(whole, sort="name", score=90, way="name")
    if len(whole) <= MOST:
        begun = _ids(query, key, nearness.after(key), MOST + 1)
        finds.add(begun, sort="name", score=77, way="beginning of the name")
    return len(whole)


def _by_words(asked: list[str], finds: _Finds) -> None:
    """People who have all the words; else all but a slip or a part; else all but one word."""
    if not asked:
        return
    rows = nearness.people_with([{word: 1.0} for word in asked], most=_CANDIDATES)
    choices = nearness.choices_of(asked)
    if len(rows) < MOST:
        rows += nearness.people_with(choices, most=_CANDIDATES)
    if not rows and len(asked) > 1:
        rows += nearness.people_with_most(asked, choices, most=_CANDIDATES)
    for member_id, words, name_key in rows:
        score, way = nearness.likeness(choices, words, name_key)
        finds.add([member_id], sort="name", score=88 * score, way=way)

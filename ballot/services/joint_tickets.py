"""Joint tickets: two people who stand together in one place of the paper, for a post each.

Both names are the name of the place, and a vote is for both. Withdraws either, the ticket has
withdrawn: a paper that elected one of two whom nobody could choose apart would be no choice.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from ballot.models import Candidate, Contest
from ballot.names import TextRefused, clean_line
from ballot.who_stands import rejected
from office.refusal import Refusal

LONGEST_POST: Final = 60
_BETWEEN: Final = " with "
"""Stands once in the name of a ticket, so that everybody parts the two in the same place."""


def ticket_posts(ticket: Mapping[str, str] | None) -> dict[str, str] | None:
    """The two posts in normal form, or None where nobody stands on a ticket."""
    if ticket is None:
        return None
    return {place: _post(ticket.get(place, "")) for place in ("first", "second")}


def _post(text: str) -> str:
    try:
        post = clean_line(text)
    except TextRefused as refused:
        raise Refusal(
            "text.hidden-character", f"The post holds {refused.found}. Remove it."
        ) from refused
    if not 1 <= len(post) <= LONGEST_POST:
        raise Refusal("ticket.posts", "Name both posts of a joint ticket, each in up to "
                      f"{LONGEST_POST} characters, or neither.")
    return post


def name_in_place(contest: Contest, name: str, second: str) -> str:
    """What stands in one place of the paper: the name, or both names of a joint ticket.

    Singular all the same: “Ash Amin with Birch Bell is elected”.
    """
    if contest.ticket is None and second:
        raise Refusal("ticket.none", "In this contest one person stands in a place.")
    if contest.ticket is None:
        return name
    if not second:
        raise Refusal("ticket.second", "Two people stand together in this contest. Give both "
                      "names.")
    if name.casefold() == second.casefold():
        raise Refusal("ticket.second", "The two people of a joint ticket have one name. Give each "
                      "the name that tells them apart.")
    for person in (name, second):
        if _BETWEEN in f" {person} ".casefold():
            raise Refusal("ticket.second", f"“{person}” holds the word “with”, which stands "
                          "between the two names. Give each name in its own field.")
    both = f"{name}{_BETWEEN}{second}"
    longest = Candidate._meta.get_field("name").max_length or 0
    if len(both) > longest:
        raise Refusal("ticket.too-long", f"Both names together are longer than {longest} letters. "
                      "Shorten them as both people agree.")
    return both


def require_on_one_ticket(contest: Contest, *people: str, but: int | None) -> None:
    """Refuse anybody who stands on another ticket of the contest, whichever of the two they are.

    but: the ticket that is being entered or ruled on. Whose papers were rejected does not stand.
    """
    others = contest.candidates.filter(withdrawn_at__isnull=True).exclude(second="")
    asked = {one.casefold(): one for one in people}
    for other in others.exclude(pk__in={*rejected(contest), but or 0}).defer("photo"):
        for person in asked.keys() & {other.first.casefold(), other.second.casefold()}:
            raise Refusal("candidate.twice", f"{asked[person]} stands in this contest already, in "
                          f"“{other.name}”.")

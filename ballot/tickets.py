"""What a joint ticket is, in the sentence that the paper and the notice have.

Whoever watches the page to vote on makes the same sentence out of the opening entry, so this is
standard library only.
"""

from __future__ import annotations

from collections.abc import Mapping


def ticket_sentence(ticket: Mapping[str, str] | None) -> str:
    """Who stands in a place of a contest of joint tickets; empty where each stands alone.

    ticket: the `first` and the `second` post, or None.
    """
    if not ticket:
        return ""
    return (
        "Two people stand together in each place, and a vote is for both: the first is to be "
        f"{ticket['first']}, the second {ticket['second']}. If either of the two withdraws, both "
        "have withdrawn."
    )

"""What the entries about papers by post say, in sentences (bundle §4)."""

from __future__ import annotations

from ballot.showing.wording import Content, Sentences, how_many


def _tellers(content: Content) -> str:
    names = ", ".join(one["name"] for one in content["tellers"])
    return f"Two of them read every postal paper, each unseen by the other: {names}."


def _envelopes(content: Content) -> str:
    issued = sum(one["envelopes"] for one in content["sections"])
    were = how_many(issued, "postal envelope was", "postal envelopes were")
    return f"{were} issued, each named here by a hash."


def _envelope(content: Content) -> str:
    return "It counts as a vote by post: nobody casts with its elector’s code any more."


def _postal_paper(content: Content) -> str:
    one, two = (teller["number"] for teller in content["tellers"])
    return f"Read alike, sealed and signed by tellers {one} and {two}."


def _post(content: Content) -> str:
    totals = {
        name: sum(one[name] for one in content["sections"])
        for name in ("issued", "received", "papers", "empty", "refused", "late")
    }
    return (
        f"Envelopes issued: {totals['issued']:,}; received: {totals['received']:,}; refused since "
        f"their electors had voted: {totals['refused']:,}; come late, and left unopened: "
        f"{totals['late']:,}. {how_many(totals['papers'], 'paper was', 'papers were')} sealed; "
        f"{how_many(totals['empty'], 'envelope was', 'envelopes were')} empty."
    )


POST: Sentences = {
    "tellers": ("The tellers were named", _tellers),
    "envelopes": ("Postal envelopes were issued", _envelopes),
    "envelope": ("A postal envelope was received", _envelope),
    "postal-paper": ("A postal paper", _postal_paper),
    "post": ("The account of the post", _post),
}

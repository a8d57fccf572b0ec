"""The lot for the order of names: drawn in public, recorded once, and the order follows from it."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from django.db import transaction

from ballot.lifecycle import State
from ballot.models import Election
from ballot.names import clean_line
from ballot.selectors import contested
from ballot.services.board import append_entry
from ballot.services.legible import legible
from ballot.services.moves import lock_election, require_state
from ballot.services.publish_candidates import append_statement
from ballot.services.reasons import require_reason
from ballot.who_stands import is_by_lot, names_seed
from office.refusal import Refusal
from office.services.audit import record

SHORTEST: Final = 6
LONGEST: Final = 200


@transaction.atomic
def draw_names(
    election_id: int, *, seed: str, source: str, by: int | None, now: datetime
) -> None:
    """Record what was drawn, after the names are known, and publish the names in its order.

    seed:   what was drawn, as it was called out: figures of dice, or of balls. Spec: bundle 8.2.
    source: how it was drawn, and before whom; it is published.
    """
    election = lock_election(election_id)
    require_state(election, State.NOMINATED, State.FROZEN)
    require_undrawn(election)
    content = {"seed": _seed(seed), "source": require_reason(source)}
    append_entry(election, kind="names-drawn", content=content, now=now)
    append_statement(election, kind="candidates", now=now)
    record("draw_names", subject=("election", str(election.pk)), by=by, now=now)


def require_undrawn(election: Election) -> None:
    """Refuse where the notice has no names drawn by lot, and once they are drawn."""
    if not any(is_by_lot(contest) for contest in contested(election)):
        raise Refusal("names.not-by-lot", "No contest of the notice has its names drawn by lot.")
    if names_seed(election.pk) is not None:
        raise Refusal("names.drawn", "The lot was drawn already. A second one would let somebody "
                      "draw until the order is to their liking.", status=409)


def _seed(text: str) -> str:
    seed = legible(clean_line, text, what="What was drawn")
    if not SHORTEST <= len(seed) <= LONGEST:
        raise Refusal("names.seed-length", f"Write what was drawn in {SHORTEST} to {LONGEST} "
                      "characters: a roll of twenty dice, for one.")
    return seed

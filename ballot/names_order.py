"""The order in which a paper names those who stand (docs/spec/bundle.md 8).

By the alphabet it is that of the statement; by lot it is a function of what was drawn, which
anybody can work out anew. No Django.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

from ballot.canonical import canonical

LABEL = "hustings/v1/names-order"


def lot_key(name: str, *, contest: str, seed: str) -> bytes:
    """The rank of a name under a seed: whoever has the least comes first. Spec: bundle 8.2."""
    drawn = {"contest": contest, "label": LABEL, "name": name, "seed": seed}
    return hashlib.sha256(canonical(drawn)).digest()


def by_lot(names: Iterable[str], *, contest: str, seed: str) -> list[str]:
    """The names in the order of the lot. Spec: bundle 8.2."""
    return sorted(names, key=lambda name: lot_key(name, contest=contest, seed=seed))

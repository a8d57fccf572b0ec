"""Which sections are opened together, so that a small one does not show how its few voted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ballot.counting.profile import NAME_LIMIT_CHARACTERS


def pool_sections(cast: Mapping[str, int], smallest: int) -> tuple[tuple[str, ...], ...]:
    """Divide the sections into boxes: one each, and those with too few ballots pooled.

    cast: section code → ballots cast in it. smallest: the notice's minimum.
    The pool takes every section below the minimum; while it is itself below it, the smallest of
    the others joins; so a pool that holds any ballot holds the minimum, or is the only box.
    Returns tuples of codes, each sorted, the boxes in order of their first code.
    """
    by_size = sorted(cast, key=lambda code: (cast[code], code))
    pool = [code for code in by_size if cast[code] < smallest]
    alone = [code for code in by_size if cast[code] >= smallest]
    while pool and alone and sum(cast[code] for code in pool) < smallest:
        pool.append(alone.pop(0))
    boxes: list[tuple[str, ...]] = [(code,) for code in alone]
    if pool:
        boxes.append(tuple(sorted(pool)))
    return tuple(sorted(boxes))


def box_label(names: Sequence[str]) -> str:
    """What a box is called on sheets and pages: its sections' names, as many as a sheet can show.

    names: one or more, each itself short enough. No box but the pool holds several sections, so
    that "and n more" can be said of one box alone.
    """
    label = ", ".join(names)
    shown = len(names)
    while len(label) > NAME_LIMIT_CHARACTERS and shown > 1:
        shown -= 1
        label = f"{', '.join(names[:shown])} and {len(names) - shown} more"
    return label

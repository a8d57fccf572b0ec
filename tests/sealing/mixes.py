"""Mixes in tests: made, checked and opened."""

from __future__ import annotations

from ballot.sealing import native
from ballot.sealing.mix_check import check_mix
from ballot.sealing.mixing import mix
from tests.sealing.making import rng, setting

NAMED = {"setting": setting(), "mixer": "server"}


def mixed(before, **changes):
    return mix(before, rng=rng(b"mix"), **NAMED | changes)


def check(before, made, **changes):
    return check_mix(before, made, rng=rng(b"check"), **NAMED | changes)


def opened(some, secret=777):
    """Give what the pairs hold, as (v + 1)·G, with the key's secret."""
    return sorted(
        native.add(c2.tobytes(), native.times(c1.tobytes(), -secret))
        for c1, c2 in zip(some.c1, some.c2, strict=True)
    )

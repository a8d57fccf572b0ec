"""The cache that processes share, and each process's own memory while it cannot be reached.

What is counted here (how often somebody asked, which second factor was used) must neither stop
a poll nor lock out the officer who has to suspend it. While Redis is away each process counts
for itself: a limit is then as many times wider as there are processes, and forgets with them.
Nothing true lives here.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from typing import Any

from django.core.cache.backends.locmem import LocMemCache
from django.core.cache.backends.redis import RedisCache
from redis.exceptions import RedisError

log = logging.getLogger(__name__)

OWN_ENTRIES = 10_000
ASKS_AGAIN_S = 5.0
"""One that hangs costs its time-out at each question: while it is away it is asked this seldom."""


def _or_own(name: str) -> Callable[..., Any]:
    """The method of the shared cache that asks this process's own while the other is away."""
    shared = getattr(RedisCache, name)

    def asked(self: SharedCache, *args: Any, **kwargs: Any) -> Any:
        if time.monotonic() >= self.asks_again_at:
            try:
                answer = shared(self, *args, **kwargs)
            except (RedisError, OSError) as away:
                self.asks_again_at = time.monotonic() + ASKS_AGAIN_S
                _say(away)
            else:
                _say(None)
                return answer
        return getattr(self.own, name)(*args, **kwargs)

    return asked


class SharedCache(RedisCache):
    """Redis or Valkey, or else this process's memory."""

    def __init__(self, server: str, params: dict[str, Any]) -> None:
        super().__init__(server, params)
        own = {**params, "max_entries": OWN_ENTRIES, "OPTIONS": {}}
        self.own = LocMemCache("while the shared cache is away", own)
        self.asks_again_at = 0.0

    add = _or_own("add")
    get = _or_own("get")
    set = _or_own("set")
    touch = _or_own("touch")
    delete = _or_own("delete")
    get_many = _or_own("get_many")
    has_key = _or_own("has_key")
    incr = _or_own("incr")
    set_many = _or_own("set_many")
    delete_many = _or_own("delete_many")
    clear = _or_own("clear")


_is_away = threading.Event()


def _say(away: Exception | None) -> None:
    """Log when the cache goes and when it comes back, and not at each question between.

    Two threads may both say it: a line too many is no harm.
    """
    if away is not None and not _is_away.is_set():
        _is_away.set()
        log.warning("the cache is away (%s): each process counts for itself", type(away).__name__)
    elif away is None and _is_away.is_set():
        _is_away.clear()
        log.warning("the cache is back: what is counted is shared again")

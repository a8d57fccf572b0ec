"""Boards that are false, each in one way, and the check of trustees §6 that has to find it."""

from __future__ import annotations

from collections.abc import Callable

from tests.ballot.trustee.polling import Polling

Tell = Callable[[Polling], None]


class Lies(dict[str, tuple[str, Tell]]):
    """Ways to tell a board that is false: by name, the check that finds it and what is told.

    Each is given a poll after its close, before any box is fixed.
    """

    def found_by(self, check: str) -> Callable[[Tell], Tell]:
        """Take a way, and the check that must find it."""

        def named(tell: Tell) -> Tell:
            self[tell.__name__] = (check, tell)
            return tell

        return named

"""What a check says when it does not hold. There is no other error, and no check answers "no"."""

from __future__ import annotations


class Failed(Exception):
    """A check that does not hold.

    check: the condition that is broken, by its name in sealing §12 where it has one.
    where: what it was looked for in ("ballot 17, contest leader"), counted from 1 as people do.
    why:   one sentence.
    """

    def __init__(self, check: str, where: str, why: str) -> None:
        super().__init__(check, where, why)
        self.check = check
        self.where = where
        self.why = why

    def __str__(self) -> str:
        return f"{self.check}: {self.where}: {self.why}"


def raise_all(failures: list[Failed], what: str) -> None:
    """Raise all that failed together, if anything did."""
    if failures:
        raise ExceptionGroup(what, failures)

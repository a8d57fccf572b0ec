"""The expected "no" of a service: a code for the log, a sentence for the person, a status.

Every code stands in docs/errors.md (a test reads the tree and compares). A refusal changes
nothing and loses nothing. It is not for bugs: those fall.
"""

from __future__ import annotations

import re
from http import HTTPStatus

_CODE = re.compile(r"[a-z][a-z0-9]*(?:[.-][a-z0-9]+)*")


class Refusal(Exception):
    """An act was asked for that may not be done now, by this person, or with these values.

    code:     kebab-case, with the subject before a full stop: `roll.not-frozen`.
    sentence: what was wrong, where, and what to do; shown to the person as it stands, so it
              carries nobody else's data.
    status:   the HTTP status of the page that says so.
    """

    def __init__(
        self, code: str, sentence: str, *, status: int = HTTPStatus.CONFLICT
    ) -> None:
        if not _CODE.fullmatch(code):
            raise ValueError(f"not a refusal's code: {code!r}")
        super().__init__(f"{code}: {sentence}")
        self.code = code
        self.sentence = sentence
        self.status = int(status)

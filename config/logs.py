"""Keep personal data out of the logs, whatever a library puts in its message."""

from __future__ import annotations

import logging
import re
import time

ADDRESS = re.compile(r"[^\s<>\"'(),:;=\[\]]+@[^\s<>\"'(),:;.\[\]]+\.[^\s<>\"'(),:;\[\]]+")
LINK = re.compile(
    r"(/(?:roll/mine|roll/not-me|told/[^/\s\"']+|vote/[^/\s\"']+/not-me"
    r"|accounts/password/reset/key)/)(?!(?:said|done)/)[^/\s\"']+"
)
"""Links that were mailed to one person: whoever has one sees their page, or speaks for them.

Those to nominate and to consent, to a trustee’s seat and to a count told beforehand keep what is
secret behind a “#”, which no browser sends: nothing of it can come into a log. The code of a count
told beforehand is short enough to be typed into the path all the same, where there is no page.
"""
ROW = re.compile(r"^(\s*)(DETAIL|CONTEXT|Parameters|params):.*$", re.MULTILINE)
"""PostgreSQL quotes the offending row in an error's DETAIL, and COPY its line in CONTEXT."""


class NoPerson(logging.Filter):
    """Strike out e-mail addresses and rows, in the message and in an error's text."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.msg = strike(record.getMessage())
        record.args = None
        if record.exc_info and not record.exc_text:
            record.exc_text = logging.Formatter().formatException(record.exc_info)
        if record.exc_text:
            record.exc_text = strike(record.exc_text)
        if record.stack_info:
            record.stack_info = strike(record.stack_info)
        return True


class InUtc(logging.Formatter):
    """Hours in UTC, whatever the zone of the installation: no hour comes twice in autumn."""

    converter = staticmethod(time.gmtime)


def strike(text: str) -> str:
    text = LINK.sub(r"\1[link]", text)
    return ADDRESS.sub("[address]", ROW.sub(r"\1\2: [struck out]", text))

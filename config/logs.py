"""Keep personal data out of the logs, whatever a library puts in its message."""

from __future__ import annotations

import logging
import re

ADDRESS = re.compile(r"[^\s<>\"'(),:;=\[\]]+@[^\s<>\"'(),:;\[\]]+")


class NoAddresses(logging.Filter):
    """Replace what looks like an e-mail address, in the message and in an error's text."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.msg = ADDRESS.sub("[address]", record.getMessage())
        record.args = None
        if record.exc_info and not record.exc_text:
            record.exc_text = logging.Formatter().formatException(record.exc_info)
        if record.exc_text:
            record.exc_text = ADDRESS.sub("[address]", record.exc_text)
        return True

"""Posting a few bytes to an address of the configuration, from a worker.

Nothing that anybody sends decides where: the addresses are those that the operator wrote down, over
http or https; no redirect is followed; the answer is bounded in size and in time.
"""

from __future__ import annotations

import http.client
import time
import urllib.error
import urllib.request
from typing import Any, Final

TIMEOUT_S: Final = 5.0
"""How long a connection, or one piece of an answer, is waited for."""
DEADLINE_S: Final = 10.0
"""How long an answer may take in all, once it has begun."""


class NoAnswer(Exception):
    """Whoever was asked does not answer, or answers too much or too slowly."""


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *arguments: Any, **named: Any) -> None:
        return None


_opener: Final = urllib.request.build_opener(_NoRedirects)


def post(url: str, body: bytes, *, largest_answer: int) -> tuple[int, bytes]:
    """Post bytes to an address; give the status and the body of the answer, whatever they say.

    Raises: NoAnswer.
    """
    if not url.startswith(("https://", "http://")):
        raise ValueError(f"no address to post to: {url!r}")
    headers = {"Content-Type": "text/plain; charset=utf-8", "User-Agent": "hustings"}
    request = urllib.request.Request(url, data=body, headers=headers)  # noqa: S310 (looked at above)
    try:
        try:
            answer = _opener.open(request, timeout=TIMEOUT_S)
        except urllib.error.HTTPError as error:
            with error:
                return error.code, _bounded(error, largest_answer)
        with answer:
            return answer.status, _bounded(answer, largest_answer)
    except (OSError, http.client.HTTPException) as error:
        raise NoAnswer(str(error)) from error


def _bounded(answer: Any, largest: int) -> bytes:
    """Read an answer piece by piece: one that drips would else pass every time-out."""
    give_up_at = time.monotonic() + DEADLINE_S
    found = b""
    while piece := answer.read1(largest + 1):
        found += piece
        if len(found) > largest or time.monotonic() > give_up_at:
            raise NoAnswer("the answer is too long, or comes too slowly")
    return found

"""Written reasons: an act that interferes with a poll is published with one."""

from __future__ import annotations

from ballot.names import clean_text
from ballot.services.legible import legible
from office.refusal import Refusal

SHORTEST = 10
LONGEST = 2000


def require_reason(text: str) -> str:
    """The reason in normal form, or a refusal: it will stand on the board."""
    reason = legible(clean_text, text, what="The reason")
    if not SHORTEST <= len(reason) <= LONGEST:
        raise Refusal(
            "reason.length",
            f"Write the reason in {SHORTEST} to {LONGEST} characters; it will be published.",
        )
    return reason

"""Written reasons: an act that interferes with a poll is published with one."""

from __future__ import annotations

from ballot.names import TextRefused, clean_text
from office.refusal import Refusal

SHORTEST = 10
LONGEST = 2000


def require_reason(text: str) -> str:
    """The reason in normal form, or a refusal: it will stand on the board."""
    try:
        reason = clean_text(text)
    except TextRefused as refused:
        raise Refusal(
            "text.hidden-character", f"The reason holds {refused.found}. Remove it."
        ) from refused
    if not SHORTEST <= len(reason) <= LONGEST:
        raise Refusal(
            "reason.length",
            f"Write the reason in {SHORTEST} to {LONGEST} characters; it will be published.",
        )
    return reason

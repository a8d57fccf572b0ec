"""What people write, in normal form: nothing hidden in what others will read."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from ballot.names import TextRefused, clean_line
from office.refusal import Refusal

LONGEST_LINE: Final = 120  # The columns of titles and names hold so much.


def legible(cleaner: Callable[[str], str], text: str, *, what: str) -> str:
    """The text as the cleaner of ballot/names.py gives it, or a refusal that names what is hidden.

    what: what the text is, as the sentence to the person begins: "The reason".
    """
    try:
        return cleaner(text)
    except TextRefused as refused:
        raise Refusal(
            "text.hidden-character",
            f"{what} holds {refused.found}, which would not show. Remove it.",
        ) from refused


def clean_typed(cleaner: Callable[[str], str], field: str, text: str) -> str:
    """The text in normal form, which may be longer than what was typed and fitted the form."""
    what = f"The {field.replace('_', ' ')}"
    clean = legible(cleaner, text, what=what)
    if cleaner is clean_line and len(clean) > LONGEST_LINE:
        raise Refusal(
            "text.too-long", f"{what} is longer than {LONGEST_LINE} letters. Shorten it."
        )
    return clean

"""Word a letter from its three templates: subject, text and HTML; in a second language as well."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from django.template.loader import render_to_string

_BETWEEN: Final = f"\n{'-' * 64}\n\n"


def words(
    prefix: str, context: Mapping[str, Any], *, also: str = ""
) -> tuple[str, str, str]:
    """Render `<prefix>_subject.txt`, `<prefix>.txt` and `<prefix>.html`.

    also: a second language, "cy", in which the letter is said first: from `<prefix>.cy_subject.txt`
          and so on, whose HTML is the words alone, without a page around them.

    Text templates turn autoescape off for themselves: they are text. No request is given, so
    no host of a request can reach a letter; links come from office.links.
    """
    # Always there, if empty: what a template does not find, Django logs with all that it has.
    given = dict(context) | {"also": also, "also_words": ""}
    subject, text = _plain(prefix, given)
    if also:
        first_subject, first_text = _plain(f"{prefix}.{also}", given)
        subject, text = f"{first_subject} / {subject}", f"{first_text}{_BETWEEN}{text}"
        given["also_words"] = render_to_string(f"{prefix}.{also}.html", given)
    return subject, text, render_to_string(f"{prefix}.html", given)


def _plain(prefix: str, given: dict[str, Any]) -> tuple[str, str]:
    subject = " ".join(render_to_string(f"{prefix}_subject.txt", given).split())
    return subject, render_to_string(f"{prefix}.txt", given).strip() + "\n"

"""Word a letter from its three templates: subject, text and HTML."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.template.loader import render_to_string


def words(prefix: str, context: Mapping[str, Any]) -> tuple[str, str, str]:
    """Render `<prefix>_subject.txt`, `<prefix>.txt` and `<prefix>.html`.

    Text templates turn autoescape off for themselves: they are text. No request is given, so
    no host of a request can reach a letter; links come from office.links.
    """
    given = dict(context)
    subject = " ".join(render_to_string(f"{prefix}_subject.txt", given).split())
    text = render_to_string(f"{prefix}.txt", given).strip() + "\n"
    return subject, text, render_to_string(f"{prefix}.html", given)

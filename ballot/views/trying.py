"""What pages with a form share: the methods they take, and the act that the form asks for."""

from __future__ import annotations

from collections.abc import Callable

from django.forms import BaseForm
from django.views.decorators.http import require_http_methods

from office.refusal import Refusal

get_or_post = require_http_methods(["GET", "HEAD", "POST"])


def tried(form: BaseForm, act: Callable[[], object]) -> bool:
    """Do what a valid form asks for; where it is refused, say in the form why, and return False."""
    try:
        act()
    except Refusal as refusal:
        form.add_error(None, refusal.sentence)
        return False
    return True

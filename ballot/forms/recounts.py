"""What is typed of a recount: where and on what grounds it is asked for, and what is decided."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms

from ballot.models import Contest


class AskForm(forms.Form):
    """Asking for a recount."""

    contest = forms.TypedChoiceField(
        label="The contest", coerce=int, error_messages={"required": "Choose the contest."}
    )
    grounds = forms.CharField(
        label="The grounds", min_length=10, max_length=2000,
        help_text="Why the count may be wrong. They are published with the declaration; name no "
        "elector.",
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={
            "required": "Write the grounds.",
            "min_length": "Write the grounds in ten characters or more.",
        },
    )

    def __init__(self, *args: Any, contests: Sequence[Contest], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["contest"]
        if isinstance(field, forms.ChoiceField):
            field.choices = [("", "Choose"), *((one.pk, one.title) for one in contests)]


class DecideForm(forms.Form):
    """Granting or refusing one."""

    granted = forms.TypedChoiceField(
        label="What is decided", coerce=lambda value: value == "yes", widget=forms.RadioSelect,
        choices=[("yes", "Grant it, and count the papers anew now"), ("no", "Refuse it")],
        error_messages={"required": "Say whether the recount is granted."},
    )
    reason = forms.CharField(
        label="The reason", min_length=10, max_length=2000,
        help_text="Published with the declaration.",
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={
            "required": "Write the reason.",
            "min_length": "Write the reason in ten characters or more.",
        },
    )

"""What is typed to amend a frozen roll: a number, a reason, the grounds; or a list of numbers."""

from __future__ import annotations

from typing import Any

from django import forms

from ballot.services.reasons import require_reason
from members.selectors import amendment_choices
from office.refusal import Refusal


class GroundsForm(forms.Form):
    """What every amendment needs: what is done, for which reason, on which grounds."""

    change = forms.ChoiceField(
        label="What is amended, and why",
        error_messages={"required": "Choose what is amended, and why."},
    )
    grounds = forms.CharField(
        label="The grounds", min_length=10, max_length=2000,
        help_text="Which decision, of whom and of when. Kept with the roll, and read by the "
        "officer who approves; not published. Name no elector.",
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={
            "required": "Write the grounds in a sentence.",
            "min_length": "Write the grounds in ten characters or more.",
        },
    )

    def __init__(self, *args: Any, kinds: tuple[str, ...] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["change"]
        if isinstance(field, forms.ChoiceField):
            field.choices = [("", "Choose"), *amendment_choices(*kinds)]

    def clean_grounds(self) -> str:
        try:
            return require_reason(self.cleaned_data["grounds"])
        except Refusal as refusal:
            raise forms.ValidationError(refusal.sentence) from refusal

    def decision(self) -> dict[str, str]:
        """Kind, reason and grounds, as the act takes them."""
        kind, _, reason = self.cleaned_data["change"].partition(":")
        return {"kind": kind, "reason": reason, "grounds": self.cleaned_data["grounds"]}


class AmendmentForm(GroundsForm):
    """An amendment by one person."""

    field_order = ("number", "change", "grounds")
    number = forms.CharField(
        label="Membership number", max_length=32,
        widget=forms.TextInput(attrs={"class": "govuk-input--width-10", "autocomplete": "off"}),
        error_messages={"required": "Give the membership number."},
    )


class BulkForm(GroundsForm):
    """An amendment by a list, on the order of a court or by another written decision."""

    field_order = ("file", "change", "grounds")
    file = forms.FileField(
        label="The list", help_text="CSV in UTF-8: a membership number at the beginning of each "
        "line.",
        error_messages={"required": "Choose the file.", "empty": "The file is empty."},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, kinds=("add", "remove"), **kwargs)

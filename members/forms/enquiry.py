"""What is typed at the public page about the roll."""

from __future__ import annotations

from django import forms


class EnquiryForm(forms.Form):
    """Am I on the roll? What somebody types who has no account and needs none."""

    number = forms.CharField(
        label="Membership number",
        max_length=32,
        widget=forms.TextInput(
            attrs={
                "class": "govuk-input--width-10",
                "autocomplete": "off",
                "spellcheck": "false",
            }
        ),
        error_messages={"required": "Enter your membership number."},
    )
    proof = forms.CharField(
        label="Your postcode, or your e-mail address",
        help_text="As the party has it.",
        max_length=254,
        widget=forms.TextInput(
            attrs={"class": "govuk-input--width-20", "autocomplete": "off", "spellcheck": "false"}
        ),
        error_messages={"required": "Enter your postcode or your e-mail address."},
    )

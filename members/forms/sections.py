"""What is typed to add a section."""

from __future__ import annotations

from django import forms


class SectionForm(forms.Form):
    """A further section of the electorate."""

    name = forms.CharField(
        label="Name",
        help_text="As it is printed: “Youth section”.",
        max_length=60,
        error_messages={"required": "Give the section’s name."},
    )
    code = forms.SlugField(
        label="Code",
        help_text="As lists write it: small letters, digits and hyphens, “youth”.",
        max_length=32,
        widget=forms.TextInput(attrs={"class": "govuk-input--width-10"}),
        error_messages={"required": "Give the section’s code."},
    )

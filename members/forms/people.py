"""What is typed to find somebody."""

from __future__ import annotations

from django import forms


class SearchForm(forms.Form):
    """Who is looked for."""

    q = forms.CharField(
        label="Membership number, or the beginning of a name",
        help_text="Family name first: “Fallowes”, “Fallowes, Carys” or “0012345”.",
        required=False,
        max_length=120,
        widget=forms.TextInput(attrs={"class": "govuk-input--width-20", "autocomplete": "off"}),
    )

"""What is handed in of the outside issuer's: one file."""

from __future__ import annotations

from django import forms


class IssuerFileForm(forms.Form):
    """A file of keys, or of answers."""

    file = forms.FileField(
        label="The issuer’s file",
        help_text="It is called keys-for-the-officer.bin at first, and "
        "answers-for-the-officer.json from then on.",
        error_messages={"required": "Choose the file.", "empty": "The file is empty."},
    )

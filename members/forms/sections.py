"""What is typed to add a section, or several at once."""

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


class SectionsForm(forms.Form):
    """Further sections, a line each: all are added, or none."""

    lines = forms.CharField(
        label="Sections",
        help_text="A line for each: its code, an equals sign and its name, as "
        "“calgary-centre = Calgary Centre”.",
        max_length=100_000,
        widget=forms.Textarea(attrs={"rows": 6, "spellcheck": "false"}),
        error_messages={"required": "Write a line for each section."},
    )

    def clean_lines(self) -> list[tuple[str, str]]:
        """Pairs of code and name, in their order."""
        pairs: list[tuple[str, str]] = []
        for line in filter(str.strip, self.cleaned_data["lines"].splitlines()):
            code, equals, name = (part.strip() for part in line.partition("="))
            if not (code and equals and name):
                raise forms.ValidationError(f"“{line.strip()}” is not a code, an equals sign and "
                                            "a name.")
            pairs.append((code, name))
        return pairs

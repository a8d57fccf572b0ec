"""What is typed to send a membership list in."""

from __future__ import annotations

from typing import Any

from django import forms

from members import selectors
from members.models import ImportBatch


class UploadForm(forms.Form):
    """A membership list, and what it is a list of."""

    file = forms.FileField(
        label="The list, as a file",
        help_text="CSV, tab-separated text or .xlsx, as your membership system exports it.",
        widget=forms.ClearableFileInput(
            attrs={"accept": ".csv,.tsv,.txt,.xlsx,text/csv,text/plain"}
        ),
        error_messages={
            "required": "Choose the file.",
            "empty": "The file is empty. Choose another one.",
        },
    )
    scope = forms.ChoiceField(
        label="What the file lists",
        help_text="Somebody who should be in the file and is not will be marked as no longer "
        "on the membership list. You see how many before anything changes.",
        choices=ImportBatch.Scope.choices,
        widget=forms.RadioSelect,
        initial=ImportBatch.Scope.WHOLE,
        error_messages={"required": "Say what the file lists."},
    )
    section = forms.ChoiceField(
        label="Which section, if the file is the list of one section",
        required=False,
        widget=forms.Select,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        sections = [(str(each.pk), each.name) for each in selectors.people.sections()]
        self.fields["section"].choices = [("", "–"), *sections]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        is_section = cleaned.get("scope") == ImportBatch.Scope.SECTION
        if is_section and not cleaned.get("section"):
            self.add_error("section", "Say which section the file lists.")
        cleaned["section_id"] = int(cleaned["section"]) if is_section and cleaned.get(
            "section") else None  # fmt: skip
        return cleaned

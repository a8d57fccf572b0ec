"""What an agent or a scrutineer signs, objects to or reports on."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms

from ballot.attestations import LONGEST, SAYS
from ballot.models import Attestation

_VERBS = {
    Attestation.Says.SIGNED: "Sign",
    Attestation.Says.OBJECTS: "Object to",
    Attestation.Says.REPORTS: "Report on",
}


class AttestForm(forms.Form):
    """Signing, objecting or reporting."""

    what = forms.ChoiceField(
        label="What you do", widget=forms.RadioSelect,
        error_messages={
            "required": "Choose what you do.",
            "invalid_choice": "It is not the time for this any more. Nothing was written down: "
            "keep a copy of your words.",
        },
    )
    words = forms.CharField(
        label="Your words", max_length=LONGEST, required=False,
        help_text="A signature needs none. An agent may say here for whom they act. Name no "
        "elector: all who watch read it at once, and it is published word for word. As long as no "
        "result is declared, give figures of the count in an objection to the count alone, which "
        "only the officers read until then.",
        widget=forms.Textarea(attrs={"rows": 6}),
    )

    def __init__(self, *args: Any, parts: Sequence[Attestation.About], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["what"]
        if isinstance(field, forms.ChoiceField):
            field.choices = [
                (f"{part.value}:{says.value}", _offer(part, says))
                for part in parts for says in SAYS[part]
            ]

    def clean(self) -> dict[str, Any]:
        _, _, says = self.cleaned_data.get("what", "").partition(":")
        is_signature = says in ("", Attestation.Says.SIGNED)
        if not is_signature and self.cleaned_data.get("words") == "":
            self.add_error("words", "Write your objection, or your report.")
        return self.cleaned_data

    def given(self) -> dict[str, str]:
        """What the service takes."""
        about, _, says = self.cleaned_data["what"].partition(":")
        return {"about": about, "says": says, "words": self.cleaned_data["words"]}


def _offer(part: Attestation.About, says: Attestation.Says) -> str:
    """A choice in words: "Object to the count"."""
    return f"{_VERBS[says]} {part.label[0].lower()}{part.label[1:]}"

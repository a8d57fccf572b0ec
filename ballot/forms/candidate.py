"""A candidate as an officer types them: name, statement, photograph."""

from __future__ import annotations

from typing import Any

from django import forms

from ballot.models import Contest


class CandidateForm(forms.Form):
    """A nomination; of a joint ticket with both names."""

    name = forms.CharField(
        label="Name", max_length=120, help_text="As it shall stand on the paper.",
        error_messages={"required": "Give the candidate’s name."},
    )
    statement = forms.CharField(
        label="Statement", max_length=4000, required=False,
        widget=forms.Textarea(attrs={"rows": 8}),
    )
    photo = forms.FileField(
        label="Photograph", required=False,
        help_text="JPEG, PNG or WebP, up to 12 MB. It is cut square and drawn anew; what the file "
        "says of place and camera is thrown away.",
        widget=forms.ClearableFileInput(attrs={"accept": "image/jpeg,image/png,image/webp"}),
    )

    def __init__(self, *args: Any, contest: Contest, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if contest.ticket:
            self.fields["name"].label = f"Name, for {contest.ticket['first']}"
            self.fields["second"] = forms.CharField(
                label=f"Name, for {contest.ticket['second']}", max_length=120,
                help_text="Both stand in one place: “Ash Amin with Birch Bell”.",
                error_messages={"required": "Give the second person’s name."},
            )
            self.order_fields(["name", "second"])

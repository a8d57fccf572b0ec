"""A mistake found on a live paper: what is wrong, and the correction where one is possible."""

from __future__ import annotations

from typing import Any, Final

from django import forms

from ballot.forms.acts import ReasonForm
from ballot.models import Candidate, Election
from ballot.services.consent import require_words
from ballot.services.correct_candidate import LONGEST_STATEMENT, clean_statement
from office.refusal import Refusal

STATEMENT, PHOTOGRAPH, PAPER, OTHER = "statement", "photograph", "paper", "other"

WRONG: Final = (
    (STATEMENT, "A candidate’s statement has a mistake"),
    (PHOTOGRAPH, "A photograph is the wrong one"),
    (PAPER, "A name, the order of the names or who stands is wrong, or somebody is missing"),
    (OTHER, "Something in the notice is wrong: whom to turn to, or an hour"),
)


class WrongForm(forms.Form):
    """What is wrong with the paper."""

    wrong = forms.ChoiceField(
        label="What is wrong?", choices=WRONG, widget=forms.RadioSelect,
        error_messages={"required": "Say what is wrong."},
    )


class CorrectionForm(ReasonForm):
    """The statement as it shall read, and whether the photograph goes."""

    field_order = ("candidate", "statement", "without_photograph", "reason")
    candidate = forms.TypedChoiceField(
        label="Candidate", coerce=int, error_messages={"required": "Choose the candidate."}
    )
    statement = forms.CharField(
        label="The whole statement as it shall read", required=False,
        max_length=LONGEST_STATEMENT, widget=forms.Textarea(attrs={"rows": 8}),
        help_text="Put right what is mistyped, and nothing else. Leave it empty where the "
        "statement stays as it is.",
    )
    without_photograph = forms.BooleanField(
        label="Take the photograph off", required=False,
        help_text="The candidate is then shown without one. Another cannot be put in its place "
        "while the paper is fixed.",
    )

    def __init__(self, *args: Any, election: Election, **kwargs: Any) -> None:
        super().__init__(*args, election=election, **kwargs)
        rows = Candidate.objects.filter(
            contest__election=election, is_reopen_nominations=False, withdrawn_at__isnull=True
        ).select_related("contest").defer("photo")
        field = self.fields["candidate"]
        if isinstance(field, forms.ChoiceField):
            field.choices = [
                ("", "Choose"), *((one.pk, f"{one.name} ({one.contest.title})") for one in rows)
            ]

    def clean_statement(self) -> str | None:
        text = self.cleaned_data["statement"]
        if not text.strip():
            return None
        try:
            return clean_statement(text)
        except Refusal as refusal:
            raise forms.ValidationError(refusal.sentence) from refusal

    def clean(self) -> dict[str, Any]:
        given = self.cleaned_data
        if not self.errors and given["statement"] is None and not given["without_photograph"]:
            raise forms.ValidationError("Correct the statement, or take the photograph off.")
        if not self.errors and given["statement"] is not None:
            rows = Candidate.objects.select_related("contest").defer("photo")
            contest = rows.get(pk=given["candidate"]).contest
            try:
                require_words(given["statement"], most=contest.statement_words)
            except Refusal as refusal:
                self.add_error("statement", refusal.sentence)
        return given

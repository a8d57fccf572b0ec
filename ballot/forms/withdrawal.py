"""Who withdraws: of a joint ticket the first, the second, or both."""

from __future__ import annotations

from typing import Any

from django import forms

from ballot.models import Candidate
from ballot.services.withdraw_candidate import WHO


class WithdrawalForm(forms.Form):
    """A withdrawal; of who stands alone there is nothing to choose."""

    def __init__(self, *args: Any, candidate: Candidate, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if candidate.second:
            people = (candidate.first, candidate.second, "Both of them")
            self.fields["who"] = forms.ChoiceField(
                label="Who withdraws?", choices=list(zip(WHO, people, strict=True)),
                widget=forms.RadioSelect,
                help_text="The board says it. Tell the other at once: they stand no longer either.",
                error_messages={"required": "Say who of the two withdraws."},
            )

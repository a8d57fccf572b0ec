"""What is typed of a contest: how it is voted on, counted and nominated for."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms

from ballot.forms.reading import NARROW
from ballot.gates import GateRefused, read_gates, write_gates
from ballot.models import Method, NamesOrder, Stop, TieRule, VotesOfWithdrawn
from ballot.services.joint_tickets import LONGEST_POST, ticket_posts
from ballot.services.set_up_contest import MOST_POINTS
from members.selectors import sections
from office.refusal import Refusal


class ContestForm(forms.Form):
    """One post on the paper."""

    unfilled: ClassVar = {
        "places": "1 where it is left empty", "statement_words": "500 where it is left empty",
    }

    title = forms.CharField(
        label="The post", max_length=120, help_text="“Leader”",
        error_messages={"required": "Name the post that is filled."},
    )
    method = forms.ChoiceField(
        label="How it is counted", choices=Method.choices, initial=Method.ALTERNATIVE_VOTE,
        widget=forms.RadioSelect,
    )
    max_preferences = forms.IntegerField(
        label="Most preferences on a paper", required=False, min_value=1, max_value=32,
        help_text="Leave it empty to let electors rank everybody. By most votes it is always one.",
        widget=forms.NumberInput(attrs=NARROW),
    )
    stop = forms.ChoiceField(
        label="When the alternative vote ends", choices=Stop.choices, initial=Stop.MAJORITY,
        widget=forms.RadioSelect,
    )
    tie_rule = forms.ChoiceField(
        label="How a tie is settled", choices=TieRule.choices, initial=TieRule.EARLIER_THEN_LOT,
        widget=forms.RadioSelect,
    )
    gates = forms.CharField(
        label="What a candidate needs of the nominating bodies", required=False, max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3, "spellcheck": "false"}),
        help_text="Empty where nobody needs any: what bodies nominate is then advice. Otherwise a "
        "line for each thing that is needed: “20% of MP”, or “5% of CLP or 3 of affiliate and 2 "
        "of affiliate/union and 5% of the members of affiliate”. Kinds are named as in your list.",
    )
    statement_words = forms.IntegerField(
        label="Most words in a candidate’s statement", min_value=1, max_value=5000, initial=500,
        required=False,
        widget=forms.NumberInput(attrs=NARROW),
    )
    names_order = forms.TypedChoiceField(
        label="In which order the names stand", choices=NamesOrder.choices, required=False,
        initial=NamesOrder.ALPHABET, empty_value=NamesOrder.ALPHABET, widget=forms.RadioSelect,
    )
    votes_of_withdrawn = forms.TypedChoiceField(
        label="Votes for somebody who withdraws after the opening", required=False,
        choices=VotesOfWithdrawn.choices, initial=VotesOfWithdrawn.PASS_ON,
        empty_value=VotesOfWithdrawn.PASS_ON, widget=forms.RadioSelect,
    )
    reopen_nominations = forms.BooleanField(
        label="“Re-open nominations” stands on the paper", required=False
    )
    places = forms.IntegerField(
        label="Places to fill", initial=1, min_value=1, max_value=32, required=False,
        help_text="More than one by the single transferable vote only.",
        widget=forms.NumberInput(attrs=NARROW),
    )
    weights = forms.CharField(
        label="Weights of sections", required=False,
        help_text="Leave it empty if one paper is one vote. Else a line for each section: its "
        "code, as the page of the sections shows it, an equals sign and its parts of the whole, "
        "as “member = 1”.",
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    points = forms.IntegerField(
        label="Points of each section", required=False, min_value=1, max_value=MOST_POINTS,
        help_text="Leave it empty if one paper is one vote. Else what every section is worth, "
        "however many vote in it, as 100 for each riding. Sections have points or weights.",
        widget=forms.NumberInput(attrs=NARROW),
    )
    points_floor = forms.IntegerField(
        label="Votes below which a section is worth its votes", required=False, min_value=0,
        max_value=MOST_POINTS, help_text="Only with points, and no more than they are. Leave it "
        "empty if a section is worth its points however few vote.",
        widget=forms.NumberInput(attrs=NARROW),
    )

    def clean_points_floor(self) -> int:
        return self.cleaned_data["points_floor"] or 0

    ticket_first = forms.CharField(
        label="Joint tickets: the first person’s post", required=False, max_length=LONGEST_POST,
        help_text="Where two people stand together in one place, the two posts: “Leader” here and "
        "“Deputy leader” below. Leave both empty where each stands alone.",
    )
    ticket_second = forms.CharField(
        label="Joint tickets: the second person’s post", required=False, max_length=LONGEST_POST,
    )

    def clean(self) -> dict[str, Any]:
        given = self.cleaned_data
        posts = {place: given.pop(f"ticket_{place}", "") for place in ("first", "second")}
        try:
            given["ticket"] = ticket_posts(posts if any(posts.values()) else None)
        except Refusal as refusal:
            self.add_error("ticket_first", refusal.sentence)
        return given

    def clean_places(self) -> int:
        return self.cleaned_data["places"] or 1

    def clean_weights(self) -> dict[str, int] | None:
        lines = [line for line in self.cleaned_data["weights"].splitlines() if line.strip()]
        known = {section.code for section in sections()}
        weights: dict[str, int] = {}
        for line in lines:
            code, _, parts = (part.strip() for part in line.partition("="))
            if code not in known:
                raise forms.ValidationError(f"There is no section “{code}”.")
            if code in weights or not (parts.isascii() and parts.isdigit()):
                raise forms.ValidationError(f"Give section “{code}” one whole number of parts.")
            weights[code] = int(parts)
        return weights or None

    def clean_statement_words(self) -> int:
        return self.cleaned_data["statement_words"] or 500

    def clean_gates(self) -> str:
        """The gates in their one spelling, a line each."""
        try:
            return "\n".join(write_gates(read_gates(self.cleaned_data["gates"])))
        except GateRefused as wrong:
            raise forms.ValidationError(str(wrong)) from wrong

"""Everything of an election that its notice fixes, as it is typed while it is set up."""

from __future__ import annotations

import zoneinfo
from collections.abc import Sequence
from functools import cache
from typing import Any, ClassVar

from django import forms

from ballot.canonical import canonical
from ballot.forms.begin import BeginForm
from ballot.forms.reading import CLOCK, NARROW, ClockField, clean_clock
from ballot.issuance.card import read_card
from ballot.issuance.errors import FileRefused
from ballot.models import AfterCast, Election, TurnoutBase
from ballot.times import local_time

SERVER, OUTSIDE = "server", "outside"
"""Who makes the voting codes."""


@cache
def _zones() -> list[tuple[str, str]]:
    """Zones by place, this country's first."""
    named = sorted(zone for zone in zoneinfo.available_timezones() if "/" in zone)
    places = [zone for zone in named if not zone.startswith(("Etc/", "posix/", "right/"))]
    first = "Europe/London"
    ordered = [first, *(zone for zone in places if zone != first)]
    return [(zone, zone.replace("_", " ")) for zone in ordered]


class SetUpForm(BeginForm):
    """Everything of an election that its notice fixes."""

    unfilled: ClassVar = dict.fromkeys(
        ("returning_officer", "opens_at", "closes_at", "helped_routes"),
        "needed for the notice",
    )

    returning_officer = forms.CharField(
        label="Returning officer", max_length=120, required=False,
        help_text="The name that stands under the notice and the letters.",
    )
    deputy = forms.CharField(
        label="Deputy returning officer", max_length=120, required=False,
        help_text="Who acts, with written authority, where the returning officer cannot.",
    )
    scrutineer = forms.CharField(
        label="Independent scrutineer", max_length=120, required=False,
        help_text="Who inspects this poll and reports on it, if anybody does.",
    )
    summary = forms.CharField(
        label="What it is about", required=False, max_length=2000,
        help_text="A sentence or two for the public page.",
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    zone = forms.ChoiceField(
        label="Time zone", choices=_zones,
        help_text="The hours below are on the clocks of this zone.",
    )
    nominations_close_at = ClockField(
        label="Nominations close", required=False,
        help_text="Until then nominating bodies and candidates hand in and amend. Leave it empty "
        "to take nominations until you publish who stands.",
    )
    opens_at = ClockField(label="The poll opens", required=False)
    closes_at = ClockField(label="The poll closes", required=False)
    reminder_at = ClockField(
        label="Reminder", required=False,
        help_text="When those who have not voted are written to, by itself. Its letter holds no "
        "code. Leave it empty for none.",
    )
    last_reminder_at = ClockField(
        label="Last reminder", required=False, help_text="Within the 48 hours before the close."
    )
    letters_in_welsh = forms.BooleanField(
        label="The letters to electors are in Welsh as well as in English", required=False
    )
    rules_id = forms.TypedChoiceField(
        label="Who may vote", coerce=int, empty_value=None, required=False,
        help_text="A version of this election’s own eligibility rules. Whoever they admit when "
        "the roll is frozen may vote.",
    )
    helped_routes = forms.CharField(
        label="Other ways to vote", required=False, max_length=2000,
        help_text="For somebody who cannot use the page. One way a line.",
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    postal_papers = forms.BooleanField(
        label="Electors who ask for it vote on a paper, by post", required=False,
        help_text="You issue them envelopes while the poll is open, and tellers read the papers "
        "after the close.",
    )
    complaints = forms.CharField(
        label="Where a complaint goes", required=False, max_length=2000,
        help_text="To whom, how, and by when. Left empty, the notice sends complaints to the "
        "returning officer.",
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    codes_by = forms.ChoiceField(
        label="Who makes the voting codes", widget=forms.RadioSelect,
        choices=[(SERVER, "The server"), (OUTSIDE, "An outside issuer")],
        error_messages={"required": "Choose who makes the voting codes."},
    )
    issuer_card = forms.CharField(
        label="The issuer’s card", required=False, max_length=1000, strip=False,
        help_text="What stands in the file issuer.json that they gave you. Only where an outside "
        "issuer makes the codes.",
        widget=forms.Textarea(attrs={"rows": 3, "spellcheck": "false", "autocomplete": "off"}),
    )
    smallest_box = forms.IntegerField(
        label="Smallest box", min_value=1, max_value=1000, widget=forms.NumberInput(attrs=NARROW),
        help_text="A section with fewer ballots than this is opened together with another, so "
        "that it does not show how its few electors voted. Where fewer are cast altogether, they "
        "are opened only if none is set aside: otherwise the trustees open nothing, and the "
        "election has to be declared void.",
    )
    mixes_wanted = forms.IntegerField(
        label="How many times each box is mixed", min_value=2, max_value=4,
        widget=forms.NumberInput(attrs=NARROW),
        help_text="Each by another mixer; the server is one of them at most.",
    )
    turnout_by_section = forms.BooleanField(
        label="Show turnout by section while the poll goes on", required=False,
        help_text="To everybody alike, every quarter of an hour; otherwise after the close. Units "
        "are shown after the close alone. Either way the board shows each sealed ballot and its "
        "section, so that whoever counts there knows the sections.",
    )
    ballot_of_excluded = forms.ChoiceField(
        label="The ballot of somebody excluded after casting it", choices=AfterCast.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "Choose what becomes of the ballot of somebody excluded."},
        help_text="Somebody struck off as suspended, excluded or expelled, found not to be "
        "entitled, or by order of a court. If they are reinstated before the register is "
        "verified, it stands.",
    )
    ballot_of_dead = forms.ChoiceField(
        label="The ballot of somebody who died after casting it", choices=AfterCast.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "Choose what becomes of the ballot of somebody who died."},
    )
    ballot_of_resigned = forms.ChoiceField(
        label="The ballot of somebody who resigned after casting it", choices=AfterCast.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "Choose what becomes of the ballot of somebody who resigned."},
    )
    recount_margin_permille = forms.IntegerField(
        label="Recount where the lead is below so many of every 1,000 valid papers", min_value=0,
        max_value=1000, widget=forms.NumberInput(attrs=NARROW),
        help_text="The lead is that of the last stage. 5 means half a percent; 0 means that no "
        "recount is made unless somebody asks for it.",
    )
    recount_on_request = forms.BooleanField(
        label="A candidate’s agent may ask for a recount before the declaration", required=False,
    )
    turnout_base = forms.ChoiceField(
        label="Turnout is the share, of the papers issued, of", choices=TurnoutBase.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "Choose what the turnout is worked out from."},
    )
    challenge_days = forms.IntegerField(
        label="Days within which the declaration may be challenged", min_value=0, max_value=3650,
        widget=forms.NumberInput(attrs=NARROW),
        help_text="Counted from the declaration. Then the election can be archived.",
    )
    keep_days = forms.IntegerField(
        label="Days for which the roll and the marked register are kept", min_value=0,
        max_value=3650, widget=forms.NumberInput(attrs=NARROW),
        help_text="Counted from the declaration, or from the day on which the election is "
        "declared void, and never fewer than the days above. Then two officers may have them "
        "destroyed, and the sealed ballots with them.",
    )

    def __init__(self, *args: Any, rules: Sequence[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["rules_id"]
        if isinstance(field, forms.ChoiceField):
            field.choices = [("", "Not chosen yet"), *rules]

    def clean(self) -> dict[str, Any]:
        zone = self.cleaned_data.get("zone", "UTC")
        clean_clock(self, "nominations_close_at", zone)
        clean_clock(self, "opens_at", zone)
        clean_clock(self, "closes_at", zone)
        clean_clock(self, "reminder_at", zone)
        clean_clock(self, "last_reminder_at", zone)
        opens, closes = self.cleaned_data.get("opens_at"), self.cleaned_data.get("closes_at")
        if opens and closes and closes <= opens:
            self.add_error("closes_at", "The poll must close after it opens.")
        if self.cleaned_data.get("keep_days", 0) < self.cleaned_data.get("challenge_days", 0):
            self.add_error("keep_days", "Keep them at least as long as the result may be "
                           "challenged.")
        self._clean_issuer()
        return self.cleaned_data

    def _clean_issuer(self) -> None:
        """The card, where an outside issuer makes the codes; it is what the act is given."""
        by, card = self.cleaned_data.pop("codes_by", SERVER), self.cleaned_data.pop(
            "issuer_card", ""
        )  # fmt: skip
        self.cleaned_data["issuer"] = None
        if by == SERVER:
            return
        try:
            read_card(card.strip().encode())
        except FileRefused as refused:
            self.add_error("issuer_card", refused.sentence)
        else:
            self.cleaned_data["issuer"] = card.strip().encode()


def values_of(election: Election) -> dict[str, Any]:
    """What the set-up form shows of an election."""
    fields = ("title", "party", "returning_officer", "deputy", "scrutineer", "summary", "zone",
              "rules_id", "helped_routes", "complaints", "smallest_box", "mixes_wanted",
              "letters_in_welsh", "postal_papers", "turnout_by_section",
              "ballot_of_excluded", "ballot_of_dead", "ballot_of_resigned",
              "recount_margin_permille", "recount_on_request", "turnout_base",
              "challenge_days", "keep_days")
    values: dict[str, Any] = {field: getattr(election, field) for field in fields}
    values["codes_by"] = SERVER if election.issuer is None else OUTSIDE
    values["issuer_card"] = canonical(election.issuer).decode() if election.issuer else ""
    for field in (
        "nominations_close_at", "opens_at", "closes_at", "reminder_at", "last_reminder_at",
    ):  # fmt: skip
        moment = getattr(election, field)
        values[field] = local_time(moment, election.zone).strftime(CLOCK) if moment else ""
    return values

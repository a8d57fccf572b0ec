"""What bodies, candidates and officers hand in while nominations are open."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from django import forms

from ballot.forms.reading import NARROW
from ballot.models import Candidate, Contest
from ballot.services.paper_consent import REASONS as CONSENT_REASONS
from ballot.services.replace_photograph import REASONS

NOBODY: Final = "nobody"
_CODE = {"autocomplete": "off", "spellcheck": "false", "autocapitalize": "none",
         "data-code-of-link": ""}  # fmt: skip


class LinkCodeForm(forms.Form):
    """The code of a link, which the page takes out of the address where there is script."""

    code = forms.CharField(
        label="Your code", max_length=200, widget=forms.TextInput(attrs=_CODE),
        help_text="It stands in your newest link, behind the sign #, and in the letter where it "
        "came in one.",
        error_messages={"required": "Type the code of your link or letter."},
    )


class NominationForm(forms.Form):
    """Whom a body nominates, one choice a contest."""

    def __init__(
        self, *args: Any, contests: Sequence[tuple[Contest, list[Candidate]]], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        for contest, people in contests:
            self.fields[f"contest_{contest.pk}"] = forms.ChoiceField(
                label=contest.title, widget=forms.RadioSelect,
                choices=[*((str(one.pk), one.name) for one in people), (NOBODY, "Nobody")],
                error_messages={"required": f"Choose for {contest.title}, or choose nobody.",
                                "invalid_choice": "Choose one of those who stand now."},
            )

    def chosen(self) -> dict[int, int | None]:
        """Contest's id → candidate's id, or None for nobody."""
        return {
            int(name.removeprefix("contest_")): None if value == NOBODY else int(value)
            for name, value in self.cleaned_data.items()
        }


class PhotographForm(forms.Form):
    """Another photograph in the place of a wrong one."""

    photo = forms.FileField(
        label="The right photograph",
        help_text="JPEG, PNG or WebP, up to 12 MB. It is cut square and drawn anew; what the file "
        "says of place and camera is thrown away.",
        widget=forms.ClearableFileInput(attrs={"accept": "image/jpeg,image/png,image/webp"}),
        error_messages={"required": "Choose the file of the right photograph.",
                        "empty": "The file is empty. Choose another."},
    )
    reason = forms.ChoiceField(
        label="Why the other one is wrong", choices=[("", "Choose one"), *REASONS],
        error_messages={"required": "Say why the photograph is replaced."},
    )


class ConsentForm(forms.Form):
    """A candidate's consent, and what they hand in with it."""

    consents = forms.BooleanField(
        label="I consent to stand, and what I hand in may be published",
        error_messages={"required": "Without your consent you do not stand."},
    )
    statement = forms.CharField(
        label="Statement", required=False, max_length=40_000,
        widget=forms.Textarea(attrs={"rows": 12}),
    )
    photo = forms.FileField(
        label="Photograph", required=False,
        help_text="JPEG, PNG or WebP, up to 12 MB. It is cut square and drawn anew; what the file "
        "says of place and camera is thrown away.",
        widget=forms.ClearableFileInput(attrs={"accept": "image/jpeg,image/png,image/webp"}),
    )
    agent_name = forms.CharField(
        label="Your agent’s name", required=False, max_length=120,
        help_text="Who watches the count for you. Leave both empty to have none.",
    )
    agent_address = forms.EmailField(
        label="Your agent’s e-mail address", required=False,
        help_text="The returning officer alone sees it.",
    )

    def __init__(self, *args: Any, most_words: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["statement"].help_text = f"Up to {most_words:,} words. It is published."


class SecondConsentForm(forms.Form):
    """The consent of the second person of a joint ticket; the first hands in the rest."""

    consents = forms.BooleanField(
        label="I consent to stand, and the statement and photograph of both may be published",
        error_messages={"required": "Without your consent neither of you stands."},
    )


class BodyForm(forms.Form):
    """One nominating body."""

    kind = forms.CharField(
        label="Kind", max_length=40, help_text="As the contests call it: MP, CLP, affiliate.",
        error_messages={"required": "Say of which kind it is."},
    )
    name = forms.CharField(
        label="Name", max_length=120, error_messages={"required": "Name the body."}
    )
    members = forms.IntegerField(
        label="Members it stands for", required=False, min_value=0, max_value=2**31 - 1,
        help_text="Only where a gate asks for a share of the members.",
        widget=forms.NumberInput(attrs=NARROW),
    )
    mark = forms.CharField(
        label="Mark", required=False, max_length=40,
        help_text="Only where a gate asks for bodies with a mark: union.",
    )
    secretary = forms.CharField(label="Secretary", required=False, max_length=120)
    email = forms.EmailField(label="Secretary’s e-mail address", required=False)


class BodiesFileForm(forms.Form):
    """A list of bodies as a file."""

    file = forms.FileField(
        label="A list as CSV", widget=forms.ClearableFileInput(attrs={"accept": ".csv,text/csv"}),
        help_text="In UTF-8, the first line naming the columns: kind, name, members, mark, "
        "secretary, email. Bodies are added, or mended by kind and name; none is taken away.",
        error_messages={"required": "Choose the file."},
    )


class ConsentAskedForm(forms.Form):
    """Where a candidate is asked for their consent."""

    address = forms.EmailField(
        label="The candidate’s e-mail address",
        error_messages={"required": "Give the address to which the link goes."},
    )


class PaperConsentForm(forms.Form):
    """Both people of a joint ticket have consented on paper."""

    reason = forms.ChoiceField(
        label="Why they consent on paper", choices=[("", "Choose one"), *CONSENT_REASONS],
        error_messages={"required": "Say why they consent on paper."},
    )


class RulingForm(forms.Form):
    """The officer's ruling on a paper."""

    ruling = forms.ChoiceField(
        label="The ruling", choices=[("valid", "Valid"), ("rejected", "Rejected")],
        widget=forms.RadioSelect, error_messages={"required": "Say how you rule."},
    )
    is_exempt = forms.BooleanField(
        label="By your party’s rules this person needs no nominations", required=False,
        help_text="Whoever holds the post, for one. Say in the reason which rule it is.",
    )
    reason = forms.CharField(
        label="The reason", min_length=10, max_length=2000,
        help_text="It is published, word for word.", widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={
            "required": "Write the reason; it will be published.",
            "min_length": "Write the reason in ten characters or more; it will be published.",
        },
    )

    def __init__(self, *args: Any, may_exempt: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not may_exempt:
            # A single nomination, or a contest in which nobody needs any.
            del self.fields["is_exempt"]

"""Choosing a password by a mailed link: who reads the mailbox needs the second factor as well.

Otherwise a mailbox and a renewed second factor would together open an account, in whichever order
they were come by. An account that has had neither, an invited one, is opened by its link alone.
"""

from __future__ import annotations

from typing import Any

from allauth.account.forms import ResetPasswordKeyForm
from allauth.mfa.base.forms import AuthenticateForm
from django import forms

from office.models import StaffMember
from office.selectors import has_second_factor, was_factor_renewed


class NewPasswordForm(ResetPasswordKeyForm):  # type: ignore[misc]
    """A new password, and a code of the second factor where there is one.

    is_shut: the factor was renewed and none is set up yet: no password is chosen by mail.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        person: StaffMember | None = self.user  # None where the link is not good.
        # Whether there is a factor is asked first, and once: a renewal that comes between the
        # two questions leaves a code demanded that nobody has.
        is_enrolled = person is not None and has_second_factor(person.pk)
        self.is_shut = (
            person is not None and not is_enrolled and was_factor_renewed(person.pk)
        )
        if is_enrolled:
            self.fields["code"] = forms.CharField(
                label="Second factor",
                help_text="The six digits that your authenticator app shows, or one of your "
                          "recovery codes.",
                widget=forms.TextInput(attrs={"autocomplete": "one-time-code"}),
                error_messages={"required": "Give a code of your second factor."},
            )

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean()
        if self.is_shut:
            raise forms.ValidationError("No password can be chosen by mail now.")
        # A code is good once, so it is not tried until the rest is right.
        if "code" in self.fields and not self.errors:
            proof = AuthenticateForm(data={"code": given["code"]}, user=self.user)
            for sentence in proof.errors.get("code", []):
                self.add_error("code", sentence)
        return given

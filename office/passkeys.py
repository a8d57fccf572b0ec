"""Adding a passkey or a security key: the question between the two, in words of ours."""

from __future__ import annotations

from allauth.mfa.webauthn.forms import AddWebAuthnForm
from django import forms


class AddKeyForm(AddWebAuthnForm):  # type: ignore[misc]
    """Its script and allauth's checks know the answer as `passwordless`."""

    passwordless = forms.BooleanField(
        label="A passkey, which signs me in by itself",
        required=False,
        help_text="It asks for your finger, your face or a PIN. Leave this empty for a security "
                  "key beside the password.",
    )

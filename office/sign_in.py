"""Signing in, and asking for a new password: the address, in words of ours."""

from __future__ import annotations

from typing import Any

from allauth.account.forms import LoginForm, ResetPasswordForm
from django import forms


class SignInForm(LoginForm):  # type: ignore[misc]
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _word(self.fields["login"])


class ForgottenPasswordForm(ResetPasswordForm):  # type: ignore[misc]
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _word(self.fields["email"])


def _word(address: forms.Field) -> None:
    address.label = "E-mail address"
    address.widget.attrs["placeholder"] = address.label
    address.error_messages |= {
        "required": "Give your e-mail address.",
        "invalid": "Write an e-mail address like name@example.org.",
    }

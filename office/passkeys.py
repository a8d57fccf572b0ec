"""Second factors: adding a key in words of ours, and removing none that is the last.

allauth asks whether the last second factor goes when it is an authenticator app, and not of a key;
and it does not ask and remove in one transaction. Two that are removed at the same moment would
each be let go for the other's sake, so that whoever removes one waits here for the other. The
letter that tells of it is in that transaction: where it cannot be sent, nothing is removed.
"""

from __future__ import annotations

from typing import Any, ClassVar

from allauth.mfa.adapter import get_adapter
from allauth.mfa.totp.views import DeactivateTOTPView
from allauth.mfa.webauthn.forms import AddWebAuthnForm
from allauth.mfa.webauthn.views import RemoveWebAuthnView
from django import forms
from django.db import transaction
from django.http import HttpResponse

from office.access import StaffRequest
from office.models import StaffMember


class AddKeyForm(AddWebAuthnForm):  # type: ignore[misc]
    """Its script and allauth's checks know the second answer as `passwordless`."""

    name = forms.CharField(
        label="What you call it",
        required=False,
        help_text="So that you know it again in the list of your keys.",
        widget=forms.TextInput(attrs={"class": "govuk-input--width-20", "autocomplete": "off"}),
    )
    passwordless = forms.BooleanField(
        label="A passkey, which signs me in by itself",
        required=False,
        help_text="It asks for your finger, your face or a PIN. Leave this empty for a security "
                  "key beside the password.",
    )


class _OneAtATime:
    """A view that removes a second factor: it looks again, and removes, under the person's lock."""

    # allauth's view of a key answers DELETE too, and then neither asks, nor locks, nor tells.
    http_method_names: ClassVar = ["get", "head", "post", "options"]

    def post(self, request: StaffRequest, *args: Any, **given: Any) -> HttpResponse:
        with transaction.atomic():
            StaffMember.objects.select_for_update(no_key=True).get(pk=request.user.pk)
            answer: HttpResponse = super().post(request, *args, **given)  # type: ignore[misc]
            return answer


class RemoveAppView(_OneAtATime, DeactivateTOTPView):  # type: ignore[misc]
    """allauth's own page, whose form refuses where the app is the last second factor."""


class RemoveKeyView(_OneAtATime, RemoveWebAuthnView):  # type: ignore[misc]
    """The page says where a key is the last second factor, and does not remove it."""

    def get_context_data(self, **given: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**given)
        return context | {"is_last": not get_adapter().can_delete_authenticator(self.object)}

    def form_valid(self, form: forms.Form) -> HttpResponse:
        context = self.get_context_data(form=form)
        answer: HttpResponse = (
            self.render_to_response(context, status=409) if context["is_last"]
            else super().form_valid(form)
        )
        return answer


remove_app = RemoveAppView.as_view()
remove_key = RemoveKeyView.as_view()

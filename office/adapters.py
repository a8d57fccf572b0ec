"""How django-allauth is bent to this office: no sign-up, second factor compulsory, own links."""

from __future__ import annotations

from typing import Any, ClassVar

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from django.core.mail import EmailMessage
from django.http import HttpRequest
from django.urls import reverse

from office.enclosure import open_staff_secret, seal_staff_secret
from office.links import absolute
from office.models import StaffMember
from office.services.staff import choose_password


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Accounts are made by an officer; members of the party need none."""

    error_messages: ClassVar[dict[str, Any]] = {
        **DefaultAccountAdapter.error_messages,
        "email_password_mismatch": "That e-mail address and that password do not go together.",
        "too_many_login_attempts": "Too many attempts. Wait five minutes, then try again.",
        "incorrect_password": "That is not your password.",
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def set_password(self, person: StaffMember, password: str) -> None:
        choose_password(person, password)

    def render_mail(
        self,
        template_prefix: str,
        email: str,
        context: dict[str, Any],
        headers: dict[str, str] | None = None,
    ) -> EmailMessage:
        """Mark mail as automatic, so that no absence note answers it."""
        marked = {**(headers or {}), "Auto-Submitted": "auto-generated"}
        message: EmailMessage = super().render_mail(template_prefix, email, context, marked)
        return message

    def format_email_subject(self, subject: str) -> str:
        return f"Hustings: {subject}"

    def get_reset_password_from_key_url(self, key: str) -> str:
        """A link from the configured origin: the request's Host header has no say in mail."""
        path = reverse("account_reset_password_from_key", kwargs={"uidb36": "UID", "key": "KEY"})
        return absolute(path.replace("UID-KEY", key))


class SecondFactorAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    """Secrets rest encrypted, and the last second factor cannot be taken away."""

    error_messages: ClassVar[dict[str, Any]] = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": "That is not the code. It changes every half minute: try the next one.",
        "cannot_delete_authenticator": "You need another second factor before you remove this one.",
    }

    def generate_authenticator_name(self, person: StaffMember, kind: Authenticator.Type) -> str:
        """What a key is called that its holder gives no name."""
        return f"Key {Authenticator.objects.filter(user_id=person.pk, type=kind).count() + 1}"

    def encrypt(self, text: str) -> str:
        return seal_staff_secret(text)

    def decrypt(self, encrypted_text: str) -> str:
        return open_staff_secret(encrypted_text)

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        if authenticator.type == Authenticator.Type.RECOVERY_CODES:
            return True
        return bool(
            Authenticator.objects.filter(user_id=authenticator.user_id)
            .exclude(pk=authenticator.pk)
            .exclude(type=Authenticator.Type.RECOVERY_CODES)
            .exists()
        )

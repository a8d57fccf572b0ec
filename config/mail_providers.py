"""The mail providers that letters may be handed to instead of a mail server, by name.

Only those of whom a single letter can demand that its links are left as they are and that no
picture is put into it: whoever rewrites a link reads the voting code in it. Each speaks through
django-anymail, and tells what became of a letter by calling the webhook.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from config import env

WEBHOOK_NAME: Final = "hustings"
"""The name that a provider signs in to the webhook with, beside the secret."""


def _key() -> str:
    return env.text("HUSTINGS_MAIL_PROVIDER_KEY")


def _domain() -> str:
    return env.text("HUSTINGS_MAIL_PROVIDER_DOMAIN")


def _signing_key() -> str:
    return env.text("HUSTINGS_MAIL_PROVIDER_SIGNING_KEY")


def _secret() -> str:
    return env.text("HUSTINGS_MAIL_PROVIDER_SECRET")


@dataclass(frozen=True, slots=True)
class Provider:
    """backend, webhook: where anymail has them. demands: its settings, each from a variable."""

    backend: str
    webhook: str
    demands: dict[str, Callable[[], str]]
    address: str


PROVIDERS: Final = {
    "mailgun": Provider(
        "anymail.backends.mailgun.EmailBackend",
        "anymail.webhooks.mailgun.MailgunTrackingWebhookView",
        {
            "MAILGUN_API_KEY": _key,
            "MAILGUN_SENDER_DOMAIN": _domain,
            "MAILGUN_WEBHOOK_SIGNING_KEY": _signing_key,
        },
        "MAILGUN_API_URL",
    ),
    "mailjet": Provider(
        "anymail.backends.mailjet.EmailBackend",
        "anymail.webhooks.mailjet.MailjetTrackingWebhookView",
        {
            "MAILJET_API_KEY": _key,
            "MAILJET_SECRET_KEY": _secret,
        },
        "MAILJET_API_URL",
    ),
    "postmark": Provider(
        "anymail.backends.postmark.EmailBackend",
        "anymail.webhooks.postmark.PostmarkTrackingWebhookView",
        {"POSTMARK_SERVER_TOKEN": _key},
        "POSTMARK_API_URL",
    ),
    "sparkpost": Provider(
        "anymail.backends.sparkpost.EmailBackend",
        "anymail.webhooks.sparkpost.SparkPostTrackingWebhookView",
        {"SPARKPOST_API_KEY": _key},
        "SPARKPOST_API_URL",
    ),
}

# Relays that put tracking into what passes through them, unless their owner's settings say
# otherwise, which nobody can see from here.
TRACKING_RELAYS: Final = (
    "mailgun.org", "mailjet.com", "postmarkapp.com", "sparkpostmail.com", "sendgrid.net",
    "mandrillapp.com", "brevo.com", "sendinblue.com",
)


def provider_named(variable: str) -> Provider | None:
    """The provider that the environment names; none where it names none."""
    name = env.text(variable, "")
    if name and name not in PROVIDERS:
        raise env.refuse(variable, f"must be one of {', '.join(PROVIDERS)}, not {name!r}")
    return PROVIDERS.get(name)


def settings_of(provider: Provider) -> dict[str, Any]:
    """Anymail's settings: the provider's own, no tracking, and the secret of the webhook."""
    secret = env.text("HUSTINGS_MAIL_WEBHOOK_SECRET")
    if len(secret) < 32 or not secret.isascii() or ":" in secret:
        raise env.refuse(
            "HUSTINGS_MAIL_WEBHOOK_SECRET", "must be 32 characters or more: `openssl rand -hex 32`"
        )
    given = {setting: read() for setting, read in provider.demands.items()}
    if env.is_set("HUSTINGS_MAIL_PROVIDER_URL"):
        given[provider.address] = env.text("HUSTINGS_MAIL_PROVIDER_URL")
    return given | {
        "SEND_DEFAULTS": {"track_clicks": False, "track_opens": False},
        "WEBHOOK_SECRET": f"{WEBHOOK_NAME}:{secret}",
        "REQUESTS_TIMEOUT": 30,
    }

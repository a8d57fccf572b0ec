"""Letters go to a provider that leaves links alone, or to none."""

from __future__ import annotations

from importlib import import_module
from typing import Any

import pytest
from anymail.backends.base import BasePayload
from django.core.exceptions import ImproperlyConfigured
from django.utils.module_loading import import_string

from config import checks, env
from config.mail_providers import PROVIDERS, provider_named, settings_of

ALL = {
    "HUSTINGS_MAIL_PROVIDER_KEY": "key", "HUSTINGS_MAIL_PROVIDER_DOMAIN": "mg.example.org",
    "HUSTINGS_MAIL_PROVIDER_SIGNING_KEY": "signing", "HUSTINGS_MAIL_PROVIDER_SECRET": "secret",
    "HUSTINGS_MAIL_WEBHOOK_SECRET": "s" * 32,
}


@pytest.fixture
def given(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    for name, value in ALL.items():
        monkeypatch.setenv(name, value)
    return monkeypatch


def ids(settings: Any, name: str = "postmark", **changed: Any) -> list[str | None]:
    settings.MAIL_PROVIDER = PROVIDERS[name]
    settings.ANYMAIL = settings_of(PROVIDERS[name]) | changed
    return [message.id for message in checks.check_tracking()]


@pytest.mark.parametrize("name", PROVIDERS)
def test_each_provider_can_be_told_in_a_letter_to_leave_its_links_alone(name: str) -> None:
    module = import_module(PROVIDERS[name].backend.rpartition(".")[0])
    payloads = [
        one for one in vars(module).values()
        if isinstance(one, type) and issubclass(one, BasePayload)
        and one.__module__ == module.__name__
    ]

    assert payloads
    for payload in payloads:
        assert payload.set_track_clicks is not BasePayload.set_track_clicks
        assert payload.set_track_opens is not BasePayload.set_track_opens
    assert import_string(PROVIDERS[name].webhook)


@pytest.mark.parametrize("name", PROVIDERS)
def test_as_a_provider_is_set_up_nothing_fails(
    name: str, settings: Any, given: pytest.MonkeyPatch
) -> None:
    assert ids(settings, name) == []


@pytest.mark.parametrize(
    "changed",
    [
        {"SEND_DEFAULTS": {}},
        {"SEND_DEFAULTS": {"track_clicks": True, "track_opens": False}},
        {"SEND_DEFAULTS": {"track_clicks": False, "track_opens": True}},
        {"POSTMARK_SEND_DEFAULTS": {"track_clicks": True}},
        {"POSTMARK_SEND_DEFAULTS": {"esp_extra": {"TrackLinks": "HtmlAndText"}}},
    ],
)
def test_e017_tracking_by_a_provider(
    changed: dict[str, Any], settings: Any, given: pytest.MonkeyPatch
) -> None:
    assert ids(settings) == []
    assert ids(settings, **changed) == ["hustings.E017"]


def test_e017_a_relay_that_rewrites_links(settings: Any) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST = "mail.example.org"
    assert [one.id for one in checks.check_tracking()] == []
    settings.EMAIL_HOST = "smtp.eu.mailgun.org"
    assert [one.id for one in checks.check_tracking()] == ["hustings.E017"]


def test_e018_a_webhook_without_a_secret(settings: Any, given: pytest.MonkeyPatch) -> None:
    assert ids(settings) == []
    assert ids(settings, WEBHOOK_SECRET="") == ["hustings.E018"]


def test_a_provider_without_its_key_or_with_a_short_secret_is_refused(
    given: pytest.MonkeyPatch,
) -> None:
    assert settings_of(PROVIDERS["mailjet"])["MAILJET_SECRET_KEY"] == "secret"

    given.setenv("HUSTINGS_MAIL_WEBHOOK_SECRET", "short")
    with pytest.raises(ImproperlyConfigured, match="HUSTINGS_MAIL_WEBHOOK_SECRET"):
        settings_of(PROVIDERS["mailjet"])
    given.setenv("HUSTINGS_MAIL_WEBHOOK_SECRET", "s" * 32)
    given.delenv("HUSTINGS_MAIL_PROVIDER_SECRET")
    with pytest.raises(ImproperlyConfigured, match="HUSTINGS_MAIL_PROVIDER_SECRET"):
        settings_of(PROVIDERS["mailjet"])


def test_a_provider_that_is_not_known_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HUSTINGS_MAIL_PROVIDER", "postmark")
    assert provider_named("HUSTINGS_MAIL_PROVIDER") is PROVIDERS["postmark"]
    monkeypatch.setenv("HUSTINGS_MAIL_PROVIDER", "sendgrid")
    with pytest.raises(ImproperlyConfigured, match="must be one of"):
        provider_named("HUSTINGS_MAIL_PROVIDER")


@pytest.mark.parametrize("nonsense", ["gmail.com", "gmail.com=0", "gmail=5", "a b=5", "x.org=1e3"])
def test_rates_are_read_or_refused(monkeypatch: pytest.MonkeyPatch, nonsense: str) -> None:
    monkeypatch.setenv("HUSTINGS_MAIL_DOMAIN_RATES", "gmail.com=600, example.org=60")
    assert env.rates("HUSTINGS_MAIL_DOMAIN_RATES") == {"gmail.com": 600, "example.org": 60}
    monkeypatch.setenv("HUSTINGS_MAIL_DOMAIN_RATES", nonsense)
    with pytest.raises(ImproperlyConfigured, match="HUSTINGS_MAIL_DOMAIN_RATES"):
        env.rates("HUSTINGS_MAIL_DOMAIN_RATES")

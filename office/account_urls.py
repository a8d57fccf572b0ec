"""Those of allauth's pages that a page of ours leads to: sign-in, password, second factor.

Named one by one, so that a new version of allauth opens nothing that nobody has looked at. Above
all no page changes an address: the officer who makes an account vouches for it, and whoever reads
the mail of an address can ask for a new password there.
"""

from __future__ import annotations

from allauth.account.urls import urlpatterns as pages
from django.urls import include, path

from office.passkeys import remove_app, remove_key

OURS = frozenset(
    {
        "account_login",
        "account_logout",
        "account_inactive",
        "account_signup",
        "account_reauthenticate",
        "account_change_password",
        "account_set_password",
        "account_reset_password",
        "account_reset_password_done",
        "account_reset_password_from_key",
        "account_reset_password_from_key_done",
    }
)

urlpatterns = [
    *(page for page in pages if page.name in OURS),
    # Before the framework's own of the same names.
    path("2fa/totp/deactivate/", remove_app, name="mfa_deactivate_totp"),
    path("2fa/webauthn/keys/<int:pk>/remove/", remove_key, name="mfa_remove_webauthn"),
    path("2fa/", include("allauth.mfa.urls")),
]

"""What every answer carries, so that no other site and no inline script can act on a ballot."""

from __future__ import annotations

import pytest
from django.test import Client


@pytest.fixture
def headers() -> dict[str, str]:
    return dict(Client().get("/healthz").headers)


def test_the_content_policy_allows_our_own_files_and_nothing_inline(
    headers: dict[str, str],
) -> None:
    policy = dict(
        part.strip().split(" ", 1) for part in headers["Content-Security-Policy"].split(";")
    )

    assert policy["default-src"] == policy["frame-ancestors"] == policy["base-uri"] == "'none'"
    own = ("script-src", "style-src", "img-src", "connect-src", "font-src", "form-action")
    assert {policy[name] for name in own} == {"'self'"}
    assert "unsafe" not in headers["Content-Security-Policy"]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("X-Content-Type-Options", "nosniff"),
        ("X-Frame-Options", "DENY"),
        ("Referrer-Policy", "same-origin"),
        ("Cross-Origin-Opener-Policy", "same-origin"),
        ("Cross-Origin-Resource-Policy", "same-origin"),
    ],
)
def test_the_other_headers_stand_too(name: str, value: str, headers: dict[str, str]) -> None:
    assert headers[name] == value


def test_the_permissions_policy_switches_off_what_no_page_uses(headers: dict[str, str]) -> None:
    assert "camera=()" in headers["Permissions-Policy"]


@pytest.mark.django_db
def test_a_page_that_sets_a_cookie_keeps_it_from_scripts_and_other_sites() -> None:
    response = Client().get("/accounts/login/")

    assert response.status_code == 200
    assert response.cookies
    for cookie in response.cookies.values():
        assert cookie["httponly"]
        assert cookie["samesite"] == "Strict"


def test_another_host_name_is_refused() -> None:
    assert Client().get("/accounts/login/", headers={"host": "localhost"}).status_code == 200
    assert Client().get("/accounts/login/", headers={"host": "evil.example"}).status_code == 400

"""The observers' page in a real browser, at every width and through axe."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.conf import settings
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from playwright.sync_api import Page, expect

from office.permissions import Role
from tests.ballot.views.test_watching import polled
from tests.office.factories import sign_in, staff

pytestmark = pytest.mark.django_db(transaction=True)


def test_the_observers_page_is_read_on_any_screen(
    open_page: Callable[..., Page], live_server: object, pictured: Callable[[Page, str], None]
) -> None:
    cache.clear()
    origin = str(live_server).replace("127.0.0.1", "localhost")
    here = polled()
    page = open_page()
    name = str(settings.SESSION_COOKIE_NAME)
    value = sign_in(Client(), staff(Role.OBSERVER)).cookies[name].value
    page.context.add_cookies([{"name": name, "value": value, "url": origin}])

    page.goto(origin + reverse("desk_watching", args=[here.slug]))

    expect(page.get_by_role("heading", level=1)).to_have_text("The observers’ page")
    fits = "all => all.map(it => it.scrollWidth <= it.clientWidth)"
    assert set(page.eval_on_selector_all(".app-scroll", fits)) == {True}
    pictured(page, "desk-watching")

from __future__ import annotations

import pytest
from django.template.loader import render_to_string
from django.test import Client


@pytest.mark.django_db
def test_a_missing_page_says_so_in_the_house_frame(client: Client) -> None:
    answer = client.get("/no/such/page/")

    assert answer.status_code == 404
    assert "There is no page at this address" in answer.content.decode()


@pytest.mark.django_db
def test_a_form_without_its_token_says_what_to_do() -> None:
    answer = Client(enforce_csrf_checks=True).post("/roll/", {"number": "1"})

    assert answer.status_code == 403
    assert "load the page again and send it once more" in answer.content.decode()


@pytest.mark.parametrize("name", ["400", "403", "403_csrf", "404", "500"])
def test_an_error_page_renders_with_nothing_at_hand(name: str) -> None:
    page = render_to_string(f"{name}.html")

    assert '<main class="govuk-main-wrapper"' in page
    assert "Traceback" not in page

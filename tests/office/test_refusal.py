"""Refusals: their codes, their table in the documents, and the page of an uncaught one."""

from __future__ import annotations

import ast
import re
from functools import cache
from http import HTTPStatus
from pathlib import Path

import pytest
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.test import Client, override_settings
from django.urls import path

from office.refusal import Refusal

ROOT = Path(settings.BASE_DIR)
CODE = re.compile(r"^\| `([a-z0-9.-]+)` \|", re.MULTILINE)


def refuse(request: HttpRequest) -> HttpResponse:
    raise Refusal("roll.not-frozen", "Freeze the <roll> first.", status=409)


urlpatterns = [path("refuse/", refuse)]


@cache
def raised() -> dict[str, set[int]]:
    """Every code given to Refusal(…) in the three apps and the configuration, with its statuses."""
    found: dict[str, set[int]] = {}
    for app in ("office", "members", "ballot", "config"):
        for file in (ROOT / app).rglob("*.py"):
            for node in ast.walk(ast.parse(file.read_text())):
                if not isinstance(node, ast.Call) or not node.args:
                    continue
                name = getattr(node.func, "id", None) or getattr(node.func, "attr", None)
                if name == "Refusal" and isinstance(node.args[0], ast.Constant):
                    found.setdefault(node.args[0].value, set()).add(status_of(node))
    return found


def status_of(refusal: ast.Call) -> int:
    """The status that a Refusal(…) is given: a number, one of HTTPStatus, or none."""
    for given in refusal.keywords:
        if given.arg == "status":
            said = given.value
            if isinstance(said, ast.Attribute):
                return HTTPStatus[said.attr]
            assert isinstance(said, ast.Constant) and isinstance(said.value, int)
            return said.value
    return HTTPStatus.CONFLICT


def raised_codes() -> set[str]:
    return set(raised())


def documented_codes() -> list[str]:
    return CODE.findall((ROOT / "docs/errors.md").read_text())


def test_every_code_raised_in_the_tree_is_in_the_table() -> None:
    codes = raised_codes()

    assert "approval.own-proposal" in codes
    assert sorted(codes - set(documented_codes())) == []


def test_the_table_names_no_code_that_nothing_raises_and_none_twice() -> None:
    documented = documented_codes()

    assert sorted(set(documented) - raised_codes()) == []
    assert len(documented) == len(set(documented))


def test_the_table_gives_each_code_the_statuses_that_it_is_raised_with() -> None:
    row = re.compile(r"^\| `([a-z0-9.-]+)` \| ([0-9, ]+) \|", re.MULTILINE)
    table = row.findall((ROOT / "docs/errors.md").read_text())
    given = {code: {int(status) for status in statuses.split(", ")} for code, statuses in table}

    assert given["approval.own-proposal"] == {403}
    assert {code: told for code, told in given.items() if told != raised()[code]} == {}


@pytest.mark.django_db
@override_settings(ROOT_URLCONF=__name__)
def test_an_uncaught_refusal_becomes_a_page_with_its_status_and_sentence(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The page's frame links to the site's own pages, which this test's URLs lack.
    monkeypatch.setattr("office.middleware.render", _bare)

    response = client.get("/refuse/")

    assert response.status_code == 409
    assert response.content == b"office/refusal.html: Freeze the <roll> first."


def _bare(
    request: HttpRequest, template: str, context: dict[str, Refusal], *, status: int
) -> HttpResponse:
    return HttpResponse(f"{template}: {context['refusal'].sentence}", status=status)


@pytest.mark.parametrize("code", ["", "Roll", "roll not frozen", "roll..x", "roll_frozen"])
def test_a_code_that_is_not_kebab_case_is_a_bug(code: str) -> None:
    assert Refusal("roll.not-frozen", "A sentence.").code == "roll.not-frozen"

    with pytest.raises(ValueError, match="not a refusal's code"):
        Refusal(code, "A sentence.")

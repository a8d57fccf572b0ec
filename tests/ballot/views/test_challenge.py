"""The address that takes a challenge, the page that checks a device, booths of other origins."""

from __future__ import annotations

import json
import os
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from ballot import limits
from ballot.models import Challenge, SealedBallot
from ballot.sealing.ballot import tracker_words
from ballot.sealing.challenge import PaperOpening, draw_opening
from ballot.sealing.codes import VotingKey
from ballot.selectors import contested, ranking_space, setting_of
from ballot.services.board import append_ballots
from tests.ballot.views.world import World, world

pytestmark = pytest.mark.django_db
ELSEWHERE = "https://scrutineer.example"


@pytest.fixture(autouse=True)
def _uncounted() -> None:
    cache.clear()


def opening(here: World, key: VotingKey, ranking: tuple[int, ...] = (1, 0)) -> PaperOpening:
    entry = here.entries()[0]
    choices = [ranking_space(contest).index(ranking) for contest in contested(here.election)]
    return draw_opening(
        choices, setting=setting_of(here.election), section=entry.section.code,
        credential=key.credential, rng=os.urandom,
    )


def post(client: Client, here: World, asked: dict[str, str], **headers: str) -> Any:
    return client.post(
        reverse("challenge", args=[here.slug]), json.dumps(asked),
        content_type="application/json", headers=headers,
    )


def asked_of(here: World, key: VotingKey, text: str | None = None) -> dict[str, str]:
    return {**here.identity(key), "opening": text or opening(here, key).to_text()}


def test_a_challenge_is_taken_from_its_holder_and_found_on_the_board(client: Client) -> None:
    here = world().to("polling")
    key = here.key(here.entries()[0])

    answer = post(client, here, asked_of(here, key))

    kept = Challenge.objects.get()
    assert answer.status_code == 200
    assert answer.json() == {"tracker": bytes(kept.tracker).hex()}
    assert answer.headers["Cache-Control"] == "no-store"
    words = " ".join(tracker_words(bytes(kept.tracker)))
    board = reverse("board", args=[here.slug])
    waits = client.post(board, {"tracker": words})
    assert "This paper was opened to check a device" in waits.text
    assert "within a minute" in waits.text
    append_ballots(here.election)
    shown = client.post(board, {"tracker": words})
    assert "A paper opened to check a device" in shown.text
    assert "What was marked on it stands in" in shown.text
    assert "No ballot stands for this" not in shown.text


def test_what_does_not_come_from_a_holder_or_not_whole_is_not_taken(client: Client) -> None:
    here = world().to("polling")
    one, other = (here.key(entry) for entry in here.entries()[:2])
    good = asked_of(here, one)

    forged = post(client, here, {**good, "signature": "00" * 64})
    anothers = post(client, here, {**good, **here.identity(other)})
    without = post(client, here, here.identity(one))
    long = post(client, here, {**good, "opening": "A" * 5000})

    assert forged.json() == {"state": "unknown"}
    assert (anothers.status_code, anothers.json()["code"]) == (422, "challenge.not-so-sealed")
    assert (without.status_code, without.json()["code"]) == (400, "code.malformed-question")
    assert long.status_code == 413
    assert Challenge.objects.count() == 0
    assert post(client, here, good).status_code == 200


def test_a_credential_challenges_so_often_a_day_and_another_is_not_kept_from_it(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        limits, "CHALLENGE_BY_CREDENTIAL", limits.Limit("challenge-credential", 2, 86400)
    )
    here = world().to("polling")
    one, other = (here.key(entry) for entry in here.entries()[:2])

    answers = [post(client, here, asked_of(here, one)).status_code for _ in range(3)]

    assert answers == [200, 200, 429]
    section = here.entries()[1].section.code
    drawn = draw_opening(
        [0], setting=setting_of(here.election), section=section, credential=other.credential,
        rng=os.urandom,
    )
    assert post(client, here, asked_of(here, other, drawn.to_text())).status_code == 200


def test_the_page_that_checks_is_the_same_for_everybody_and_kept_nowhere(client: Client) -> None:
    here = world().to("polling")

    page = client.get(reverse("device_check", args=[here.slug]))

    assert page.status_code == 200
    assert page.headers["Cache-Control"] == "no-store"
    assert page.headers["Referrer-Policy"] == "no-referrer"
    assert page.cookies == {}
    assert f'data-board-url="{reverse("board", args=[here.slug])}"' in page.text
    hidden = world(title="Not announced yet")
    assert client.get(reverse("device_check", args=[hidden.slug])).status_code == 404


# --- booths of other origins -------------------------------------------------------------------


def test_a_booth_of_a_named_origin_is_answered_without_a_token_and_no_other(
    settings: Any,
) -> None:
    settings.BOOTH_ORIGINS = (ELSEWHERE,)
    here = world().to("polling")
    entry = here.entries()[0]
    key = here.key(entry)
    browser = Client(enforce_csrf_checks=True)

    for origin in ("https://evil.example", "null", f"{ELSEWHERE}.evil.example", settings.ORIGIN):
        answer = post(browser, here, asked_of(here, key), Origin=origin)
        assert answer.status_code == 403
        assert "Access-Control-Allow-Origin" not in answer.headers
    assert Challenge.objects.count() == 0

    for name in ("identify", "confirm"):
        answer = browser.post(
            reverse(name, args=[here.slug]), json.dumps(here.identity(key)),
            content_type="application/json", headers={"Origin": ELSEWHERE},
        )
        assert answer.json()["state"] == "ready"
        assert answer.headers["Access-Control-Allow-Origin"] == ELSEWHERE
        assert "Access-Control-Allow-Credentials" not in answer.headers
        assert "Origin" in answer.headers["Vary"]
    assert post(browser, here, asked_of(here, key), Origin=ELSEWHERE).status_code == 200
    cast = browser.post(
        reverse("cast", args=[here.slug]), here.seal(entry, (0,)),
        content_type="application/octet-stream", headers={"Origin": ELSEWHERE},
    )
    assert cast.status_code == 200
    assert cast.headers["Access-Control-Allow-Origin"] == ELSEWHERE
    assert (Challenge.objects.count(), SealedBallot.objects.count()) == (1, 1)


@pytest.mark.parametrize("name", ["identify", "confirm", "cast", "challenge"])
def test_a_browser_that_asks_first_is_told_what_a_named_origin_may_send(
    client: Client, settings: Any, name: str
) -> None:
    settings.BOOTH_ORIGINS = (ELSEWHERE,)
    here = world().to("polling")
    address = reverse(name, args=[here.slug])

    told = client.options(address, headers={"Origin": ELSEWHERE})
    other = client.options(address, headers={"Origin": "https://evil.example"})

    assert told.status_code == 204
    assert told.headers["Access-Control-Allow-Origin"] == ELSEWHERE
    assert told.headers["Access-Control-Allow-Methods"] == "POST"
    assert told.headers["Access-Control-Allow-Headers"] == "Content-Type"
    assert other.status_code == 405
    assert "Access-Control-Allow-Origin" not in other.headers


def test_the_board_s_entries_may_be_read_from_every_origin(client: Client) -> None:
    here = world().to("polling")

    answer = client.get(reverse("entry_json", args=[here.slug, 0]))

    assert answer.headers["Access-Control-Allow-Origin"] == "*"


def test_the_booth_names_another_origin_s_page_where_there_is_one(
    client: Client, settings: Any
) -> None:
    here = world().to("polling")
    booth, check = (reverse(name, args=[here.slug]) for name in ("booth", "device_check"))

    own = client.get(booth).text
    settings.BOOTH_ORIGINS = (ELSEWHERE, "https://second.example")
    others = client.get(booth).text

    assert f'data-check-url="{settings.ORIGIN}{check}"' in own
    assert "comes from the same server as this one" in own
    assert f'data-check-url="{ELSEWHERE}{check}"' in others
    assert "comes from the same server as this one" not in others

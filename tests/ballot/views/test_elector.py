"""The booth's addresses, a code sent again, and "this was not me", through HTTP and PostgreSQL."""

from __future__ import annotations

import json
import os
from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from ballot import limits
from ballot.board.receipt import check_receipt
from ballot.models import CastDispute, Election, RegisterMark, ReissueRequest, SealedBallot
from ballot.published import board_key
from ballot.sealing.codes import make_code, voting_key
from ballot.services.reissue_code import PURPOSE as CODE_AGAIN
from ballot.services.reissue_code import reissue_code
from ballot.services.request_reissue import answer_reissue_request
from ballot.services.set_up import edit_election
from ballot.services.suspend_poll import suspend_poll
from ballot.showing.closed import closed_sentence
from ballot.showing.dashboard import when_now
from ballot.showing.dispute_links import dispute_path
from ballot.times import in_zone
from office.models import Job, Letter
from tests.ballot.views.world import World, now, world
from tests.office.factories import sign_in

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _uncounted() -> None:
    cache.clear()


def ask(client: Client, here: World, asked: dict[str, str], name: str = "identify") -> Any:
    return client.post(
        reverse(name, args=[here.slug]), json.dumps(asked), content_type="application/json"
    )


def cast(client: Client, here: World, wire: bytes) -> Any:
    return client.post(
        reverse("cast", args=[here.slug]), wire, content_type="application/octet-stream"
    )


# --- the booth -------------------------------------------------------------------------------


def test_the_booth_is_kept_nowhere_and_knows_no_session(client: Client) -> None:
    here = world().to("polling")

    page = client.get(reverse("booth", args=[here.slug]))

    assert page.headers["Cache-Control"] == "no-store"
    assert page.headers["Referrer-Policy"] == "no-referrer"
    assert list(page.cookies) == ["csrf"]
    assert "Ash Amin" in page.text
    assert reverse("confirm", args=[here.slug]) in page.text


def test_the_booth_says_when_the_poll_opens_and_shows_no_paper_before(client: Client) -> None:
    here = world().to("coded")
    path = reverse("booth", args=[here.slug])
    before = client.get(path).text

    here.to("draft")._polling()
    after = client.get(path).text

    assert "The poll has not opened yet" in before
    assert "data-contest" not in before
    assert "data-contest" in after


def test_an_opening_that_is_late_is_not_said_to_lie_ahead(client: Client) -> None:
    here = world().to("coded")
    election, desk = here.election, sign_in(Client(), here.officers[0])
    assert election.opens_at is not None
    hour = in_zone(election.opens_at, election.zone)
    early = election.opens_at - timedelta(seconds=1)

    booth = client.get(reverse("booth", args=[here.slug])).text
    lists = [client.get(reverse("home")).text, desk.get(reverse("elections")).text]
    notice = client.get(reverse("election", args=[here.slug])).text

    assert f"It was to open on {hour}, and opens once the returning officer opens it." in booth
    for shown in (*lists, notice):
        assert f"Was to open {hour}; not open yet" in shown and f"Opens {hour}" not in shown
    assert when_now(election, now=early) == f"Opens {hour}"
    assert f"It opens on {hour}." in closed_sentence(election, now=early)


def test_posting_needs_the_token_of_the_page() -> None:
    here = world().to("polling")
    entry = here.entries()[0]
    strict = Client(enforce_csrf_checks=True)
    page = strict.get(reverse("booth", args=[here.slug]))
    token = page.cookies["csrf"].value
    path = reverse("cast", args=[here.slug])
    wire = here.seal(entry, (0,))

    without = strict.post(path, wire, content_type="application/octet-stream")
    given = strict.post(path, wire, content_type="application/octet-stream",
                        headers={"X-CSRFToken": token})

    assert without.status_code == 403
    assert given.status_code == 200


# --- identify --------------------------------------------------------------------------------


def test_whoever_holds_a_code_learns_whose_it_is(client: Client) -> None:
    here = world().to("polling")
    entry = here.entries()[1]

    answer = ask(client, here, here.identity(here.key(entry)))

    assert answer.json() == {
        "state": "ready", "elector": "C. Fallowes1, number ending 001", "section": "member",
        "section_name": entry.section.name, "unit": "",
    }
    assert answer.headers["Cache-Control"] == "no-store"


def test_a_bad_signature_and_an_unknown_code_are_answered_alike(client: Client) -> None:
    here = world().to("polling")
    entry, other = here.entries()[:2]
    key = here.key(entry)
    good = here.identity(key)
    stranger = here.identity(here.key(other))

    borrowed = ask(client, here, {**good, "signature": stranger["signature"]})
    nobody = voting_key(
        make_code(rng=os.urandom), election_id=here.election.public_id.bytes
    )
    unknown = ask(client, here, here.identity(nobody))

    assert ask(client, here, good).json()["state"] == "ready"
    assert borrowed.status_code == unknown.status_code == 200
    assert borrowed.content == unknown.content == b'{"state": "unknown"}'


def test_nothing_is_looked_up_for_who_cannot_sign(
    client: Client, django_assert_num_queries: Any
) -> None:
    here = world().to("polling")
    asked = here.identity(here.key(here.entries()[0])) | {"signature": "00" * 64}
    path = reverse("identify", args=[here.slug])

    with django_assert_num_queries(1) as queries:
        client.post(path, json.dumps(asked), content_type="application/json")

    assert "ballot_credential" not in queries[0]["sql"]


@pytest.mark.parametrize(
    "body", [b"", b"{", b"[]", b"[" * 1000, b'{"credential": 1}', b'{"credential": "zz"}']
)
def test_a_question_that_is_not_whole_is_refused(client: Client, body: bytes) -> None:
    here = world().to("polling")

    answer = client.post(
        reverse("identify", args=[here.slug]), body, content_type="application/json"
    )

    assert answer.status_code == 400
    assert answer.json()["code"] == "code.malformed-question"


def test_other_ways_to_vote_are_shown_only_while_a_ballot_can_be_cast(client: Client) -> None:
    here = world().to("polling")
    pages = [reverse(name, args=[here.slug]) for name in ("booth", "election")]

    shown = [client.get(one).text for one in pages]
    suspend_poll(here.election_id, reason="The lists are looked at.", **here.by_two)
    suspended = [client.get(one).text for one in pages]

    assert all("Other ways to vote" in one for one in shown)
    assert not any("Other ways to vote" in one for one in suspended)


def test_a_code_is_told_that_the_poll_is_suspended_or_over(client: Client) -> None:
    here = world().to("polling")
    asked = here.identity(here.key(here.entries()[-1]))
    ready = ask(client, here, asked).json()["state"]

    suspend_poll(here.election_id, reason="The lists are looked at.", **here.by_two)
    suspended = ask(client, here, asked).json()["state"]

    assert (ready, suspended) == ("ready", "suspended")


def test_asking_is_slowed_down_by_credential(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = world().to("polling")
    asked = here.identity(here.key(here.entries()[0]))
    monkeypatch.setattr(limits, "IDENTIFY_BY_CREDENTIAL", limits.Limit("identify", 3, 10**9))

    answers = [ask(client, here, asked).status_code for _ in range(4)]
    another = ask(client, here, here.identity(here.key(here.entries()[1])))

    assert answers == [200, 200, 200, 429]
    assert another.status_code == 200


def test_guessing_is_slowed_down_by_address_and_casting_is_not(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = world().to("polling")
    entries = here.entries()
    bad = here.identity(here.key(entries[0])) | {"signature": "00" * 64}
    monkeypatch.setattr(limits, "IDENTIFY_REFUSED_BY_ADDRESS", limits.Limit("guesses", 2, 10**9))
    monkeypatch.setattr(limits, "CAST_REFUSED_BY_ADDRESS", limits.Limit("refused", 2, 10**9))

    guesses = [ask(client, here, bad).status_code for _ in range(3)]
    casts = [cast(client, here, here.seal(entry, (0,))).status_code for entry in entries[:5]]

    assert guesses == [200, 200, 429]
    assert casts == [200] * 5


def test_a_stranger_cannot_spend_the_turns_of_an_elector_whose_credential_is_on_the_board(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = world().to("polling")
    entry = here.entries()[0]
    good = here.seal(entry, (0,))
    bad = good[:-64] + bytes(64)
    monkeypatch.setattr(limits, "IDENTIFY_REFUSED_BY_ADDRESS", limits.Limit("guesses", 1, 10**9))
    monkeypatch.setattr(limits, "CAST_REFUSED_BY_ADDRESS", limits.Limit("refused", 1, 10**9))

    asked = here.identity(here.key(entry))
    strangers = [ask(client, here, asked | {"signature": "00" * 64}).status_code for _ in "123"]
    strangers += [cast(client, here, bad).status_code for _ in "123"]
    electors = [ask(client, here, asked).status_code, cast(client, here, good).status_code]

    assert strangers == [200, 429, 429, 422, 429, 429]
    assert electors == [200, 200]


def test_the_poll_goes_on_while_the_cache_is_away(client: Client, settings: Any) -> None:
    here = world().to("polling")

    settings.CACHES = {
        "default": {**settings.CACHES["default"], "LOCATION": "unix:///nowhere/redis.sock"}
    }
    answer = cast(client, here, here.seal(here.entries()[0], (0,)))

    assert answer.status_code == 200


# --- cast ------------------------------------------------------------------------------------


def test_a_ballot_is_cast_once_and_the_same_bytes_have_the_same_receipt(client: Client) -> None:
    here = world().to("polling")
    entry = here.entries()[0]
    wire = here.seal(entry, (0, 1))

    first = cast(client, here, wire)
    again = cast(client, here, wire)

    assert first.status_code == again.status_code == 200
    assert set(first.json()) == {"tracker", "signed", "cast_at_text"}
    told = {name: first.json()[name] for name in ("tracker", "signed")}
    assert again.json() == {**told, "is_repeat": True}
    key = board_key(Election.objects.get(pk=here.election_id))
    assert check_receipt(told["signed"].encode(), keys=[key]).hex() == told["tracker"]
    assert SealedBallot.objects.count() == RegisterMark.objects.count() == 1
    assert first.headers["Clear-Site-Data"] == '"cache", "storage"'
    assert first.headers["Cache-Control"] == "no-store"


def test_another_ballot_under_a_used_code_is_refused_in_words(client: Client) -> None:
    here = world().to("polling")
    entry = here.entries()[0]
    assert cast(client, here, here.seal(entry, (0,))).status_code == 200

    other = cast(client, here, here.seal(entry, (1,)))

    assert other.status_code == 409
    assert other.json()["code"] == "ballot.other"
    # No answer tells when the other was cast: no time stands beside a ballot (threat model, 36).
    assert set(other.json()) == {"code", "sentence"}
    assert "tell the returning officer" in other.json()["sentence"]
    assert SealedBallot.objects.count() == 1


def test_a_changed_byte_is_refused_and_nothing_is_cast(client: Client) -> None:
    here = world().to("polling")
    wire = bytearray(here.seal(here.entries()[0], (0,)))
    wire[-1] ^= 1

    answer = cast(client, here, bytes(wire))

    assert answer.status_code == 422
    assert SealedBallot.objects.count() == 0
    assert cast(client, here, here.seal(here.entries()[0], (0,))).status_code == 200


def test_a_body_too_large_is_refused_before_it_is_read(client: Client) -> None:
    here = world().to("polling")

    answer = cast(client, here, bytes(5000))

    assert answer.status_code == 413


def test_casting_asks_the_database_twice_and_no_session(
    client: Client, django_assert_num_queries: Any
) -> None:
    here = world().to("polling")
    entries = here.entries()
    cast(client, here, here.seal(entries[0], (0,)))
    wire = here.seal(entries[1], (0,))
    path = reverse("cast", args=[here.slug])

    with django_assert_num_queries(2) as queries:
        answer = client.post(path, wire, content_type="application/octet-stream")

    assert answer.status_code == 200

    assert not any("session" in one["sql"] for one in queries)


def test_whoever_has_voted_is_told_so_when_the_link_is_opened_again(client: Client) -> None:
    here = world().to("polling")
    entry = here.entries()[0]
    here.cast(entry, (0,))

    answer = ask(client, here, here.identity(here.key(entry))).json()

    assert answer["state"] == "cast"
    assert "stands" in answer["sentence"]
    assert "section" not in answer


# --- a code sent again -----------------------------------------------------------------------


def test_a_new_code_waits_until_it_is_confirmed_and_then_the_old_one_is_dead(
    client: Client,
) -> None:
    here = world().to("polling")
    entry = here.entries()[0]
    old = here.key(entry)
    reissue_code(here.election_id, recipient=entry.public_id, by=None, now=now())
    new = here.key(entry, CODE_AGAIN)

    waiting = ask(client, here, here.identity(new)).json()
    old_meanwhile = ask(client, here, here.identity(old)).json()["state"]
    confirmed = ask(client, here, here.identity(new), "confirm").json()
    old_then = ask(client, here, here.identity(old)).json()["state"]

    assert waiting["state"] == "waiting"
    assert waiting["elector"] == "C. Fallowes0, number ending 000"
    assert old_meanwhile == "ready"
    assert confirmed["state"] == "ready"
    assert old_then == "revoked"


def test_confirming_twice_or_with_a_code_in_force_does_no_harm(client: Client) -> None:
    here = world().to("polling")
    key = here.key(here.entries()[0])

    once = ask(client, here, here.identity(key), "confirm").json()["state"]
    twice = ask(client, here, here.identity(key), "confirm").json()["state"]

    assert once == twice == "ready"


def test_a_get_confirms_nothing(client: Client) -> None:
    here = world().to("polling")

    assert client.get(reverse("confirm", args=[here.slug])).status_code == 405
    assert client.get(reverse("cast", args=[here.slug])).status_code == 405


@pytest.mark.parametrize(
    ("number", "proof", "letters"),
    [("1000", "QA1 2BD", 1), ("1000", "p0@example.org", 1), ("1000", "QA9 9ZZ", 0),
     ("4711", "QA1 2BD", 0)],
)
def test_a_request_for_a_new_link_is_answered_alike_for_everybody(
    client: Client, number: str, proof: str, letters: int
) -> None:
    here = world().to("polling")
    path = reverse("reissue", args=[here.slug])

    answer = client.post(path, {"number": number, "proof": proof})
    rows = ReissueRequest.objects.count()
    job = Job.objects.get(kind="answer_reissue_request")
    answer_reissue_request(int(job.subject_id), now=now())

    assert (answer.status_code, answer.headers["Location"]) == (
        302, reverse("reissue_asked", args=[here.slug])
    )
    assert rows == 1
    assert Letter.objects.filter(purpose=CODE_AGAIN).count() == letters
    assert not ReissueRequest.objects.exists()


def test_a_request_after_the_close_is_refused(client: Client) -> None:
    here = world().to("closed")

    answer = client.post(
        reverse("reissue", args=[here.slug]), {"number": "1000", "proof": "QA1 2BD"}
    )

    assert answer.status_code == 409
    assert not ReissueRequest.objects.exists()


def test_asking_for_links_over_and_over_is_stopped_by_number(client: Client) -> None:
    here = world().to("polling")
    path = reverse("reissue", args=[here.slug])
    most = limits.REISSUE_BY_NUMBER.most

    answers = [client.post(path, {"number": "1000", "proof": "QA1 2BD"}).status_code
               for _ in range(most + 1)]
    another = client.post(path, {"number": "1001", "proof": "QA1 2BD"}).status_code

    assert answers == [302] * most + [429]
    assert another == 302


# --- this was not me -------------------------------------------------------------------------


def test_this_was_not_me_is_recorded_by_post_alone_and_once(client: Client) -> None:
    here = world()
    edit_election(here.election_id, complaints="Write to the panel.", **here.by)
    here.to("polling")
    entry = here.entries()[0]
    here.cast(entry, (0,))
    path = dispute_path(entry.public_id, election=here.election)

    shown = client.get(path)
    after_looking = CastDispute.objects.count()
    client.post(path)
    said = client.post(path, follow=True).text

    assert "They will write to you." in said and "<li>Ring 0800 000 000.</li>" in said
    assert "Where a complaint goes:" in said and "Write to the panel." in said
    assert "C. Fallowes0, number ending 000" in shown.text
    # A browser names the origin of a form only from a page that may say where it is.
    assert shown.headers["Referrer-Policy"] != "no-referrer"
    assert after_looking == 0
    assert [one.roll_entry_id for one in CastDispute.objects.all()] == [entry.pk]


def test_a_link_that_is_not_ours_and_an_elector_who_has_not_voted_dispute_nothing(
    client: Client,
) -> None:
    here = world().to("polling")
    entry = here.entries()[0]
    path = dispute_path(entry.public_id, election=here.election)

    forged = client.post(path.replace("%3A", ":")[:-3] + "xx/")
    early = client.post(path)
    here.cast(entry, (0,))
    then = client.post(path)

    assert (forged.status_code, early.status_code, then.status_code) == (404, 404, 302)
    assert CastDispute.objects.count() == 1

"""What anybody reads: notice, board, result and what is taken away of it."""

from __future__ import annotations

import csv
import hashlib
import html
import io
import json
import re

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from ballot import limits
from ballot.canonical import read_canonical
from ballot.counting.blt import parse_blt
from ballot.models import Entry
from ballot.published import board_key
from ballot.sealing.ballot import tracker_words
from ballot.services.begin_ceremony import NewTrustee, begin_ceremony
from ballot.services.board import append_ballots
from ballot.services.close_poll import close_poll_early
from ballot.services.take_snapshot import take_snapshot
from tests.ballot.factories import now
from tests.ballot.views.world import world

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _uncounted() -> None:
    cache.clear()


def test_the_notice_shows_the_candidates_once_nominations_are_closed(client: Client) -> None:
    here = world().to("nominating")
    path = reverse("election", args=[here.slug])
    before = client.get(path).text

    here._nominated()
    after = client.get(path).text

    assert "Ash Amin" not in before
    assert "Who stands is published when nominations close" in before
    assert "Ash Amin listens." in after


def test_the_roll_is_shown_in_totals_and_names_nobody(client: Client) -> None:
    here = world().to("frozen")

    page = client.get(reverse("election", args=[here.slug])).text

    assert "The roll: 8 electors" in page
    assert "Fallowes" not in page


def test_the_public_page_of_an_open_poll_reads_no_elector_one_by_one(client: Client) -> None:
    here = world().to("polling")
    here.cast(here.entries()[0], (0,))
    take_snapshot(here.election, now=now())

    with CaptureQueriesContext(connection) as asked:
        page = client.get(reverse("election", args=[here.slug])).text

    read = [query["sql"] for query in asked.captured_queries]
    # Those whom an amendment names are looked up by it, however many the others are.
    amended = ("members_amendedentry", "members_struckentry")
    assert not any(
        "members_rollentry" in sql and not any(table in sql for table in amended) for sql in read
    )
    # The roll's totals are added up where they stand: by section and reason, not by unit.
    assert all("SUM(" in sql.upper() for sql in read if "members_rolltotal" in sql)
    assert any("members_rolltotal" in sql for sql in read)
    assert "12.5%" in page and "The roll: 8 electors" in page


def test_a_poll_that_was_closed_early_says_when_and_why(client: Client) -> None:
    here = world().to("polling")
    page = f"/elections/{here.slug}/"
    assert "closed early" not in client.get(page).content.decode()

    close_poll_early(here.election_id, reason="All have voted by now.", **here.by_two)

    shown = client.get(page).content.decode()
    assert "The poll was closed early" in shown
    assert re.search(r"\d\d:\d\d \([A-Z]+\), by two officers\. The reason: All have voted", shown)


def test_the_notice_says_who_is_trusted_with_what_and_whether_the_result_counts(
    client: Client,
) -> None:
    here = world(demonstration=False).to("nominated")
    path = reverse("election", args=[here.slug])
    before = client.get(path).text
    here._frozen()
    named = [NewTrustee("Ann", "ann@example.org"), NewTrustee("Ben", "ben@example.org")]
    begin_ceremony(here.election_id, trustees=named, quorum=2, **here.by)
    during = client.get(path).text
    rehearsed = world(title="Rehearsed").to("keyed")
    after = client.get(reverse("election", args=[rehearsed.slug])).text

    assert "They are named when they begin to make the key" in before
    assert "it will take 2 of them to open a box: Ann, Ben." in during
    assert "Yes. This is no rehearsal" in during
    assert "The server makes and sends them, and is trusted not to use them." in during
    assert "holds their shares and opens the boxes: Ann, Ben, Cy." in after
    assert "No. This is a rehearsal" in after


def test_the_notice_shows_the_boards_key_in_letters_and_for_a_camera(client: Client) -> None:
    here = world().to("nominating")

    page = client.get(reverse("election", args=[here.slug])).text

    assert board_key(here.election).text() in html.unescape(page)
    assert "The board’s key as a QR code</title>" in page


# --- the board -------------------------------------------------------------------------------


def test_an_entrys_bytes_are_given_as_they_are_and_for_good(client: Client) -> None:
    here = world().to("nominated")
    entry = Entry.objects.get(election=here.election, number=0)

    answer = client.get(reverse("entry_json", args=[here.slug, 0]))
    beyond = client.get(reverse("entry_json", args=[here.slug, 99]))
    far = client.get(f"/board/{here.slug}/{10**30}.json")

    assert answer.content == bytes(entry.body)
    assert read_canonical(answer.content)["kind"] == "notice"
    assert "immutable" in answer.headers["Cache-Control"]
    assert (beyond.status_code, far.status_code) == (404, 404)


def test_every_kind_of_entry_is_told_in_words(client: Client) -> None:
    here = world().to("declared")
    kinds = set(Entry.objects.filter(election=here.election).values_list("kind", flat=True))

    page = client.get(reverse("board", args=[here.slug])).text
    untold = {kind for kind in kinds if f". {kind.capitalize()}<" in page}

    assert {"notice", "ballot", "mix", "profile", "declaration"} <= kinds
    assert untold == set()


def test_a_ballot_is_found_by_the_words_and_the_digits_of_its_receipt(client: Client) -> None:
    here = world().to("polling")
    tracker = here.cast(here.entries()[0], (0, 1))
    path = reverse("board", args=[here.slug])
    words = " ".join(tracker_words(tracker))

    waiting = client.post(path, {"tracker": words}).text
    append_ballots(here.election)
    number = Entry.objects.get(kind="ballot").number
    found = [client.post(path, {"tracker": typed}).text
             for typed in (words, words.upper().replace(" ", "\n"), tracker.hex())]
    other = client.post(path, {"tracker": (bytes([tracker[0] ^ 1]) + tracker[1:]).hex()}).text
    wrong = client.post(path, {"tracker": "these are not words"}).text

    assert "in the box" in waiting
    assert all(f"entry {number}</a>" in page for page in found)
    assert "No ballot stands for this" in other
    assert "A tracker has 12 words; there are 4 here" in wrong


def test_what_an_entry_names_by_its_hash_can_be_downloaded_and_has_that_hash(
    client: Client,
) -> None:
    here = world().to("declared")
    page = client.get(reverse("board", args=[here.slug])).text

    links = re.findall(r'href="(/board/[^"]+/blob/([0-9a-f]{64}))"', page)
    files = {sha256: b"".join(client.get(path).streaming_content) for path, sha256 in links}
    missing = client.get(reverse("blob", args=[here.slug, "00" * 32]))

    # Credentials, the sealed box, two mixes, two openings and the profile at the least.
    assert len(files) >= 7
    assert all(hashlib.sha256(held).hexdigest() == sha256 for sha256, held in files.items())
    assert missing.status_code == 404


def test_a_search_of_another_elections_board_finds_nothing(client: Client) -> None:
    here = world().to("polling")
    tracker = here.cast(here.entries()[0], (0,))
    there = world(title="Deputy 2026", electors=9, candidates=("Oak", "Yew"))
    there.to("nominating")

    page = client.post(reverse("board", args=[there.slug]), {"tracker": tracker.hex()}).text

    assert "No ballot stands for this" in page


def test_searching_without_end_is_stopped_by_address(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = world().to("nominating")
    path = reverse("board", args=[here.slug])
    monkeypatch.setattr(limits, "TRACKER_BY_ADDRESS", limits.Limit("tracker", 3, 10**9))

    answers = [client.post(path, {"tracker": "00" * 32}).status_code for _ in range(4)]
    elsewhere = client.post(path, {"tracker": "00" * 32}, REMOTE_ADDR="192.0.2.7").status_code

    assert answers == [200, 200, 200, 429]
    assert elsewhere == 200


@pytest.mark.parametrize("typed", ["-1", "x", "1" * 40, "9999999999", "²"])
def test_a_page_of_the_board_that_is_none_harms_nothing(client: Client, typed: str) -> None:
    here = world().to("nominating")

    assert client.get(reverse("board", args=[here.slug]), {"from": typed}).status_code == 200


# --- the result ------------------------------------------------------------------------------


def test_the_result_tells_the_winner_the_stages_and_the_exhausted(client: Client) -> None:
    here = world(rankings=((0, 1), (0,), (0,), (0, 2), (1,), (1, 0), (1,), (2,))).to("declared")

    page = client.get(reverse("result", args=[here.slug])).text

    sheet = here.election.contests.get().count.sheet
    assert sheet["elected"][0] in page
    assert all(stage["sentence"].split(":")[0].split(".")[0][:20] in page.replace("&#x27;", "'")
               for stage in sheet["stages"])
    assert "Exhausted papers" in page
    assert "of continuing votes" in page
    assert re.search(r"<strong>8</strong> ballots cast: 100\.0% of 8 papers issued", page)
    assert page.count("<svg width") == 1


def test_what_is_taken_away_agrees_with_what_was_declared(client: Client) -> None:
    here = world().to("declared")
    contest = here.election.contests.get()
    sheet = contest.count.sheet

    told = json.loads(client.get(reverse("result_json", args=[here.slug])).content)
    rows = list(csv.DictReader(io.StringIO(
        client.get(reverse("count_csv", args=[here.slug, 1])).content.decode())))
    summary = json.loads(client.get(reverse("count_rctab", args=[here.slug, 1])).content)
    profile = parse_blt(client.get(reverse("papers_blt", args=[here.slug, 1])).content)

    assert told["contests"][0]["sheet"] == sheet
    first = {row["name"]: int(row["votes"]) for row in rows
             if row["stage"] == "1" and row["section"] == "Total" and row["name"] != "Exhausted"}
    assert first == sheet["stages"][0]["votes"]
    assert summary["results"][0]["tally"] == {name: str(n) for name, n in first.items()}
    assert profile.valid == sheet["valid"]


def test_no_cell_of_the_csv_is_run_as_a_formula(client: Client) -> None:
    here = world(candidates=("=HYPERLINK(1)", "@Bell", "Cedar Cox")).to("declared")

    text = client.get(reverse("count_csv", args=[here.slug, 1])).content.decode()
    cells = [cell for row in csv.reader(io.StringIO(text)) for cell in row]

    assert "'=HYPERLINK(1)" in cells
    assert not any(cell.startswith(("=", "@", "+")) for cell in cells)


def test_nothing_typed_becomes_markup(client: Client) -> None:
    here = world(candidates=("<b>Ash</b>", "Birch & Bell", "Cedar Cox")).to("declared")

    pages = [client.get(reverse(name, args=[here.slug])).text
             for name in ("election", "result", "board")]

    assert not any("<b>Ash" in page for page in pages)
    assert all("&lt;b&gt;Ash" in page for page in pages)

"""Trustees mix and open a contest on their pages: the real views, services and worker's checks.

The board is the server's own; each trustee's browser reads it, checks it and computes.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from pathlib import Path

import pytest
from django.apps import apps
from django.core.cache import cache
from playwright.sync_api import Page, expect

from ballot.models import Entry, HandedIn, Mix, PartialOpening, Profile
from ballot.sealing.sharefile import seal_share
from ballot.services.give_seat import show_new_seat
from ballot.services.hand_in import check_handed_in
from ballot.services.mix_box import mix_boxes
from ballot.services.open_box import open_box
from ballot.services.publish_board import publish_board
from members.models import Register
from tests.ballot.factories import TRUSTEES, Run, election, now
from tests.browser.conftest import OpenPage
from tests.browser.test_trustee import for_handbook, heading
from tests.sealing.making import rng

PASSPHRASE = "wyth mochyn bach tew"
HANDED_IN = "All of it holds."
SLOW_MS = 120_000
Shown = Callable[[Page, str], None]

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def origin(serve: Callable[[str], str]) -> str:
    return serve("config.urls")


@pytest.fixture
def mixed_once() -> Run:
    """A contest whose boxes the server has mixed, with trustees who hold their shares."""
    cache.clear()
    if not Register.objects.exists():
        # A test that commits ends with every table emptied, of what the migrations put there too.
        import_module("members.migrations.0003_standard_sections").add(apps, None)
    run = election(at="verified", demonstration=False)
    mix_boxes(run.election_id, **run.by)
    publish_board(run.election_id, now=now())
    return run


def sit(page: Page, origin: str, run: Run, number: int) -> Page:
    secret = show_new_seat(run.election_id, number=number, by=run.officers[0], now=now())
    page.goto(f"{origin}/trustee/{run.election.slug}/#{secret}")
    expect(page.get_by_text(f"{TRUSTEES[number - 1]}, trustee {number}")).to_be_visible()
    return page


def share_file(run: Run, number: int, folder: Path) -> Path:
    file = folder / f"share-{number}.json"
    seed = f"share file {number}".encode()
    file.write_bytes(seal_share(run.shares[number - 1], passphrase=PASSPHRASE, rng=rng(seed)))
    return file


def give_share(page: Page, file: Path, button: str) -> None:
    heading(page, button)
    page.get_by_label("Your share file").set_input_files(file)
    page.get_by_label("Your passphrase").fill(PASSPHRASE)
    page.get_by_role("button", name=button).click()


def found(page: Page, sentence: str) -> None:
    expect(page.get_by_text(sentence)).to_be_visible(timeout=SLOW_MS)


def commit(page: Page, run: Run, file: Path) -> None:
    give_share(page, file, "Open the boxes")
    found(page, "7 ballots checked: proofs, signatures, one a credential.")
    found(page, HANDED_IN)
    publish_board(run.election_id, now=now())


def work_of_the_server(run: Run) -> None:
    """What the worker does with what was handed in, and the board's next checkpoint."""
    for kept in HandedIn.objects.filter(state=HandedIn.State.WAITING):
        check_handed_in(kept.pk, now=now())
    publish_board(run.election_id, now=now())


def kinds(run: Run, kind: str) -> int:
    return Entry.objects.filter(election=run.election_id, kind=kind).count()


def test_two_trustees_mix_and_open_a_contest_on_their_pages(
    open_page: OpenPage, origin: str, mixed_once: Run, tmp_path: Path, pictured: Shown
) -> None:
    run = mixed_once
    files = [share_file(run, number, tmp_path) for number in (1, 2)]
    ann = sit(open_page(), origin, run, 1)
    heading(ann, "Mix the boxes")
    pictured(ann, "trustee-mix")
    for_handbook(ann, "mix")

    give_share(ann, files[0], "Mix the boxes")
    found(ann, "Mixed, proved and signed with your share.")
    found(ann, HANDED_IN)
    pictured(ann, "trustee-mixed")
    work_of_the_server(run)
    assert list(Mix.objects.order_by("number").values_list("trustee__number", flat=True)) == [
        None,
        1,
    ]
    assert run.state == "mixed"

    # The first one's tab is closed once they have committed; the other's stays.
    commit(ann, run, files[0])
    closed, ann = ann, ann.context.new_page()
    closed.close()
    sit(ann, origin, run, 1)
    heading(ann, "Nothing is due from you now")
    ben = sit(open_page(), origin, run, 2)
    commit(ben, run, files[1])
    for_handbook(ben, "opening")
    assert kinds(run, "opening-commitment") == 2
    assert not PartialOpening.objects.filter(content__isnull=False).exists()

    found(ben, "What you handed in is being checked.")
    heading(ann, "Reveal your part")
    pictured(ann, "trustee-part")
    give_share(ann, files[0], "Reveal your part")
    found(ann, "What you handed in is being checked.")
    pictured(ann, "trustee-revealed")
    work_of_the_server(run)

    assert kinds(run, "part") == 2
    open_box(run.election_id, **run.by)
    assert run.state == "opened"
    profile = Profile.objects.get()
    assert (profile.papers, profile.papers_rejected) == (7, 0)

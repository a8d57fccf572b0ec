"""Trustees hold a key ceremony on their pages, each in a browser of their own.

The server is `seats`: it keeps the interface of docs/spec/trustees.md, and checks nothing, so that
what the pages find they find by themselves.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from ballot.sealing.keys import ElectionKey, KeyShare
from ballot.sealing.sharefile import check_share_proof, open_share
from tests.board.making import Board
from tests.browser import seats
from tests.browser.conftest import ROOT, OpenPage

PASSPHRASE = "wyth mochyn bach tew"
Shown = Callable[[Page, str], None]
SLOW_MS = 240_000  # On a machine that has other work; else a few seconds.
HANDBOOK = ROOT / "docs" / "pictures" / "handbook"

pytestmark = pytest.mark.django_db


@pytest.fixture
def origin(serve: Callable[[str], str]) -> str:
    return serve("tests.browser.seats")


def for_handbook(page: Page, name: str) -> None:
    """Make a picture of docs/handbook/trustee.md again, with HUSTINGS_HANDBOOK=1."""
    if os.environ.get("HUSTINGS_HANDBOOK"):
        page.get_by_role("main").evaluate("it => it.scrollIntoView({block: 'start'})")
        path = HANDBOOK / f"trustee-{name}.png"
        page.screenshot(path=path)
        Image.open(path).convert("RGB").quantize(64).save(path, optimize=True)


def sit(page: Page, origin: str, number: int) -> Page:
    page.goto(f"{origin}/trustee/{seats.SLUG}/#{seats.secret_of(number)}")
    expect(page.get_by_text(f"trustee {number}")).to_be_visible()
    return page


def heading(page: Page, text: str) -> None:
    expect(page.get_by_role("heading", name=text, exact=True)).to_be_visible(timeout=SLOW_MS)


def begin(page: Page) -> None:
    page.get_by_label("A new passphrase").fill(PASSPHRASE)
    page.get_by_label("The same passphrase again").fill(PASSPHRASE)
    page.get_by_role("button", name="Begin the ceremony").click()
    heading(page, "The ceremony is under way")


def download(page: Page, folder: Path, number: int, slug: str = seats.SLUG) -> Path:
    heading(page, "Keep your share of the key")
    button = page.get_by_role("button", name="Download the share file")
    expect(button).to_be_visible(timeout=SLOW_MS)  # The file is made first, under argon2id.
    with page.expect_download() as started:
        button.click()
    kept = folder / f"share-{number}.json"
    assert started.value.suggested_filename == f"hustings-share-{slug}-{number}.json"
    started.value.save_as(kept)
    return kept


def open_file(page: Page, file: Path, button: str, passphrase: str = PASSPHRASE) -> None:
    page.get_by_label("Your share file").set_input_files(file)
    page.get_by_label("Your passphrase").fill(passphrase)
    page.get_by_role("button", name=button).click()


def words_on(page: Page) -> list[str]:
    expect(page.locator(".trustee-words__word")).to_have_count(12, timeout=SLOW_MS)
    return page.locator(".trustee-words__word").all_inner_texts()


def test_three_trustees_make_a_key_of_two_and_prove_that_they_hold_it(
    open_page: OpenPage, origin: str, tmp_path: Path, pictured: Shown
) -> None:
    stage = seats.begin_anew()
    pages = [sit(open_page(), origin, number) for number in (1, 2, 3)]
    ann, bob, cai = pages
    heading(ann, "The key ceremony has not begun")
    pictured(ann, "trustee-not-begun")
    stage.begin()
    heading(ann, "Choose a passphrase, and begin")
    pictured(ann, "trustee-begin")
    for_handbook(ann, "begin")

    ann.get_by_label("A new passphrase").fill("too short")
    ann.get_by_role("button", name="Begin the ceremony").click()
    expect(ann.get_by_text("Choose at least 12 characters.")).to_be_visible()
    pictured(ann, "trustee-too-short")
    begin(ann)
    expect(ann.get_by_text("Waiting for Bob Birch, Cai Cedar.")).to_be_visible()
    pictured(ann, "trustee-under-way")
    ann.goto("about:blank")
    sit(ann, origin, 1)  # Loaded anew: the secret is kept, closed by the passphrase.
    for page in (bob, cai):
        begin(page)
    heading(ann, "Go on with the ceremony")
    pictured(ann, "trustee-go-on")
    go_on(ann)

    files = [download(page, tmp_path, number) for number, page in enumerate(pages, start=1)]
    pictured(ann, "trustee-keep")
    for_handbook(ann, "keep")
    assert not stage.said["confirmation"]
    open_file(ann, files[1], "Check it and confirm")
    heading(ann, "A check failed")
    pictured(ann, "trustee-other-file")
    assert not stage.said["confirmation"]
    ann.get_by_role("button", name="Look again").click()
    files[0] = download(ann, tmp_path, 1)
    for page, file in zip(pages, files, strict=True):
        open_file(page, file, "Check it and confirm")

    words = [words_on(page) for page in pages]
    assert words[0] == words[1] == words[2]
    heading(ann, "Prove that you still hold your share")
    pictured(ann, "trustee-held")
    for_handbook(ann, "words")
    for page, file in zip(pages, files, strict=True):
        open_file(page, file, "Prove it")
        heading(page, "Nothing is due from you now")
    pictured(ann, "trustee-nothing-due")
    key = key_on(stage)
    assert stage.held == {1, 2, 3}
    for file in files:
        share = open_share(file.read_bytes(), passphrase=PASSPHRASE)
        assert isinstance(share, KeyShare)
        assert share.public_key == key.public_key
    check_proofs(stage, key)
    assert kept_secrets(ann) == []


def go_on(page: Page) -> None:
    """Give the passphrase after a reload: first a wrong one, and then the right one."""
    page.get_by_label("Your passphrase").fill("another passphrase")
    page.get_by_role("button", name="Go on").click()
    expect(page.get_by_text("The passphrase does not open it.")).to_be_visible(timeout=SLOW_MS)
    page.get_by_label("Your passphrase").fill(PASSPHRASE)
    page.get_by_role("button", name="Go on").click()


def check_proofs(stage: seats.Stage, key: ElectionKey) -> None:
    """Each proof that a share is held answers the root of the board of its size (sealing §9.7)."""
    for content in contents(stage, "share-held"):
        root = Board().append(stage.board.entries[: content["size"]]).right.root()
        check_share_proof(key, content["trustee"], root, bytes.fromhex(content["proof"]))


def contents(stage: seats.Stage, kind: str) -> list[dict[str, Any]]:
    entries = [json.loads(entry) for entry in stage.board.entries]
    return [entry["content"] for entry in entries if entry["kind"] == kind]


def key_on(stage: seats.Stage) -> ElectionKey:
    (content,) = contents(stage, "key")
    return ElectionKey.parse(content)


def kept_secrets(page: Page) -> list[str]:
    """What the browser's storage still keeps of a secret, sealed or not."""
    kept: dict[str, str] = page.evaluate("({...localStorage})")
    return [name for name, value in kept.items() if "share-file" in value]


def test_the_seat_leaves_the_address_and_is_asked_for_where_it_is_not_there(
    open_page: OpenPage, origin: str, pictured: Shown
) -> None:
    seats.begin_anew()
    page = sit(open_page(), origin, 2)
    assert page.url == f"{origin}/trustee/{seats.SLUG}/"
    assert "seat-of" not in json.dumps(page.evaluate("({...localStorage, ...sessionStorage})"))

    page.goto(f"{page.url}#{seats.secret_of(3)}")  # The page is there already.
    expect(page.get_by_text("trustee 3")).to_be_visible()
    assert page.url == f"{origin}/trustee/{seats.SLUG}/"
    page.reload()
    heading(page, "Your seat")
    pictured(page, "trustee-seat")
    page.get_by_label("The address from your letter").fill("https://votes.example/trustee/")
    page.get_by_role("button", name="Take your seat").click()
    expect(page.get_by_text("Paste the whole address, to its last character.")).to_be_visible()
    page.get_by_label("The address from your letter").fill(seats.secret_of(1)[:-1] + "y")
    page.get_by_role("button", name="Take your seat").click()
    expect(page.get_by_text("The server does not know this seat.")).to_be_visible()
    page.get_by_label("The address from your letter").fill(f"{origin}/x/#{seats.secret_of(1)}")
    page.get_by_role("button", name="Take your seat").click()
    expect(page.get_by_text("Ann Ash, trustee 1")).to_be_visible()


def test_a_message_in_ones_name_that_was_not_sent_from_here_stops_the_page(
    open_page: OpenPage, origin: str, pictured: Shown
) -> None:
    stage = seats.begin_anew()
    stage.begin()
    page = sit(open_page(), origin, 1)
    heading(page, "Choose a passphrase, and begin")
    stage.take(1, "commitment", {"digest": "ab" * 32, "number": 1})

    heading(page, "A check failed")

    expect(page.get_by_text("Your commitment on the board was not sent from")).to_be_visible()
    expect(page.get_by_text("Check: ceremony.foreign")).to_be_visible()
    pictured(page, "trustee-foreign")


def test_a_board_that_does_not_continue_what_was_seen_stops_the_page(
    open_page: OpenPage, origin: str, pictured: Shown
) -> None:
    stage = seats.begin_anew()
    stage.begin()
    page = sit(open_page(), origin, 1)
    heading(page, "Choose a passphrase, and begin")
    forked = seats.begin_anew(trustees=("Ann Ash", "Bob Birch", "Dee Dale"))
    forked.begin()

    heading(page, "The board does not hold")

    expect(page.get_by_text("Check: proof.root")).to_be_visible()
    pictured(page, "trustee-forked")


def test_a_server_that_is_away_loses_nothing(open_page: OpenPage, origin: str) -> None:
    stage = seats.begin_anew()
    stage.begin()
    page = sit(open_page(), origin, 1)
    heading(page, "Choose a passphrase, and begin")
    stage.is_away = True

    expect(page.get_by_text("The server did not answer.")).to_be_visible(timeout=20_000)

    heading(page, "Choose a passphrase, and begin")
    stage.is_away = False
    expect(page.get_by_text("The server did not answer.")).to_be_hidden(timeout=40_000)
    begin(page)


def test_what_is_printed_is_the_share_file_and_nothing_else(
    open_page: OpenPage, origin: str, tmp_path: Path, screenshot: Shown
) -> None:
    stage = seats.begin_anew(trustees=("Ann Ash",), quorum=1)
    stage.begin()
    page = sit(open_page(), origin, 1)
    begin(page)
    file = download(page, tmp_path, 1)

    page.evaluate("window.print = () => {}")
    page.get_by_role("button", name="Print the paper backup").click()
    page.emulate_media(media="print")

    expect(page.locator("#main-content")).to_be_hidden()
    for part, colour in (("paper", "rgb(255, 255, 255)"), ("ink", "rgb(0, 0, 0)")):
        drawn = page.locator(f".trustee-paper .booth-picture__{part}")
        assert drawn.evaluate("it => getComputedStyle(it).fill") == colour
    printed = re.compile(r"Leader 2026\. Trustee 1: Ann Ash\. Printed on \d+ \w+ \d{4}\.")
    expect(page.locator(".trustee-paper")).to_contain_text(printed)
    text = page.locator(".trustee-paper__text").inner_text()
    assert "".join(text.split()) == file.read_text()
    screenshot(page, "trustee-paper")
    page.emulate_media(media="screen")
    page.get_by_text("I have it on paper", exact=True).click()
    page.get_by_label("Or the text of the paper’s code").fill(text)
    page.get_by_label("Your passphrase").fill(PASSPHRASE)
    page.get_by_role("button", name="Check it and confirm").click()
    assert len(words_on(page)) == 12
    expect(page.locator(".trustee-paper")).to_have_count(0)

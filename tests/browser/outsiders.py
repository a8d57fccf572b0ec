"""What trustees, an outside issuer, electors and a scrutineer do, each where they sit.

With pages, or with the commands of their handbooks on machines of their own.
"""

from __future__ import annotations

import re
import shutil
import time
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.ballot.issuer.outside import Post, code_in, text_of
from tests.browser import test_whole_contest as desk
from tests.browser.installation import Installation, press
from tests.browser.machines import Machine
from tests.browser.steps import add, begin, check, open_to_check, seal_and_cast, words_of
from tests.browser.test_trustee import PASSPHRASE, heading, open_file, words_on
from tests.browser.test_trustee import begin as begin_ceremony
from tests.browser.test_trustee import download as keep_share

SLUG = "leader-2027"
WORDS = "correct horse batteries\n"
LIST_FILE = "leader-2026-list-3f9a01c2.bin"
REQUESTS_FILE = "leader-2026-requests-77b0….bin"
SLOW_MS = 120_000


def board_of(installation: Installation) -> str:
    return f"{installation.origin}/board/{SLUG}/"


# --- the trustees ----------------------------------------------------------------------------


def hold_ceremony(pages: list[Page], cay: Machine, folder: Path) -> list[Path]:
    """Two at their pages and one at the command make the key; gives the two share files."""
    command = cay.start("trustee/bin/python -m ballot.trustee ceremony")
    assert command.stdin is not None
    command.stdin.write(f"{PASSPHRASE}\n" * 2)
    command.stdin.close()
    for page in pages:
        heading(page, "Choose a passphrase, and begin")
        begin_ceremony(page)
    files = [keep_share(page, folder, number, SLUG) for number, page in enumerate(pages, start=1)]
    for page, file in zip(pages, files, strict=True):
        open_file(page, file, "Check it and confirm")
    words = [words_on(page) for page in pages]
    assert command.wait(timeout=SLOW_MS / 1000) == 0, cay.said()
    assert words[0] == words[1]
    assert " ".join(words[0]) in " ".join(cay.said().split())
    for page, file in zip(pages, files, strict=True):
        heading(page, "Prove that you still hold your share")
        open_file(page, file, "Prove it")
        heading(page, "Nothing is due from you now")
    cay.type("trustee/bin/python -m ballot.trustee --seat-file", answers=f"{PASSPHRASE}\n")
    return files


def give_share(page: Page, file: Path, button: str, *found: str) -> None:
    """Do what is due with a share file, and see what the page says that it found."""
    heading(page, button)
    open_file(page, file, button)
    for sentence in found:
        expect(page.get_by_text(sentence)).to_be_visible(timeout=SLOW_MS)


# --- the issuer ------------------------------------------------------------------------------


def carried(page: Page, installation: Installation, what: str, issuer: Machine) -> str:
    """Download a file for the issuer, and carry it to their machine; gives its name."""
    page.goto(f"{installation.origin}/desk/elections/{SLUG}/issuer/")
    with page.expect_download() as download:
        press(page, f"Download the encrypted {what}")
        installation.prove_again(page, 0)
    name = download.value.suggested_filename
    download.value.save_as(issuer.folder / name)
    return name


def hand_in(page: Page, file: Path) -> None:
    page.get_by_label("The issuer’s file").set_input_files(file)
    press(page, "Hand in")


def mark_in(said: str) -> str:
    found = re.search(r"compare with the officer's page: (.+)", said)
    assert found, said
    return found[1].strip()


def make_keys(page: Page, installation: Installation, issuer: Machine) -> None:
    name = carried(page, installation, "list", issuer)
    said = issuer.type("python -m ballot.issuer make", answers=WORDS, **{LIST_FILE: name})
    assert re.search(r"(\d+) electors, \1 codes made now", said)
    assert f"begins with {installation.origin}/vote/{SLUG}/" in said
    page.goto(f"{installation.origin}/desk/elections/{SLUG}/issuer/")
    expect(page.get_by_text(mark_in(said))).to_be_visible()
    hand_in(page, issuer.folder / "ines" / "keys-for-the-officer.bin")
    desk.wait_for_step(page, installation, "Open the poll")


def answer_requests(page: Page, installation: Installation, issuer: Machine) -> None:
    name = carried(page, installation, "requests", issuer)
    said = issuer.type("python -m ballot.issuer answer", answers=WORDS, **{REQUESTS_FILE: name})
    assert "1 ask for a new code" in said
    page.goto(f"{installation.origin}/desk/elections/{SLUG}/issuer/")
    hand_in(page, issuer.folder / "ines" / "answers-for-the-officer.json")
    expect(page.get_by_text("New codes that wait to be confirmed: 1;")).to_be_visible()


def link_to_vote(post: Post, name: str, letter: int = 0) -> str:
    text = text_of(post.to(f"{name}@members.invalid")[letter])
    found = re.search(r"http://\S+/vote/\S+/#\S+", text)
    assert found and code_in(text), text
    return found.group()


# --- the electors ----------------------------------------------------------------------------


def vote(page: Page, link: str, *preferences: str) -> Page:
    page.goto(link)
    begin(page)
    add(page, *preferences)
    check(page)
    seal_and_cast(page)
    return page


def challenge(first: Page, second: Page, link: str) -> None:
    """Seal a paper, open it on a second device and see there what the first one sealed."""
    first.goto(link)
    begin(first)
    add(first, "George Bell")
    check(first)
    words = words_of(first, "check-words")
    second.goto(open_to_check(first))
    assert words_of(second, "result-words") == words
    expect(second.locator("#result-contests .booth-order__name")).to_have_text(["George Bell"])
    first.get_by_role("button", name="Go back to my paper").click()


def keep_receipt(page: Page, folder: Path) -> Path:
    with page.expect_download() as download:
        page.locator("#receipt-file").click()
    kept = folder / download.value.suggested_filename
    download.value.save_as(kept)
    return kept


def lose_the_letter(page: Page, installation: Installation, number: str, postcode: str) -> None:
    page.goto(f"{installation.origin}/elections/{SLUG}/")
    page.get_by_role("link", name="Ask for a new link").click()
    page.get_by_label("Your membership number").fill(number)
    page.get_by_label("Your postcode or your e-mail address").fill(postcode)
    press(page, "Send me a new link")
    expect(page.get_by_text("from Ines Quill, scrutineer, who makes the codes")).to_be_visible()


# --- the scrutineer --------------------------------------------------------------------------


def keep(scrutineer: Machine, name: str) -> None:
    """Keep everything that the board has, under a name."""
    scrutineer.type("curl -fsS -o declared.zip", **{"declared.zip": name})


def wait_for_witness(page: Page, installation: Installation) -> None:
    """Wait until the whole board is signed, and the witness has cosigned that state."""
    give_up_at = time.monotonic() + 90
    while time.monotonic() < give_up_at:
        page.goto(board_of(installation))
        row = "//dt[text()='{}']/following-sibling::dd"
        signed = page.locator(row.format("Entries")).inner_text()
        seen = page.locator(row.format("Seen by witnesses")).inner_text()
        is_whole = page.get_by_role("heading", name=f"Entries ({signed})", exact=True).is_visible()
        if is_whole and "press.example" in seen and "Last cosigned" not in seen:
            return
        time.sleep(1)
    pytest.fail(f"No witness saw the whole board:\n{page.inner_text('main')[:3000]}")


def check_result(scrutineer: Machine, receipt: Path) -> str:
    """What the verifier says on a machine with Python, its own folder and the downloads alone."""
    keep(scrutineer, "declared.zip")
    said = scrutineer.type("python3 hustings_witness.py verify-diff close.zip")
    assert "declared.zip continues close.zip" in said
    shutil.copy(receipt, scrutineer.folder / "receipt.txt")
    names = sorted(one.name for one in scrutineer.folder.iterdir())
    assert names == sorted(
        ["bin", "checkpoint-close", "close.zip", "declared.zip", "hustings_witness.py", "key.txt",
         "receipt.txt", "verifier", "witness-key.txt"]
    )  # fmt: skip
    return scrutineer.type(
        "python3 -m verifier declared.zip",
        **{'"$(cat witness-key.txt)"': '"$(cat witness-key.txt)" --receipt receipt.txt'},
    )

"""A contest in which nobody is believed, held by pages and commands alone, as the handbooks say.

An outside issuer makes the codes, three trustees the key, and a witness cosigns the board. Two of
the trustees sit in browsers of their own, the third at the command line. What was declared is then
checked on a machine that has Python, the folder verifier and the download, and nothing else.
"""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Page, expect

from tests.ballot.issuer.outside import Post, post_office
from tests.browser import test_whole_contest as desk
from tests.browser.installation import Installation, press, running
from tests.browser.machines import ROOT, Machine
from tests.browser.outsiders import (
    SLOW_MS,
    SLUG,
    WORDS,
    answer_requests,
    board_of,
    challenge,
    check_result,
    give_share,
    hold_ceremony,
    keep,
    keep_receipt,
    link_to_vote,
    lose_the_letter,
    make_keys,
    vote,
    wait_for_witness,
)
from tests.browser.steps import add, begin, check, link_in_letter, seal_and_cast

OpenPage = Callable[..., Page]
NAMES = ("Ann Ash", "Ben Birch", "Cay Cedar")
TAKEN = re.compile("The boxes are mixed by the server and by other trustees|Open the boxes")
"""What a trustee's page says once their mix was checked: others mix, or it is time to open."""
LIST = "number,given_name,family_name,email,postcode,section,joined_on,standing,date_of_birth\n"
LIST += "".join(
    f"N{number},{name},Elector,{name.lower()}@members.invalid,ZZ1 1A{number},member,2015-03-01,"
    "good,1980-01-01\n"
    for number, name in enumerate(("Nerys", "Owain", "Petra", "Quinn", "Rhian"), start=1)
)


@pytest.fixture(scope="module")
def witness(tmp_path_factory: pytest.TempPathFactory) -> Machine:
    """A witness's machine, with its key made: an installation names it as it starts."""
    machine = Machine(tmp_path_factory.mktemp("witness") / "home", "witness")
    shutil.copy(ROOT / "witness" / "hustings_witness.py", machine.folder)
    key = machine.type("python3 hustings_witness.py init")
    (machine.folder / "witness-key.txt").write_text(key)
    return machine


@pytest.fixture(scope="module")
def installation(
    witness: Machine, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Installation]:
    key = (witness.folder / "witness-key.txt").read_text().strip()
    with running(tmp_path_factory.mktemp("installation"), HUSTINGS_WITNESSES=key) as it:
        yield it


# --- the officers ----------------------------------------------------------------------------


def import_list(page: Page, installation: Installation, folder: Path) -> None:
    file = folder / "branch-list.csv"
    file.write_text(LIST)
    page.goto(f"{installation.origin}/desk/members/imports/")
    page.get_by_label("The list, as a file").set_input_files(file)
    page.get_by_label("Only some people").check()
    press(page, "Send the list")
    apply = page.get_by_role("button", name=re.compile("Apply: add 5"))
    expect(apply).to_be_visible(timeout=60_000)
    apply.click()
    expect(page.get_by_text("Applied").first).to_be_visible(timeout=60_000)


def set_up(page: Page, installation: Installation, card: str) -> None:
    now = datetime.now(ZoneInfo("Europe/London"))
    page.goto(f"{installation.origin}/desk/elections/new/")
    page.get_by_label("Title").fill("Leader 2027")
    page.get_by_label("Trustees hold the key, each on a machine of their own").check()
    press(page, "Begin")
    page.goto(f"{installation.origin}/desk/elections/{SLUG}/set-up/")
    page.get_by_label("Returning officer (needed for the notice)", exact=True).fill("Ruth Adeyemi")
    page.get_by_label("The poll opens").fill(f"{now - timedelta(hours=1):%Y-%m-%dT%H:%M}")
    page.get_by_label("The poll closes").fill(f"{now + timedelta(days=7):%Y-%m-%dT%H:%M}")
    page.get_by_label("Who may vote").select_option(label="Leader 2027, version 1")
    page.get_by_label("Other ways to vote").fill("Ring the office for a postal paper.")
    page.get_by_label("An outside issuer", exact=True).check()
    page.get_by_label("The issuer’s card").fill(card)
    page.get_by_label("Smallest box").fill("3")
    page.get_by_label("How many times each box is mixed").fill("3")
    press(page, "Save")
    desk.nominate(page, installation)
    desk.act(page, installation, "publish_notice", "Publish the notice")
    desk.act(page, installation, "publish_candidates", "Publish who stands")


def by_two(
    pages: tuple[Page, Page], installation: Installation, name: str, button: str, **filled: str
) -> None:
    """An act that one officer proposes and the other approves."""
    desk.act(pages[0], installation, name, button, **filled)
    desk.approve(pages[1], installation)


# --- the contest -----------------------------------------------------------------------------


@dataclass
class Outside:
    """Who has a machine of their own; there is nothing of the server's on any of them."""

    issuer: Machine
    cay: Machine
    scrutineer: Machine
    post: Post


@pytest.fixture
def outside(
    installation: Installation, witness: Machine, tmp_path: Path
) -> Iterator[Outside]:
    board = {"https://vote.example.org/board/leader/": board_of(installation)}
    witness.instead = board | {"--key KEY": '--key "$(cat key.txt)"'}
    scrutineer = Machine(tmp_path / "scrutineer", "scrutineer", board)
    shutil.copy(ROOT / "witness" / "hustings_witness.py", scrutineer.folder)
    shutil.copytree(
        ROOT / "verifier", scrutineer.folder / "verifier",
        ignore=shutil.ignore_patterns("__pycache__"),
    )
    shutil.copy(witness.folder / "witness-key.txt", scrutineer.folder)
    with post_office() as post:
        mail = {
            "--host mail.example.org --username ines":
                f"--host 127.0.0.1 --port {post.port} --security none",
            "--letters-a-minute 600": "--letters-a-minute 60000",
        }  # fmt: skip
        issuer = Machine(tmp_path / "issuer", "issuer", mail, has_project=True)
        program = {"trustee/bin/python": "python"}
        cay = Machine(tmp_path / "cay", "trustee-command", program, has_project=True)
        yield Outside(issuer, cay, scrutineer, post)


@contextmanager
def watching(witness: Machine) -> Iterator[None]:
    command = witness.start("python3 hustings_witness.py watch")
    try:
        yield
    finally:
        command.terminate()
        command.wait(timeout=30)
    said = witness.said()
    assert "grown: " in said and "the board took the cosignature" in said, said
    assert not any(cry in said for cry in ("FORK", "ROLLBACK", "NOT PROVED", "WRONG KEY")), said


def test_a_contest_in_which_nobody_is_believed_ends_in_a_download_that_passes(
    installation: Installation,
    witness: Machine,
    outside: Outside,
    open_page: OpenPage,
    tmp_path: Path,
) -> None:
    issuer, scrutineer = outside.issuer, outside.scrutineer
    issuer.type("python -m ballot.issuer init", answers=WORDS)
    import_list(installation.sign_in(open_page(), 2), installation, tmp_path)
    one, two = (installation.sign_in(open_page(), number) for number in (0, 1))
    desk.write_rules(one, installation)
    set_up(one, installation, (issuer.folder / "ines" / "issuer.json").read_text())
    public = open_page()
    key = key_in_notice(public, installation, issuer)
    for machine in (witness, scrutineer):
        (machine.folder / "key.txt").write_text(key)

    with watching(witness):
        by_two((one, two), installation, "freeze_roll", "Propose to freeze the roll")
        desk.wait_for_step(one, installation, "Set up the trustees’ key")
        ann, ben = open_page(), open_page()
        take_seats(one, installation, (ann, ben), outside.cay)
        files = hold_ceremony([ann, ben], outside.cay, tmp_path)
        make_keys(one, installation, issuer)
        by_two((one, two), installation, "open_poll", "Propose to open the poll")
        desk.wait_for_state(one, installation, "Poll open")

        issuer.type("python -m ballot.issuer send", answers=WORDS)
        receipt = poll(open_page, installation, outside, one, tmp_path)
        by_two((one, two), installation, "close_poll_early", "Propose to close the poll early",
               The_reason="The test has cast its papers.")  # fmt: skip
        scrutineer.type(
            "curl -fsS -o checkpoint-monday", **{"checkpoint-monday": "checkpoint-close"}
        )
        keep(scrutineer, "close.zip")
        desk.act(one, installation, "verify_register", "Verify")
        desk.wait_for_state(one, installation, "Register verified")

        open_boxes(one, installation, (ann, ben), files)
        desk.act(one, installation, "count", "Count")
        desk.wait_for_state(one, installation, "Counted")
        by_two((one, two), installation, "declare", "Propose to declare")
        public.goto(f"{installation.origin}/elections/{SLUG}/result/")
        expect(public.locator(".govuk-panel__title")).to_contain_text("Hana Yusuf")
        wait_for_witness(public, installation)

    said = check_result(scrutineer, receipt)
    assert "PASS: what was declared is what the ballots on the board say." in said
    assert "FAIL" not in said and "NOT MADE" not in said
    check_in_page(public, installation, key, receipt)


def key_in_notice(page: Page, installation: Installation, issuer: Machine) -> str:
    """The board's key from the notice, which names the issuer's key as their card has it."""
    card = json.loads((issuer.folder / "ines" / "issuer.json").read_text())
    page.goto(f"{installation.origin}/elections/{SLUG}/")
    expect(page.get_by_text(card["key"])).to_be_visible()
    return page.locator(".app-board-key code").inner_text()


def take_seats(
    officer: Page, installation: Installation, pages: tuple[Page, ...], cay: Machine
) -> None:
    """Begin the ceremony; two open their seats in the browser, the third keeps it in a file."""
    addresses = [f"{name[:3].lower()}@trustees.invalid" for name in NAMES]
    lines = "\n".join(f"{name}, {at}" for name, at in zip(NAMES, addresses, strict=True))
    desk.act(officer, installation, "set_key", "Begin the key ceremony", Trustees=lines,
             How_many_must_take_part_to_open_a_box="2")  # fmt: skip
    links = [
        link_in_letter(officer, installation.origin, address, f"/trustee/{SLUG}/")
        for address in addresses
    ]
    for page, link in zip(pages, links, strict=False):
        page.goto(link)
    (cay.folder / "seat.txt").write_text(links[2])


def poll(
    open_page: OpenPage, installation: Installation, outside: Outside, officer: Page, folder: Path
) -> Path:
    """Five vote, one of them after a check of the device, one with a new code; gives a receipt."""
    nerys = open_page()
    challenge(nerys, open_page(), link_to_vote(outside.post, "nerys"))
    check(nerys)
    seal_and_cast(nerys)
    receipt = keep_receipt(nerys, folder)
    lose_the_letter(open_page(), installation, "N2", "ZZ1 1A2")
    answer_requests(officer, installation, outside.issuer)
    outside.issuer.type("python -m ballot.issuer send", answers=WORDS)
    for name in ("petra", "quinn", "rhian"):
        vote(open_page(), link_to_vote(outside.post, name), "Hana Yusuf", "Ffion Parry")
    owain = open_page()
    owain.goto(link_to_vote(outside.post, "owain", letter=1))
    press(owain, "Use this new code")
    begin(owain)
    add(owain, "Ffion Parry")
    check(owain)
    seal_and_cast(owain)
    return receipt


def open_boxes(
    officer: Page, installation: Installation, pages: tuple[Page, Page], files: list[Path]
) -> None:
    """The server mixes, then each of two trustees; then both open."""
    desk.act(officer, installation, "mix_box", "Mix")
    for page, file in zip(pages, files, strict=True):
        give_share(page, file, "Mix the boxes", "All of it holds.")
        # The next begins from what this one left: else the server says that it was overtaken.
        expect(page.get_by_role("main")).to_contain_text(TAKEN, timeout=SLOW_MS)
    desk.wait_for_state(officer, installation, "Box mixed")
    for page, file in zip(pages, files, strict=True):
        give_share(page, file, "Open the boxes")
    desk.wait_for_act(officer, installation, "open_box", "Open the boxes")
    desk.act(officer, installation, "open_box", "Open the boxes")
    desk.wait_for_state(officer, installation, "Box opened")


def check_in_page(page: Page, installation: Installation, key: str, receipt: Path) -> None:
    page.goto(f"{board_of(installation)}check/")
    page.get_by_label("The board’s key").fill(key)
    page.get_by_label("Your receipt, as a file").set_input_files(receipt)
    press(page, "Start the check")
    expect(page.locator("#check-verdict-title")).to_have_text("PASS", timeout=240_000)

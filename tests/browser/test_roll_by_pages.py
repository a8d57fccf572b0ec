"""A newcomer keeps a roll, led only by the pages: from a messy workbook to the statement.

The installation is the supervisor's own. A membership administrator, a returning officer and a
deputy follow visible links and press visible buttons; no address is typed after the sign-in. On
the way every page is looked at in three widths, judged by axe, and pictured; with
HUSTINGS_HANDBOOK=1 the pictures of docs/handbook are made again.
"""

from __future__ import annotations

import csv
import os
import re
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import xlsxwriter
from PIL import Image
from playwright.sync_api import Error as PlaywrightError
from playwright.sync_api import Locator, Page, expect

from tests.browser.axe import findings
from tests.browser.installation import ROOT, Installation, press

OpenPage = Callable[..., Page]
HANDBOOK = ROOT / "docs" / "pictures" / "handbook"
WIDTHS = (320, 768, 1280)
HEADERS = (
    "Mem No", "First name", "Surname", "DOB", "E-mail address", "Address line 1", "Post Code",
    "Membership type", "Branch", "Date joined", "Paid to", "Membership status", "Shoe size",
)  # fmt: skip
ROWS = (
    ("V101", "Anwen", "Marsh", "03/04/1970", "anwen@members.invalid", "4 Weir Lane", "QV1 4AA",
     "Full member", "Inkle", "13/02/2012", "31/12/2027", "Paid up", "6"),
    ("V102", "Anwen", "Carrow", "03/04/1970", "anwen@members.invalid", "4 Weir Lane", "QV1 4AA",
     "Full member", "Upper Inkle", "20/05/2014", "31/12/2027", "Paid up", "6"),
    ("V103", "Rhys", "Tolley", "21/08/1991", "tolleys@members.invalid", "9 Weir Lane", "QV1 4AB",
     "Full member", "Inkle", "01/03/2013", "31/12/2027", "Paid up", "9"),
    ("V104", "Rhian", "Tolley", "21/08/1991", "tolleys@members.invalid", "9 Weir Lane", "QV1 4AB",
     "Full member", "Inkle", "01/03/2013", "31/12/2027", "Paid up", "5"),
    ("V105", "Gethin", "Pryce-Quill", "30/11/1958", "gethin@members.invalid", "2 Mill Row",
     "QV1 4AC", "Full member", "Inkle", "17/09/2010", "31/12/2027", "Owes a little", "10"),
    ("V106", "Mared", "Ffoulkes", "14/06/1983", "mared@members.invalid", "7 Mill Row", "QV1 4AD",
     "Full member", "Inkle", "31/02/2015", "31/12/2027", "Paid up", "4"),
)  # fmt: skip
TOTAL = ("Total", *[""] * 11, str(len(ROWS)))


class Album:
    """Looks at each page on the way in every width, and keeps its pictures."""

    def __init__(self, screenshot: Callable[[Page, str], None]) -> None:
        self._screenshot = screenshot
        self.seen: list[str] = []

    def look(self, page: Page, name: str) -> None:
        """No width scrolls sideways, and axe finds nothing in the narrowest and the widest."""
        page.wait_for_load_state()
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 900})
            wide = page.evaluate("document.documentElement.scrollWidth")
            assert wide <= width, f"{name} scrolls sideways at {width}: {wide}"
            self._screenshot(page, f"by-pages-{name}-{width}")
            if width != 768:
                assert findings(page) == [], f"{name} at {width}"
        self.seen.append(name)

    def handbook(self, page: Page, name: str, *, shows: Locator | None = None) -> None:
        """Make the handbook's picture of this page again, where that is asked for.

        shows: what the picture begins with; without it, what the page is about.
        """
        if not os.environ.get("HUSTINGS_HANDBOOK"):
            return
        page.set_viewport_size({"width": 1280, "height": 900})
        begins = shows or page.get_by_role("main")
        begins.evaluate("it => it.scrollIntoView({block: 'start'})")
        HANDBOOK.mkdir(parents=True, exist_ok=True)
        path = HANDBOOK / f"{name}.png"
        page.screenshot(path=path)
        Image.open(path).convert("RGB").quantize(64).save(path, optimize=True)


def write_workbook(path: Path) -> Path:
    """The list as a branch secretary sends it: titles, own headers, a foot with the total."""
    book = xlsxwriter.Workbook(path)
    sheet = book.add_worksheet("Members")
    sheet.write_row(0, 0, ["Inkle Valley: our members"])
    sheet.write_row(1, 0, ["Exported by the branch secretary"])
    for line, row in enumerate((HEADERS, *ROWS, TOTAL), start=3):
        for place, cell in enumerate(row):
            sheet.write_string(line, place, cell)
    book.close()
    return path


def follow(page: Page, name: str | re.Pattern[str]) -> None:
    link = page.get_by_role("link", name=name, exact=isinstance(name, str)).first
    expect(link).to_be_visible()
    link.click()


def wait_until(page: Page, is_there: Callable[[], bool], *, limit_s: int = 180) -> None:
    """Reload the page, as a person does, until the worker has brought it so far."""
    give_up_at = time.monotonic() + limit_s
    while time.monotonic() < give_up_at:
        page.wait_for_load_state()
        if is_there():
            return
        time.sleep(0.5)
        try:
            page.reload()
        except PlaywrightError as error:
            # The page reloads itself when a job ends, and may do so under our own reload.
            if "ERR_ABORTED" not in str(error):
                raise
    pytest.fail(f"It did not come so far:\n{page.inner_text('main')}")


def send_list(page: Page, file: Path) -> None:
    follow(page, "Desk")
    follow(page, "Members")
    follow(page, "Import a membership list")
    page.get_by_label("The list, as a file").set_input_files(file)
    page.get_by_label("Only some people").check()
    with page.expect_navigation():
        press(page, "Send the list")


def say_what_the_columns_are(page: Page, album: Album) -> None:
    asks = page.get_by_role("button", name="Say what the columns are")
    wait_until(page, asks.is_visible)
    album.look(page, "import-asks")
    asks.click()
    album.look(page, "mapping")
    album.handbook(page, "mapping")
    page.get_by_label("Which membership system the file comes from").fill("Inkle Valley")
    page.get_by_label("“Full member” means").select_option("member")
    page.get_by_label("“Paid up” means").select_option("good")
    press(page, "Save this and read the file")
    expect(page.get_by_role("link", name="Say what “Owes a little” means.")).to_be_visible()
    page.get_by_label("“Owes a little” means").select_option("good")
    press(page, "Save this and read the file")


def import_workbook(page: Page, album: Album, tmp_path: Path) -> None:
    follow(page, "Members")
    album.look(page, "members")
    album.handbook(page, "members")
    follow(page, "Import a membership list")
    album.look(page, "imports")
    send_list(page, write_workbook(tmp_path / "inkle-valley.xlsx"))
    say_what_the_columns_are(page, album)
    apply = page.get_by_role("button", name=re.compile("Apply: add 5"))
    wait_until(page, apply.is_visible)
    expect(page.get_by_text("31/02/2015").first).to_be_visible()
    expect(page.get_by_text("Shoe size").first).to_be_visible()
    album.look(page, "preview")
    album.handbook(page, "preview")
    with page.expect_navigation():
        apply.click()
    wait_until(page, page.get_by_text("people are on the list now").is_visible)
    album.look(page, "applied")


def mend_refused_row(page: Page, album: Album, tmp_path: Path) -> None:
    with page.expect_download() as download:
        press(page, "Download the refused rows")
    refused, mended = tmp_path / "refused.csv", tmp_path / "mended.csv"
    download.value.save_as(refused)
    with refused.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 1
    assert "31/02/2015" in rows[0].values()
    rows[0]["joined_on"] = "2015-02-28"
    with mended.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, fieldnames=list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    follow(page, "send the mended rows in")
    page.get_by_label("The list, as a file").set_input_files(mended)
    page.get_by_label("Only some people").check()
    press(page, "Send the list")
    apply = page.get_by_role("button", name=re.compile("Apply: add 1"))
    wait_until(page, apply.is_visible)
    with page.expect_navigation():
        apply.click()
    wait_until(page, page.get_by_text("people are on the list now").is_visible)
    album.look(page, "mended")


def pair_of(page: Page, name: str) -> Locator:
    return page.get_by_role("link", name=re.compile(name))


def settle_pairs(page: Page, album: Album) -> None:
    follow(page, "Records that may be one person")
    marsh = pair_of(page, "Anwen Marsh|Anwen Carrow")
    wait_until(page, marsh.first.is_visible)
    album.look(page, "duplicates")
    marsh.first.click()
    album.look(page, "pair")
    album.handbook(page, "pair")
    page.get_by_label("Reason, if there is more to say").fill("She married in 2014.")
    page.get_by_role("button", name=re.compile("The same person: V10")).first.click()
    expect(page.get_by_text(re.compile("One person: Anwen"))).to_be_visible()

    follow(page, "Records that may be one person")
    pair_of(page, "Tolley").first.click()
    press(page, "Not the same")
    follow(page, "Decided so far")
    album.look(page, "pairs-decided")
    page.get_by_role("button", name=re.compile("Undo ?: V10[34] and V10[34]")).click()
    expect(page.get_by_text("The pair waits for a decision again.")).to_be_visible()
    press(page, "Not the same")
    expect(page.get_by_text(re.compile("Not the same person: R"))).to_be_visible()


def find_gethin(page: Page) -> None:
    follow(page, "Desk")
    follow(page, "Members")
    page.get_by_label("Number, name, postcode or e-mail address").fill("V105")
    press(page, "Search")
    follow(page, "Pryce-Quill, Gethin")
    expect(page.get_by_role("heading", level=1)).to_have_text(re.compile("Gethin Pryce-Quill"))


def propose(page: Page, installation: Installation, kind: str, reason: str) -> None:
    find_gethin(page)
    follow(page, "Propose a decision")
    page.get_by_label(kind, exact=True).check()
    page.get_by_label("Reason", exact=True).select_option(label=reason)
    page.get_by_label("What it rests on").fill("Minute 7 of the panel.")
    press(page, "Propose")
    installation.prove_again(page, 2)
    expect(page.get_by_text("This waits for a second officer, who")).to_be_visible()


def approve(page: Page, installation: Installation) -> None:
    """The deputy finds what waits from the desk, and approves it."""
    follow(page, "Desk")
    follow(page, re.compile("proposal.* for a second officer"))
    press(page, "Approve and carry out")
    installation.prove_again(page, 1)
    expect(page.get_by_text("Nothing waits for a second officer.")).to_be_visible()


def exclude(page: Page, deputy: Page, album: Album, installation: Installation) -> None:
    find_gethin(page)
    album.look(page, "member")
    propose(page, installation, "Exclusion from the ballot", "Abuse of another person")
    album.look(page, "decision")
    album.handbook(page, "decision")
    approve(deputy, installation)
    album.look(deputy, "approvals")
    read_notice(page)
    album.look(page, "letter")
    album.handbook(page, "letter", shows=page.get_by_text("Dear Gethin"))


def read_notice(page: Page) -> None:
    """The newest letter to the excluded member, in the outbox of the demonstration."""
    follow(page, "Read the letters it sends")
    page.get_by_label("E-mail address, or a part of it").fill("gethin@")
    press(page, "Search")
    letter = page.get_by_role("link", name="About your membership")
    wait_until(page, letter.first.is_visible)
    letter.first.click()
    expect(page.get_by_text("abuse of another person").first).to_be_visible()


def reinstate(page: Page, deputy: Page, album: Album, installation: Installation) -> None:
    find_gethin(page)
    expect(page.get_by_text("Excluded").first).to_be_visible()
    propose(page, installation, "Reinstatement", "The earlier decision was made in error")
    approve(deputy, installation)
    find_gethin(page)
    expect(page.get_by_text("Good standing").first).to_be_visible()
    album.look(page, "member-reinstated")


def write_rules_and_try_them(page: Page, album: Album) -> None:
    follow(page, "Desk")
    follow(page, "Members")
    follow(page, "Rules: who may vote")
    album.look(page, "rules")
    press_link(page, "Write rules")
    page.get_by_label("Name").fill("Leader 2027")
    for box in page.get_by_role("group", name="Sections that may vote").get_by_role(
        "checkbox"
    ).all():  # fmt: skip
        box.check()
    page.get_by_role("group", name="Standings that may vote").get_by_role(
        "checkbox", name="Good standing"
    ).check()
    page.get_by_label("Joined on or before").first.fill("2014-12-31")
    album.look(page, "rules-new")
    press(page, "Save the rules")
    with page.expect_navigation():
        press(page, "Try these rules")
    wait_until(page, page.get_by_text("Would be on the roll").is_visible)
    album.look(page, "dry-run")
    album.handbook(page, "dry-run")


def press_link(page: Page, name: str) -> None:
    """Some links look like buttons, and say that they are."""
    page.get_by_role("button", name=name, exact=True).click()


def set_up(page: Page, installation: Installation) -> None:
    follow(page, "Desk")
    follow(page, "Elections")
    press_link(page, "Set up an election")
    page.get_by_label("Title").fill("Leader 2027")
    press(page, "Begin")
    fill_in_set_up(page)
    put_up_candidates(page)
    for act in ("Publish the notice", "Publish who stands"):
        take_next_step(page, installation, act)


def fill_in_set_up(page: Page) -> None:
    now = datetime.now(ZoneInfo("Europe/London"))
    page.get_by_label("Returning officer (needed for the notice)", exact=True).fill("Ruth Adeyemi")
    page.get_by_label("The poll opens").fill(f"{now - timedelta(hours=1):%Y-%m-%dT%H:%M}")
    page.get_by_label("The poll closes").fill(f"{now + timedelta(days=7):%Y-%m-%dT%H:%M}")
    page.get_by_label("Who may vote").select_option(label="Leader 2027, version 1")
    page.get_by_label("Other ways to vote").fill("Ring the office for a postal paper.")
    press(page, "Save")
    expect(page.get_by_text("The election is saved.")).to_be_visible()


def put_up_candidates(page: Page) -> None:
    to_the_election(page)
    follow(page, re.compile("The paper: contests"))
    page.get_by_role("button", name=re.compile("Add a contest")).click()
    page.get_by_label("The post").fill("Leader")
    press(page, "Add the contest")
    for name in ("Ffion Parry", "George Bell"):
        to_the_election(page)
        follow(page, re.compile("The paper: contests"))
        page.get_by_role("button", name=re.compile("Add a candidate")).click()
        page.get_by_label("Name").fill(name)
        page.get_by_label("Statement").fill(f"{name} will listen.")
        press(page, "Save the candidate")
        expect(page.get_by_text(name).first).to_be_visible()


def to_the_election(page: Page) -> None:
    follow(page, "Desk")
    follow(page, "Elections")
    follow(page, "Leader 2027")


def take_next_step(page: Page, installation: Installation, button: str) -> None:
    """The election's own page says what comes next; its button leads there."""
    to_the_election(page)
    page.locator(".app-next").get_by_role("button").click()
    press(page, button)
    installation.prove_again(page, 0)
    expect(page.get_by_role("heading", level=1)).to_have_text("Leader 2027")


def freeze(page: Page, deputy: Page, album: Album, installation: Installation) -> None:
    take_next_step(page, installation, "Propose to freeze the roll")
    album.look(page, "freeze-proposed")
    approve(deputy, installation)
    to_the_election(page)
    wait_until(page, page.get_by_role("heading", name=re.compile("Next: Set up the")).is_visible)
    album.look(page, "frozen")


def read_statement(page: Page, album: Album) -> None:
    """As anybody may, from the front page: each sum, worked out again from the page."""
    follow(page, "Leader 2027")
    follow(page, re.compile("Statement of the electorate"))
    album.look(page, "statement")
    album.handbook(page, "statement")
    whole, *sections = [figures_of(table) for table in page.locator("main table").all()]
    assert len(sections) == 3
    for applied, *removed, on_the_roll in (whole, *sections):
        assert applied - sum(removed) == on_the_roll
    for place in (0, -1):
        assert whole[place] == sum(section[place] for section in sections)
    assert whole[0] == 534 + len(ROWS)


def figures_of(table: Locator) -> list[int]:
    return [int(cell.replace(",", "")) for cell in table.locator("tbody td:last-child")
            .all_inner_texts()]  # fmt: skip


def test_a_newcomer_brings_a_messy_list_to_a_frozen_roll_by_the_pages_alone(
    installation: Installation,
    open_page: OpenPage,
    screenshot: Callable[[Page, str], None],
    tmp_path: Path,
) -> None:
    album = Album(screenshot)
    administrator = installation.sign_in(open_page(), 2)
    import_workbook(administrator, album, tmp_path)
    mend_refused_row(administrator, album, tmp_path)
    settle_pairs(administrator, album)
    officer = installation.sign_in(open_page(), 0)
    deputy = installation.sign_in(open_page(), 1)
    exclude(administrator, deputy, album, installation)
    reinstate(administrator, deputy, album, installation)
    write_rules_and_try_them(officer, album)
    set_up(officer, installation)
    freeze(officer, deputy, album, installation)
    public = open_page()
    public.set_default_timeout(30_000)
    public.goto(installation.origin)
    read_statement(public, album)

"""A whole contest in a browser, on a whole installation: what README promises a person can do.

The installation is the supervisor's own (PostgreSQL, Valkey, web, worker, beat), in a folder of
its own; nothing of it is replaced. Two officers, a membership administrator and two members go
from the list to the declared result by the pages alone.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Error as PlaywrightError
from playwright.sync_api import Page, expect

from tests.browser.installation import Installation, press
from tests.browser.steps import link_in_letter

OpenPage = Callable[..., Page]


def act(page: Page, installation: Installation, name: str, button: str, **filled: str) -> None:
    """Do an act on its own page, as the first officer."""
    page.goto(f"{installation.origin}/desk/elections/leader-2027/acts/{name}/")
    for label, text in filled.items():
        page.get_by_label(label.replace("_", " ")).fill(text)
    press(page, button)
    installation.prove_again(page, 0)
    expect(page.get_by_role("heading", level=1)).to_have_text("Leader 2027")


def approve(page: Page, installation: Installation) -> None:
    """Approve what waits, as the second officer."""
    page.goto(f"{installation.origin}/desk/approvals/")
    press(page, "Approve and carry out")
    installation.prove_again(page, 1)
    expect(page.get_by_text("Nothing waits for a second officer.")).to_be_visible()


def wait_for(page: Page, installation: Installation, is_there: Callable[[], bool]) -> None:
    """Reload the election's page until the worker has brought it so far."""
    give_up_at = time.monotonic() + 240
    while time.monotonic() < give_up_at:
        try:
            page.goto(f"{installation.origin}/desk/elections/leader-2027/")
            if is_there():
                return
        except PlaywrightError as error:
            # The page reloads itself when a job ends, and may do so under our own reload.
            if "ERR_ABORTED" not in str(error):
                raise
        time.sleep(0.5)
    pytest.fail(f"The election did not come so far:\n{page.inner_text('main')}")


def wait_for_state(page: Page, installation: Installation, words: str) -> None:
    wait_for(page, installation, page.get_by_text(words, exact=True).first.is_visible)


def wait_for_step(page: Page, installation: Installation, words: str) -> None:
    heading = page.get_by_role("heading", name=f"Next: {words}")
    wait_for(page, installation, heading.is_visible)


def wait_for_act(page: Page, installation: Installation, name: str, button: str) -> None:
    """Look at the page of an act until nothing stops it any more."""
    offered = page.get_by_role("button", name=button, exact=True)

    def is_offered() -> bool:
        page.goto(f"{installation.origin}/desk/elections/leader-2027/acts/{name}/")
        return offered.is_visible()

    wait_for(page, installation, is_offered)


VOTE = "/vote/leader-2027/"
LIST = (
    "number,given_name,family_name,email,postcode,section,joined_on,standing,date_of_birth\n"
    "N1,Nerys,O’Neill,nerys@members.invalid,ZZ1 1AA,member,2015-03-01,good,1980-01-01\n"
    "N2,Owain,D’Arcy,owain@members.invalid,ZZ1 1AB,member,2015-03-01,good,1981-01-01\n"
    "N3,Late,Comer,late@members.invalid,ZZ1 1AC,member,2031-03-01,good,1982-01-01\n"
    "N4,No,Section,none@members.invalid,ZZ1 1AD,nowhere,2015-03-01,good,1983-01-01\n"
)


def import_list(page: Page, installation: Installation, tmp_path: Path) -> None:
    file = tmp_path / "branch-list.csv"
    file.write_text(LIST)
    page.goto(f"{installation.origin}/desk/members/imports/")
    page.get_by_label("The list, as a file").set_input_files(file)
    page.get_by_label("Only some people").check()
    press(page, "Send the list")
    expect(page.get_by_role("button", name=re.compile("Apply: add 2"))).to_be_visible(
        timeout=60_000
    )
    expect(page.get_by_text("nowhere").first).to_be_visible()
    page.get_by_role("button", name=re.compile("Apply: add 2")).click()
    expect(page.get_by_text("Applied").first).to_be_visible(timeout=60_000)


def write_rules(page: Page, installation: Installation) -> None:
    page.goto(f"{installation.origin}/desk/members/rules/new/")
    page.get_by_label("Name").fill("Leader 2027")
    sections = page.get_by_role("group", name="Sections that may vote")
    for box in sections.get_by_role("checkbox").all():
        box.check()
    page.get_by_role("group", name="Standings that may vote").get_by_role(
        "checkbox", name="good"
    ).check()
    press(page, "Save the rules")
    expect(page.get_by_text("Leader 2027").first).to_be_visible()


def set_up(page: Page, installation: Installation) -> None:
    now = datetime.now(ZoneInfo("Europe/London"))
    page.goto(f"{installation.origin}/desk/elections/new/")
    page.get_by_label("Title").fill("Leader 2027")
    press(page, "Begin")
    page.goto(f"{installation.origin}/desk/elections/leader-2027/set-up/")
    page.get_by_label("Returning officer (needed for the notice)", exact=True).fill("Ruth Adeyemi")
    page.get_by_label("The poll opens").fill(f"{now - timedelta(hours=1):%Y-%m-%dT%H:%M}")
    page.get_by_label("The poll closes").fill(f"{now + timedelta(days=7):%Y-%m-%dT%H:%M}")
    page.get_by_label("Who may vote").select_option(label="Leader 2027, version 1")
    page.get_by_label("Other ways to vote").fill("Ring the office for a postal paper.")
    press(page, "Save")
    nominate(page, installation)
    act(page, installation, "publish_notice", "Publish the notice")
    act(page, installation, "publish_candidates", "Publish who stands")


def nominate(page: Page, installation: Installation) -> None:
    page.goto(f"{installation.origin}/desk/elections/leader-2027/contests/new/")
    page.get_by_label("The post").fill("Leader")
    press(page, "Add the contest")
    for name in ("Ffion Parry", "George Bell", "Hana Yusuf"):
        page.goto(f"{installation.origin}/desk/elections/leader-2027/paper/")
        page.get_by_role("button", name=re.compile("Add a candidate")).click()
        page.get_by_label("Name").fill(name)
        page.get_by_label("Statement").fill(f"{name} will listen.")
        press(page, "Save the candidate")


def vote(page: Page, link: str, *preferences: str) -> list[str]:
    page.goto(link)
    page.get_by_role("button", name="This is me").click()
    for name in preferences:
        page.get_by_role("button", name=f"Add as next choice {name}").click()
    page.get_by_role("button", name="Check your paper").click()
    page.get_by_role("button", name="Cast", exact=True).click()
    expect(page.get_by_role("heading", name="Your ballot is in the box")).to_be_visible()
    words = page.locator("#receipt-words li").all_inner_texts()
    assert len(words) == 12
    return [word.split()[-1] for word in words]


def test_a_contest_goes_from_the_list_to_the_declared_result_by_the_pages_alone(
    installation: Installation,
    open_page: OpenPage,
    screenshot: Callable[[Page, str], None],
    tmp_path: Path,
) -> None:
    administrator = installation.sign_in(open_page(), 2)
    import_list(administrator, installation, tmp_path)
    one = installation.sign_in(open_page(), 0)
    two = installation.sign_in(open_page(), 1)
    write_rules(one, installation)
    set_up(one, installation)

    act(one, installation, "freeze_roll", "Propose to freeze the roll")
    approve(two, installation)
    wait_for_step(one, installation, "Set up the trustees’ key")
    act(one, installation, "set_key", "Begin the key ceremony", Trustees="Ann\nBen\nCay",
        How_many_must_take_part_to_open_a_box="2")
    act(one, installation, "send_codes", "Make the codes")
    wait_for_step(one, installation, "Open the poll")
    act(one, installation, "open_poll", "Propose to open the poll")
    approve(two, installation)
    wait_for_state(one, installation, "Poll open")

    member = open_page(width=320, height=700)
    nerys = link_in_letter(open_page(), installation.origin, "nerys@members.invalid", VOTE)
    words = vote(member, nerys, "Hana Yusuf", "Ffion Parry")
    owain = link_in_letter(open_page(), installation.origin, "owain@members.invalid", VOTE)
    vote(open_page(), owain, "Hana Yusuf")
    again = open_page()
    again.goto(nerys)
    cast_before = re.compile("has (already )?been cast|already voted")
    expect(again.get_by_text(cast_before).first).to_be_visible()

    act(one, installation, "close_poll_early", "Propose to close the poll early",
        The_reason="The test has cast its two papers.")
    approve(two, installation)
    for name, button, state in (
        ("verify_register", "Verify", "Register verified"),
        ("mix_box", "Mix", "Box mixed"),
        ("open_box", "Open the boxes", "Box opened"),
        ("count", "Count", "Counted"),
    ):
        act(one, installation, name, button)
        wait_for_state(one, installation, state)
    act(one, installation, "declare", "Propose to declare")
    approve(two, installation)

    public = open_page()
    public.goto(f"{installation.origin}/elections/leader-2027/result/")
    expect(public.locator(".govuk-panel__title")).to_contain_text("Hana Yusuf")
    screenshot(public, "whole-contest-result")
    public.goto(f"{installation.origin}/board/leader-2027/")
    public.get_by_label("The words of your receipt").fill(" ".join(words))
    press(public, "Look for it")
    expect(public.get_by_text(re.compile("is on the board")).first).to_be_visible()
    # The same installation's static files, as a release has them, are what the browser checks with.
    public.goto(f"{installation.origin}/board/leader-2027/check/")
    press(public, "Start the check")
    expect(public.locator("#check-verdict-title")).to_have_text("PASS", timeout=240_000)

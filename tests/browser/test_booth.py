"""The booth in a real browser, with real sealing: what it shows, asks for, and sends."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from django.http import HttpResponse, JsonResponse
from playwright.sync_api import Page, Request, expect

from ballot.canonical import XofRng
from ballot.sealing import ballot as ballots
from ballot.sealing import codes
from tests.browser.axe import findings
from tests.browser.booth_desk import DEPUTY_CONTEST, LEADER, LEADER_CONTEST, Desk, standing
from tests.browser.steps import add, begin, check, seal_and_cast, tab_to

OpenPage = Callable[..., Page]
WIDTHS = (320, 768, 1280)
OTHER_CODE = codes.show_code(codes.make_code(rng=XofRng(b"another of the household")))


@pytest.fixture
def desk() -> Desk:
    standing.desk = Desk()
    return standing.desk


@pytest.fixture
def origin(serve: Callable[[str], str], desk: Desk) -> str:
    return serve("tests.browser.booth_desk")


@pytest.fixture
def booth(open_page: OpenPage, origin: str, desk: Desk) -> Callable[..., Page]:
    """Open the elector's link, and stop where the page asks whether it is they."""

    def open_(*, code: str | None = None, **options: object) -> Page:
        page = open_page(**options)
        page.goto(f"{origin}/vote/leader/#{desk.shown_code if code is None else code}")
        return page

    return open_


def test_a_ranking_is_marked_checked_sealed_and_cast(
    booth: Callable[..., Page], desk: Desk
) -> None:
    page = booth()
    expect(page.locator("#screen-identify")).to_contain_text("J. Smith, number ending 431")
    begin(page)
    expect(page.locator("#bar")).to_contain_text("Not cast yet")

    add(page, "Jin Chun", "Ada Okoro", "Tamsin Vale")
    check(page)
    expect(page.locator("#check-contests li")).to_have_text(
        ["1stJin Chun", "2ndAda Okoro", "3rdTamsin Vale"]
    )
    expect(page.locator("#check-contests")).to_contain_text("You ranked 3 of 5")
    seal_and_cast(page)

    assert desk.opened() == [(1, 0, 4)]
    assert len(desk.posted) == 1
    expect(page.locator("#bar")).to_contain_text("Cast")
    expect(page.locator("#bar")).not_to_contain_text("Not cast yet")


def test_the_receipt_is_the_tracker_of_the_ballot_and_shows_no_choice(
    booth: Callable[..., Page], desk: Desk
) -> None:
    page = booth()
    begin(page)
    add(page, "Mair Puw")
    check(page)
    seal_and_cast(page)

    ballot = desk.checked
    tracker = ballots.tracker_hash(ballot.credential, ballot.votes, setting=desk.setting)
    expect(page.locator("#receipt-words li")).to_have_text(list(ballots.tracker_words(tracker)))
    expect(page.locator("#receipt-full")).to_have_text(tracker.hex())
    expect(page.locator("#receipt-picture svg")).to_be_visible()
    shown = page.locator("main").inner_text()
    assert not any(name in shown for name in LEADER)
    assert page.evaluate("document.querySelector('#screen-mark select').value") == ""


def test_nothing_is_requested_between_marking_and_casting(
    booth: Callable[..., Page], desk: Desk
) -> None:
    page = booth()
    begin(page)
    page.wait_for_load_state("networkidle")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(f"{request.method} {request.url}"))

    page.get_by_text("Statement of Ada Okoro").first.click()
    add(page, *LEADER)
    page.get_by_role("button", name="Move up Tamsin Vale").click()
    page.get_by_role("button", name="Remove Jin Chun").click()
    check(page)
    page.get_by_role("button", name="Go back and change").click()
    page.get_by_label("Your choice for Jin Chun").select_option("5th")
    check(page)
    assert asked == []

    seal_and_cast(page)
    assert [line.split("/", 3)[0] + line.split("/", 3)[3] for line in asked] == [
        "POST http:vote/leader/cast"
    ]


def test_the_code_leaves_the_address_and_never_goes_to_the_server(
    open_page: OpenPage, origin: str, desk: Desk
) -> None:
    page = open_page()
    sent: list[Request] = []

    def keep(request: Request) -> None:
        sent.append(request)

    page.on("request", keep)
    page.goto(f"{origin}/vote/leader/#{desk.shown_code}")
    begin(page)
    add(page, "Jin Chun")
    check(page)
    seal_and_cast(page)

    assert page.url == f"{origin}/vote/leader/"
    for request in sent:
        written = request.url + str(request.headers) + (request.post_data_buffer or b"").hex()
        for form in (desk.code, desk.shown_code, desk.code.encode().hex()):
            assert form.lower() not in written.lower()
    assert len(desk.identified) == 1
    assert len(sent) > 5


def test_nothing_is_stored_on_the_device(booth: Callable[..., Page], desk: Desk) -> None:
    page = booth()
    begin(page)
    add(page, "Jin Chun", "Ada Okoro")
    check(page)

    stored = page.evaluate(
        """async () => ({
            local: localStorage.length, session: sessionStorage.length,
            databases: (await indexedDB.databases()).length, caches: (await caches.keys()).length,
            history: JSON.stringify(history.state), cookies: document.cookie })"""
    )
    assert [(it["name"], it["expires"]) for it in page.context.cookies()] == [("csrf", -1)]
    assert stored == {
        "local": 0,
        "session": 0,
        "databases": 0,
        "caches": 0,
        "history": '{"screen":"check"}',
        "cookies": "",
    }


def test_what_was_marked_is_nowhere_in_the_page_once_it_is_cast(
    booth: Callable[..., Page], desk: Desk
) -> None:
    page = booth()
    begin(page)
    printed = page.locator("#screen-mark").text_content()
    page.get_by_label("Your choice for Ada Okoro").select_option("2nd")
    page.get_by_label("Your choice for Jin Chun").select_option("2nd")
    page.get_by_role("button", name="Check your paper").click()
    expect(page.locator("#problem-list")).to_contain_text("Ada Okoro and Jin Chun are both")
    page.get_by_role("button", name="Put in order Leader").click()
    check(page)
    seal_and_cast(page)
    page.wait_for_timeout(100)  # Longer than a sentence waits to be announced.

    assert page.locator("#screen-mark").text_content() == printed
    for part in ("#problem", "#live", "#screen-check", "#screen-receipt"):
        said = page.locator(part).text_content() or ""
        assert not any(name in said for name in LEADER), part
    assert desk.opened() == [(0, 1)]


def test_a_double_click_casts_once(booth: Callable[..., Page], desk: Desk) -> None:
    page = booth()
    begin(page)
    add(page, "Sam O’Neill")
    check(page)

    page.get_by_role("button", name="Cast", exact=True).dblclick()
    expect(page.get_by_role("heading", name="Your ballot is in the box")).to_be_visible()

    assert len(desk.posted) == 1


def test_a_lost_answer_is_said_to_be_unknown_and_the_same_bytes_are_sent_again(
    booth: Callable[..., Page], desk: Desk
) -> None:
    desk.cast_answers = [HttpResponse("bad gateway", status=502)]
    page = booth()
    begin(page)
    add(page, "Jin Chun")
    check(page)

    page.get_by_role("button", name="Cast", exact=True).click()
    expect(page.locator("#unknown")).to_contain_text("It is not known whether your ballot arrived")
    expect(page.get_by_role("button", name="Change Leader")).to_be_hidden()
    expect(page.locator("#bar")).to_contain_text("Not cast yet")
    page.go_back()
    expect(page.locator("#unknown")).to_be_visible()
    assert findings(page) == []

    page.get_by_role("button", name="Send the same ballot again").click()
    expect(page.get_by_role("heading", name="Your ballot is in the box")).to_be_visible()
    assert len(desk.posted) == 2
    assert desk.posted[0] == desk.posted[1]


def test_a_broken_connection_is_said_to_be_unknown_too(
    booth: Callable[..., Page], desk: Desk
) -> None:
    page = booth()
    begin(page)
    check(page)
    page.context.set_offline(True)
    page.get_by_role("button", name="Cast", exact=True).click()
    expect(page.locator("#unknown")).to_be_visible()
    assert desk.posted == []

    page.context.set_offline(False)
    page.get_by_role("button", name="Send the same ballot again").click()
    expect(page.get_by_role("heading", name="Your ballot is in the box")).to_be_visible()
    assert desk.opened() == [()]


def test_a_refusal_is_shown_in_its_own_words_and_nothing_is_lost(
    booth: Callable[..., Page], desk: Desk
) -> None:
    desk.cast_answers = [
        JsonResponse(
            {"code": "poll.suspended", "sentence": "Voting is paused until noon."}, status=409
        )
    ]
    page = booth()
    begin(page)
    add(page, "Jin Chun")
    check(page)

    page.get_by_role("button", name="Cast", exact=True).click()
    expect(page.locator("#problem")).to_contain_text("Voting is paused until noon.")
    expect(page.locator("#problem")).to_be_focused()
    expect(page.locator("#check-contests")).to_contain_text("Jin Chun")
    assert findings(page) == []

    seal_and_cast(page)
    assert desk.opened() == [(1,)]


def test_a_page_that_lost_its_cookie_says_so_and_casts_nothing(
    booth: Callable[..., Page], desk: Desk
) -> None:
    page = booth()
    begin(page)
    check(page)
    page.context.clear_cookies()

    page.get_by_role("button", name="Cast", exact=True).click()

    expect(page.locator("#problem")).to_contain_text("This page has lost its cookie")
    expect(page.locator("#bar")).to_contain_text("Not cast yet")
    assert desk.posted == []


def test_a_device_that_cannot_seal_says_so_and_nothing_is_sent(
    booth: Callable[..., Page], desk: Desk
) -> None:
    page = booth()
    begin(page)
    add(page, "Jin Chun")
    check(page)
    page.evaluate(
        """() => {
            const real = crypto.getRandomValues.bind(crypto);
            crypto.getRandomValues = () => { throw new Error("no randomness"); };
            window.mend = () => { crypto.getRandomValues = real; };
        }"""
    )
    page.get_by_role("button", name="Cast", exact=True).click()
    expect(page.locator("#problem")).to_contain_text("could not be sealed on this device")
    assert desk.posted == []

    page.evaluate("mend()")
    seal_and_cast(page)
    assert desk.opened() == [(1,)]


def test_a_receipt_that_cannot_be_drawn_is_said_to_be_in_the_box_all_the_same(
    booth: Callable[..., Page], desk: Desk
) -> None:
    page = booth()
    begin(page)
    check(page)
    page.evaluate("() => { document.createElementNS = () => { throw new Error('none'); }; }")

    page.get_by_role("button", name="Cast", exact=True).click()

    expect(page.locator("#problem")).to_contain_text("Your ballot is in the box all the same")
    expect(page.locator("#receipt-full")).to_have_text(
        ballots.tracker_hash(
            desk.checked.credential, desk.checked.votes, setting=desk.setting
        ).hex()
    )


def test_a_receipt_of_another_ballot_is_reported(booth: Callable[..., Page], desk: Desk) -> None:
    desk.cast_answers = [JsonResponse({"tracker": "00" * 32})]
    page = booth()
    begin(page)
    check(page)

    page.get_by_role("button", name="Cast", exact=True).click()

    expect(page.locator("#problem")).to_contain_text("Tell the scrutineer")


def test_gaps_and_repeats_are_explained_and_block_until_put_in_order(
    booth: Callable[..., Page], desk: Desk
) -> None:
    page = booth()
    begin(page)
    page.get_by_label("Your choice for Ada Okoro").select_option("2nd")
    page.get_by_label("Your choice for Jin Chun").select_option("2nd")

    order = page.locator(".booth-order")
    expect(order).to_contain_text("Ada Okoro and Jin Chun are both marked 2nd.")
    expect(order).to_contain_text("You have no 1st choice, but you have a later one.")
    expect(page.locator("#live")).to_contain_text("Jin Chun is now your 2nd choice of 5.")
    page.get_by_role("button", name="Check your paper").click()
    expect(page.locator("#problem")).to_be_focused()
    expect(page.get_by_role("heading", name="Mark your paper")).to_be_visible()
    assert findings(page) == []
    page.locator("#problem a").first.click()
    expect(page.get_by_label("Your choice for Ada Okoro")).to_be_focused()

    page.get_by_role("button", name="Put in order Leader").click()
    expect(page.locator("#live")).to_contain_text("Put in order: Ada Okoro, Jin Chun.")
    check(page)
    seal_and_cast(page)
    assert desk.opened() == [(0, 1)]


def test_focus_stays_where_it_was_while_marking(booth: Callable[..., Page]) -> None:
    page = booth()
    begin(page)
    add(page, "Ada Okoro", "Jin Chun", "Mair Puw")
    row = page.locator("[data-name='Mair Puw']")
    up = row.locator("[data-act=up]")

    up.focus()
    page.keyboard.press("Enter")
    expect(page.locator("#live")).to_have_text("Mair Puw is now your 2nd choice of 5.")
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")

    expect(up).to_be_focused()
    expect(up).to_have_attribute("aria-disabled", "true")
    expect(row.locator("select")).to_have_value("1")
    toggle = row.locator("[data-act=toggle]")
    toggle.focus()
    page.keyboard.press("Enter")
    expect(toggle).to_be_focused()
    expect(toggle).to_have_accessible_name("Add as next choice Mair Puw")


def test_two_contests_one_by_radio_buttons_are_cast_as_one_paper(
    booth: Callable[..., Page], desk: Desk
) -> None:
    desk.contests = [LEADER_CONTEST, DEPUTY_CONTEST]
    page = booth()
    begin(page)
    add(page, "Tamsin Vale")
    page.get_by_label("Owen Pryce").check()
    check(page)
    expect(page.locator("#check-contests")).to_contain_text("This is your one choice.")

    page.get_by_role("button", name="Change Deputy leader").click()
    page.get_by_label("No choice (leave this contest blank)").check()
    check(page)
    expect(page.locator("#check-contests")).to_contain_text("You have left this blank.")
    seal_and_cast(page)

    assert desk.opened() == [(4,), ()]


def test_back_goes_from_checking_to_marking_and_keeps_the_marks(
    booth: Callable[..., Page],
) -> None:
    page = booth()
    begin(page)
    add(page, "Jin Chun")
    check(page)

    page.go_back()
    expect(page.get_by_role("heading", name="Mark your paper")).to_be_visible()
    expect(page.get_by_label("Your choice for Jin Chun")).to_have_value("1")

    page.go_forward()
    expect(page.locator("#check-contests")).to_contain_text("Jin Chun")


def test_back_goes_from_marking_to_the_question_who_it_is_and_keeps_the_marks(
    booth: Callable[..., Page],
) -> None:
    page = booth()
    begin(page)
    add(page, "Jin Chun")

    page.go_back()
    expect(page.get_by_role("heading", name="Is this you?")).to_be_visible()

    page.go_forward()
    expect(page.get_by_label("Your choice for Jin Chun")).to_have_value("1")


def test_back_from_the_receipt_leaves_the_page(
    open_page: OpenPage, origin: str, desk: Desk
) -> None:
    page = open_page()
    page.goto(f"{origin}/static/build/licences.txt")
    page.goto(f"{origin}/vote/leader/#{desk.shown_code}")
    begin(page)
    check(page)
    page.get_by_role("button", name="Go back and change").click()
    check(page)
    seal_and_cast(page)

    page.evaluate("history.back()")

    page.wait_for_url("**/licences.txt")
    assert len(desk.posted) == 1


def skip_to_content(page: Page) -> None:
    page.get_by_role("link", name="Skip to main content").press("Enter")
    expect(page).to_have_url(re.compile("#main-content$"))


def test_skipping_to_the_content_is_no_code_on_any_screen(
    booth: Callable[..., Page], desk: Desk
) -> None:
    page = booth()
    expect(page.get_by_role("button", name="This is me")).to_be_visible()
    skip_to_content(page)
    begin(page)
    add(page, "Jin Chun")
    skip_to_content(page)
    assert page.evaluate("history.state") == {"screen": "mark"}
    check(page)
    skip_to_content(page)
    expect(page.locator("#problem")).to_be_hidden()
    seal_and_cast(page)
    skip_to_content(page)
    page.go_back()

    expect(page.get_by_role("heading", name="Your ballot is in the box")).to_be_visible()
    assert len(desk.identified) == 1
    assert desk.opened() == [(1,)]


def open_in_this_tab(page: Page, code: str) -> None:
    page.evaluate("code => { location.hash = code; }", code)


def test_another_link_in_the_same_tab_is_not_used_while_a_paper_is_marked_and_that_is_said(
    booth: Callable[..., Page], desk: Desk
) -> None:
    page = booth()
    begin(page)
    add(page, "Jin Chun")
    open_in_this_tab(page, desk.shown_code)
    expect(page).to_have_url(re.compile("/$"))
    expect(page.locator("#problem")).to_be_hidden()

    open_in_this_tab(page, OTHER_CODE)

    expect(page.locator("#problem")).to_contain_text("Another link was opened in this tab")
    expect(page.locator("#problem")).to_contain_text("J. Smith, number ending 431")
    expect(page.get_by_label("Your choice for Jin Chun")).to_have_value("1")
    assert page.evaluate("location.hash") == ""
    check(page)
    open_in_this_tab(page, OTHER_CODE)
    expect(page.locator("#problem")).to_contain_text("It was not used")
    seal_and_cast(page)
    assert desk.opened() == [(1,)]
    assert len(desk.identified) == 1


def test_another_link_after_a_receipt_starts_anew_and_shows_nothing_of_the_first(
    booth: Callable[..., Page], desk: Desk
) -> None:
    page = booth()
    begin(page)
    add(page, "Jin Chun")
    check(page)
    seal_and_cast(page)
    tracker = page.locator("#receipt-full").inner_text()
    desk.state = {
        "state": "ready", "elector": "K. Smith, number ending 432", "section": "members",
    }

    open_in_this_tab(page, OTHER_CODE)

    expect(page.locator("#confirm-elector")).to_have_text("K. Smith, number ending 432")
    assert page.evaluate("location.hash") == ""
    assert tracker not in page.content()
    assert "431" not in page.locator("#booth").inner_text()


def test_ones_own_link_after_a_receipt_leaves_the_receipt_where_it_is(
    booth: Callable[..., Page], desk: Desk
) -> None:
    page = booth()
    begin(page)
    add(page, "Jin Chun")
    check(page)
    seal_and_cast(page)
    tracker = page.locator("#receipt-full").inner_text()

    open_in_this_tab(page, desk.shown_code)

    expect(page.locator("#receipt-full")).to_have_text(tracker)
    assert page.evaluate("location.hash") == ""
    assert len(desk.identified) == 1


def test_another_link_before_marking_takes_nothing_of_the_last_person_with_it(
    booth: Callable[..., Page], desk: Desk
) -> None:
    page = booth()
    begin(page)
    add(page, "Jin Chun")
    page.go_back()
    expect(page.get_by_role("button", name="This is me")).to_be_visible()
    desk.state = {
        "state": "ready", "elector": "K. Smith, number ending 432", "section": "members",
    }

    open_in_this_tab(page, OTHER_CODE)

    expect(page.locator("#confirm-elector")).to_have_text("K. Smith, number ending 432")
    begin(page)
    expect(page.get_by_label("Your choice for Jin Chun")).to_have_value("")


def test_an_answer_about_a_code_that_is_no_longer_asked_for_is_dropped(
    booth: Callable[..., Page], desk: Desk
) -> None:
    page = booth(code="")
    page.evaluate(
        """() => {
            const real = window.fetch;
            window.fetch = async (...asked) => {
                const answer = await real(...asked);
                if (window.first === undefined) {
                    window.first = "waiting";
                    await new Promise((go) => { window.letGo = go; });
                }
                return answer;
            };
        }"""
    )
    desk.state = {
        "state": "ready", "elector": "K. Smith, number ending 432", "section": "members",
    }
    open_in_this_tab(page, OTHER_CODE)
    page.wait_for_function("() => window.letGo !== undefined")
    desk.state = {}
    open_in_this_tab(page, desk.shown_code)
    expect(page.locator("#confirm-elector")).to_have_text("J. Smith, number ending 431")

    page.evaluate("letGo()")
    page.wait_for_timeout(100)  # Nothing is to happen, and there is nothing to wait for.

    expect(page.locator("#confirm-elector")).to_have_text("J. Smith, number ending 431")


def test_a_reload_forgets_the_marks_and_casts_nothing(
    booth: Callable[..., Page], desk: Desk
) -> None:
    page = booth()
    begin(page)
    add(page, "Jin Chun")
    asked: list[str] = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))

    page.reload()

    assert asked == ["beforeunload"]
    expect(page.get_by_label("Enter your voting code")).to_be_visible()
    assert desk.posted == []
    page.get_by_label("Enter your voting code").fill(desk.shown_code.lower())
    page.get_by_role("button", name="Continue").click()
    begin(page)
    expect(page.get_by_label("Your choice for Jin Chun")).to_have_value("")


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("7KQ2", "Enter the whole code: 21 characters. The last may be a sign, such as * or ~."),
        ("U" * 21, "a character that codes never have"),
        ("", "Enter the whole code"),
    ],
)
def test_a_mistyped_code_is_explained_beside_its_field(
    booth: Callable[..., Page], typed: str, sentence: str
) -> None:
    page = booth(code="")
    field = page.get_by_label("Enter your voting code")

    field.fill(typed)
    page.get_by_role("button", name="Continue").click()

    expect(page.locator("#code-error")).to_contain_text(sentence)
    expect(field).to_be_focused()
    expect(field).to_have_attribute("aria-invalid", "true")
    assert findings(page) == []


def test_a_slip_in_one_character_is_noticed_before_anything_is_sent(
    booth: Callable[..., Page], desk: Desk
) -> None:
    slip = ("2" if desk.code[0] != "2" else "3") + desk.code[1:]

    page = booth(code=slip)

    expect(page.locator("#code-error")).to_contain_text("a character is probably mistyped")
    assert desk.identified == []


@pytest.mark.parametrize(
    ("answer", "sentence", "offered"),
    [
        ({"state": "unknown"}, "This code is not on the list", "Enter another code"),
        ({"state": "revoked"}, "This code has been replaced.", "Enter another code"),
        (
            {"state": "cast", "elector": "J. Smith"},
            "A ballot has already been cast with this code.",
            None,
        ),
        ({"state": "closed"}, "The poll has closed.", None),
        ({"state": "not-yet-open"}, "The poll has not opened yet.", "Try again"),
        (
            {"state": "suspended", "sentence": "Paused until noon."},
            "Paused until noon.",
            "Try again",
        ),
        ({"code": "limits.spent", "sentence": "Wait a minute."}, "Wait a minute.", "Try again"),
        ({"state": "a state of another version"}, "could not be checked just now", "Try again"),
    ],
)
def test_each_answer_to_a_code_says_what_it_means_and_what_to_do(
    booth: Callable[..., Page],
    desk: Desk,
    answer: dict[str, str],
    sentence: str,
    offered: str | None,
) -> None:
    desk.state = answer

    page = booth()

    refused = page.locator("#identify-refused")
    expect(refused).to_contain_text(sentence)
    expect(page.locator("#identify-title")).to_be_focused()
    if offered:
        expect(page.get_by_role("button", name=offered)).to_be_visible()
    expect(page.get_by_role("button", name="This is me")).to_be_hidden()
    assert findings(page) == []


def test_a_new_code_comes_into_force_only_when_its_holder_says_so(
    booth: Callable[..., Page], desk: Desk
) -> None:
    desk.state = {
        "state": "waiting",
        "elector": "J. Smith, number ending 431",
        "sentence": "The code you were sent before stops working.",
    }
    page = booth()
    expect(page.locator("#identify-waiting")).to_contain_text("stops working")
    assert findings(page) == []
    assert desk.state["state"] == "waiting"

    page.get_by_role("button", name="Use this new code").click()
    begin(page)
    add(page, "Jin Chun")
    check(page)
    seal_and_cast(page)

    assert desk.opened() == [(1,)]


def test_a_page_without_script_says_so_first_and_names_the_other_ways(
    open_page: OpenPage, origin: str, desk: Desk
) -> None:
    page = open_page(java_script_enabled=False)

    page.goto(f"{origin}/vote/leader/")

    main = page.locator("main")
    expect(main).to_contain_text("that needs JavaScript")
    expect(main).to_contain_text("Ring 0800 496 0123 and ask for a postal paper.")
    expect(page.locator("#screen-mark")).to_be_hidden()


def test_while_no_ballot_can_be_cast_the_page_says_why_and_takes_the_code_from_the_address(
    open_page: OpenPage, origin: str, desk: Desk
) -> None:
    desk.is_open = False
    page = open_page()

    page.goto(f"{origin}/vote/leader/#{desk.shown_code}")

    expect(page.locator("main")).to_contain_text("The poll opens on Monday 30 November 2026")
    expect(page).to_have_url(f"{origin}/vote/leader/")
    assert desk.identified == []
    assert page.locator("form").count() == 0
    assert findings(page) == []


def test_a_ballot_is_cast_by_keyboard_alone_at_320_pixels(
    booth: Callable[..., Page], desk: Desk
) -> None:
    page = booth(width=320, height=568)
    expect(page.get_by_role("button", name="This is me")).to_be_visible()
    page.mouse.move(0, 0)

    tab_to(page, "This is me")
    page.keyboard.press("Enter")
    tab_to(page, "Add as next choice Jin Chun")
    page.keyboard.press("Enter")
    tab_to(page, "Add as next choice Tamsin Vale")
    page.keyboard.press("Space")
    tab_to(page, "Move up Tamsin Vale")
    page.keyboard.press("Enter")
    tab_to(page, "Check your paper")
    page.keyboard.press("Enter")
    tab_to(page, "Cast")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Your ballot is in the box")).to_be_visible()

    assert desk.opened() == [(4, 1)]


@pytest.mark.parametrize("width", WIDTHS)
def test_axe_finds_nothing_and_nothing_runs_off_the_side(
    booth: Callable[..., Page],
    desk: Desk,
    screenshot: Callable[[Page, str], None],
    width: int,
) -> None:
    desk.contests = [LEADER_CONTEST, DEPUTY_CONTEST]

    def look(page: Page, name: str) -> None:
        screenshot(page, f"booth-{name}-{width}")
        assert findings(page) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        small = page.evaluate(
            """() => [...document.querySelectorAll('main button, main select, main summary')]
                .filter(it => it.checkVisibility())
                .map(it => [it.innerText.slice(0, 40), it.getBoundingClientRect().height])
                .filter(([, height]) => height < 24)"""
        )
        assert small == []

    typed = booth(code="", width=width)
    expect(typed.get_by_label("Enter your voting code")).to_be_visible()
    look(typed, "1-code")
    page = booth(width=width)
    expect(page.get_by_role("button", name="This is me")).to_be_visible()
    look(page, "1-identify")
    begin(page)
    look(page, "2-mark-blank")
    add(page, "Jin Chun", "Ada Okoro")
    page.get_by_label("Your choice for Tamsin Vale").select_option("5th")
    look(page, "2-mark-gap")
    page.get_by_role("button", name="Put in order").click()
    look(page, "2-mark")
    check(page)
    look(page, "3-check")
    seal_and_cast(page)
    look(page, "4-receipt")


@pytest.mark.parametrize(
    "options",
    [{"forced_colors": "active"}, {"reduced_motion": "reduce"}, {"color_scheme": "dark"}],
    ids=["forced colours", "reduced motion", "dark"],
)
def test_a_ballot_can_be_cast_however_the_device_is_set(
    booth: Callable[..., Page],
    desk: Desk,
    screenshot: Callable[[Page, str], None],
    options: dict[str, str],
) -> None:
    page = booth(**options)
    begin(page)
    add(page, "Jin Chun", "Ada Okoro")
    screenshot(page, f"booth-2-mark-{'-'.join(options.values())}")
    check(page)
    seal_and_cast(page)

    assert desk.opened() == [(1, 0)]


# 1280 by 1024 at 400 % is 320 by 256 CSS pixels.
@pytest.mark.parametrize(("width", "height"), [(320, 256), (768, 700), (1280, 700)])
def test_nothing_runs_off_the_side_and_the_focus_is_never_hidden(
    booth: Callable[..., Page], desk: Desk, width: int, height: int
) -> None:
    page = booth(width=width, height=height)
    begin(page)
    add(page, "Tamsin Vale", "Ada Okoro")

    assert page.evaluate("document.documentElement.scrollWidth") <= width
    for key in ["Tab"] * 25 + ["Shift+Tab"] * 25:
        page.keyboard.press(key)
        hidden = page.evaluate(
            """() => {
                const it = document.activeElement, box = it.getBoundingClientRect();
                const x = box.left + box.width / 2, y = box.top + box.height / 2;
                const top = document.elementFromPoint(x, y);
                return top !== null && !it.contains(top) && !top.contains(it);
            }"""
        )
        assert not hidden


def test_the_signed_receipt_can_be_kept_as_a_file(booth: Callable[..., Page]) -> None:
    page = booth()
    begin(page)
    add(page, "Mair Puw")
    check(page)
    seal_and_cast(page)

    with page.expect_download() as download:
        page.get_by_role("link", name="Keep the signed receipt").click()

    kept = Path(download.value.path()).read_text()
    assert download.value.suggested_filename == "receipt.txt"
    assert kept.startswith("hustings/v1/receipt\n")
    assert page.locator("#receipt-full").inner_text() in kept

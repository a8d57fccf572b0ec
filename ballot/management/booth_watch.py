"""Compare the voting page as it is served with what the opening entry named. From outside.

Nothing of the server's is believed but the board: the files' hashes stand in the opening entry,
whose digest every ballot is bound to. Standard library only; what is fetched comes through `fetch`.
A server could serve a watcher the true page and an elector another: so it is asked as a browser
asks, and the more people watch from the more places the less that helps.
"""

from __future__ import annotations

import json
import re
import time
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Final
from urllib.parse import urljoin, urlsplit

from ballot.management.booth_page import RANKED, Page, PaperRead, Row
from ballot.tickets import ticket_sentence

_MOST_BYTES: Final = 5_000_000
_MOST_ENTRIES: Final = 2_000
"""No board has so many entries before the poll opens."""
_TIMEOUT_S: Final = 20
_AS_A_BROWSER: Final = (
    "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
)
_HASHED = re.compile(r"(.*)\.[0-9a-f]{12}(\.[a-z]+)")
_STATIC: Final = "/static/"
_SENDS: Final = ("identify", "confirm", "cast", "challenge")


class CannotWatch(Exception):
    """The page or the board cannot be read; the message says what and why."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a server answered: its bytes, and its headers by lower-case name."""

    body: bytes
    headers: dict[str, str]


Fetch = Callable[[str], Answer]


def over_the_network(url: str) -> Answer:
    """Fetch as an elector's browser would.

    Raises: CannotWatch, also when the answer is larger than a page of ours is.
    """
    request = urllib.request.Request(url, headers={"User-Agent": _AS_A_BROWSER})  # noqa: S310
    if urlsplit(url).scheme not in {"http", "https"}:
        raise CannotWatch(f"{url} is no address of a web server.")
    try:
        with urllib.request.urlopen(request, timeout=_TIMEOUT_S) as answer:  # noqa: S310
            body = answer.read(_MOST_BYTES + 1)
            headers = {name.lower(): value for name, value in answer.headers.items()}
    except OSError as error:
        raise CannotWatch(f"{url} cannot be read: {error}.") from error
    if len(body) > _MOST_BYTES:
        raise CannotWatch(f"{url} is larger than {_MOST_BYTES:,} bytes.")
    return Answer(body, headers)


def differences(page_url: str, board_url: str, *, fetch: Fetch) -> list[str]:
    """Each way in which the page that is served is not the one that the opening named; [] for none.

    page_url: the address of the voting page, or of the one that checks a device, from whichever
    origin; board_url: the board's, ending in a slash.
    Raises: CannotWatch.
    """
    opened = _opening(board_url, fetch)
    answer = fetch(page_url)
    page = Page()
    page.feed(answer.body.decode("utf-8", "replace"))
    page.close()
    return [
        *_headers(answer.headers),
        *page.wrong,
        *_policies([answer.headers.get("content-security-policy", ""), *page.policies]),
        *_files(page_url, page, opened.content["software"], fetch),
        *_bound(page, opened),
        *_addresses(page_url, board_url, page),
        *_paper(page, opened.content["contests"], gone=_withdrawn(page, opened, board_url, fetch)),
    ]


@dataclass(frozen=True, slots=True)
class _Opened:
    """What the opening entry says, its number and digest, and the key of the papers."""

    number: int
    content: dict[str, Any]
    digest: str
    public_key: str


def _opening(board_url: str, fetch: Fetch) -> _Opened:
    keys: dict[str, str] = {}
    for number in range(_MOST_ENTRIES):
        body = fetch(urljoin(board_url, f"{number}.json")).body
        digest = sha256(b"\x00" + body).hexdigest()
        try:
            entry: Any = json.loads(body)
            content = entry["content"]
            if entry["kind"] == "key":
                keys[digest] = content["public_key"]
            if entry["kind"] == "opening":
                return _Opened(number, content, digest, keys[content["entries"]["key"]])
        except (ValueError, KeyError, TypeError) as error:
            raise CannotWatch(f"Entry {number} of the board cannot be read.") from error
    raise CannotWatch("The board has no opening entry: the poll has not been opened.")


def _headers(headers: dict[str, str]) -> Iterator[str]:
    """A header can load a style, lead elsewhere, or have the same bytes read as other letters."""
    for name in sorted({"link", "refresh"} & headers.keys()):
        yield f"The page comes with a header {name.capitalize()}."
    told = headers.get("content-type", "").lower().replace('"', "").replace(" ", "")
    if "charset=" in told and not told.endswith("charset=utf-8"):
        yield f"The page is to be read in other letters than UTF-8: {told}."


def _policies(policies: list[str]) -> Iterator[str]:
    """The page must forbid scripts of others and inline ones, whatever finds its way into it.

    A browser keeps to all the policies that it is given at once, so one that is strict is enough.
    """
    allowed = [_script_sources(policy) for policy in policies]
    if ["'self'"] not in allowed:
        loosest = next((sources for sources in allowed if sources), [])
        yield f"The page's policy lets scripts come from: {' '.join(loosest) or 'anywhere'}."


def _script_sources(policy: str) -> list[str]:
    directives = dict(
        part.strip().partition(" ")[::2] for part in policy.split(";") if part.strip()
    )
    return directives.get("script-src", directives.get("default-src", "")).split()


def _files(
    page_url: str, page: Page, software: dict[str, str], fetch: Fetch
) -> Iterator[str]:
    """Every file that the page loads is one that the opening named, byte for byte."""
    if not page.files:
        yield "The page loads no file at all: it is no voting page."
    for url in dict.fromkeys(urljoin(page_url, name) for name in page.files):
        name = _name(url)
        if urlsplit(url).netloc != urlsplit(page_url).netloc:
            yield f"The page loads a file of another server: {url}."
        elif name not in software:
            yield f"The page loads a file that the opening does not name: {name}."
        elif sha256(fetch(url).body).hexdigest() != software[name]:
            yield f"The file {name} is not the one that the opening names."


def _name(url: str) -> str:
    """A static file's name, without the hash that its address carries."""
    path = urlsplit(url).path.partition(_STATIC)[2]
    hashed = _HASHED.fullmatch(path)
    return f"{hashed[1]}{hashed[2]}" if hashed else path


def _bound(page: Page, opened: _Opened) -> Iterator[str]:
    """An open booth binds each ballot to the opening entry, and seals it under the key."""
    if page.booth and page.booth.get("data-fingerprint") != opened.digest:
        yield "The page binds ballots to another opening than the one on the board."
    if page.booth and page.booth.get("data-public-key") != opened.public_key:
        yield "The page seals papers under another key than the one on the board."


def _addresses(page_url: str, board_url: str, page: Page) -> Iterator[str]:
    """What an elector sends goes to the server of the page, or to that of the board."""
    ours = {urlsplit(page_url)[:2], urlsplit(board_url)[:2]}
    for name in _SENDS if page.booth else ():
        url = urljoin(page_url, page.booth.get(f"data-{name}-url", ""))
        if urlsplit(url)[:2] not in ours:
            yield f"The page sends what it should {name} to another server: {url}."


def _withdrawn(
    page: Page, opened: _Opened, board_url: str, fetch: Fetch
) -> dict[tuple[str, str], str]:
    """Who cannot be chosen any more: contest's code and name → the entry that says so.

    The page points to the entry, which is looked at: a row that nobody can mark needs its ground.
    """
    titles = {one["code"]: one["title"] for one in opened.content["contests"]
              if one["votes_of_withdrawn"] == "pass-on"}  # fmt: skip
    found = {}
    for paper in page.paper:
        for row in paper.rows:
            entry = _entry(board_url, row.withdrawal, fetch) if row.withdrawal else {}
            told = {"candidate": row.name, "contest": titles.get(paper.code)}
            said = entry.get("content")
            if isinstance(said, dict):  # Of a joint ticket both have withdrawn, whoever did.
                said = {name: value for name, value in said.items() if name != "who"}
            is_ground = entry.get("kind") == "withdrawal" and said == told
            if is_ground and int(row.withdrawal) > opened.number:
                found[paper.code, row.name] = row.withdrawal
    return found


def _entry(board_url: str, number: str, fetch: Fetch) -> dict[str, Any]:
    """An entry of the board by its number; {} where there is none that can be read."""
    if not (number.isascii() and number.isdecimal()):
        return {}
    try:
        entry = json.loads(fetch(urljoin(board_url, f"{int(number)}.json")).body)
    except (CannotWatch, ValueError):
        return {}
    return entry if isinstance(entry, dict) and entry.get("number") == int(number) else {}


def _paper(
    page: Page, contests: list[dict[str, Any]], *, gone: Mapping[tuple[str, str], str]
) -> Iterator[str]:
    """The names stand on the paper in the order that every ranking refers to, each with its mark.

    gone: those whom the page need let nobody choose, as _withdrawn gives them.
    """
    if not page.booth:
        return
    if [one.code for one in page.paper] != [one["code"] for one in contests]:
        yield "The paper has other contests than the opening names."
        return
    for found, named in zip(page.paper, contests, strict=True):
        if found != _printed(named, gone):
            yield f"The paper of “{named['title']}” is not the one that the opening names."


def _printed(contest: dict[str, Any], gone: Mapping[tuple[str, str], str]) -> PaperRead:
    """A contest of the opening entry as the page has to print it."""

    def row(place: int, name: str) -> Row:
        entry = gone.get((contest["code"], name), "")
        mark = str(place) if is_plurality else RANKED
        return Row(str(place), name, name, [] if entry else [mark], entry)

    names, is_plurality = contest["candidates"], contest["method"] == "plurality"
    most = min(contest["max_preferences"] or len(names), len(names))
    return PaperRead(
        contest["code"], contest["title"], str(len(names)), str(most), is_plurality,
        contest["names_order"] == "shuffled", [row(at, name) for at, name in enumerate(names)],
        ticket_sentence(contest["ticket"]),
    )  # fmt: skip


def watching(
    page_url: str, board_url: str, *, every_s: float, fetch: Fetch
) -> Iterator[list[str]]:
    """Look again and again, for as long as one likes."""
    while True:
        yield differences(page_url, board_url, fetch=fetch)
        time.sleep(every_s)

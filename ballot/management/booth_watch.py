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
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from hashlib import sha256
from html.parser import HTMLParser
from typing import Any, Final
from urllib.parse import urljoin, urlsplit

_MOST_BYTES: Final = 5_000_000
_MOST_ENTRIES: Final = 2_000
"""No board has so many entries before the poll opens."""
_TIMEOUT_S: Final = 20
_AS_A_BROWSER: Final = (
    "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
)
_HASHED = re.compile(r"(.*)\.[0-9a-f]{12}(\.[a-z]+)")
_STATIC: Final = "/static/"
_FORBIDDEN: Final = frozenset({"base", "embed", "frame", "iframe", "object"})


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


class _Page(HTMLParser):
    """What of a page decides what it does."""

    def __init__(self) -> None:
        super().__init__()
        self.files: list[str] = []
        self.wrong: list[str] = []
        self.booth: dict[str, str] = {}
        self.policies: list[str] = []
        self._in_script = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag in _FORBIDDEN:
            self.wrong.append(f"The page has an element <{tag}>.")
        if tag == "meta" and "http-equiv" in given:
            self._read_meta(given)
        for name, value in given.items():
            if name.startswith("on") or value.strip().lower().startswith(("javascript:", "data:")):
                self.wrong.append(f"The page has code in an attribute: {name} of <{tag}>.")
        if tag == "script":
            self._in_script = True
            self.files += [given["src"]] if given.get("src") else []
        if tag == "link" and given.get("rel") in {"stylesheet", "modulepreload", "preload"}:
            self.files.append(given.get("href", ""))
        if given.get("id") == "booth":
            self.booth = given
        if "data-sealing-url" in given:
            self.files.append(given["data-sealing-url"])

    def _read_meta(self, given: dict[str, str]) -> None:
        """A page that is served as a file says its policy itself; nothing else is said so."""
        if given["http-equiv"].lower() == "content-security-policy":
            self.policies.append(given.get("content", ""))
        else:
            self.wrong.append("The page has a <meta http-equiv> that is no policy.")

    def handle_endtag(self, tag: str) -> None:
        if tag == "script":
            self._in_script = False

    def handle_data(self, data: str) -> None:
        if self._in_script and data.strip():
            self.wrong.append("The page has a script written into it.")


def differences(page_url: str, board_url: str, *, fetch: Fetch) -> list[str]:
    """Each way in which the page that is served is not the one that the opening named; [] for none.

    page_url: the address of the voting page, or of the one that checks a device, from whichever
    origin; board_url: the board's, ending in a slash.
    Raises: CannotWatch.
    """
    opening, digest = _opening(board_url, fetch)
    answer = fetch(page_url)
    page = _Page()
    page.feed(answer.body.decode("utf-8", "replace"))
    return [
        *page.wrong,
        *_policies([answer.headers.get("content-security-policy", ""), *page.policies]),
        *_files(page_url, page, opening["software"], fetch),
        *_fingerprint(page, digest),
    ]


def _opening(board_url: str, fetch: Fetch) -> tuple[dict[str, Any], str]:
    """What the opening entry says, and its digest."""
    for number in range(_MOST_ENTRIES):
        body = fetch(urljoin(board_url, f"{number}.json")).body
        try:
            entry: Any = json.loads(body)
            if entry["kind"] == "opening":
                return entry["content"], sha256(b"\x00" + body).hexdigest()
        except (ValueError, KeyError, TypeError) as error:
            raise CannotWatch(f"Entry {number} of the board cannot be read.") from error
    raise CannotWatch("The board has no opening entry: the poll has not been opened.")


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
    page_url: str, page: _Page, software: dict[str, str], fetch: Fetch
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


def _fingerprint(page: _Page, digest: str) -> Iterator[str]:
    """An open booth binds each ballot to the opening entry."""
    if page.booth and page.booth.get("data-fingerprint") != digest:
        yield "The page binds ballots to another opening than the one on the board."


def watching(
    page_url: str, board_url: str, *, every_s: float, fetch: Fetch
) -> Iterator[list[str]]:
    """Look again and again, for as long as one likes."""
    while True:
        yield differences(page_url, board_url, fetch=fetch)
        time.sleep(every_s)

"""A real Chromium for the tests in this folder, and a page of it.

Where no browser can be had these tests are skipped, with the reason; where CI=true they fail.
"""

from __future__ import annotations

import os
import shutil
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from django.contrib.staticfiles.handlers import StaticFilesHandler
from django.core.cache import cache
from django.core.handlers.wsgi import WSGIHandler
from django.core.servers.basehttp import ThreadedWSGIServer, WSGIRequestHandler
from django.test import override_settings
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.browser import axe
from tests.browser.installation import PATIENCE_MS, Installation, running

# Playwright keeps an event loop on the test's thread, beside which Django refuses its database.
# Nothing here runs Django code inside that loop.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"

ROOT = Path(__file__).resolve().parent.parent.parent
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
SCREENSHOTS = ROOT / "var" / "screenshots"
WIDTHS = (320, 768, 1280)
NAMES = ("chromium", "chromium-browser", "google-chrome")
FLAGS = [
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
]


def _missing(reason: str) -> None:
    if os.environ.get("CI") == "true":
        pytest.fail(reason)
    pytest.skip(reason)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    path = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)
    if path is None:
        _missing("No Chromium: set CHROMIUM, or install Debian's chromium.")
    if not (ROOT / "static" / "build" / "booth.js").exists():
        _missing("The scripts are not built: npm ci --ignore-scripts && npm run build.")
    with sync_playwright() as playwright:
        # Chromium's own sandbox refuses to run for root; the pages are ours.
        browser = playwright.chromium.launch(
            executable_path=path, chromium_sandbox=os.geteuid() != 0, args=FLAGS
        )
        yield browser
        browser.close()


OpenPage = Callable[..., Page]
expect.set_options(timeout=PATIENCE_MS)


@pytest.fixture
def open_page(chromium: Browser) -> Iterator[OpenPage]:
    """Open a page in a context of its own; whatever the page logs as an error fails the test."""
    contexts = []
    errors: list[str] = []

    def open_(*, width: int = 1280, height: int = 900, **options: Any) -> Page:
        context = chromium.new_context(viewport={"width": width, "height": height}, **options)
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(PATIENCE_MS)
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on(
            "console",
            lambda line: (
                errors.append(line.text)
                if line.type == "error" and "Failed to load resource" not in line.text
                else None
            ),
        )
        return page

    yield open_
    for context in contexts:
        context.close()
    assert errors == []


@pytest.fixture
def origin(live_server: Any) -> str:
    """Where pytest-django serves the site, by the name under which passkeys and cookies work."""
    cache.clear()
    return str(live_server.url).replace("127.0.0.1", "localhost")


class _Quiet(WSGIRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@pytest.fixture
def serve() -> Iterator[Callable[[str], str]]:
    """Serve the addresses of a module through Django's real middleware; gives the origin.

    Static files come straight from static/, without the hashed names of a collected release.
    """
    with ExitStack() as standing:

        def start(urlconf: str) -> str:
            standing.enter_context(override_settings(ROOT_URLCONF=urlconf, STORAGES=STORAGES))
            server = ThreadedWSGIServer(("127.0.0.1", 0), _Quiet)
            server.set_app(StaticFilesHandler(WSGIHandler()))
            thread = threading.Thread(target=server.serve_forever, daemon=True)
            thread.start()
            for step in (server.server_close, thread.join, server.shutdown):
                standing.callback(step)
            return f"http://localhost:{server.server_port}"

        yield start


@pytest.fixture
def screenshot() -> Callable[[Page, str], None]:
    def take(page: Page, name: str) -> None:
        SCREENSHOTS.mkdir(parents=True, exist_ok=True)
        page.screenshot(path=SCREENSHOTS / f"{name}.png", full_page=True)

    return take


@pytest.fixture
def pictured(screenshot: Callable[[Page, str], None]) -> Callable[[Page, str], None]:
    """Take a page's picture at each width, and judge it with axe."""

    def take(page: Page, name: str) -> None:
        assert axe.findings(page) == []
        was = page.viewport_size
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 900})
            assert page.evaluate("document.documentElement.scrollWidth") <= width, name
            screenshot(page, f"{name}-{width}")
        assert was is not None
        page.set_viewport_size(was)

    return take


@pytest.fixture(scope="module")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    with running(tmp_path_factory.mktemp("installation")) as it:
        yield it

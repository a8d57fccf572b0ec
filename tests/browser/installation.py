"""A whole installation for a test: the supervisor's own, in a folder of its own.

PostgreSQL, Valkey, web, worker and beat really run; nothing of it is replaced.
"""

from __future__ import annotations

import base64
import hmac
import json
import os
import signal
import socket
import struct
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.authenticator import wait_for_whole_step

ROOT = Path(__file__).resolve().parent.parent.parent
# On a quiet machine it takes half a minute; where every core has other work, minutes.
READY_S = 480
PATIENCE_MS = 30_000


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()


class Installation:
    """The running installation: its address, and how its staff sign in."""

    def __init__(self, origin: str, var: Path) -> None:
        self.origin = origin
        self.ways: dict[str, Any] = json.loads((var / "demonstration.json").read_text())
        self._used: set[tuple[str, int]] = set()

    def sign_in(self, page: Page, number: int) -> Page:
        """Password, then the code of the authenticator app: each code is good for one sign-in."""
        way = self.ways["staff"][number]
        page.set_default_timeout(PATIENCE_MS)
        page.goto(f"{self.origin}/accounts/login/")
        page.locator("input[name=login]").fill(way["email"])
        page.locator("input[name=password]").fill(way["password"])
        page.get_by_role("button", name="Sign in").first.click()
        page.locator("input[name=code]").fill(self._code(way["totp_secret"]))
        page.locator("input[name=code]").press("Enter")
        expect(page.get_by_role("heading", level=1)).to_have_text("Desk")
        return page

    def prove_again(self, page: Page, number: int) -> None:
        """Give the password once more, where a grave act asks for it; the act then goes on."""
        page.wait_for_load_state()
        if "/reauthenticate/" in page.url:
            page.get_by_label("Password").fill(self.ways["staff"][number]["password"])
            press(page, "Go on")

    def _code(self, secret: str) -> str:
        while (secret, int(time.time()) // 30) in self._used:
            time.sleep(1)
        wait_for_whole_step()
        counter = int(time.time()) // 30
        self._used.add((secret, counter))
        digest = hmac.digest(base64.b32decode(secret), struct.pack(">Q", counter), "sha1")
        at = digest[-1] & 15
        (number,) = struct.unpack(">I", digest[at : at + 4])
        return f"{(number & 0x7FFFFFFF) % 1_000_000:06d}"


@contextmanager
def running(var: Path, **settings: str) -> Iterator[Installation]:
    """Start the supervisor with `var` as its folder and these settings; stop it in the end."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    kept = {
        name: value
        for name, value in os.environ.items()
        if name not in {"DATABASE_URL", "REDIS_URL"} and not name.startswith("HUSTINGS_")
    }
    log = var / "supervisor.log"
    with log.open("wb") as out:
        run = subprocess.Popen(
            [sys.executable, "-m", "config.embedded.supervisor"],
            cwd=ROOT,
            env=kept | settings | {"HUSTINGS_VAR": str(var), "PORT": str(port)},
            stdout=out,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        give_up_at = time.monotonic() + READY_S
        while "Hustings is running" not in log.read_text():
            if run.poll() is not None or time.monotonic() > give_up_at:
                pytest.fail(f"The installation did not start:\n{log.read_text()[-3000:]}")
            time.sleep(0.5)
        yield Installation(f"http://localhost:{port}", var)
    finally:
        run.send_signal(signal.SIGINT)
        run.wait(timeout=90)

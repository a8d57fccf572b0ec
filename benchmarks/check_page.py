"""What a browser takes to check a contest: `make bench-check`.

    python -m benchmarks.check_page 1000 5000

A contest of so many papers is rehearsed as for `make bench-verifier`. Its bundle is checked by the
command with one process, and then in Chromium by the worker of the page "Check it in your browser",
from a server of this machine that sends what the page's own answers bear. Fetching and starting
Python is timed apart. It ends with one line of JSON of all figures.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Final

from benchmarks.verifier import Run, rehearse, verify

ROOT: Final = Path(__file__).resolve().parent.parent
BUILT: Final = ROOT / "static" / "build"
SIZES: Final = (1_000, 5_000)
KINDS: Final = {
    ".js": "text/javascript", ".mjs": "text/javascript", ".wasm": "application/wasm",
    ".html": "text/html", ".json": "application/json", ".zip": "application/zip",
}  # fmt: skip
PATIENCE_MS: Final = 3_600_000
CHROMIUM: Final = ("chromium", "chromium-browser", "google-chrome")
ASK: Final = """() => new Promise((done) => {
  const begun = performance.now(), heard = [];
  const at = () => (performance.now() - begun) / 1000;
  const worker = new Worker("/check-worker.js", { type: "module" });
  worker.onmessage = ({ data: { told, fetched, stopped } }) => {
    if (stopped) done({ stopped });
    if (fetched === "bundle") heard.push(["fetched", at()]);
    if (told?.outcome) heard.push([told.outcome.name, at()]);
    if (told?.report) done({ heard, verdict: told.report.verdict });
  };
  const here = (path) => new URL(path, location.href).href;
  worker.postMessage({
    pythonUrl: here("/python/"), verifierUrl: here("/verifier.zip"),
    bundleUrl: here("/bundle.zip"), options: [], files: {},
  });
})"""


@dataclass
class InBrowser:
    """One check in Chromium: seconds until the bundle was there, and of each check.

    cpu_s: what the page's own process has used in all, of which the start of Python is a few.
    """

    begin_s: float = 0.0
    cpu_s: float = 0.0
    seconds: dict[str, float] = field(default_factory=dict)
    passed: bool = False

    @property
    def checks_s(self) -> float:
        return sum(self.seconds.values())


@contextmanager
def served(files: dict[str, bytes]) -> Iterator[str]:
    """Serve these by their paths, and what was built; gives the origin."""
    from ballot.views.check import WORKER_POLICY  # noqa: PLC0415 - once Django is set up

    class Asked(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            built = BUILT / self.path.lstrip("/")
            octets = files.get(self.path) or (built.read_bytes() if built.is_file() else None)
            self.send_response(404 if octets is None else 200)
            self.send_header("Content-Type", KINDS.get(Path(self.path).suffix, "text/plain"))
            self.send_header("Content-Length", str(len(octets or b"")))
            self.send_header("Content-Security-Policy", WORKER_POLICY)
            self.end_headers()
            self.wfile.write(octets or b"")

        def log_message(self, format: str, *arguments: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Asked)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def check_in_browser(bundle: Path) -> InBrowser:
    """Have the page's worker check a bundle in Chromium."""
    from playwright.sync_api import sync_playwright  # noqa: PLC0415 - of the tests' environment

    from ballot.programs import verifier_zip  # noqa: PLC0415 - once Django is set up

    files = {
        "/": b"<!doctype html><title>bench</title>", "/bundle.zip": bundle.read_bytes(),
        "/verifier.zip": verifier_zip(),
    }  # fmt: skip
    path = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, CHROMIUM)), None)
    with served(files) as origin, sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=path, chromium_sandbox=os.geteuid() != 0
        )
        page = browser.new_page()
        page.set_default_timeout(PATIENCE_MS)
        page.goto(f"{origin}/")
        answer: dict[str, Any] = page.evaluate(ASK)
        told = browser.new_browser_cdp_session().send("SystemInfo.getProcessInfo")
        browser.close()
    if "stopped" in answer:
        raise SystemExit(f"The browser could not go on: {answer['stopped']}")
    pages = (one["cpuTime"] for one in told["processInfo"] if one["type"] == "renderer")
    return _timed(answer, cpu_s=sum(pages))


def _timed(answer: dict[str, Any], *, cpu_s: float) -> InBrowser:
    found, before = InBrowser(cpu_s=cpu_s, passed=answer["verdict"] == "PASS"), 0.0
    for name, at_s in answer["heard"]:
        if name == "fetched":
            found.begin_s = at_s
        else:
            found.seconds[name] = at_s - before
        before = at_s
    return found


def show(papers: int, command: Run, page: InBrowser) -> None:
    """Print a table: a check a line, seconds of the command and of the page, and their ratio."""
    print(f"{papers:,} ballots{'command, s':>19}{'page, s':>12}{'ratio':>8}")
    for name, spent_s in command.seconds.items():
        print(f"{name:<18}{spent_s:>12.2f}{page.seconds[name]:>12.2f}")
    command_s = sum(command.seconds.values())
    print(_line("all, on the wall", command_s, page.checks_s))
    print(_line("all, processor", command.cpu_s, page.cpu_s))
    print(f"Fetching and starting Python, and the download: {page.begin_s:.1f} s more.\n")


def _line(name: str, of_command: float, of_page: float) -> str:
    return f"{name:<18}{of_command:>12.2f}{of_page:>12.2f}{of_page / of_command:>8.1f}"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("papers", type=int, nargs="*", default=SIZES)
    parser.add_argument("--bundles", type=Path, help="keep them here; those there are used again")
    given = parser.parse_args()
    os.environ.setdefault("HUSTINGS_DEVELOPMENT", "1")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    import django  # noqa: PLC0415 - after its settings are named

    django.setup()
    figures, passed = [], True
    with tempfile.TemporaryDirectory() as folder:
        for papers in given.papers:
            bundle = (given.bundles or Path(folder)) / f"check-{papers}.zip"
            if not bundle.exists():
                rehearse(papers, bundle)
            command, page = verify(bundle, 1), check_in_browser(bundle)
            show(papers, command, page)
            passed = passed and command.passed and page.passed
            figures.append({"papers": papers, "command": asdict(command), "page": asdict(page),
                            "measured_at": time.strftime("%Y-%m-%d")})  # fmt: skip
    print(json.dumps(figures))
    return 0 if passed else 1


if __name__ == "__main__":
    sys.exit(main())

"""Run axe-core on a page and say what it finds.

axe comes from node_modules (pinned in package-lock.json) and is evaluated through the browser's
own debugging channel, so that the page keeps its content security policy while it is judged.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from playwright.sync_api import Page

ROOT = Path(__file__).resolve().parent.parent.parent
LEVELS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


@cache
def _source() -> str:
    return (ROOT / "node_modules" / "axe-core" / "axe.min.js").read_text("utf-8")


def findings(page: Page) -> list[str]:
    """List every rule broken, with the elements that break it. Nothing found is an empty list."""
    page.evaluate(_source())
    answer: dict[str, Any] = page.evaluate(
        "levels => axe.run({runOnly: levels, resultTypes: ['violations']})"
        " .then(it => ({rules: it.passes.length, violations: it.violations}))",
        LEVELS,
    )
    assert answer["rules"] > 10, "axe judged hardly anything: was the page empty?"
    return [
        f"{broken['id']} ({broken['impact']}): {node['html'][:160]}: {node['failureSummary']}"
        for broken in answer["violations"]
        for node in broken["nodes"]
    ]

"""The files of the voting page, and of the page that checks a device, as they are served, by hash:
part of what the opening fixes.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path

from django.contrib.staticfiles import finders
from django.template.loader import get_template

FILES = (
    "build/booth.js", "build/booth-closed.js", "build/device-check.js", "build/sealing.js",
    "build/app.css", "css/theme.css",
)
TEMPLATES = ("ballot/booth.html", "ballot/device_check.html")


def served_software() -> dict[str, str]:
    """Name → SHA-256 of each file that these pages are made of.

    Raises: FileNotFoundError, naming a file that has not been built.
    """
    return {
        name: hashlib.sha256(path.read_bytes()).hexdigest()
        for name, path in sorted({**served_files(), **_templates()}.items())
    }


def served_files(names: Iterable[str] = FILES) -> dict[str, Path]:
    """Where each static file lies, by its name below static/.

    Raises: FileNotFoundError, naming a file that has not been built.
    """
    found = {name: finders.find(name) for name in names}
    for name, path in found.items():
        if path is None:
            raise FileNotFoundError(f"static/{name} has not been built: run `make static`")
    return {name: Path(str(path)) for name, path in found.items()}


def _templates() -> dict[str, Path]:
    return {
        name: Path(get_template(name).template.origin.name)  # type: ignore[attr-defined]
        for name in TEMPLATES
    }

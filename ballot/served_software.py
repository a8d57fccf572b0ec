"""The files of the voting page as they are served, by hash: part of what the opening fixes."""

from __future__ import annotations

import hashlib
from pathlib import Path

from django.contrib.staticfiles import finders
from django.template.loader import get_template

FILES = (
    "build/booth.js", "build/booth-closed.js", "build/sealing.js", "build/app.css", "css/theme.css",
)
TEMPLATE = "ballot/booth.html"


def served_software() -> dict[str, str]:
    """Name → SHA-256 of each file that the voting page is made of.

    Raises: FileNotFoundError, naming a file that has not been built.
    """
    found = {name: finders.find(name) for name in FILES}
    for name, path in found.items():
        if path is None:
            raise FileNotFoundError(f"static/{name} has not been built: run `make static`")
    paths = {name: Path(str(path)) for name, path in found.items()}
    paths[TEMPLATE] = Path(get_template(TEMPLATE).template.origin.name)  # type: ignore[attr-defined]
    return {
        name: hashlib.sha256(path.read_bytes()).hexdigest()
        for name, path in sorted(paths.items())
    }

"""The programs that a reader takes away from here: the verifier as a zip, the witness as a file.

They are read where they stand in the source, so that there is no second copy of either; nothing of
them is ever run by the server.
"""

from __future__ import annotations

import io
import zipfile
from functools import cache

from django.conf import settings

_ALWAYS = (1980, 1, 1, 0, 0, 0)
"""The time of every file in the zip: the same sources give the same bytes."""


@cache
def verifier_zip() -> bytes:
    """The folder `verifier`, not compressed, so that Python imports it from the zip as it is."""
    folder = settings.BASE_DIR / "verifier"
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_STORED) as archive:
        for path in sorted([*folder.glob("*.py"), folder / "README.md"]):
            archive.writestr(zipfile.ZipInfo(f"verifier/{path.name}", _ALWAYS), path.read_bytes())
    return written.getvalue()


@cache
def witness_file() -> bytes:
    return bytes((settings.BASE_DIR / "witness" / "hustings_witness.py").read_bytes())


def check_worker() -> bytes:
    """The script in which a browser runs the verifier.

    Raises: FileNotFoundError, where the scripts have not been built.
    """
    return bytes((settings.BASE_DIR / "static" / "build" / "check-worker.js").read_bytes())

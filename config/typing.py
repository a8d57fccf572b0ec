"""The settings as mypy's Django plugin reads them: development's, with no server needed."""

from __future__ import annotations

import os

os.environ.setdefault("HUSTINGS_DEVELOPMENT", "1")

from config.settings import *

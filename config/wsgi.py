"""The entry point for a WSGI server. It refuses to serve an installation that is not safe."""

from __future__ import annotations

import os

from django.core.exceptions import ImproperlyConfigured
from django.core.wsgi import get_wsgi_application

from config import checks

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

application = get_wsgi_application()


def refuse_unsafe() -> None:
    found = checks.errors()
    if found:
        raise ImproperlyConfigured("\n".join(str(error) for error in found))


refuse_unsafe()

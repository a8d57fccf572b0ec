"""What an officer hands in at the desk, in tests: a button pressed, a photograph."""

from __future__ import annotations

import io
from typing import Any

from django.test import Client
from django.urls import reverse
from PIL import Image

from tests.ballot.views.world import World


def press(client: Client, here: World, act: str, **given: Any) -> Any:
    return client.post(reverse(f"act_{act}", args=[here.slug]), given)


def photograph() -> io.BytesIO:
    file = io.BytesIO()
    Image.new("RGB", (400, 300), (40, 90, 120)).save(file, "JPEG")
    file.seek(0)
    file.name = "face.jpg"
    return file

"""The desk's own pages. Those of members and ballot are included beside these."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver

urlpatterns: list[URLPattern | URLResolver] = []

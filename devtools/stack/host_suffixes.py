"""Under which domains made-up customers have their platforms: Haiilo's own, and for Home one that nobody has."""

from __future__ import annotations

HOST_SUFFIXES = {"advocacy": ("smarpshare.com",), "home": ("haiilo.app", "haiilo.example")}

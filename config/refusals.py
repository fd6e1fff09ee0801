"""What no process of production may start with: said when the settings are read, by web, worker, beat and commands."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.core.exceptions import ImproperlyConfigured

NEEDED = ("SECRET_KEY", "ENCRYPTION_KEYS", "ENTRA_CLIENT_ID", "ENTRA_PRIVATE_KEY", "ENTRA_CERTIFICATE")


def refuse(values: Mapping[str, Any]) -> None:
    """Raises `ImproperlyConfigured`, which names everything that is wrong, where settings do not go together."""
    problems = list(_problems(values))
    if problems:
        raise ImproperlyConfigured(" ".join(problems) + " See .env.example.")


def _problems(values: Mapping[str, Any]) -> Iterable[str]:
    if values["PACE"] != 1 and not values["SANDBOX_URL"]:
        yield "PACE is for the sandbox only."
    if values["DEBUG"]:
        return
    if values["SANDBOX_URL"]:
        yield "SANDBOX_URL is set but DEBUG is off."
    for name in NEEDED:
        if not values[name]:
            yield f"{name} is not set."

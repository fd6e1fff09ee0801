"""The app, and the settings that it refuses to start with."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register


class OnboardingConfig(AppConfig):
    name = "onboarding"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        register(check_sandbox, Tags.security)
        register(check_keys, Tags.security, deploy=True)


def check_sandbox(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    """A sandbox in place of Microsoft is for development only."""
    if settings.SANDBOX_URL and not settings.DEBUG:
        return [Error("SANDBOX_URL is set but DEBUG is off.", hint="Remove SANDBOX_URL.", id="onboarding.E001")]
    if settings.PACE != 1 and not settings.SANDBOX_URL:
        return [Error("PACE is for the sandbox only.", hint="Remove PACE.", id="onboarding.E002")]
    return []


def check_keys(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    """What production cannot do without."""
    missing = [
        name
        for name in ("ENCRYPTION_KEYS", "ENTRA_CLIENT_ID", "ENTRA_PRIVATE_KEY", "ENTRA_CERTIFICATE")
        if not getattr(settings, name)
    ]
    return [
        Error(f"{name} is not set.", hint="See .env.example.", id=f"onboarding.E1{number}")
        for number, name in enumerate(missing)
    ]

"""The app. What it refuses to start with is in config/refusals.py."""

from __future__ import annotations

from django.apps import AppConfig


class OnboardingConfig(AppConfig):
    name = "onboarding"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from config import database

        database.watch_over_connections()

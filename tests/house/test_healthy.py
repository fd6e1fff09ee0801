"""What a container says of its own health."""

from __future__ import annotations

import os
import time

import pytest
from django.core.management import CommandError, call_command

from devtools.stack import ports
from onboarding.management.commands import healthy


@pytest.mark.django_db(transaction=True)
def test_finds_pages_that_answer_under_the_public_name(live_server, settings, monkeypatch):
    monkeypatch.setattr(healthy, "PAGES", f"{live_server.url}/healthz")
    settings.PUBLIC_URL, settings.ALLOWED_HOSTS = "https://onboarding.haiilo.example", ["onboarding.haiilo.example"]
    call_command("healthy", "web")
    settings.PUBLIC_URL = "https://elsewhere.example"
    with pytest.raises(CommandError, match="web is unwell"):
        call_command("healthy", "web")


def test_misses_pages_that_nobody_answers(monkeypatch):
    monkeypatch.setattr(healthy, "PAGES", f"http://{ports.HOST}:{ports.free()}/healthz")
    with pytest.raises(CommandError, match="refused"):
        call_command("healthy", "web")


def test_misses_a_worker_that_does_not_answer():
    with pytest.raises(CommandError):
        call_command("healthy", "worker")


def test_believes_beat_while_its_schedule_is_fresh(monkeypatch, tmp_path):
    monkeypatch.setattr(healthy, "SCHEDULES", tmp_path)
    with pytest.raises(CommandError, match="beat is unwell"):
        call_command("healthy", "beat")
    schedule = tmp_path / "beat-schedule.db"
    schedule.touch()
    call_command("healthy", "beat")
    long_ago = time.time() - 2 * healthy.STALE_AFTER
    os.utime(schedule, (long_ago, long_ago))
    with pytest.raises(CommandError, match="beat is unwell"):
        call_command("healthy", "beat")

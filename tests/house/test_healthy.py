"""What a container says of its own health."""

from __future__ import annotations

import pytest
from django.core.management import CommandError, call_command

from devtools.stack import ports
from onboarding.engine import heartbeats
from onboarding.management.commands import healthy
from onboarding.models import Heartbeat, clock


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


@pytest.mark.django_db
@pytest.mark.parametrize("kind", ["worker", "beat"])
def test_believes_a_process_that_gives_signs_of_life(kind):
    with pytest.raises(CommandError, match=f"{kind} is unwell"):
        call_command("healthy", kind)
    Heartbeat.objects.beat(f"{kind}:another:1:1", kind, clock_offset_ms=0)
    with pytest.raises(CommandError, match=f"{kind} is unwell"):
        call_command("healthy", kind)
    own = heartbeats.name_of(kind)
    Heartbeat.objects.beat(own, kind, clock_offset_ms=0)
    call_command("healthy", kind)
    Heartbeat.objects.filter(pk=own).update(at=clock.after(-2 * healthy.SILENT_AFTER))
    with pytest.raises(CommandError, match=f"{kind} is unwell"):
        call_command("healthy", kind)

"""When a process ends itself, because only a new start can help it."""

from __future__ import annotations

import time

import pytest
from django.http import HttpRequest, HttpResponse

from onboarding.engine import beat, heartbeats
from onboarding.engine.pulse import Kind
from onboarding.models import Heartbeat
from onboarding.web import in_progress


@pytest.fixture
def ended(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Why this process would have ended."""
    told: list[str] = []
    monkeypatch.setattr(heartbeats, "end", told.append)
    return told


@pytest.mark.django_db
def test_web_ends_where_a_request_hangs(ended):
    heartbeats.Web(lambda: 119.0).tick()
    assert ended == []
    heartbeats.Web(lambda: 121.0).tick()
    assert ended == ["a request has been going on for 121 s"]


@pytest.mark.django_db
def test_beat_gives_no_sign_of_life_once_its_loop_stands_still(ended, monkeypatch):
    monkeypatch.setattr(beat.Scheduler, "ticked", time.monotonic() - 61)
    heartbeats.Beat().tick()
    assert ended == ["beat's loop has stood still for 61 s"]
    assert not Heartbeat.objects.filter(kind=Kind.BEAT).exists()
    monkeypatch.setattr(beat.Scheduler, "ticked", time.monotonic())
    heartbeats.Beat().tick()
    assert Heartbeat.objects.filter(kind=Kind.BEAT).exists()


def test_knows_the_oldest_request_of_a_process():
    seen: list[float] = []

    def answer(_request: HttpRequest) -> HttpResponse:
        seen.append(in_progress.oldest())
        return HttpResponse()

    in_progress.InProgress(answer)(HttpRequest())
    assert seen[0] > 0
    assert in_progress.oldest() == 0

"""The link page after the consent: how far we are, for the browser that consented."""

from __future__ import annotations

import re

import pytest
from django.urls import reverse
from django.utils import timezone

from onboarding.models import Link, Onboarding, StepState
from tests.narrow import present

from .desk import people, read
from .visitor import text_of

pytestmark = pytest.mark.django_db


def test_shows_the_progress_instead_of_a_used_link_in_the_same_browser(visitor, invitation):
    visitor.go_all_the_way(invitation)
    assert visitor.client.get(invitation.path)["Location"] == reverse("progress")


def test_shows_a_stranger_no_progress(client):
    page = client.get(reverse("progress"))
    assert page.status_code == 404
    assert "Open your link" in text_of(page)


def test_shows_no_progress_once_the_link_is_revoked(visitor, invitation):
    visitor.go_all_the_way(invitation)
    Link.objects.update(revoked_at=timezone.now())
    assert visitor.client.get(reverse("progress")).status_code == 404


def stand_at(invitation, key: str, kind: str, court: str = "cs", message: str = "") -> None:
    """Let everything before `key` be done, and this be the verdict of `key`."""
    for state in StepState.objects.filter(onboarding=invitation.onboarding).order_by("pk"):
        if state.key == key:
            break
        StepState.objects.filter(pk=state.pk).update(kind="done", done_at=timezone.now())
    StepState.objects.filter(onboarding=invitation.onboarding, key=key).update(
        kind=kind, court=court, message={"text": message}
    )
    Onboarding.objects.filter(pk=invitation.onboarding.pk).update(current_key=key, current_kind=kind)


@pytest.mark.parametrize(
    ("key", "kind", "court", "moves", "words"),
    [
        ("consent", "waiting", "microsoft", True, "This can take up to 15 minutes"),
        ("connection", "asking", "cs", False, "Haiilo is working on it"),
        ("mappings", "todo", "cs", False, "Haiilo is working on it"),
        ("live", "broken", "haiilo", False, "Haiilo is working on it"),
        ("scope", "asking", "customer", False, "We need something from you"),
        ("initial_cycle", "waiting", "microsoft", True, "one after the other"),
        ("live", "done", "cs", False, "Everything is set up"),
    ],
)
def test_says_how_far_we_are_and_asks_again_faster_while_something_moves(
    visitor, invitation, key, kind, court, moves, words
):
    visitor.go_all_the_way(invitation)
    stand_at(invitation, key, kind, court, "a sentence for customer success")
    page = visitor.client.get(reverse("progress")).content.decode()
    assert words in page
    assert f'hx-trigger="every {3 if moves else 20}s, look"' in page
    assert "a sentence for customer success" not in page
    assert page.count('aria-current="step"') == (0 if kind == "done" else 1)


def test_goes_on_asking_while_a_step_is_done_and_the_next_is_not_looked_at(visitor, invitation):
    visitor.go_all_the_way(invitation)
    stand_at(invitation, "consent", "done", "cs")
    assert 'hx-trigger="every 3s, look"' in visitor.client.get(reverse("progress")).content.decode()


def test_asks_slowly_while_we_are_paused(visitor, invitation):
    visitor.go_all_the_way(invitation)
    stand_at(invitation, "initial_cycle", "waiting", "microsoft")
    Onboarding.objects.update(state="paused")
    page = visitor.client.get(reverse("progress")).content.decode()
    assert 'hx-trigger="every 20s, look"' in page
    assert "Haiilo has paused this" in page


def test_sends_nothing_while_nothing_has_changed(visitor, invitation, same_minute):
    visitor.go_all_the_way(invitation)
    stand_at(invitation, "initial_cycle", "waiting", "microsoft")
    found = present(re.search(r'hx-get="([^"]+)"', visitor.client.get(reverse("progress")).content.decode()))
    assert visitor.client.get(found[1], headers={"HX-Request": "true"}).status_code == 204
    stand_at(invitation, "initial_cycle", "done", "microsoft")
    assert visitor.client.get(found[1], headers={"HX-Request": "true"}).status_code == 200


def test_refreshes_the_part_alone(visitor, invitation):
    visitor.go_all_the_way(invitation)
    part = visitor.client.get(reverse("progress"), headers={"HX-Request": "true"}).content.decode()
    assert part.strip().startswith('<div id="progress"')
    assert "<html" not in part


def test_counts_the_people_who_have_arrived(visitor, invitation):
    visitor.go_all_the_way(invitation)
    stand_at(invitation, "initial_cycle", "waiting", "microsoft")
    StepState.objects.filter(key="scope").update(evidence={"total": 2050})
    Onboarding.objects.update(in_haiilo=0)
    page = visitor.client.get(reverse("progress")).content.decode()
    assert "0 of 2,050 people are in Haiilo" in page
    assert 'max="2050"' in page


@pytest.mark.parametrize(
    ("language", "during", "after"),
    [
        (
            "en",
            "We do not know yet how many people are in Haiilo. In scope: 2,050",
            "Microsoft does not tell how many people are in Haiilo. In scope: 2,050",
        ),
        (
            "de",
            "Wir wissen noch nicht, wie viele Personen in Haiilo sind. Im Bereitstellungsbereich: 2.050",
            "Microsoft nennt nicht, wie viele Personen in Haiilo sind. Im Bereitstellungsbereich: 2.050",
        ),
        (
            "fi",
            "Emme vielä tiedä, montako käyttäjää Haiilossa on. Kohdejoukossa: 2 050",
            "Microsoft ei kerro, montako käyttäjää Haiilossa on. Kohdejoukossa: 2 050",
        ),
    ],
)
def test_counts_nobody_where_nobody_tells(visitor, invitation, language, during, after):
    visitor.go_all_the_way(invitation)
    stand_at(invitation, "initial_cycle", "waiting", "microsoft")
    StepState.objects.filter(key="scope").update(evidence={"total": 2050})
    page = visitor.client.get(reverse("progress"), headers={"Accept-Language": language})
    assert during in read(page).text
    assert "<progress" not in page.content.decode()
    stand_at(invitation, "live", "done")
    Onboarding.objects.update(live_at=timezone.now())
    page = visitor.client.get(reverse("progress"), headers={"Accept-Language": language})
    assert after in read(page).text
    assert "<progress" not in page.content.decode()


def test_says_that_nobody_tells_where_the_scope_is_not_known_either(visitor, invitation):
    visitor.go_all_the_way(invitation)
    page = read(visitor.client.get(reverse("progress"))).text
    assert "people are in Haiilo" not in page
    stand_at(invitation, "live", "done")
    Onboarding.objects.update(live_at=timezone.now())
    page = read(visitor.client.get(reverse("progress"))).text
    assert "Microsoft does not tell how many people are in Haiilo." in page
    assert "In scope" not in page


def live(invitation):
    stand_at(invitation, "live", "done")
    Onboarding.objects.update(live_at=timezone.now(), in_haiilo=None)
    return Onboarding.objects.get()


def test_does_not_call_everything_set_up_while_somebody_is_missing(visitor, invitation):
    visitor.go_all_the_way(invitation)
    made = live(invitation)
    people(made, 3)
    assert "Everything is set up" in read(visitor.client.get(reverse("progress"))).text
    people(made, 2, result="failed", code="EntryConflict")
    people(made, 1, result="failed", code="EntryConflict", seen={"last": "failed", "created": 1.0})
    page = read(visitor.client.get(reverse("progress"))).text
    assert "Haiilo is set up, but not for everybody yet" in page
    assert "4 people are in Haiilo As Microsoft reports" in page
    assert "2 accounts could not be created yet" in page
    assert "1 person is in Haiilo, but the last change did not arrive" in page
    assert "You do not need to do anything" not in page


def test_counts_no_test_user_among_those_who_could_not_be_created(visitor, invitation):
    visitor.go_all_the_way(invitation)
    stand_at(invitation, "pilot", "asking")
    people(Onboarding.objects.get(), 1)
    people(Onboarding.objects.get(), 1, result="failed", code="MandatoryFieldsMissing")
    shown = read(visitor.client.get(reverse("progress"))).text
    assert "1 person is in Haiilo" in shown
    assert "could not be created" not in shown


def test_forgets_who_was_in_scope_of_an_application_that_is_gone(visitor, invitation):
    visitor.go_all_the_way(invitation)
    live(invitation)
    StepState.objects.filter(key="scope").update(evidence={"total": 2050})
    assert "In scope: 2,050" in read(visitor.client.get(reverse("progress"))).text
    StepState.objects.filter(key="scope").update(evidence={"total": 2050, "is_past": True})
    assert "In scope" not in read(visitor.client.get(reverse("progress"))).text


def test_counts_against_the_scope_that_was_read_last(visitor, invitation):
    visitor.go_all_the_way(invitation)
    made = live(invitation)
    StepState.objects.filter(key="scope").update(evidence={"total": 2050})
    people(made, 3, scope="in", scope_at=timezone.now())
    Onboarding.objects.update(scope_read_at=timezone.now())
    assert "3 of 3 people are in Haiilo" in read(visitor.client.get(reverse("progress"))).text
    Onboarding.objects.update(in_haiilo=9)
    page = read(visitor.client.get(reverse("progress")))
    assert "9 people are in Haiilo" in page.text
    assert "<progress" not in page.html

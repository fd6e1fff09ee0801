"""What the mappings make of people, on the pages of customer success: by class, who acts, who goes on knowingly."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse

from onboarding.domain.sentences import say
from onboarding.domain.verdicts import Done
from onboarding.models import Event, Onboarding, clock
from onboarding.steps.scope.evidence import FindingSeen, ScopeEvidence
from tests import builders

from .desk import people, post, read, stand
from .test_people import export

pytestmark = pytest.mark.django_db
GUEST, LOST = {"code": "guest"}, {"code": "country_without_group", "target": "country", "source": "[country]"}
SEEN = ScopeEvidence(
    total=4,
    direct=4,
    certain_to_fail=1,
    findings=(FindingSeen("guest", 2), FindingSeen("country_without_group", 1), FindingSeen("blanks_around", 1)),
)


@pytest.fixture
def counted(customer: Onboarding) -> Onboarding:
    """A customer whose scope was read: two guests, and one whose country is no group."""
    people(customer, 2, result="", scope="in", findings=[GUEST])
    people(customer, 1, result="", scope="in", findings=[LOST], certain_to_fail=True)
    people(customer, 1, result="", scope="in")
    return stand(customer, "scope", Done(SEEN, say("Seen.")))


def open_scope(client: Any, made: Onboarding) -> Any:
    path = reverse("step", args=[made.pk, "scope"])
    return read(client.get(path), path)


def body(client: Any, made: Onboarding) -> str:
    return str(client.get(reverse("step", args=[made.pk, "scope"])).content.decode())


def answer_of(made: Onboarding) -> dict[str, Any]:
    return dict(builders.state(made, "scope").answer)


def test_lists_each_class_with_who_acts_and_a_way_to_the_people(alice, counted):
    text = open_scope(alice, counted).text
    for words in ("2 guests get other user names", "The country of 1 person is not the name of a Haiilo group"):
        assert words in text
    assert text.count("The customer has to act") >= 3
    assert f'href="{reverse("people", args=[counted.pk])}?finding=guest"' in body(alice, counted)
    assert text.count("no account") == 1


def test_filters_the_people_and_the_export_by_a_finding(alice, counted):
    path = reverse("people", args=[counted.pk])
    text = read(alice.get(path, {"finding": "guest"}), path).text
    assert [f"p{number:04}@contoso.example" in text for number in range(4)] == [True, True, False, False]
    assert "2 guests get other user names" in text
    assert (
        "guests" not in read(alice.get(path, {"finding": "doubled_user_name"}), path).text
    )  # of whom nothing was counted
    _answer, rows = export(alice, counted, finding="country_without_group")
    assert [row[1] for row in rows[1:]] == ["p0002@contoso.example"]
    _answer, everybody = export(alice, counted, finding="no such code")
    assert len(everybody) == 1 + 4


def test_keeps_who_goes_on_knowingly_and_reads_nothing_anew(alice, counted):
    checked = builders.state(counted, "scope").checked_at
    page = post(alice, "go_on", counted.pk, "guest")
    kept = answer_of(counted)["go_on_guest"]
    assert (kept["people"], kept["at"][:10]) == (2, clock.now().isoformat()[:10])
    assert f"{kept['by']} goes on knowingly (2 people)" in page.text
    assert builders.state(counted, "scope").checked_at == checked
    said = Event.objects.filter(onboarding=counted, kind="answered").last()
    assert said is not None
    assert "2 guests" in str(said.sentence)
    assert reverse("go_on", args=[counted.pk, "guest"]) not in body(alice, counted)


def test_merges_what_several_people_say(alice, counted):
    post(alice, "go_on", counted.pk, "guest")
    post(alice, "go_on", counted.pk, "country_without_group")
    post(alice, "step", counted.pk, "scope", groups="Finland\nGermany")
    assert answer_of(counted).keys() == {"go_on_guest", "go_on_country_without_group", "groups"}
    assert "Finland\nGermany</textarea>" in body(alice, counted)


def test_asks_again_once_it_is_about_more_people(alice, counted):
    post(alice, "go_on", counted.pk, "guest")
    more = ScopeEvidence(total=5, direct=5, certain_to_fail=0, findings=(FindingSeen("guest", 3),))
    stand(counted, "scope", Done(more, say("Seen.")))
    text = body(alice, counted)
    assert "goes on knowingly (2 people)" in text
    assert reverse("go_on", args=[counted.pk, "guest"]) in text


@pytest.mark.parametrize("code", ["doubled_user_name", "nonsense"])
def test_keeps_nothing_of_what_is_no_decision_or_not_so(alice, counted, code):
    page = post(alice, "go_on", counted.pk, code)
    assert "This is no longer so" in page.text
    assert answer_of(counted) == {}


def test_is_for_members_only(charlie, counted):
    assert charlie.post(reverse("go_on", args=[counted.pk, "guest"])).status_code == 404
    assert answer_of(counted) == {}

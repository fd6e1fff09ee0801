"""A person of the directory, looked up within a run: who it is, whether assigned, and how; against the sandbox."""

from __future__ import annotations

from datetime import timedelta

import pytest

from devtools.stack.sandbox_control import SandboxTenant
from onboarding.customers import inquiries, records
from onboarding.customers.base import Refused
from onboarding.domain.standings import Scope
from onboarding.engine import reconcile
from onboarding.models import Event, Inquiry, Onboarding, clock
from onboarding.people.look_up import Found
from onboarding.privacy import retention
from tests import builders
from tests.engine.conftest import answer_all

pytestmark = pytest.mark.django_db


@pytest.fixture
def made(consented: Onboarding, far: SandboxTenant) -> Onboarding:
    """A customer whose application is chosen, and nothing is set up in it."""
    return answer_all(consented, far, until="connection")


def asked(made: Onboarding, text: str) -> Inquiry:
    """The question, as one run leaves it."""
    inquiry = inquiries.ask(made, text, actor=builders.owner_of(made))
    reconcile.reconcile(made.pk)
    inquiry.refresh_from_db()
    return inquiry


def found(made: Onboarding, text: str) -> Found:
    [only] = asked(made, text).found
    return Found.from_json(only)


def members(far: SandboxTenant, name: str) -> list[str]:
    """The user names of a group's members."""
    directory = far.ask("GET", "/directory")
    names = {user["id"]: user["userPrincipalName"] for user in directory["users"]}
    [group] = [group for group in directory["groups"] if group["displayName"] == name]
    return [names[each["id"]] for each in group["members"] if each["id"] in names]


def test_tells_by_which_path_somebody_is_in_scope(made, far):
    person = found(made, far["pilot"]["user_name"].upper())
    assert (person.id, person.scope, person.paths) == (far["pilot"]["id"], Scope.IN, [{"by": "direct"}])
    by_group = found(made, members(far, "All staff")[0])
    assert (by_group.scope, by_group.paths) == (Scope.IN, [{"by": "group", "group": "All staff"}])
    assert found(made, far["guest"]["user_name"]).is_guest


def test_tells_at_which_no_it_ends(made, far):
    assert found(made, far["disabled"]["user_name"]).scope == Scope.DISABLED
    assert (found(made, far["unassigned"]["user_name"]).scope, found(made, far["admin"]["user_name"]).scope) == (
        Scope.OUT,
        Scope.OUT,
    )
    nested = found(made, members(far, "Night shift")[0])
    assert (nested.scope, nested.paths) == (Scope.NESTED, [{"by": "nested", "group": "All staff"}])
    assert asked(made, "nobody.at.all@nowhere.example").found == []


@pytest.mark.parametrize("text", ["id", "mail"])
def test_finds_by_object_id_and_by_address(made, far, text):
    [pilot] = [user for user in far.ask("GET", "/directory")["users"] if user["id"] == far["pilot"]["id"]]
    assert found(made, pilot[text]).id == far["pilot"]["id"]


def test_names_all_who_may_be_meant_and_judges_none_of_them(made, far):
    names = [user["displayName"] for user in far.ask("GET", "/directory")["users"]]
    first = max("ABCDEFGHIJKLMNOPQRSTUVWXYZ", key=lambda letter: sum(name.startswith(letter) for name in names))
    answer = asked(made, first)
    assert len(answer.found) > 1
    assert {each["scope"] for each in answer.found} == {Scope.UNREAD}


def test_takes_a_refusal_for_an_answer_and_no_refusal_for_nobody(made, far):
    far.revoke()
    answer = asked(made, far["pilot"]["user_name"])
    assert answer.answered_at is not None
    assert answer.sentence is not None
    assert answer.found == []


def test_asks_nothing_again_that_is_answered_and_changes_nothing_else(made, far):
    before = builders.state(made, "connection").message
    answer = asked(made, far["pilot"]["user_name"])
    reconcile.reconcile(made.pk)
    assert builders.state(made, "connection").message == before
    assert Inquiry.objects.get(pk=answer.pk).answered_at == answer.answered_at
    assert made.people.count() == 0


def test_notes_who_asked_and_nobody_who_was_asked_about(made, far):
    asked(made, far["pilot"]["user_name"])
    line = Event.objects.filter(onboarding=made, kind="names_seen").get()
    assert line.actor == builders.owner_of(made)
    assert far["pilot"]["user_name"] not in str(line.message) + str(line.detail)


def test_forgets_the_question_a_day_later_and_with_an_erasure(made, far):
    answer = asked(made, far["pilot"]["user_name"])
    retention.erase_old(clock.now() + timedelta(hours=23))
    assert Inquiry.objects.filter(pk=answer.pk).exists()
    retention.erase_old(clock.now() + timedelta(hours=25))
    assert not Inquiry.objects.exists()
    asked(made, far["pilot"]["user_name"])
    retention.erase_person(made.pk, far["pilot"]["id"], now=clock.now())
    assert not Inquiry.objects.exists()


def test_is_refused_where_no_run_would_answer(made):
    owner = builders.owner_of(made)
    with pytest.raises(Refused, match="not verified"):
        inquiries.ask(builders.onboarding(owner), "eva@contoso.example", actor=owner)
    with pytest.raises(Refused, match="Enter a name"):
        inquiries.ask(made, "  ", actor=owner)
    records.pause(made, actor=owner)
    with pytest.raises(Refused, match="Resume first"):
        inquiries.ask(made, "eva@contoso.example", actor=owner)

"""Test users in a tenant of the sandbox: several at once, each told for itself, tried again once the cause is gone."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta

import pytest

from onboarding.customers import answers
from onboarding.customers.base import Refused
from onboarding.domain.standings import Standing
from onboarding.engine import ledger
from onboarding.engine.load_desired import load
from onboarding.models import Approval, Event, Onboarding, Person
from onboarding.models.onboarding import LeaseLost
from onboarding.steps import by_key
from onboarding.steps.pilot.causes import Code
from tests import builders
from tests.narrow import present

from . import test_read_only
from .conftest import answer_all, consented_in, look
from .test_receiver_cases import in_order

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("exact_counts")]
CASES = [("F14", Code.FAILED_BY_CUSTOMER, "customer"), ("F17", Code.PILOT_FAILED, "cs")]


@pytest.fixture
def asked(consented, far):
    """A customer at the question who the test users are."""
    return answer_all(consented, far, until="pilot")


def three(far):
    """The person whom faults concern first, and two others."""
    return [far["pilot"]["user_name"], *(each["userPrincipalName"] for each in in_order(far)[:2])]


def name(made, *people):
    answers.answer(made, "pilot", actor=builders.owner_of(made), answer={"people": list(people)})
    return look(made)


def later(made, **how_long):
    """As if so much time had passed since the mapping was written, people answered, and all attempts."""

    def earlier(at):
        return (datetime.fromisoformat(at) - timedelta(**how_long)).isoformat()

    mappings, state = (builders.state(made, key) for key in ("mappings", "pilot"))
    for entry in (*mappings.intents.values(), *state.intents.values()):
        if entry.get("result"):
            entry["result"]["at"] = earlier(entry["result"]["at"])
    mappings.save(update_fields=["intents"])
    for each in state.answer.get("again", []):
        each["at"] = earlier(each["at"])
    state.answered_at = present(state.answered_at) - timedelta(**how_long)
    state.save(update_fields=["intents", "answer", "answered_at"])
    return look(made)


def runs(far):
    return len(far.graph_calls("POST", "/provisionOnDemand"))


def lines(made):
    return Event.objects.filter(onboarding=made, step="pilot").count()


def results(made):
    return {each["user_name"]: each for each in builders.state(made, "pilot").offers["results"]}


def standings(made):
    return dict(Person.objects.filter(onboarding=made).values_list("user_name", "standing"))


def test_creates_three_accounts_and_keeps_microsofts_limit(asked, far):
    name(asked, *three(far))
    assert (builders.state(asked, "pilot").kind, runs(far)) == ("waiting", 4)
    later(asked, seconds=10)
    assert (asked.current_key, runs(far)) == ("enable", 6)
    people = builders.state(asked, "pilot").evidence["people"]
    assert [each["user_name"] for each in people] == three(far)
    assert [each["action"] for each in people] == ["create"] * 3
    assert [line["text"]["text"] for line in people[0]["steps"]] == [
        "Read: the account was found in Entra.",
        "Scope: the person is in scope.",
        "Match: Haiilo had no such account.",
        "Send: the account was created in Haiilo.",
        "Check: Haiilo has kept the account.",
    ]
    assert {each["attribute"] for each in people[0]["fields"]} >= {"userName", "name.familyName"}
    assert all(each["kept"] for each in people[0]["fields"])
    assert {row["userName"] for row in far.arrived()} == set(three(far))


@pytest.mark.parametrize(("switch", "code", "court"), CASES)
def test_tells_of_the_one_who_failed_and_ends_by_itself_once_the_cause_is_gone(asked, far, switch, code, court):
    far.switch(**{switch: True})
    first, second, third = three(far)
    name(asked, first, second, third)
    later(asked, seconds=10)
    state = builders.state(asked, "pilot")
    assert (state.kind, state.code, state.court) == ("asking", code, court)
    told = results(asked)
    assert [told[each]["ok"] for each in (first, second, third)] == [False, True, True]
    assert told[first]["court"] == court
    before, told_of = runs(far), lines(asked)
    for _hour in range(4):
        later(asked, hours=1)
    assert (runs(far), lines(asked)) == (before + 4, told_of)
    assert builders.state(asked, "pilot").kind == "asking"
    far.switch(**{switch: False})
    look(asked)
    assert runs(far) == before + 4
    later(asked, hours=1)
    assert (asked.current_key, runs(far)) == ("enable", before + 6)


def test_keeps_no_more_than_the_last_attempts_of_each(asked, far):
    far.switch(F14=True)
    name(asked, *three(far)[:2])
    for _hour in range(6):
        later(asked, hours=1)
    kept = [entry for key, entry in builders.state(asked, "pilot").intents.items() if key != "provision"]
    assert len(kept) == 4


def test_tells_each_its_own_cause_and_asks_by_the_one_that_is_ended_soonest(asked, far):
    first, second, third = three(far)
    far.switch(F17=True)
    far.change_user(second, country="Atlantis")
    name(asked, first, second, third)
    later(asked, seconds=10)
    state, told = builders.state(asked, "pilot"), results(asked)
    assert (state.code, state.court) == (Code.PILOT_FAILED, "cs")
    assert [told[each]["court"] for each in (first, second, third)] == ["cs", "customer", ""]
    assert "name of a Haiilo group" in str(told[second]["sentence"])
    name(asked, second, third)
    assert builders.state(asked, "pilot").court == "customer"
    far.change_user(second, country="Germany")
    answers.recheck(asked, actor=builders.owner_of(asked), step_key="pilot")
    later(asked, seconds=10)
    assert asked.current_key == "enable"


def test_tries_one_person_again_at_once_where_it_is_asked(asked, far):
    far.switch(F14=True)
    first, second, _third = three(far)
    name(asked, first, second)
    before = runs(far)
    person = results(asked)[first]["id"]
    answers.try_again(asked, "pilot", actor=builders.owner_of(asked), person_id=results(asked)[second]["id"])
    later(asked, seconds=10)
    assert runs(far) == before
    far.switch(F14=False)
    answers.try_again(asked, "pilot", actor=builders.owner_of(asked), person_id=person)
    look(asked)
    assert (asked.current_key, runs(far)) == ("enable", before + 2)


def test_goes_on_with_the_rest_after_a_run_that_died_between_two(asked, far, monkeypatch):
    applied = ledger.applied
    kept: list[None] = []

    def dies(*given, **named):
        kept.append(applied(*given, **named) if not kept else None)
        if len(kept) == 2:
            raise LeaseLost("the worker died")

    monkeypatch.setattr(ledger, "applied", dies)
    name(asked, *three(far)[:2])
    assert runs(far) == 4
    monkeypatch.setattr(ledger, "applied", applied)
    Onboarding.objects.filter(pk=asked.pk).update(leased_until=None)
    later(asked, seconds=10)
    assert (asked.current_key, runs(far)) == ("enable", 6)
    actions = [each["action"] for each in builders.state(asked, "pilot").evidence["people"]]
    assert actions == ["create", "none"]


def test_claims_nothing_of_a_person_who_is_not_named_any_more(asked, far, monkeypatch):
    applied = ledger.applied

    def dies(*_given, **_named):
        raise LeaseLost("the worker died")

    first, second, _third = three(far)
    name(asked, first)
    answers.answer(asked, "pilot", actor=builders.owner_of(asked), answer={"people": [first, second]})
    monkeypatch.setattr(ledger, "applied", dies)
    look(asked)
    monkeypatch.setattr(ledger, "applied", applied)
    Onboarding.objects.filter(pk=asked.pk).update(leased_until=None)
    name(asked, first)
    assert asked.current_key == "enable"
    told = [str(line.sentence) for line in Event.objects.filter(onboarding=asked, step="pilot").order_by("pk")]
    assert not [line for line in told if line.startswith("Found done")]
    assert [line for line in told if line.startswith("Begun; it is not known")]


def test_counts_the_answer_of_an_earlier_release(asked, far):
    answers.answer(asked, "pilot", actor=builders.owner_of(asked), answer={"person": far["pilot"]["user_name"]})
    assert look(asked).current_key == "enable"


@pytest.mark.parametrize("by", ["id", "mail"])
def test_takes_an_object_id_and_a_mail_address(asked, far, by):
    person = in_order(far)[0]
    far.change_user(person["id"], mail="first.last@mail.example")
    assert name(asked, {"id": person["id"], "mail": "First.Last@mail.example"}[by]).current_key == "enable"


# The roster


@pytest.mark.parametrize("licence", ["P1", "none"])
def test_shows_in_the_roster_who_was_just_created(tenant_at, licence):
    far = tenant_at(licence=licence, group_members=0)
    made = answer_all(consented_in(far), far, until="pilot")
    first, second, _third = three(far)
    far.switch(F14=True)
    name(made, first, second)
    assert standings(made)[second] == Standing.ARRIVED
    assert standings(made)[first] == (Standing.FAILED if licence == "P1" else Standing.COMING)
    far.switch(F14=False)
    later(made, hours=1)
    assert [standings(made)[each] for each in (first, second)] == [Standing.ARRIVED] * 2
    assert made.people_counts == {"created": 2}


def test_leaves_nobody_on_the_way_who_was_just_created(asked, far):
    before = asked.standings["coming"]
    name(asked, *three(far)[:2])
    assert (asked.standings["arrived"], asked.standings["coming"]) == (2, before - 2)


def test_says_in_the_end_what_the_log_says_of_the_same_people(asked, far):
    name(asked, *three(far)[:2])
    made = answer_all(asked, far)
    assert made.state == "live"
    assert made.in_haiilo == len(far.arrived())
    assert made.people_counts["created"] == len(far.arrived())


def test_suggests_of_each_way_somebody_with_five_queries(asked, far, django_assert_num_queries):
    rows = load(asked.pk)
    with django_assert_num_queries(5):
        rows.read_for(by_key("pilot"))
    found = Counter((each.by, each.is_guest) for each in rows.desired().suggested)
    assert found == {("direct", False): 3, ("group", False): 5, ("direct", True): 1}
    offered = builders.state(asked, "pilot").offers["people"]
    why = {sentence["text"] for each in offered for sentence in each["why"]}
    assert {"assigned directly", "through the group “%(group)s”", "guest user"} <= why
    assert len(offered) <= 5  # one person may stand for two ways


# Two products


def test_creates_the_guest_of_a_home_customer(tenant_at):
    far = tenant_at(product="home")
    made = answer_all(consented_in(far), far, until="pilot")
    offered = {each["user_name"]: each["why"] for each in builders.state(made, "pilot").offers["people"]}
    guest = far["guest"]["user_name"]
    assert "guest user" in str(offered[guest])
    name(made, guest, far["pilot"]["user_name"])
    assert made.current_key == "enable"
    assert len(far.arrived()) == 2


# Live customers, and those whom we only watch


@pytest.fixture
def live(consented, far):
    made = answer_all(consented, far)
    assert made.state == "live"
    return made


def approve(made):
    plan = builders.state(made, "pilot").plan
    answers.approve_plan(made, "pilot", actor=builders.owner_of(made), fingerprint=plan["fingerprint"])
    return look(made)


def test_tries_other_people_of_a_live_customer_once_it_is_approved_once(live, far):
    later(live, seconds=10)
    before = runs(far)
    _first, second, third = three(far)
    name(live, second, third)
    state = builders.state(live, "pilot")
    assert (state.kind, len(state.plan["changes"]), runs(far)) == ("todo", 2, before)
    approve(live)
    assert (builders.state(live, "pilot").kind, runs(far)) == ("done", before + 4)
    later(live, hours=2)
    assert runs(far) == before + 4
    assert not Approval.objects.open().filter(onboarding=live, step="pilot").exists()


def test_needs_one_approval_for_more_than_fit_into_ten_seconds(live, far):
    later(live, seconds=10)
    people = [far["guest"]["user_name"], *three(far)[1:]]
    before = runs(far)
    name(live, *people)
    approve(live)
    assert (builders.state(live, "pilot").kind, runs(far)) == ("waiting", before + 4)
    later(live, seconds=10)
    assert (builders.state(live, "pilot").kind, runs(far)) == ("done", before + 6)


def test_tries_nobody_of_a_live_customer_again_unasked(live, far):
    later(live, seconds=10)
    person = far["unassigned"]["user_name"]
    far.change_user(person, assigned=True, country="Atlantis")
    name(live, person)
    approve(live)
    before = runs(far)
    assert builders.state(live, "pilot").kind == "asking"
    later(live, hours=5)
    assert (builders.state(live, "pilot").kind, runs(far)) == ("asking", before)
    far.change_user(person, country="Germany")
    answers.try_again(live, "pilot", actor=builders.owner_of(live), person_id=results(live)[person]["id"])
    assert builders.state(look(live), "pilot").kind == "todo"
    assert runs(far) == before
    approve(live)
    assert (builders.state(live, "pilot").kind, runs(far)) == ("done", before + 2)


def test_tries_nobody_while_we_only_watch(registered, live, far):
    later(live, seconds=10)
    person = in_order(far)[0]["userPrincipalName"]
    far.change_user(person, country="Atlantis")
    answers.answer(live, "pilot", actor=builders.owner_of(live), answer={"people": [person]})
    watched = test_read_only.approve(live, far, test_read_only.offered(live))
    before = runs(far)
    answers.recheck(watched, actor=builders.owner_of(watched), step_key="pilot")
    assert builders.state(look(watched), "pilot").kind == "todo"
    with pytest.raises(Refused):
        answers.try_again(watched, "pilot", actor=builders.owner_of(watched), person_id="x")
    with pytest.raises(Refused):
        approve(watched)
    assert runs(far) == before

"""Haiilo's own list within a run, by the sandbox's Haiilo: who is there, what kept us from it, and what it costs."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import requests
from pytest_django import Settings

from devtools.stack.sandbox_control import SandboxTenant
from onboarding.customers import answers
from onboarding.domain.haiilo_list import HaiiloList
from onboarding.domain.headcount import Source
from onboarding.engine import haiilo_reading
from onboarding.engine.load_desired import headcount, load
from onboarding.haiilo import MayAsk
from onboarding.models import CustomerSecret, Event, KeptToken, Onboarding, StepState, clock
from onboarding.people.failures import failures
from onboarding.steps.enable.step import READY_WITH_LINKED
from tests import builders
from tests.conftest import Sandbox
from tests.narrow import present

from .conftest import answer_all, look, until_quiet
from .test_visit_cost import LIVE, visit

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("exact_counts")]

USER = "urn:ietf:params:scim:schemas:core:2.0:User"
PATCH = "urn:ietf:params:scim:api:messages:2.0:PatchOp"


@pytest.fixture(autouse=True)
def asked(wired: None, settings: Settings) -> None:
    settings.HAIILO_ASKED = True


@pytest.fixture
def live(consented: Onboarding, far: SandboxTenant) -> Onboarding:
    return answer_all(consented, far)


@pytest.fixture
def by_hand(sandbox: Sandbox, far: SandboxTenant) -> Callable[..., Any]:
    """What a Company Admin does in Haiilo."""

    def send(method: str, path: str, body: Any = None) -> Any:
        headers = {"Host": far["haiilo_host"], "Authorization": f"Bearer {far['scim_token']}"}
        answer = requests.request(method, f"{sandbox.url}/api/scim/v2{path}", json=body, headers=headers, timeout=30)
        assert answer.ok, answer.text
        return answer.json() if answer.content else None

    return send


def keep_token(made: Onboarding) -> None:
    """As both have agreed before go-live."""
    owner, contact = builders.owner_of(made), made.contacts.first()
    today = clock.now()
    KeptToken.objects.create(onboarding=made, contact=contact, agreed_on=today.date(), noted_by=owner, noted_at=today)


@pytest.fixture
def watched(consented: Onboarding, far: SandboxTenant) -> Onboarding:
    """A live customer whose token is kept."""
    keep_token(consented)
    return answer_all(consented, far)


def told(made: Onboarding) -> HaiiloList:
    return HaiiloList.from_json(Onboarding.objects.get(pk=made.pk).haiilo_list)


def a_day_later(made: Onboarding) -> Onboarding:
    """A look at the live customer a day after the last one."""
    before = told(made)
    at = {
        name: (moment - timedelta(days=1)).isoformat()
        for name in ("at", "retry_at")
        if (moment := getattr(before, name))
    }
    Onboarding.objects.filter(pk=made.pk).update(haiilo_list={**before.to_json(), **at})
    made.people.exclude(in_haiilo_at=None).update(in_haiilo_at=clock.now() - timedelta(days=1))
    StepState.objects.filter(onboarding=made, key="live").update(checked_at=None)
    return look(made)


def asks_of(far: SandboxTenant) -> int:
    """How many pages of its list Haiilo was asked for: by us, Microsoft's service only searches."""
    return sum("startIndex" in each["query"] for each in far.journal(kind="scim"))


def notes(made: Onboarding, key: str = "live") -> str:
    return " ".join(str(each["text"]) for each in builders.state(made, key).warnings)


def one_of(made: Onboarding) -> Any:
    return made.people.filter(result="created").exclude(target_id="").order_by("pk").first()


# Who is there


def test_asks_haiilo_after_the_first_cycle_and_confirms_the_number(live, far):
    found = told(live)
    arrived = far.arrived()
    assert asks_of(far) > 0
    assert (found.ability, found.trouble, found.is_whole) == ("lists", "", True)
    assert (found.there, found.missing, found.total) == (len(arrived), 0, len(arrived) + 1)
    assert {each.in_haiilo for each in live.people.filter(standing="arrived")} == {"active"}
    numbers = headcount(live)
    assert (numbers.in_haiilo, numbers.source) == (len(arrived), Source.HAIILO)
    assert numbers.as_of in (found.at, live.log_watermark)


def test_looks_for_each_by_name_where_only_that_works(watched, far):
    far.answer_as(haiilo_users="filter_required")
    a_day_later(watched)
    found = told(watched)
    assert (found.ability, found.total, found.others, found.left) == ("finds", None, None, 0)
    assert (found.there, found.missing) == (len(far.arrived()), 0)
    assert headcount(watched).source is Source.HAIILO


def test_looks_for_each_by_name_where_the_list_is_not_whole(watched, far):
    far.answer_as(haiilo_total="too_high")
    before = len(far.journal(kind="scim"))
    a_day_later(watched)
    found, searched = told(watched), ["filter" in each["query"] for each in far.journal(kind="scim")[before:]]
    assert (found.total, found.others, found.left, found.missing) == (None, None, 0, 0)
    assert found.there == len(far.arrived()) < sum(searched)
    assert not searched[0]


def test_asks_for_the_list_alone_where_it_is_whole(watched, far):
    before = len(far.journal(kind="scim"))
    a_day_later(watched)
    asked = [str(each["query"]) for each in far.journal(kind="scim")[before:]]
    assert [("startIndex" in each, "filter" in each) for each in asked] == [(True, False)] * 2


def test_says_who_was_deleted_at_haiilo_until_they_are_back(watched, far, by_hand):
    lost = one_of(watched)
    by_hand("DELETE", f"/Users/{lost.target_id}")
    a_day_later(watched)
    lost.refresh_from_db()
    assert (lost.in_haiilo, lost.standing, told(watched).missing) == ("absent", "failed", 1)
    assert [(each.count, each.in_haiilo) for each in failures(watched)] == [(1, "absent")]
    assert "Microsoft has reported an account for %(count)s person, and Haiilo has none." in notes(watched)
    assert headcount(watched).in_haiilo == len(far.arrived())
    name = {"givenName": "Eva", "familyName": "Berg"}
    by_hand("POST", "/Users", {"schemas": [USER], "userName": lost.user_name, "name": name})
    a_day_later(watched)
    lost.refresh_from_db()
    assert (lost.in_haiilo, lost.standing, told(watched).missing) == ("active", "arrived", 0)


def test_tells_two_accounts_of_one_person(watched, far):
    far.switch(F18=True)
    a_day_later(watched)
    assert told(watched).twice >= 1
    assert watched.people.filter(standing="twice").count() == 1


def test_tells_who_is_switched_off_at_haiilo(tenant_at, sandbox):
    far = tenant_at(product="home", haiilo_host="switchedoff.haiilo.app")
    far.consent()
    made = builders.onboarding(
        name=far["name"], product="home", haiilo_host=far["haiilo_host"], domains=[far["domain"]]
    )
    look(made)
    builders.granted(made, far.id)
    keep_token(made)
    answer_all(made, far)
    person = one_of(made)
    body = {"schemas": [PATCH], "Operations": [{"op": "Replace", "path": "active", "value": "False"}]}
    headers = {"Host": far["haiilo_host"], "Authorization": f"Bearer {far['scim_token']}"}
    address = f"{sandbox.url}/api/scim/v2/Users/{person.target_id}"
    assert requests.patch(address, json=body, headers=headers, timeout=30).ok
    a_day_later(made)
    person.refresh_from_db()
    assert (person.in_haiilo, person.standing, told(made).inactive) == ("inactive", "failed", 1)
    assert "disabled in Haiilo" in notes(made)


def test_leaves_untold_of_whom_haiilo_does_not_say_whether_they_are_active(watched, far):
    far.answer_as(haiilo_active="not_told")
    a_day_later(watched)
    assert set(watched.people.values_list("in_haiilo", flat=True)) == {""}
    assert watched.people.filter(standing="arrived").count() == len(far.arrived())
    assert told(watched).untold == len(far.arrived())
    assert headcount(watched).source is Source.MICROSOFT


def test_says_before_the_start_who_is_there_already_and_is_linked(consented, far, by_hand):
    answer_all(consented, far, until="pilot")
    names = consented.people.filter(scope="in").exclude(user_name__contains="#EXT#").order_by("pk")
    there = names.exclude(user_name=far["pilot"]["user_name"]).values_list("user_name", flat=True)[0]
    name = {"givenName": "Eva", "familyName": "Berg"}
    by_hand("POST", "/Users", {"schemas": [USER], "userName": there, "name": name})
    answer_all(consented, far, until="enable")
    found, state = told(consented), builders.state(consented, "enable")
    assert (found.asked, found.there) == (consented.people.filter(scope="in").count(), 2)  # the pilot is there, too
    assert state.message["text"] == READY_WITH_LINKED.one
    said = (
        f"Of {found.asked} people in scope, Haiilo has 2 already, who are linked; starting creates {found.asked - 2}."
    )
    assert said in str(state.sentence)
    answers.approve_plan(consented, "enable", actor=builders.owner_of(consented), fingerprint=state.plan["fingerprint"])
    until_quiet(consented, far)
    assert (consented.state, told(consented).there) == ("live", found.asked)


def look_again(made: Onboarding, far: SandboxTenant) -> Onboarding:
    """The next look at the live customer, after a sync; the list is as old as it may be between two of them."""
    before = told(made)
    assert before.at is not None
    an_hour_ago = (before.at - timedelta(hours=1)).isoformat()
    Onboarding.objects.filter(pk=made.pk).update(haiilo_list={**before.to_json(), "at": an_hour_ago})
    return after_a_sync(made, far)


def after_a_sync(made: Onboarding, far: SandboxTenant) -> Onboarding:
    """A look at the live customer when Microsoft has run once more."""
    far.control.advance_clock(hours=1)
    far.run_cycles()
    StepState.objects.filter(onboarding=made, key="live").update(checked_at=None)
    return look(made)


def test_asks_at_once_where_the_log_tells_of_a_second_account(watched, far):
    [name] = watched.people.filter(standing="arrived", is_guest=False).values_list("user_name", flat=True)[:1]
    far.switch(F16=[name])
    look_again(watched, far)
    person = watched.people.get(standing="twice")
    assert person.earlier_target_id not in ("", person.target_id)
    assert "%(count)s person is in Haiilo twice" in notes(watched)
    assert [(each.standing, each.count, each.code) for each in failures(watched)] == [("twice", 1, "")]


def test_asks_at_once_whether_who_was_removed_is_gone(watched, far):
    far.switch(F21=True, F11="disabled")
    look_again(watched, far)
    person = watched.people.get(standing="leaving")
    assert (person.result, person.in_haiilo) == ("removed", "active")
    assert headcount(watched).in_haiilo == len(far.arrived())
    assert headcount(watched).source is Source.HAIILO
    assert [(each.standing, each.in_haiilo) for each in failures(watched)] == [("leaving", "active")]
    assert "in Haiilo it is active" in notes(watched)


def test_does_not_ask_at_each_look_while_people_come_and_go(watched, far):
    far.switch(F21=True, F11="disabled")
    before = asks_of(far)
    after_a_sync(watched, far)
    assert watched.people.filter(result="removed").exists()
    assert asks_of(far) == before


def test_counts_who_comes_back_and_whose_account_is_gone(live, far):
    """Advocacy deletes an account that is disabled, and Microsoft does not find it again."""
    far.switch(F11="disabled")
    after_a_sync(live, far)
    in_scope = present(headcount(live).in_scope)
    assert live.people.filter(standing="gone").count() == 1
    far.switch(F11=False)
    after_a_sync(live, far)
    assert live.people.get(code__endswith="InvalidAnchor").standing == "failed"
    assert (headcount(live).in_scope, headcount(live).in_haiilo) == (in_scope + 1, len(far.arrived()))


# What keeps us from it


@pytest.mark.parametrize(
    ("reality", "ability", "says"),
    [
        ({"haiilo_users": "neither"}, "forbidden", "does not allow the question"),
        ({"haiilo_reads": "web_page"}, "not SCIM", "is no user directory"),
        ({"haiilo_reads": "busy"}, "silent", "does not answer in time"),
    ],
    ids=str,
)
def test_tells_why_haiilo_cannot_be_asked_and_nothing_waits_for_it(watched, far, reality, ability, says):
    before = told(watched)
    far.answer_as(**reality)
    a_day_later(watched)
    found = told(watched)
    assert (found.trouble, found.there, found.total) == (ability, before.there, before.total)
    assert says in notes(watched)
    assert (watched.state, watched.current_kind) == ("live", "done")
    assert set(watched.people.filter(standing="arrived").values_list("in_haiilo", flat=True)) == {"active"}
    assert Event.objects.filter(onboarding=watched, kind="haiilo").count() == 1
    a_day_later(watched)
    assert Event.objects.filter(onboarding=watched, kind="haiilo").count() == 1
    far.answer_as(**{name: "everybody" if name == "haiilo_users" else "answered" for name in reality})
    a_day_later(watched)
    assert told(watched).trouble == ""
    assert Event.objects.filter(onboarding=watched, kind="haiilo").count() == 2


def test_does_not_ask_again_before_haiilo_wants_it(watched, far):
    far.answer_as(haiilo_reads="busy")
    a_day_later(watched)
    found = told(watched)
    assert present(found.retry_at) - present(found.tried_at) == timedelta(minutes=2)
    before = asks_of(far)
    visit(watched, "live")
    assert asks_of(far) == before


def test_says_that_haiilo_refuses_the_token(watched):
    secret = CustomerSecret.objects.get(onboarding=watched)
    secret.close_over("hat_of_somebody_else", host=watched.customer.haiilo_host)
    secret.save()
    a_day_later(watched)
    assert told(watched).trouble == "token refused"
    assert watched.current_kind == "done"


def test_goes_live_beside_a_slow_haiilo(consented, far, monkeypatch):
    monkeypatch.setattr(haiilo_reading, "ANSWER_SECONDS", 0.05)
    answer_all(consented, far, until="enable")
    answers.approve_plan(
        consented,
        "enable",
        actor=builders.owner_of(consented),
        fingerprint=builders.state(consented, "enable").plan["fingerprint"],
    )
    far.switch(F33={"seconds": 0.2})
    until_quiet(consented, far)
    assert (consented.state, told(consented).trouble) == ("live", "silent")


# The token


def lines(made: Onboarding) -> list[str]:
    return [f"{line.step} {line.kind}" for line in Event.objects.filter(onboarding=made).order_by("pk")]


def test_erases_the_token_at_go_live(live):
    assert not CustomerSecret.objects.filter(onboarding=live).exists()
    told_of = lines(live)
    assert told_of.index("connection released") == told_of.index("live live") - 1
    assert told(live).is_whole


def test_erases_the_token_as_soon_as_microsoft_has_it_where_haiilo_is_not_asked(consented, far, settings):
    settings.HAIILO_ASKED = False
    answer_all(consented, far)
    assert not CustomerSecret.objects.filter(onboarding=consented).exists()
    told_of = lines(consented)
    assert told_of.index("connection released") < told_of.index("initial_cycle done")
    assert (told(consented), asks_of(far)) == (HaiiloList(), 0)


def test_keeps_the_token_after_go_live_where_both_have_agreed(watched, settings):
    assert CustomerSecret.objects.filter(onboarding=watched).exists()
    settings.HAIILO_ASKED = False
    a_day_later(watched)
    assert not CustomerSecret.objects.filter(onboarding=watched).exists()


def test_asks_no_host_of_the_customers_own(watched, far, settings):
    settings.HAIILO_HOST_SUFFIXES = {"advocacy": ["elsewhere.example"], "home": []}
    assert haiilo_reading.allowed(load(watched.pk), live=True) is MayAsk.NOT_HAIILOS
    before = asks_of(far)
    a_day_later(watched)
    assert asks_of(far) == before


# What it costs


def test_costs_a_visit_without_a_due_reading_nothing(live, far):
    before = asks_of(far)
    assert len(visit(live, "live")) == LIVE
    assert asks_of(far) == before


def test_costs_a_visit_that_keeps_a_token_the_one_statement_that_reads_it(watched, far):
    before = asks_of(far)
    assert len(visit(watched, "live")) == LIVE + 1
    assert asks_of(far) == before

"""What the mappings make of whoever is in scope, told by each row and counted, whatever becomes of the reading."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from functools import partial
from typing import Any

import pytest

from graphclient import GraphError
from onboarding.causes.forecast import Code
from onboarding.domain.products import ADVOCACY, Mapped, Profile
from onboarding.domain.standings import SHOULD_ARRIVE, Scope
from onboarding.expressions import evaluating
from onboarding.models import Onboarding, Person, clock
from onboarding.models.onboarding import Lease
from onboarding.people import recipe as recipes
from onboarding.people import scope
from onboarding.people.attributes import attributes_of
from onboarding.people.forecast import forecast
from onboarding.people.prospects import Prospects
from onboarding.people.recipe import recipe_of
from onboarding.people.scope_place import Place
from onboarding.people.scope_rows import Account
from onboarding.privacy import retention
from tests import builders
from tests.narrow import present

from .conftest import by_hand
from .test_scope_reading import Killed, consented_at, expected, fresh, read, rows

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("exact_counts")]
GROUPS = frozenset({"Finland", "Germany"})
WITH_GROUPS = recipe_of(ADVOCACY, groups=GROUPS)
SLOW = Profile(
    "slow",
    "Slow",
    "",
    (Mapped("userName", 'Replace([mail], , "(a+)+$", , "x", , )', required=True, matching_priority=1),),
    groups=False,
    deactivation_deletes=False,
    same_app_as_sso=True,
)


@pytest.fixture
def lease(db: None) -> Lease:
    return builders.claimed(builders.onboarding().pk)


def odd_tenant(tenant_at: Any, **wishes: Any) -> Any:
    """People without a country, with one that is no group, with one that is spelled otherwise; a guest named alike."""
    far = consented_at(tenant_at, **{"users": 8, "group_members": 5, **wishes})
    users, assigned = far.directory()["users"], expected(far)
    members = [each for each in users if each["userType"] != "Guest" and assigned.get(each["id"]) == Scope.IN]
    for user, country in zip(members, (None, "Narnia", "finland", "Germany ", "Finland", "Finland"), strict=False):
        far.change_user(user["id"], country=country)
    guest = next(user for user in users if user["userType"] == "Guest")
    name, domain = members[5]["userPrincipalName"].split("@")
    far.change_user(guest["id"], userPrincipalName=f"{name.upper()}_{domain}#EXT#@{domain}")
    return far


def foreseen(far: Any, lease: Lease) -> Any:
    """The pure forecast of whoever the roster has in scope, from the directory as the sandbox's own page shows it."""
    wanted = {key for key, person in rows(lease).items() if person.scope in SHOULD_ARRIVE}
    users = [user for user in far.directory()["users"] if user["id"] in wanted]
    return forecast(WITH_GROUPS, [(user["id"], attributes_of(user)) for user in users])


def codes(person: Person) -> list[str]:
    return sorted(each["code"] for each in person.findings)


@pytest.mark.parametrize("kills", [False, True], ids=["at once", "page by page"])
def test_says_of_each_person_what_the_pure_forecast_says(tenant_at, lease, kills):
    far = odd_tenant(tenant_at, calm=not kills)

    def killed() -> bool:
        if kills:
            raise Killed
        return True

    for _kill in range(200):
        try:
            found = read(lease, far, recipe=WITH_GROUPS, go_on=killed)
        except (Killed, GraphError):
            continue
        break
    pure, met = foreseen(far, lease), rows(lease)
    assert {key: codes(met[key]) for key in pure.made} == {
        key: sorted({str(each.code) for each in made.findings}) for key, made in pure.made.items()
    }
    assert {key for key, person in met.items() if person.certain_to_fail} == pure.certain_to_fail
    assert found.findings == {str(code): people for code, people in pure.counts.items()}
    assert found.certain_to_fail == len(pure.certain_to_fail)
    assert {Code.DOUBLED_USER_NAME, Code.COUNTRY_WITHOUT_GROUP, Code.GUEST} <= found.findings.keys()
    assert found.findings[Code.DOUBLED_USER_NAME] == 2


def test_keeps_no_value_of_anybody(tenant_at, lease):
    far = odd_tenant(tenant_at)
    read(lease, far, recipe=WITH_GROUPS)
    assert rows(lease)[lost_in(far)].findings == [
        {"code": "country_without_group", "target": 'addresses[type eq "work"].country', "source": "[country]"}
    ]


def lost_in(far: Any) -> str:
    return next(str(user["id"]) for user in far.directory()["users"] if user["country"] == "Narnia")


def test_tells_everything_anew_with_each_reading(tenant_at, lease):
    far = odd_tenant(tenant_at)
    first, key = read(lease, far, recipe=WITH_GROUPS), lost_in(far)
    assert codes(rows(lease)[key]) == [Code.COUNTRY_WITHOUT_GROUP]
    far.change_user(key, country="Finland")
    second = read(lease, far, recipe=WITH_GROUPS)
    assert (codes(rows(lease)[key]), rows(lease)[key].certain_to_fail) == ([], False)
    assert present(second.certain_to_fail) == present(first.certain_to_fail) - 1
    far.change_user(key, assigned=False, country="Narnia")
    read(lease, far, recipe=WITH_GROUPS)
    left = rows(lease)[key]
    assert (left.findings, left.certain_to_fail, left.made_name) == ([], None, "")
    scope.forget(lease, fresh(lease))
    assert {(str(person.findings), person.made_name) for person in rows(lease).values()} == {("[]", "")}


def test_begins_anew_where_people_are_made_otherwise(tenant_at, lease):
    far = odd_tenant(tenant_at)
    part = read(lease, far, recipe=WITH_GROUPS, go_on=lambda: False)
    began = fresh(lease).scope_reading["began"]
    assert not part.is_whole
    whole = read(lease, far, recipe=recipe_of(ADVOCACY))
    assert fresh(lease).scope_reading["began"] > began
    assert (whole.certain_to_fail, Code.COUNTRY_WITHOUT_GROUP in whole.findings) == (0, False)


def test_says_nothing_by_a_reading_of_an_earlier_release(tenant_at, lease):
    far = odd_tenant(tenant_at)
    read(lease, far, recipe=WITH_GROUPS)
    kept = fresh(lease)
    stored = {name: value for name, value in kept.scope_reading.items() if name != "recipe"}
    assert present(Place.from_json(stored)).read().certain_to_fail is None


def test_calls_unknown_what_only_microsoft_can_work_out(tenant_at, lease):
    far = consented_at(tenant_at)
    only_there = Mapped("userName", 'SelectUniqueValue([mail], "x")', required=True, matching_priority=1)
    profile = Profile("p", "P", "", (only_there,), groups=False, deactivation_deletes=False, same_app_as_sso=True)
    found = read(lease, far, recipe=recipe_of(profile))
    assert found.findings[Code.NOT_EVALUATED] == found.total
    assert found.certain_to_fail == 0
    met = [person for person in rows(lease).values() if person.scope in SHOULD_ARRIVE]
    assert {(person.certain_to_fail, person.made_name) for person in met} == {(None, "")}


def test_tries_an_expression_that_was_stopped_on_no_later_page(monkeypatch):
    tried: Counter[str] = Counter()

    def counted(*given: Any) -> Any:
        tried["all"] += 1
        return evaluating.evaluate(*given)

    monkeypatch.setattr(recipes, "evaluate", counted)
    stopped: list[str] = []
    for mail in ("a" * 5000 + "b", "a", "a"):  # each with what the place has kept, as after a kill
        person = Person(source_id=mail[:9])
        Prospects(recipe_of(SLOW), stopped, clock.now()).tell(person, Account(told={"mail": mail}))
        assert codes(person) == [Code.NOT_EVALUATED]
    assert (stopped, tried["all"]) == (["userName"], 1)


def test_keeps_the_made_name_of_nobody_whose_name_was_erased(tenant_at, lease):
    far = odd_tenant(tenant_at)
    first = read(lease, far, recipe=WITH_GROUPS)
    doubled = [key for key, person in rows(lease).items() if Code.DOUBLED_USER_NAME in codes(person)]
    assert len(doubled) == 2
    Onboarding.objects.get(pk=lease.onboarding_id).people.update(at=clock.now() - timedelta(days=400))
    retention.erase_old(clock.now())
    assert {person.made_name for person in rows(lease).values()} == {""}
    second = read(lease, far, recipe=WITH_GROUPS)
    assert {person.made_name for person in rows(lease).values()} == {""}
    assert second.certain_to_fail == first.certain_to_fail, "whoever it is, the account is not created"


def test_asks_graph_for_what_the_mappings_name_and_in_no_further_request(tenant_at, lease):
    far = consented_at(tenant_at, users=30)
    named = Mapped("title", "[jobTitle]", required=True)
    graph, bare = by_hand(far), by_hand(far)
    profile = Profile("p", "P", "", (named,), groups=False, deactivation_deletes=False, same_app_as_sso=True)
    found = read(lease, far, graph, recipe=recipe_of(profile))
    other = builders.claimed(builders.onboarding().pk)
    read(other, far, bare)
    assert graph.transport.calls == bare.transport.calls
    assert Code.NOT_EVALUATED not in found.findings, "the attribute was told, empty or not"


def test_asks_microsoft_for_one_whom_we_cannot_work_out_and_never_the_same_again(tenant_at, lease):
    far = consented_at(tenant_at)
    sync, application = by_hand(far).synchronization, far["service_principal_id"]
    job = sync.create_job(application, sync.templates(application)[0].id)
    by = recipe_of(of_one(Mapped("title", 'Append([jobTitle], " of nothing ")')))
    for user in far.directory()["users"]:
        far.change_user(user["id"], jobTitle=None)
    judge = partial(sync.evaluations, application, job.id)
    for _reading in range(2):
        found = read(lease, far, recipe=by, judge=judge)
        assert found.findings == {Code.NOT_EVALUATED: found.total - 1, Code.GUEST: 1}
        assert len(far.graph_calls("POST", "/parseExpression")) == 1
    assert list(fresh(lease).scope_reading["judged"].values()) == [{"codes": [], "differs": False}]


def of_one(mapped: Mapped) -> Profile:
    return Profile("p", "P", "", (mapped,), groups=False, deactivation_deletes=False, same_app_as_sso=True)

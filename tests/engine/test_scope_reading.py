"""Who is assigned, read from the sandbox's directory into the roster."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from devtools.stack.sandbox_control import SandboxTenant
from graphclient import GraphClient, GraphError
from onboarding.domain.products import ADVOCACY
from onboarding.domain.scope_read import ScopeRead
from onboarding.domain.standings import Scope
from onboarding.models import Onboarding, Person, clock
from onboarding.models.onboarding import Lease, LeaseLost
from onboarding.models.person import ERASED
from onboarding.people import scope
from onboarding.people.recipe import recipe_of
from onboarding.privacy import retention
from tests import builders
from tests.narrow import present

from .conftest import as_own_application, by_hand

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("exact_counts")]


RECIPE = recipe_of(ADVOCACY)


class Killed(Exception):
    """The worker is gone."""


def consented_at(tenant_at: Any, **wishes: Any) -> SandboxTenant:
    """A calm tenant while the consent takes effect; `calm=False` only since."""
    calm = wishes.pop("calm", True)
    far: SandboxTenant = tenant_at(**wishes)
    far.consent()
    far.chaos(calm=calm)
    return far


@pytest.fixture
def lease(db: None) -> Lease:
    return builders.claimed(builders.onboarding().pk)


def fresh(lease: Lease) -> Onboarding:
    return Onboarding.objects.get(pk=lease.onboarding_id)


def read(lease: Lease, far: SandboxTenant, graph: GraphClient | None = None, **more: Any) -> ScopeRead:
    """As a worker reads that knows nothing but what the database holds."""
    given: dict[str, Any] = {"anew": False, "countries": True, "go_on": lambda: True, "recipe": RECIPE, **more}
    return scope.read(lease, graph or by_hand(far), far["service_principal_id"], fresh(lease), **given)


def rows(lease: Lease) -> dict[str, Person]:
    return {person.source_id: person for person in fresh(lease).people.all()}


def expected(far: SandboxTenant) -> dict[str, Scope]:
    """By the directory itself, as the sandbox's own page shows it."""
    there = far.directory()
    enabled = {user["id"]: user["accountEnabled"] for user in there["users"]}
    groups = {group["id"]: group["members"] for group in there["groups"]}
    assigned = [each["principalId"] for each in there["assignments"]]
    inside = {member["id"] for each in assigned for member in groups.get(each, [])}
    found = {each: Scope.NESTED for group in inside & groups.keys() for each in _people_in(group, groups)}
    good = {each for each in (*assigned, *inside) if each in enabled}
    return found | {each: Scope.IN if enabled[each] else Scope.DISABLED for each in good}


def _people_in(group: str, groups: dict[str, Any]) -> Iterator[str]:
    return (each["id"] for each in groups[group] if each["type"] == "user")


def test_finds_everybody_and_why(tenant_at, lease):
    far = consented_at(tenant_at)
    found = read(lease, far)
    people = rows(lease)
    assert {key: person.scope for key, person in people.items()} == expected(far)
    assert found.is_whole
    assert (found.direct, found.by_group) == (far["scope"]["direct"] + far["scope"]["guests"], far["scope"]["by_group"])
    assert (found.guests, found.disabled, found.nested, found.nested_groups) == (1, 1, far["scope"]["nested"], 1)
    made = fresh(lease)
    assert made.scopes == {"in": found.total, "disabled": found.disabled, "nested": found.nested}
    assert made.scope_read_at == people[next(iter(people))].scope_at
    groups = {path["group"] for person in people.values() for path in person.paths if "group" in path}
    assert groups == {"All staff", "Night shift"}
    assert sum(found.countries.values()) == found.total
    assert {each.id for each in found.sample} <= {key for key, person in people.items() if person.scope == Scope.IN}


def test_counts_somebody_in_whom_one_good_path_leads_to(tenant_at, lease):
    far = consented_at(tenant_at, users=4, group_members=4)
    people = far.directory()
    [inner] = [group for group in people["groups"] if group["displayName"] == "Night shift"]
    [outer] = [group for group in people["groups"] if group["displayName"] == "All staff"]
    direct = next(each["principalId"] for each in people["assignments"] if each["principalType"] == "User")
    staff = next(each["id"] for each in outer["members"] if each["type"] == "user")
    far.change_group(inner["id"], add=[direct, staff, outer["id"]])  # groups may contain each other
    found = read(lease, far)
    met = rows(lease)
    assert (met[direct].scope, met[staff].scope) == (Scope.IN, Scope.IN)
    assert [path["by"] for path in met[direct].paths] == ["direct", "nested"]
    assert (found.nested_groups, found.nested) == (1, far["scope"]["nested"])


def test_finds_the_people_of_groups_however_deep_they_are(tenant_at, lease):
    far = consented_at(tenant_at, groups=1)
    groups = {group["displayName"]: group for group in far.directory()["groups"]}
    portal = as_own_application(far, str(uuid4()), "Portal", "AppRoleAssignment.ReadWrite.All", "Application.Read.All")
    application = far["service_principal_id"]
    [assigned] = by_hand(far).service_principals.assigned_to(application, named="Team 1")
    portal.send("DELETE", f"/servicePrincipals/{application}/appRoleAssignedTo/{assigned.id}")
    far.change_group(groups["Night shift"]["id"], add=[groups["Team 1"]["id"]])
    found = read(lease, far)
    lost = [rows(lease)[each["id"]] for each in groups["Team 1"]["members"]]
    assert [person.paths for person in lost] == [[{"by": "nested", "group": "Team 1"}]] * 2
    assert (found.nested_groups, found.nested) == (2, far["scope"]["nested"] + 2)


def test_knows_who_has_default_access_only(tenant_at, lease):
    far = consented_at(tenant_at, users=3, switches={"F11": 2})
    by_default = [
        each["principalId"] for each in far.directory()["assignments"] if each["appRoleId"].startswith("00000000")
    ]
    [staff] = [group for group in far.directory()["groups"] if group["displayName"] == "All staff"]
    far.change_group(staff["id"], add=[by_default[0]])
    found = read(lease, far)
    met = rows(lease)
    assert [met[each].scope for each in by_default] == [Scope.IN, Scope.NO_ACCESS]
    assert met[by_default[1]].paths == [{"by": "direct", "no_access": True}]
    assert found.no_access == 1
    assert found.total == fresh(lease).scopes["in"] + 1, "a job of today takes them all the same"


def test_tells_who_left_and_who_came_between_two_readings(tenant_at, lease):
    far = consented_at(tenant_at)
    first = read(lease, far)
    gone = next(each["principalId"] for each in far.directory()["assignments"] if each["principalType"] == "User")
    name = rows(lease)[gone].user_name
    far.change_user(name, assigned=False)
    far.change_user(far["unassigned"]["user_name"], assigned=True)
    before = rows(lease)
    second = read(lease, far)
    met = rows(lease)
    assert (met[gone].scope, met[gone].paths) == (Scope.OUT, [])
    assert {key: person.scope for key, person in met.items() if key != gone} == expected(far)
    assert second.total == first.total
    assert {met[key].at for key in before} == {before[key].at for key in before}
    assert all(present(met[key].scope_at) > present(before[key].scope_at) for key in before)


def test_says_of_nobody_that_they_left_before_the_reading_is_whole(tenant_at, lease):
    far = consented_at(tenant_at)
    read(lease, far)
    for user in far.directory()["users"]:
        far.change_user(user["userPrincipalName"], assigned=False)
    turns = iter([True, True, False])
    part = read(lease, far, go_on=lambda: next(turns))
    assert not part.is_whole
    assert Scope.OUT not in {person.scope for person in rows(lease).values()}
    assert read(lease, far).is_whole
    assert Counter(person.scope for person in rows(lease).values())[Scope.OUT] > 0


@pytest.mark.parametrize("calm", [True, False])
def test_loses_and_doubles_nobody_however_often_it_is_killed(tenant_at, lease, calm):
    far = consented_at(tenant_at, users=40, group_members=20, groups=25, calm=calm)

    def killed() -> bool:
        raise Killed

    for _kill in range(400):
        try:
            found = read(lease, far, go_on=killed)
        except (Killed, GraphError):  # an unkind tenant's answers are late or unreadable now and then
            continue
        break
    assert found.is_whole
    assert {key: person.scope for key, person in rows(lease).items()} == expected(far)
    far.chaos(calm=True)
    at_once = read(builders.claimed(builders.onboarding().pk), far)
    assert (found.total, found.guests, found.countries) == (at_once.total, at_once.guests, at_once.countries)
    assert (found.direct, found.by_group, found.disabled) == (at_once.direct, at_once.by_group, at_once.disabled)
    assert (found.nested, found.groups) == (at_once.nested, at_once.groups)


def test_reads_anew_where_somebody_asks_for_it(tenant_at, lease):
    far = consented_at(tenant_at)
    read(lease, far, go_on=lambda: False)
    began = fresh(lease).scope_reading["began"]
    read(lease, far, go_on=lambda: False)
    assert fresh(lease).scope_reading["began"] == began
    read(lease, far, go_on=lambda: False, anew=True)
    assert fresh(lease).scope_reading["began"] > began


def test_begins_again_where_a_link_is_not_taken_any_more(tenant_at, lease):
    far = consented_at(tenant_at, users=1100)
    read(lease, far, go_on=lambda: False)
    made = fresh(lease)
    began = made.scope_reading["began"]
    made.scope_reading["link"] = made.scope_reading["link"].replace("skiptoken=", "skiptoken=x")
    made.save(update_fields=["scope_reading"])
    assert not read(lease, far).is_whole
    assert fresh(lease).scope_reading["began"] > began
    assert read(lease, far).is_whole
    assert {key: person.scope for key, person in rows(lease).items()} == expected(far)


def test_writes_nothing_once_the_lease_is_lost(tenant_at, lease):
    far = consented_at(tenant_at)
    Onboarding.objects.interrupt(lease.onboarding_id)
    with pytest.raises(LeaseLost):
        read(lease, far)
    assert rows(lease) == {}
    assert fresh(lease).scope_reading == {}


@pytest.mark.parametrize("killed_after", [None, 1], ids=["at once", "taken over"])
def test_keeps_people_erased_and_counts_them(tenant_at, lease, killed_after):
    far = consented_at(tenant_at)
    first = read(lease, far)
    on_request, by_age = [each.id for each in first.sample[:2]]
    long_ago = clock.now() - timedelta(days=400)
    fresh(lease).people.filter(source_id=by_age).update(at=long_ago)
    retention.erase_old(clock.now())
    retention.erase_person(lease.onboarding_id, on_request, now=clock.now())
    again = builders.claimed(lease.onboarding_id)
    if killed_after:
        assert not read(again, far, go_on=lambda: False).is_whole
    second = read(again, far)
    erased = [person for key, person in rows(lease).items() if key.startswith(ERASED)]
    assert [person.name + person.user_name for person in erased] == ["", ""]
    assert [person.scope for person in erased] == [Scope.IN, Scope.IN]
    assert (second.total, second.direct) == (first.total, first.direct)
    assert long_ago in {person.at for person in erased}
    assert {on_request, by_age}.isdisjoint({each.id for each in second.sample} | rows(lease).keys())


def test_asks_for_erased_people_in_no_further_request(tenant_at, lease):
    far = consented_at(tenant_at, users=30)
    read(lease, far)
    fresh(lease).people.update(at=clock.now() - timedelta(days=400))
    retention.erase_old(clock.now())
    graph = by_hand(far)
    assert read(lease, far, graph).is_whole
    assert graph.transport.calls == 4
    assert {person.source_id[: len(ERASED)] for person in fresh(lease).people.all()} == {ERASED}


def test_never_forgets_that_somebody_was_erased(tenant_at, lease):
    far = consented_at(tenant_at)
    person = read(lease, far).sample[0]
    retention.erase_person(lease.onboarding_id, person.id, now=clock.now())
    far.delete_user(person.user_name)
    again = builders.claimed(lease.onboarding_id)
    read(again, far)
    [erased] = fresh(lease).people.filter(stays_erased=True)
    assert erased.scope == Scope.OUT
    far.restore_user(person.user_name)
    read(again, far)
    erased.refresh_from_db()
    assert (erased.scope, erased.name) == (Scope.IN, "")
    assert person.id not in rows(lease)


def test_has_no_row_for_an_account_that_is_gone(tenant_at, lease):
    far = consented_at(tenant_at)
    read(lease, far)
    known = next(each["principalId"] for each in far.directory()["assignments"] if each["principalType"] == "User")
    far.delete_user(rows(lease)[known].user_name)
    other = builders.claimed(builders.onboarding().pk)
    read(other, far)
    assert known not in rows(other)
    read(lease, far)
    assert known not in rows(lease)


def test_lists_nobody_once_the_whole_directory_is_taken(tenant_at, lease):
    far = consented_at(tenant_at)
    read(lease, far)
    made = fresh(lease)
    scope.forget(lease, made)
    assert made.scopes == {}
    assert {person.scope for person in rows(lease).values()} == {Scope.UNREAD}
    assert (fresh(lease).scope_read_at, fresh(lease).scope_reading) == (None, {})


def test_calls_log_only_people_out_unless_the_log_is_newer(tenant_at, lease):
    far = consented_at(tenant_at)
    seen = {"last": "created", "created": 1.0}
    for name, at in (("former", clock.now() - timedelta(days=1)), ("newer", clock.now() + timedelta(hours=1))):
        Person.objects.create(onboarding=fresh(lease), source_id=name, result="created", at=at, seen=seen)
    Onboarding.objects.filter(pk=lease.onboarding_id).update(people_counts={"created": 2}, standings={"unknown": 2})
    read(lease, far)
    assert (rows(lease)["former"].scope, rows(lease)["newer"].scope) == (Scope.OUT, Scope.UNREAD)


# What it costs

COSTS = [
    ({"users": 200}, 1 + 1 + 1 + 1),  # assignments; a group; the group inside; 202 people by fourteen filters
    ({"users": 2000}, 3 + 1 + 1 + 3),  # the directory's pages are fewer than seven batches of filters
    ({"users": 10, "groups": 499}, 1 + 25 + 1 + 1),  # five hundred groups by twenty
    ({"users": 10, "group_members": 2000}, 1 + 3 + 1 + 1),
]


@pytest.mark.parametrize(("wishes", "calls"), COSTS, ids=lambda value: str(value))
def test_costs_as_many_requests_as_counted_by_hand(tenant_at, lease, wishes, calls):
    far = consented_at(tenant_at, **wishes)
    graph = by_hand(far)
    found = read(lease, far, graph)
    assert found.total == sum(far["scope"][key] for key in ("direct", "by_group", "guests"))
    assert graph.transport.calls == calls


def test_takes_as_many_statements_for_a_large_page_as_for_a_small_one(tenant_at):
    spent = []
    for users in (30, 280):
        lease = builders.claimed(builders.onboarding().pk)
        far = consented_at(tenant_at, users=users)
        with CaptureQueriesContext(connection) as queries:
            read(lease, far)
        spent.append(len(queries))
    assert spent[0] == spent[1]
    assert spent[0] <= 45

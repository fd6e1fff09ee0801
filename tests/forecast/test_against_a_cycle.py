"""Whether a cycle does with each person what was forecast: the far side works everything out by code of its own."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from onboarding.domain.products import ADVOCACY
from onboarding.people.attributes import attributes_of
from onboarding.people.forecast import Forecast, forecast
from onboarding.people.recipe import recipe_of
from sandbox.graph.shapes import show_user
from tests.sandbox.provisioning.rig import Rig, Site, new_world

GROUPS = frozenset({"Finland", "Germany"})  # as the rig makes its platform
COUNTRIES = ("Finland", "Germany", "finland", "Germany ", " ", "Narnia", "", None)
LETTERS = st.text("abAB.-_'+", min_size=1, max_size=3)
PEOPLE = st.lists(
    st.fixed_dictionaries(
        {
            "local": LETTERS,
            "guest": st.booleans(),
            "country": st.sampled_from(COUNTRIES),
            "givenName": st.sampled_from(("Eva", " Eva", None)),
            "surname": st.sampled_from(("Berg", "", None)),
            "mail": st.sampled_from(("mail@contoso.example", None)),
        }
    ),
    min_size=1,
    max_size=25,
)
SOURCES = (
    "[userPrincipalName]",
    "[mail]",
    'IIF(IsNullOrEmpty([mail]), [userPrincipalName], Append([mailNickname], "@contoso.example"))',
    "Coalesce([mail], [userPrincipalName])",
    'Replace([userPrincipalName], "contoso.example", , , "corp.example", , )',
)


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    made = Site()
    yield made
    made.close()


def staffed(site: Site, people: list[dict[str, Any]], source: str) -> tuple[Rig, list[Any]]:
    """A customer whose directory has these people; in Entra no two have one name, whatever the capitals."""
    world = new_world()
    rig, names = Rig(world, site.show(world)), set()
    rig.map("userName", source, matchingPriority=1)
    users = []
    for number, person in enumerate(people):
        told = dict(person)
        local, guest = f"p{told.pop('local')}", told.pop("guest")
        name = f"{local}_fabrikam.example#EXT#@contoso.example" if guest else f"{local}@contoso.example"
        if name.lower() not in names:
            names.add(name.lower())
            told |= {"userPrincipalName": name, "mailNickname": f"n{number}"}
            users.append(rig.add_user(local, **told, userType="Guest" if guest else "Member"))
    return rig, users


def foreseen(rig: Rig, users: list[Any]) -> Forecast:
    """By the job's mapping and what Graph shows of these people."""
    recipe = recipe_of(ADVOCACY, rig.job.schema, GROUPS)
    return forecast(recipe, [(each.id, attributes_of(show_user(each))) for each in users])


def results(rig: Rig) -> dict[str, list[str]]:
    """What the log says of each person, by object id."""
    found: dict[str, list[str]] = {}
    for row in rig.rows():
        told = row["provisioningStatusInfo"]["status"]
        found.setdefault(row["sourceIdentity"]["id"], []).append(f"{row['provisioningAction']}/{told}")
    return found


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(people=PEOPLE, source=st.sampled_from(SOURCES))
def test_does_with_each_person_what_was_forecast(site, people, source):
    rig, users = staffed(site, people, source)
    told = foreseen(rig, users)
    rig.start()
    log, arrived = results(rig), rig.arrived()
    doubled = {person for each in told.doubled for person in each.people}
    for user in users:
        made = told.made[user.id]
        if made.unknown:
            continue
        went_well = "create/success" in log.get(user.id, [])
        if user.id in told.certain_to_fail:
            assert not went_well, (made.findings, log.get(user.id))
        elif user.id not in doubled:
            assert went_well, (made, log.get(user.id))
            assert made.user_name in arrived


def test_evaluates_most_people_so_that_the_comparison_says_something(site):
    people = [{"local": f"x{number}", "guest": False, "country": "Finland", "mail": None} for number in range(20)]
    for source in (each for each in SOURCES if "IIF" not in each):  # what it makes of null is not documented
        told = foreseen(*staffed(site, people, source))
        assert not any(each.unknown for each in told.made.values()), source
        assert bool(told.certain_to_fail) == (source == "[mail]"), "the matching attribute is empty for everybody"

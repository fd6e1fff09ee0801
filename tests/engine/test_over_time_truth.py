"""What is counted over time is what the sandbox's log says, whatever happens in the tenant and however it is read."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from graphclient import GraphClient
from onboarding.customers import answers
from onboarding.models import Onboarding, Rollup
from onboarding.people.reading import FIRST_LOOK_BACK
from tests import builders

from .conftest import answer_all, by_hand, consented_in, look

pytestmark = pytest.mark.django_db
STEPS = 16
SKIPS = {"redundantexport": "matched", "redundantsoftdelete": "removed"}


def raw_log(graph: GraphClient) -> Iterator[dict[str, Any]]:
    """The log as Microsoft shows it, by no code of ours but the transport."""
    since = (datetime.now(UTC) - FIRST_LOOK_BACK).strftime("%Y-%m-%dT%H:%M:%SZ")
    params = {"$filter": f"activityDateTime gt {since}", "$top": "500"}
    page = graph.transport.get("/auditLogs/provisioning", params=params)
    yield from page["value"]


def kind_of(row: dict[str, Any]) -> str | None:
    """What a row says, by its own words."""
    status, action = row["provisioningStatusInfo"]["status"].lower(), row["provisioningAction"].lower()
    if status == "failure":
        return "failed"
    if status == "skipped":
        reasons = [step["details"].get("SkipReason", "") for step in row["provisioningSteps"] if step.get("details")]
        reason = next((each.lower() for each in reasons if each), "")
        return None if reason == "noteffectivelyentitled" else SKIPS.get(reason, "failed")
    return {"create": "created", "update": "updated"}.get(action, "removed")


def truth(graph: GraphClient) -> Counter[tuple[datetime, str]]:
    """Each person once for a kind and an hour."""
    seen = set()
    for row in raw_log(graph):
        at = datetime.fromisoformat(row["activityDateTime"].replace("Z", "+00:00"))
        kind = kind_of(row)
        if kind and row["sourceIdentity"]["identityType"] == "User":
            seen.add((at.replace(minute=0, second=0, microsecond=0), kind, row["sourceIdentity"]["id"]))
    return Counter((at, kind) for at, kind, _person in seen)


def counted(made: Onboarding) -> Counter[tuple[datetime, str]]:
    rows = Rollup.objects.filter(onboarding=made, span="hour")
    return Counter({(row.at, kind): getattr(row, kind) for row in rows for kind in Rollup.KINDS if getattr(row, kind)})


def look_again(made: Onboarding) -> None:
    """As a person does who does not want to wait."""
    answers.recheck(made, actor=builders.owner_of(made), step_key="live")
    look(made)


def forget_how_far(made: Onboarding) -> None:
    """The whole log is read again."""
    Onboarding.objects.filter(pk=made.pk).update(log_reading={}, log_watermark=None)


def attributes(act: str, number: int) -> dict[str, Any]:
    """What changes of a person: a name, a country that no group at Haiilo has, or whether they are assigned."""
    if act in ("join", "leave"):
        return {"assigned": act == "join"}
    countries = {"break": "Atlantis", "mend": "Germany"}
    return {"surname": f"Person {number}"} | ({"country": countries[act]} if act in countries else {})


@pytest.mark.parametrize("seed", [1, 2])
def test_counts_what_the_log_says_after_a_random_walk(tenant_at, seed):
    far = tenant_at(users=6)
    made = answer_all(consented_in(far), far)
    chosen, people = random.Random(seed), [user["id"] for user in far.directory()["users"]]
    for number in range(STEPS):
        act = chosen.choice(["change", "change", "join", "leave", "break", "mend", "fault", "calm", "again"])
        if act == "again":
            forget_how_far(made)
        elif act in ("fault", "calm"):
            far.switch(F27=act == "fault")
        else:
            far.change_user(chosen.choice(people), **attributes(act, number))
        far.control.advance_clock(minutes=41)  # when the next cycle is due
        far.run_cycles()
        look_again(made)
    far.switch(F27=False)
    for assigned in (True, False):
        far.change_user(far["pilot"]["user_name"], assigned=assigned, accountEnabled=True)
        far.control.advance_clock(minutes=41)
        far.run_cycles()
    forget_how_far(made)
    look_again(made)
    expected = truth(by_hand(far))
    assert counted(made) == expected
    assert {kind for _at, kind in expected} >= {"created", "updated", "removed"}

"""Who is in scope, within a run: read into the roster after the settings that say whether assignments count at all."""

from __future__ import annotations

from datetime import datetime
from functools import partial

from graphclient import GraphClient
from onboarding.domain.desired import Desired
from onboarding.engine.working_copy import WorkingCopy
from onboarding.people import scope
from onboarding.people.judging import Judge
from onboarding.people.recipe import Recipe, recipe_of
from onboarding.people.scope_place import Place
from onboarding.steps import STEPS
from onboarding.steps.connection.evidence import ConnectionEvidence, job_id
from onboarding.steps.mappings.evidence import MappingsEvidence
from onboarding.steps.mappings.variant import varied
from onboarding.steps.scope.step import Facts, haiilos_groups, takes_country
from onboarding.steps.sso_application.evidence import service_principal_id


def read(copy: WorkingCopy, graph: GraphClient, desired: Desired, key: str, facts: Facts, go_on: scope.GoOn) -> None:
    """Read on, at most as long as `go_on` says so, and have `copy` know what was found. Where the whole directory is
    taken, nobody is listed. Raises `LeaseLost`, and what the client raises.
    """
    row = copy.rows.onboarding
    if facts.sync_all:
        scope.forget(copy.lease, row)
        copy.rows.scope_read = None
        return
    copy.rows.scope_read = scope.read(
        copy.lease,
        graph,
        service_principal_id(desired),
        row,
        recipe=_recipe(desired),
        anew=_is_older(Place.from_json(row.scope_reading), _pressed_at(desired, key)),
        countries=takes_country(desired),
        go_on=go_on,
        judge=_judge(graph, desired),
    )


def _judge(graph: GraphClient, desired: Desired) -> Judge | None:
    """Who asks Microsoft to evaluate, by our job; None while there is none, and where we may only read."""
    if not desired.size.sets_up or desired.evidence_of(ConnectionEvidence) is None:
        return None
    return partial(graph.synchronization.evaluations, service_principal_id(desired), job_id(desired))


def _recipe(desired: Desired) -> Recipe:
    """What the job's schema makes of people once it is as the product wants it, or as was accepted: as it was seen
    then.
    """
    seen = desired.evidence_of(MappingsEvidence) or MappingsEvidence()
    defaults = {each.target: each.value for each in seen.defaults}
    return recipe_of(varied(desired.profile, seen.variant), groups=haiilos_groups(desired), defaults=defaults)


def _pressed_at(desired: Desired, key: str) -> datetime | None:
    """When somebody last approved a plan for which this step counts anew."""
    return max((desired.approved[each].at for each in approved_on(key, desired)), default=None)


def _is_older(place: Place | None, pressed: datetime | None) -> bool:
    return place is not None and pressed is not None and place.began < pressed


def approved_on(key: str, desired: Desired) -> list[str]:
    """Keys of the steps with an open approval for which the step `key` is read anew."""
    return [step.key for step in STEPS if key in step.recounts and step.key in desired.approved]

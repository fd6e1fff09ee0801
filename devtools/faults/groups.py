"""The groups of experiments that can be chosen, each with the stack it needs, in the order they are run."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from devtools.faults import (
    acts,
    broker,
    clocks,
    consents,
    database,
    far_side,
    kills,
    letters,
    pairs,
    people,
    production,
    throttles,
    workers,
)
from devtools.faults.results import Row
from devtools.faults.rig import PRODUCTION, QUICK, Rig, RigOptions

Experiment = Callable[[Rig], Iterator[Row]]
KILLS = {**QUICK, "LEASE_SECONDS": "30"}
"""Longer than anybody is held up at a point."""


@dataclass(frozen=True)
class Group:
    """Experiments that share one stack."""

    about: str
    experiments: tuple[Experiment, ...]
    options: RigOptions = field(default_factory=RigOptions)


SLEEPERS = {**QUICK, "QUIET_SECONDS": "30", "QUIET_LOOKS": "3"}
"""A create is looked for longer than a worker sleeps."""
GROUPS = {
    "kills": Group(
        "A worker dies at every request of an onboarding and after every commit (K1, K2, K3).",
        (kills.onboarding,),
        RigOptions(KILLS, threads=64),
    ),
    "acts": Group(
        "The same in what comes later: repairs, a job that is replaced, reading only and back.",
        (acts.replacing, acts.stopped_job, acts.changed_mapping, acts.deleted_job, acts.stepping),
        RigOptions(KILLS, threads=64),
    ),
    "people": Group(
        "People and the engine at the same time: pause, stop, approvals, answers, locks.",
        (
            people.pausing,
            people.emergency_stop,
            people.lost_right,
            people.resumed_live,
            people.lost_approvals,
            people.approvals_that_come_back,
            people.lost_answers,
            people.deadlocks,
            people.two_tokens,
        ),
    ),
    "pairs": Group(
        "Two people who do the same, or the opposite, in the same moment.",
        (
            pairs.creating,
            pairs.stale_plan,
            pairs.links,
            pairs.contacts,
            pairs.proposals,
            pairs.rebinding,
            pairs.double_clicks,
            pairs.same_tenant,
        ),
    ),
    "workers": Group(
        "Programs die, multiply or are replaced (K8, K12, K18).",
        (workers.random_kills, workers.multitudes, workers.deployment, workers.beats),
    ),
    "sleepers": Group("A worker sleeps past its lease (K7).", (workers.sleepers,), RigOptions(SLEEPERS)),
    "broker": Group(
        "Valkey dies, forgets, fills up, freezes or delivers nonsense (K9, K10).",
        (broker.kills, broker.losses, broker.lines, broker.nonsense),
    ),
    "database": Group(
        "PostgreSQL restarts, is cut off, freezes, is late, loses the answer of a commit (K11).",
        (
            database.restarts,
            database.outages,
            database.delays,
            database.lines_of_one,
            database.unknown_commits,
        ),
    ),
    "disk": Group("PostgreSQL has no disk left.", (database.full_disk,), RigOptions(own_disk=True)),
    "clocks": Group("Clocks that are wrong (K12).", (clocks.skewed,)),
    "far": Group(
        "Microsoft answers badly (K4, K5, K6, K14, K19).",
        (
            far_side.effects,
            far_side.outages,
            far_side.mixtures,
            far_side.lags,
            far_side.hanging,
            far_side.odd_bodies,
            far_side.poison,
            far_side.names,
        ),
    ),
    "throttles": Group(
        "Microsoft says no for now: throttling, tokens, the log (K13, K15, K20).",
        (throttles.throttling, throttles.tokens, throttles.logs),
    ),
    "consents": Group(
        "The customer takes access away or changes things by hand; a key of ours is missing (K15, K16, K17).",
        (consents.revoked, consents.by_hand, consents.lost_key),
    ),
    "letters": Group("Letters and the mail server.", (letters.all_of_them,)),
    "production": Group(
        "The values of production: LEASE_SECONDS 60, QUIET_SECONDS 300, QUIET_LOOKS 5, SWEEP_SECONDS 5, PACE 1.",
        (production.started_again, production.taken_over, production.stopped),
        RigOptions(PRODUCTION, pace=1.0, threads=32),
    ),
}

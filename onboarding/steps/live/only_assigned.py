"""The scope goes back from the whole directory to whoever is assigned, once a person has approved that.

A PUT replaces all that is stored, so it takes the token; a changed scope counts only after a restart
(docs/graph-facts.md, "Jobs"), which takes more than the ownership of the application. Both are one change: it is
restarted as soon as Microsoft shows what was saved, and may be sent again until then. Pure but for `apply`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

from django.utils.translation import gettext_noop as _

from graphclient import GraphClient, Job, TryLater, Unavailable
from onboarding.causes.credentials import ONLY_ASSIGNED
from onboarding.domain.desired import Desired, moment_of
from onboarding.domain.sentences import plural, say
from onboarding.domain.verdicts import Broken, Change, Detail, Remedy, Waiting
from onboarding.steps.base import StepFailed, Tenant
from onboarding.steps.connection.evidence import ConnectionEvidence, job_id
from onboarding.steps.live.causes import SWITCH_BACK, WHOLE_DIRECTORY
from onboarding.steps.live.evidence import LiveEvidence
from onboarding.steps.scope.evidence import ScopeEvidence
from onboarding.steps.shared import credentials, jobs, secrets, starting_again
from onboarding.steps.shared.counted import HELD_BACK_ABOVE
from onboarding.steps.shared.estimate import minutes_of_a_cycle
from onboarding.steps.shared.plan_causes import PLAN_OUTDATED
from onboarding.steps.shared.stored import ADDRESS, SCOPE, Stored
from onboarding.steps.sso_application.evidence import service_principal_id

SHOWN_WITHIN = timedelta(minutes=10)  # saved settings may stay unseen that long
SHOWN = frozenset({ADDRESS, SCOPE, secrets.SETTINGS})
"""What Microsoft has to show before it is replaced."""
SUMMARY = _("Send only assigned users and groups again, and restart provisioning.")
BUTTON = _("Send only assigned users and groups again")
PROVED = _("Only assigned users and groups are sent again: a sync has come through since the restart.")
SAVED = _("The scope is saved. Provisioning is restarted as soon as that takes effect at Microsoft.")
NOT_RESTARTED_YET = _(
    "Saved: only assigned users and groups. Provisioning was not restarted yet, because what was saved has not taken "
    "effect at Microsoft."
)
ENTER_TOKEN = _(
    "It can be done here as well, with a token: enter one in the step “Connection”, and then approve it here, which "
    "saves the token too. Saved there, the token leaves the scope as it is."
)
STAY = plural(
    "%(count)s person is in scope then, by the last count of the assignments",
    "%(count)s people are in scope then, by the last count of the assignments",
)
STAY_UNKNOWN = _("how many people are assigned is not known: they are not counted while the whole directory is taken")
AT_LEAST = plural(
    "at least %(count)s person who is in Haiilo is not assigned, by the last counts, and loses the account there",
    "at least %(count)s people who are in Haiilo are not assigned, by the last counts, and lose their accounts there",
)
LEAVE_UNKNOWN = _("whoever is in Haiilo and not assigned loses the account there; how many that are is not known")
ALL_STAY = _(
    "whoever is in Haiilo keeps the account: the job is set to leave people alone who are no longer in scope "
    "(SkipOutOfScopeDeletions)"
)
RESTARTED = _("provisioning is restarted, because Microsoft takes up a changed scope only then")
TOKEN_TOO = _("the token that was entered last is saved with it, because Microsoft takes all settings at once only")
TESTED_FIRST = _("Microsoft tests address and token before; nothing is saved if that fails")


def judge(desired: Desired, stored: Stored) -> Broken | Waiting | None:
    """That the whole directory is taken, which nobody approved, and what we can do about it; None where that is not so.
    What Microsoft does not show says nothing.
    """
    if starting_again.was_approved_for_all(desired):
        return None
    shown, everybody = SCOPE in stored.shown, secrets.covers_all(stored.values)
    begun = _is_begun(desired)
    if not (shown and everybody) and not begun:
        return None
    if (everybody or not shown) and _is_saved_only(desired) and _was_just_saved(desired):
        return Waiting(say(SAVED), jobs.RECHECK_SOON)
    if not _may_switch(desired, stored, begun=begun):
        return WHOLE_DIRECTORY.broken()
    if not _token_at(desired):
        return replace(WHOLE_DIRECTORY.broken(), warnings=(say(ENTER_TOKEN),))
    return replace(SWITCH_BACK.broken(), remedy=_remedy(desired, stored))


def _may_switch(desired: Desired, stored: Stored, *, begun: bool) -> bool:
    """Whether it takes no more than a token: all that a PUT replaces is known, and the guard is on."""
    known = begun or (stored.shown >= SHOWN and not stored.unknown)
    allowed = desired.size.sets_up and not desired.size.by_ownership
    return allowed and known and secrets.guard_of(stored.values) is not None


def _made(desired: Desired) -> Mapping[str, Any]:
    return desired.result(LiveEvidence.step, ONLY_ASSIGNED)


def _is_saved_only(desired: Desired) -> bool:
    """Whether it was saved and not restarted yet."""
    made = _made(desired)
    return "put_at" in made and "at" not in made


def _was_just_saved(desired: Desired) -> bool:
    return desired.is_recent(moment_of(_made(desired).get("put_at")), SHOWN_WITHIN)


def _is_begun(desired: Desired) -> bool:
    """Whether it may have been saved, and no restart is known."""
    lost = desired.unconfirmed.get(LiveEvidence.step, frozenset())
    return _is_saved_only(desired) or any(name.partition(":")[0] == ONLY_ASSIGNED for name in lost)


def _token_at(desired: Desired) -> str:
    """Which token it takes: the one with which it was saved, else the one that we hold; empty for none."""
    return str(_made(desired)["token_at"]) if _is_saved_only(desired) else credentials.token_at(desired)


def _remedy(desired: Desired, stored: Stored) -> Remedy:
    made, guard, keeps = _made(desired), secrets.guard_of(stored.values), secrets.keeps_leavers(stored.values)
    leave = 0 if keeps else _leave_at_least(desired)
    payload = {
        "service_principal_id": service_principal_id(desired),
        "job_id": job_id(desired),
        "base_url": desired.base_url,
        "sync_all": False,
        "token_at": _token_at(desired),
        "guard": guard,
        "people": leave,
        "switched": made["switched"] if _is_saved_only(desired) else made.get("at", ""),  # the time before this one
    }
    details = tuple(_details(desired, guard, leave, keeps=keeps))
    return Remedy((Change(ONLY_ASSIGNED, say(SUMMARY), details, payload, proved=say(PROVED)),), say(BUTTON))


def _leave_at_least(desired: Desired) -> int:
    """Of how many it is known that they lose their accounts: so many more have one, by name, than are assigned. The
    job's own totals do not count, since they never fall.
    """
    assigned, people = _assigned(desired), desired.people
    return 0 if assigned is None or people.is_empty else max(0, people.with_account - assigned)


def _assigned(desired: Desired) -> int | None:
    scope = desired.evidence_of(ScopeEvidence)
    return scope.counted if scope is not None else None


def _details(desired: Desired, guard: int | None, leave: int, *, keeps: bool) -> Iterator[Detail]:
    scope, assigned = desired.evidence_of(ScopeEvidence), _assigned(desired)
    yield Detail("=", say(STAY, count=assigned) if assigned is not None else say(STAY_UNKNOWN))
    if keeps:
        yield Detail("=", say(ALL_STAY))
    else:
        yield Detail("-", say(AT_LEAST, count=leave) if leave else say(LEAVE_UNKNOWN))
        yield Detail("=", say(HELD_BACK_ABOVE, guard=guard))
    yield Detail("~", say(RESTARTED))
    if scope is not None and assigned is not None:
        low, high = minutes_of_a_cycle(assigned + len(scope.groups))
        yield Detail("=", say(starting_again.ALL_ANEW, low=low, high=high))
    yield Detail("~", say(TOKEN_TOO))
    yield Detail("=", say(TESTED_FIRST))


def apply(tenant: Tenant, desired: Desired, change: Change) -> Mapping[str, Any]:
    """Save the scope where it is not saved yet, and restart once Microsoft shows it.

    Raises `StepFailed` where it was approved for another address, guard or token, or that token does not work.
    """
    sync, planned = tenant.graph.synchronization, change.payload
    app = str(planned["service_principal_id"])
    job, found = sync.job(app, str(planned["job_id"])), _found(tenant.graph, desired, app)
    if _is_otherwise(found, planned):
        raise StepFailed(PLAN_OUTDATED.asking())
    made = dict(_made(desired)) if _is_saved_only(desired) else {}
    if secrets.covers_all(found.values):
        made = _save(tenant.graph, desired, change, job, found)
        if not _shows_assigned_only(tenant.graph, desired, app):
            return {**made, "partly": say(NOT_RESTARTED_YET)}
    sync.restart(app, job.id, jobs.EVERYBODY_ANEW)
    made["people"] = planned["people"]
    return {**made, "at": desired.now.isoformat(), "sync": starting_again.last_sync(job)}


def _found(graph: GraphClient, desired: Desired, app: str) -> Stored:
    """What is stored. Raises `Unavailable` where Microsoft does not show all that a PUT would replace."""
    found = credentials.stored_at(graph, desired, app)
    if found.unknown or not found.shown >= SHOWN:
        raise Unavailable("what is stored for the connection is not shown, so it cannot be kept", method="GET")
    return found


def _is_otherwise(found: Stored, planned: Mapping[str, Any]) -> bool:
    """Whether the job sends elsewhere than was approved, or has another guard."""
    same = secrets.same_address(found.values[ADDRESS], str(planned["base_url"]))
    return not same or secrets.guard_of(found.values) != planned["guard"]


def _save(graph: GraphClient, desired: Desired, change: Change, job: Job, found: Stored) -> dict[str, Any]:
    planned, token = change.payload, credentials.planned_token(desired, change)
    app, address = str(planned["service_principal_id"]), str(planned["base_url"])
    credentials.try_entered(graph, desired, app, job.template_id, address, token)
    values = secrets.merged(found.values, base_url=address, token=token, only_assigned=True)
    credentials.put(graph, app, values)
    known = {name: planned[name] for name in ("service_principal_id", "base_url", "token_at", "switched")}
    expires = desired.answer(ConnectionEvidence.step, "token_expires", {})
    kept = {"kept": secrets.without_credentials(values), "expires": expires}
    return {**known, **kept, "put_at": desired.now.isoformat()}


def _shows_assigned_only(graph: GraphClient, desired: Desired, app: str) -> bool:
    """Whether Microsoft goes by what was saved already. That it does not answer is no reason to lose what was made."""
    try:
        found = credentials.stored_at(graph, desired, app)
    except TryLater:
        return False
    return SCOPE in found.shown and not secrets.covers_all(found.values)

"""What we can do in the tenant, each operation tried by a harmless request and told with its result, never promised.

What cannot be tried without changing something is told from what was really done there, and left open otherwise.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from django.utils.translation import gettext_noop as _

from graphclient import GraphClient
from graphclient.probes import Finding, Probe, probe
from onboarding.domain.desired import Desired
from onboarding.domain.sentences import Sentence, say
from onboarding.steps.connection.evidence import ConnectionEvidence
from onboarding.steps.enable.evidence import EnableEvidence
from onboarding.steps.pilot.evidence import PilotEvidence
from onboarding.steps.readiness.evidence import Ability
from onboarding.steps.shared import applications
from onboarding.steps.shared.applications import Candidate

CHANGES = "change provisioning"  # the one probe that only who may write can pass
TRIED = {
    "read the organization": _("read the organisation"),
    "find applications": _("find applications"),
    "find people": _("find people"),
    "read groups": _("read groups"),
    "read assignments": _("read who is assigned"),
    "read provisioning": _("read provisioning jobs"),
    CHANGES: _("write mappings"),
    "read the provisioning log": _("read the provisioning log"),
}
WHY = {
    Finding.LICENCE_MISSING: _("the tenant's licence does not cover it"),
    Finding.NOT_ALLOWED: _("Microsoft refused it"),
    Finding.NOT_THERE: _("there is nothing to test it on yet"),
    Finding.NOT_TRIED: _("there is nothing to test it on yet"),
    Finding.NOT_TOLD: _("Microsoft's answer does not say"),
}
OPEN = (Finding.NOT_THERE, Finding.NOT_TRIED, Finding.NOT_TOLD)
# What is proved by having been done: operation, and the step that cannot be done without it.
DONE = (
    (_("provision one person on demand"), PilotEvidence.step),
    (_("start provisioning"), EnableEvidence.step),
)


def try_all(graph: GraphClient, desired: Desired, best: Candidate | None) -> tuple[Probe, ...]:
    """One harmless request per operation, on the chosen application and our job as far as there are any."""
    sp_id = applications.chosen_id(desired) or (best.app.id if best else "")
    connected = desired.evidence_of(ConnectionEvidence) or ConnectionEvidence()
    return tuple(probe(graph, sp_id, connected.job_id))


def told(desired: Desired, probes: Sequence[Probe]) -> tuple[Ability, ...]:
    """For evidence: each operation with its result. While we only watch, what we gave up is not among them."""
    if desired.size.sets_up:
        return (*_tried(probes), *_done(desired))
    return tuple(_tried(each for each in probes if each.operation != CHANGES))


def _tried(probes: Iterable[Probe]) -> Iterator[Ability]:
    for each in probes:
        verdict = "yes" if each.works else "open" if each.finding in OPEN else "no"
        yield _entry(TRIED[each.operation], verdict, None if each.works else _why(each))


def _done(desired: Desired) -> Iterator[Ability]:
    for operation, step in DONE:
        was_done = step in desired.evidence
        yield _entry(operation, "yes" if was_done else "open", None if was_done else say(_("not done yet")))
    yield _entry(_("restart provisioning"), "open", _about_restart(desired))


def _entry(operation: str, verdict: str, why: Sentence | None) -> Ability:
    return Ability(say(operation).as_json(), verdict, why.as_json() if why else None)


def _why(each: Probe) -> Sentence:
    if each.finding is Finding.ROLE_MISSING:
        return say(_("%(permission)s or the ownership of the application is missing"), permission=each.least)
    return say(WHY[each.finding])


def _about_restart(desired: Desired) -> Sentence:
    if desired.size.by_ownership:
        return say(_("Microsoft is known to refuse it to owners; the admin can restart it in the portal"))
    return say(_("a test would start over, so it is not tested"))

"""Whether the customer made us an owner of the application, where our permissions reach only what we own.

Setting up takes ownership of the enterprise application (service principal), and trying one person on demand that of
its registration, too. Nobody can add an application as owner in the portal, only through Graph (Graph reference:
servicePrincipal and application, add owner).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from django.utils.translation import gettext_noop as _

from onboarding.causes.base import Cause
from onboarding.domain.desired import Desired
from onboarding.domain.sentences import Sentence, say
from onboarding.domain.verdicts import Asking
from onboarding.steps.pilot.evidence import PilotEvidence
from onboarding.steps.shared.applications import Candidate, chosen_id, rank
from onboarding.steps.shared.owned_objects import Owning
from onboarding.steps.shared.owner_causes import NOT_OWNER, NOT_OWNER_OF_APPLICATION, NOT_OWNER_OF_REGISTRATION
from onboarding.steps.sso_application.evidence import SsoApplicationEvidence


def bound(desired: Desired, candidates: Sequence[Candidate]) -> tuple[set[str], set[str]]:
    """What we may own, as ids of service principals and as application ids: the chosen one; before, each candidate. And
    what other records in the tenant set up.
    """
    chosen = chosen_id(desired)
    those = [each.app for each in candidates if not chosen or each.app.id == chosen]
    settled = desired.evidence_of(SsoApplicationEvidence)
    known = {settled.app_id} if chosen and settled and settled.service_principal_id == chosen else set()
    theirs = desired.taken_applications
    ids = {app.id for app in those} | ({chosen} if chosen else set()) | theirs.keys()
    return ids, {app.app_id for app in those} | known | set(theirs.values())


def unowned(desired: Desired, candidates: Sequence[Candidate], chosen_id: str = "") -> Candidate | None:
    """The application that we have to be made an owner of: the chosen one; where none is chosen and we own none of
    them, the best, one that we own in part before all others.
    """
    lacking = [each.candidate for each in rank(desired, candidates) if _lacks(desired, each.candidate)]
    if chosen_id:
        return next((candidate for candidate in lacking if candidate.app.id == chosen_id), None)
    if len(lacking) < len(candidates):
        return None
    return min(lacking, key=lambda candidate: bool(candidate.needs_owner), default=None)


def _lacks(desired: Desired, candidate: Candidate) -> bool:
    """Once somebody was tried on demand, the registration holds nothing up any more."""
    tried = PilotEvidence.step in desired.evidence
    return bool(candidate.needs_owner) or (not tried and _lacks_registration(candidate))


def _lacks_registration(candidate: Candidate) -> bool:
    return candidate.owning is not None and candidate.owning.lacks_registration


def ask(desired: Desired, candidate: Candidate) -> Asking:
    """Names the application and what of it we do not own, and offers all ids that the requests to Graph need."""
    owning = candidate.owning or Owning("", principal=False)
    ids = {
        "name": candidate.app.display_name,
        "service_principal_id": candidate.app.id,
        "application_id": owning.registration_id,
        "our_id": owning.our_id,
    }
    owner = {
        **ids,
        "app_id": candidate.app.app_id,
        "client_id": desired.size.client_id,
        "for_principal": not owning.principal,
        "for_registration": owning.lacks_registration,
        "registered_elsewhere": not owning.registration_id,
    }
    return _cause(owning).asking(offers={"owner": owner}, warnings=(), **ids)


def _cause(owning: Owning) -> Cause:
    if owning.principal:
        return NOT_OWNER_OF_REGISTRATION
    return NOT_OWNER if owning.lacks_registration else NOT_OWNER_OF_APPLICATION


# What is seen and told


def told(candidates: Sequence[Candidate]) -> tuple[dict[str, Any], ...]:
    """For evidence, as stored sentences: of each application that we own, what of it."""
    ours = [candidate for candidate in candidates if candidate.owning and candidate.owning.principal]
    return tuple(_of(candidate).as_json() for candidate in ours)


def _of(candidate: Candidate) -> Sentence:
    name = candidate.app.display_name
    if candidate.owning and candidate.owning.registration:
        return say(_("%(name)s and its registration"), name=name)
    if _lacks_registration(candidate):
        return say(_("%(name)s, not its registration"), name=name)
    return say(_("%(name)s; its registration is in another tenant and is not needed"), name=name)


def warnings(candidates: Sequence[Candidate]) -> Iterator[Sentence]:
    """What no longer holds anything up."""
    for candidate in candidates:
        if not candidate.needs_owner and _lacks_registration(candidate):
            yield say(
                _("Our application does not own the registration of “%(name)s”: no test user can be created."),
                name=candidate.app.display_name,
            )

"""What a fault means for an onboarding: an error of the Graph client, or one of our own code."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings

from graphclient import (
    ConsentMissing,
    GraphError,
    NotAllowed,
    NotThere,
    OtherCloud,
    OurCredentialRefused,
    RoleMissing,
    TokenRefused,
    TryLater,
    Unreadable,
    plain_reason,
)
from graphclient.permissions import needed_by
from onboarding.causes import access, clouds
from onboarding.causes.base import Cause
from onboarding.causes.graph import GRAPH
from onboarding.causes.index import lookup, of_token
from onboarding.causes.ours import OUR_FAILURE
from onboarding.domain import consent_sizes
from onboarding.domain.desired import Desired
from onboarding.domain.verdicts import Asking, Broken, Waiting
from onboarding.engine import reported
from onboarding.engine.waits import after_unreadable
from onboarding.engine.working_copy import WorkingCopy

RETRY_ERROR_AFTER = timedelta(seconds=30)
RETRY_ABSENT_AFTER = timedelta(minutes=1)
LASTS = timedelta(hours=1)  # no moment of Microsoft's any more
Fault = Waiting | Asking | Broken
SIGN_IN_CODES = "AADSTS"  # a refused token is named by the sign-in service, a refused request by Graph


def our_failure(error: Exception) -> Broken:
    """The verdict where our own code failed; its class is the code, its message may hold anything and is left out."""
    return replace(OUR_FAILURE.broken(), code=type(error).__name__)


def explained(copy: WorkingCopy, key: str, error: GraphError, desired: Desired) -> Fault:
    """As `explain`, within a run at the step `key`; which request failed is reported."""
    copy.reported = {reported.FAILED: reported.of_failure(error)}
    return explain(error, desired, before=copy.state(key).offers)


def explain(error: GraphError, desired: Desired, *, before: Mapping[str, Any] | None = None) -> Fault:
    """What an error of the Graph client means for an onboarding: the entry of Microsoft's code, else of its kind; of a
    permission that is refused, which one it is, where the call tells.

    `before`: what the last verdict on the step offered, so that answers that cannot be read are counted.
    """
    known = lookup(error.code, error.message) if error.code else None
    match error:
        case Unreadable():
            return _unreadable(error, before or {}, desired.now)
        case TryLater():
            pause = timedelta(seconds=error.retry_after) if error.retry_after else RETRY_ERROR_AFTER
            return Waiting(access.BUSY.for_staff({}), pause)
        case ConsentMissing():
            return _asked(known or access.ACCESS_LOST, error)
        case OtherCloud() | TokenRefused():
            return _of_its_own(error)
        case NotAllowed() if error.status == 401 and not isinstance(error, RoleMissing):
            return _asked(known if known in GRAPH else access.TOKEN_NOT_TAKEN, error)
        case RoleMissing() if permission := consent_sizes.asked_for(desired.size, needed_by(error)):
            return access.PERMISSION_REFUSED.asking(offers=_detail(error), permission=permission)
        case NotAllowed():
            return _asked(known or access.PERMISSION_MISSING, error)
        case OurCredentialRefused():
            return _broken(access.CREDENTIAL_REFUSED, error)
        case NotThere():
            return Waiting(access.ABSENT.for_staff({}), RETRY_ABSENT_AFTER)
        case _:
            return _refused(known, error)


def _of_its_own(error: OtherCloud | TokenRefused) -> Asking:
    """What is the circumstance of this tenant alone, and nothing that waiting ends."""
    if isinstance(error, OtherCloud):
        return clouds.OTHER_CLOUD.asking(cloud=clouds.named(error.cloud))
    return _asked(of_token(error.code) or access.POLICY_BLOCKS, error)


def _refused(known: Cause | None, error: GraphError) -> Broken:
    """A refusal of the sign-in service that nobody knows is told in its own words."""
    if known is None and error.code.startswith(SIGN_IN_CODES) and error.message:
        return _broken(access.REFUSED_UNEXPLAINED, error, reason=plain_reason(error.message))
    return _broken(known or access.REFUSED, error)


def _unreadable(error: Unreadable, before: Mapping[str, Any], now: datetime) -> Waiting:
    """Asked again ever more seldom. What came is kept: status, code, text and number, for whoever has to ask."""
    looks, since = int(before.get("unreadable_looks", 0)) + 1, str(before.get("unreadable_since") or now.isoformat())
    lasts = now - datetime.fromisoformat(since) >= LASTS / settings.PACE
    cause = access.STILL_UNREADABLE if lasts else access.UNREADABLE
    offers = {
        "detail": f"HTTP {error.status}" if error.status else "",
        "reason": error.message,
        "unreadable_looks": looks,
        "unreadable_since": since,
    }
    pause = max(after_unreadable(looks), timedelta(seconds=error.retry_after or 0))
    code, court = error.code or str(cause.code), cause.owner.court
    return Waiting(cause.for_staff({}), pause, court, code=code, request_id=error.request_id, offers=offers)


def _asked(cause: Cause, error: GraphError) -> Asking:
    """By Microsoft's own code where it leads to this entry; else that code stands in the detail line."""
    if error.code and lookup(error.code) is cause:
        return replace(cause.asking(), code=error.code)
    return cause.asking(offers=_detail(error))


def _detail(error: GraphError) -> dict[str, str] | None:
    return {"detail": error.code} if error.code else None


def _broken(cause: Cause, error: GraphError, **values: str) -> Broken:
    """Our engineers look for Microsoft's code, so that is the one to keep."""
    broken = cause.broken(request_id=error.request_id or "", **values)
    return replace(broken, code=error.code or type(error).__name__)

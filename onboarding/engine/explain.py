"""What a fault means for an onboarding: an error of the Graph client, or one of our own code."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from graphclient import ConsentMissing, GraphError, NotAllowed, NotThere, OurCredentialRefused, TryLater
from onboarding.causes import access
from onboarding.causes.base import Cause
from onboarding.causes.index import lookup
from onboarding.causes.ours import OUR_FAILURE
from onboarding.domain.verdicts import Asking, Broken, Verdict, Waiting

RETRY_ERROR_AFTER = timedelta(seconds=30)
RETRY_ABSENT_AFTER = timedelta(minutes=1)
SIGN_IN_CODES = "AADSTS"  # a refused token is named by the sign-in service, a refused request by Graph


def our_failure(error: Exception) -> Broken:
    """The verdict where our own code failed; its class is the code, its message may hold anything and is left out."""
    return replace(OUR_FAILURE.broken(), code=type(error).__name__)


def explain(error: GraphError) -> Verdict:
    """What an error of the Graph client means for an onboarding: the entry of Microsoft's code, else of its kind."""
    known = lookup(error.code, error.message) if error.code else None
    match error:
        case TryLater():
            pause = timedelta(seconds=error.retry_after) if error.retry_after else RETRY_ERROR_AFTER
            return Waiting(access.BUSY.for_staff({}), pause)
        case ConsentMissing():
            return _asked(known or access.ACCESS_LOST, error)
        case NotAllowed() if error.code.startswith(SIGN_IN_CODES):
            return _asked(access.POLICY_BLOCKS, error)
        case NotAllowed():
            return _asked(known or access.PERMISSION_MISSING, error)
        case OurCredentialRefused():
            return _broken(access.CREDENTIAL_REFUSED, error)
        case NotThere():
            return Waiting(access.ABSENT.for_staff({}), RETRY_ABSENT_AFTER)
        case _:
            return _broken(known or access.REFUSED, error)


def _asked(cause: Cause, error: GraphError) -> Asking:
    """By Microsoft's own code where it leads to this entry; else that code stands in the detail line."""
    if error.code and lookup(error.code) is cause:
        return replace(cause.asking(), code=error.code)
    return cause.asking(offers={"detail": error.code} if error.code else None)


def _broken(cause: Cause, error: GraphError) -> Broken:
    """Our engineers look for Microsoft's code, so that is the one to keep."""
    return replace(cause.broken(request_id=error.request_id or ""), code=error.code or type(error).__name__)

"""Why the job that was set up does not run; each step that needs the job can give these causes."""

from __future__ import annotations

import enum

from django.utils.translation import gettext_noop as _

from onboarding.causes.base import Cause, Owner
from onboarding.causes.credentials import TRY_ALL_AGAIN

QUARANTINE = "https://learn.microsoft.com/entra/identity/app-provisioning/application-provisioning-quarantine-status"
START_AGAIN = "start_again"


class JobCode(enum.StrEnum):
    """What is wrong with the job."""

    JOB_GONE = "job_gone"
    PAUSED = "paused"
    QUARANTINED = "quarantined"
    QUARANTINE_REPORTED = "quarantine_reported"
    QUARANTINE_OVER = "quarantine_over"
    SWITCHED_OFF = "switched_off"
    GAVE_UP = "gave_up"
    HAIILO_DOWN = "haiilo_down"
    HAIILO_REFUSES = "haiilo_refuses"


JOB_GONE = Cause(
    code=JobCode.JOB_GONE,
    owner=Owner.CS,
    staff=_(
        "The provisioning job was deleted in the customer's tenant. Open the step “Connection” to create a new one."
    ),
)
PAUSED = Cause(
    code=JobCode.PAUSED,
    owner=Owner.CS,
    remedies=(START_AGAIN,),
    staff=_("The provisioning job was stopped in the customer's tenant. Ask the customer why; then start it again."),
)
QUARANTINED = Cause(
    code=JobCode.QUARANTINED,
    owner=Owner.CS,
    remedies=(START_AGAIN,),
    staff=_(
        "Microsoft has quarantined the job (%(code)s) and gives no reason. If it comes back after a new start, open a "
        "support case with Microsoft."
    ),
    source=QUARANTINE,
)
QUARANTINE_REPORTED = Cause(
    code=JobCode.QUARANTINE_REPORTED,
    owner=Owner.CS,
    remedies=(START_AGAIN,),
    staff=_("Microsoft has quarantined the job (%(code)s) and says: %(reason)s"),
    source=QUARANTINE,
)
QUARANTINE_OVER = Cause(
    code=JobCode.QUARANTINE_OVER,
    owner=Owner.CS,
    remedies=(START_AGAIN,),
    staff=_(
        "Microsoft still has the job in quarantine, although address and token work again, as its own test says. Start "
        "it again."
    ),
    source=QUARANTINE,
)
SWITCHED_OFF = Cause(
    code=JobCode.SWITCHED_OFF,
    owner=Owner.CS,
    remedies=(START_AGAIN,),
    staff=_(
        "The job is in quarantine and switched off, which Microsoft does after 28 days there: nobody is created, "
        "updated or removed any more, and it does not try again by itself."
    ),
    source=QUARANTINE,
)
GAVE_UP = Cause(
    code=JobCode.GAVE_UP,
    owner=Owner.CS,
    remedies=(TRY_ALL_AGAIN,),
    staff=_(
        "Microsoft has stopped its first sync, because too many people failed, and has forgotten some of them. Remove "
        "the most frequent cause first; then have everybody tried again."
    ),
    source="https://learn.microsoft.com/graph/api/resources/synchronization-synchronizationstatus",
)
HAIILO_DOWN = Cause(
    code=JobCode.HAIILO_DOWN,
    owner=Owner.ENGINEERS,
    staff=_(
        "Haiilo no longer answers Microsoft, although it did before: address and token are not the reason. Our "
        "engineers have to look into it."
    ),
    source=QUARANTINE,
)
HAIILO_REFUSES = Cause(
    code=JobCode.HAIILO_REFUSES,
    owner=Owner.ENGINEERS,
    staff=_(
        "Haiilo answers Microsoft with 403 (Forbidden), although it let it in before. Our engineers have to find out "
        "what shuts Microsoft out."
    ),
    source=QUARANTINE,
)
UNFIT = (
    PAUSED,
    GAVE_UP,
    QUARANTINED,
    QUARANTINE_REPORTED,
    QUARANTINE_OVER,
    SWITCHED_OFF,
    HAIILO_DOWN,
    HAIILO_REFUSES,
)
"""Why a job that was started does not run."""

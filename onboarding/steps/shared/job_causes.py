"""Why the job that was set up does not run; each step that needs the job can give these causes."""

from __future__ import annotations

import enum

from django.utils.translation import gettext_noop as _

from onboarding.causes import portal_paths
from onboarding.causes.base import Cause, Owner
from onboarding.causes.credentials import START_AGAIN as START_AGAIN
from onboarding.causes.credentials import TRY_ALL_AGAIN
from onboarding.causes.roles import APPLICATION_OWNERS
from onboarding.domain.sentences import plural

DELETIONS = "https://learn.microsoft.com/entra/identity/app-provisioning/accidental-deletions"
QUARANTINE = "https://learn.microsoft.com/entra/identity/app-provisioning/application-provisioning-quarantine-status"
LET_THROUGH = "let_removals_through"


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
    REMOVALS_HELD = "removals_held"
    REMOVALS_INTENDED = "removals_intended"
    REMOVALS_UNWANTED = "removals_unwanted"
    REMOVALS_UNDONE = "removals_undone"


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
REMOVALS_HELD = Cause(
    code=JobCode.REMOVALS_HELD,
    owner=Owner.CUSTOMER,
    staff=plural(
        "Microsoft holds the removal of %(count)s person back, because more would go than is let through at once. The "
        "customer has to say on their page whether that is intended, or to assign them again.",
        "Microsoft holds the removal of %(count)s people back, because more would go than is let through at once. The "
        "customer has to say on their page whether that is intended, or to assign them again.",
    ),
    customer=plural(
        "%(count)s person would be removed from Haiilo, because the assignment to the Haiilo application has changed. "
        "Microsoft holds that back. Please say whether it is intended; if not, assign them again.",
        "%(count)s people would be removed from Haiilo, because assignments to the Haiilo application have changed. "
        "Microsoft holds that back. Please say whether it is intended; if not, assign them again.",
    ),
    letter=plural(
        "%(count)s person would be removed from Haiilo, because the assignment to the Haiilo application has changed. "
        "Microsoft holds that back. Please open your link, look who it is, and say whether it is intended; if not, "
        "assign them again.",
        "%(count)s people would be removed from Haiilo, because assignments to the Haiilo application have changed. "
        "Microsoft holds that back. Please open your link, look who they are, and say whether it is intended; if not, "
        "assign them again.",
    ),
    needs=portal_paths.ASSIGN,
    contacts=APPLICATION_OWNERS,
    source=DELETIONS,
)
REMOVALS_INTENDED = Cause(
    code=JobCode.REMOVALS_INTENDED,
    owner=Owner.CS,
    remedies=(LET_THROUGH,),
    staff=plural(
        "Microsoft holds the removal of %(count)s person back, and %(person)s has said that it is intended. One of us "
        "proposes to let it through, and another one approves.",
        "Microsoft holds the removal of %(count)s people back, and %(person)s has said that it is intended. One of us "
        "proposes to let it through, and another one approves.",
    ),
    source=DELETIONS,
)
REMOVALS_UNWANTED = Cause(
    code=JobCode.REMOVALS_UNWANTED,
    owner=Owner.CUSTOMER,
    staff=plural(
        "Microsoft holds the removal of %(count)s person back, and %(person)s wants everybody to stay. The customer "
        "has to assign them again.",
        "Microsoft holds the removal of %(count)s people back, and %(person)s wants everybody to stay. The customer "
        "has to assign them again.",
    ),
    customer=plural(
        "%(count)s person is to stay in Haiilo and is not assigned to the Haiilo application any more. Assign them "
        "again, or their group. We look every hour.",
        "%(count)s people are to stay in Haiilo and are not assigned to the Haiilo application any more. Assign them "
        "again, or their groups. We look every hour.",
    ),
    needs=portal_paths.ASSIGN,
    contacts=APPLICATION_OWNERS,
    source=DELETIONS,
)
REMOVALS_UNDONE = Cause(
    code=JobCode.REMOVALS_UNDONE,
    owner=Owner.CS,
    remedies=(START_AGAIN,),
    staff=plural(
        "Microsoft holds removals back. By now %(count)s person would be removed, and %(guard)s at once are let "
        "through: start provisioning again.",
        "Microsoft holds removals back. By now %(count)s people would be removed, and %(guard)s at once are let "
        "through: start provisioning again.",
    ),
    source=DELETIONS,
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
    REMOVALS_HELD,
    REMOVALS_INTENDED,
    REMOVALS_UNWANTED,
    REMOVALS_UNDONE,
)
"""Why a job that was started does not run."""

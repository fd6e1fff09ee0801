"""Why a live customer is not well. The reasons of a quarantine that Microsoft names have own entries.

Why Microsoft skipped or failed people has entries of its own (`onboarding.causes.people`); an entry here says of how
many, and holds that explanation in `why` for us and in `advice` for the customer's admin.
"""

from __future__ import annotations

import enum

from django.utils.translation import gettext_noop as _

from onboarding.causes import portal_paths
from onboarding.causes.base import Cause, Owner
from onboarding.causes.credentials import ONLY_ASSIGNED
from onboarding.causes.roles import APPLICATION_OWNERS
from onboarding.domain.sentences import plural
from onboarding.steps.connection.causes import CREATES_TOKENS
from onboarding.steps.shared.gone_causes import APPLICATION_DELETED, GoneCode
from onboarding.steps.shared.job_causes import JOB_GONE, UNFIT, JobCode

HOW_IT_WORKS = "https://learn.microsoft.com/entra/identity/app-provisioning/how-provisioning-works"


class Code(enum.StrEnum):
    """What the step can fail with."""

    JOB_GONE = JobCode.JOB_GONE
    APPLICATION_DELETED = GoneCode.APPLICATION_DELETED
    PAUSED = JobCode.PAUSED
    QUARANTINED = JobCode.QUARANTINED
    QUARANTINE_REPORTED = JobCode.QUARANTINE_REPORTED
    QUARANTINE_OVER = JobCode.QUARANTINE_OVER
    SWITCHED_OFF = JobCode.SWITCHED_OFF
    GAVE_UP = JobCode.GAVE_UP
    HAIILO_DOWN = JobCode.HAIILO_DOWN
    HAIILO_REFUSES = JobCode.HAIILO_REFUSES
    REMOVALS_HELD = JobCode.REMOVALS_HELD
    REMOVALS_INTENDED = JobCode.REMOVALS_INTENDED
    REMOVALS_UNWANTED = JobCode.REMOVALS_UNWANTED
    REMOVALS_UNDONE = JobCode.REMOVALS_UNDONE
    SENDS_ELSEWHERE = "sends_elsewhere"
    WHOLE_DIRECTORY = "whole_directory"
    SWITCH_BACK = "switch_scope_back"
    SILENT = "silent"
    MANY_REMOVED = "many_removed"
    NOBODY_ARRIVED = "nobody_arrived"
    TOKEN_EXPIRES = "token_expires"  # noqa: S105 - the name of a cause, not a secret
    FAILED_FOR_CS = "most_failed"
    FAILED_BY_CUSTOMER = "most_failed_customer"
    FAILED_BY_MICROSOFT = "most_failed_microsoft"
    FAILED_AT_HAIILO = "most_failed_haiilo"
    FAILED_FOR_ENGINEERS = "most_failed_engineers"


SENDS_ELSEWHERE = Cause(
    code=Code.SENDS_ELSEWHERE,
    owner=Owner.CS,
    staff=_(
        "Somebody has changed the address in the customer's tenant: people are sent to %(address)s, not to %(host)s. "
        "Open the step “Connection” and save ours again."
    ),
)
WHOLE_DIRECTORY = Cause(
    code=Code.WHOLE_DIRECTORY,
    owner=Owner.CUSTOMER,
    staff=_(
        "Somebody has switched the scope to the whole directory, so that everybody in the tenant gets an account. The "
        "customer has to switch it back to “Sync only assigned users and groups”."
    ),
    customer=_(
        "The provisioning of your Haiilo application takes your whole directory, so that everybody gets an account. "
        "If that is not intended, switch the scope back to “Sync only assigned users and groups”."
    ),
    needs=portal_paths.SWITCH_SCOPE,
    contacts=APPLICATION_OWNERS,
    source=HOW_IT_WORKS,
)
SWITCH_BACK = Cause(
    code=Code.SWITCH_BACK,
    owner=Owner.CS,
    remedies=(ONLY_ASSIGNED,),
    staff=_(
        "The job takes the whole directory, which nobody here has approved, so that everybody in the tenant gets an "
        "account. Ask the customer whether that is intended. If it is not, send only assigned users and groups again."
    ),
    source=HOW_IT_WORKS,
)
SILENT = Cause(
    code=Code.SILENT,
    owner=Owner.MICROSOFT,
    staff=plural(
        "No sync for %(hours)s hour. It should run about every 40 minutes.",
        "No sync for %(hours)s hours. It should run about every 40 minutes.",
        by="hours",
    ),
    source=HOW_IT_WORKS,
)
MANY_REMOVED = Cause(
    code=Code.MANY_REMOVED,
    owner=Owner.CS,
    staff=plural(
        "%(count)s person was removed from Haiilo since yesterday: %(share)s%% of those who had an account. Ask the "
        "customer whether that is intended.",
        "%(count)s people were removed from Haiilo since yesterday: %(share)s%% of those who had an account. Ask the "
        "customer whether that is intended.",
    ),
)
NOBODY_ARRIVED = Cause(
    code=Code.NOBODY_ARRIVED,
    owner=Owner.ENGINEERS,
    staff=_(
        "Provisioning runs, but nobody is in Haiilo, and Microsoft gives no reason. Our engineers have to look into it."
    ),
)
_FAILED = plural(
    "%(failed)s %(of)s has no account, or not as it should be. %(why)s",
    "%(failed)s %(of)s have no account, or not as it should be. %(why)s",
    by="failed",
)
FAILED_FOR_CS = Cause(code=Code.FAILED_FOR_CS, owner=Owner.CS, staff=_FAILED, source=HOW_IT_WORKS)
FAILED_BY_CUSTOMER = Cause(
    code=Code.FAILED_BY_CUSTOMER,
    owner=Owner.CUSTOMER,
    staff=_FAILED,
    customer=plural(
        "%(failed)s %(of_your)s has no Haiilo account yet. %(advice)s",
        "%(failed)s %(of_your)s have no Haiilo account yet. %(advice)s",
        by="failed",
    ),
    needs=portal_paths.EDIT_PEOPLE,
    contacts=APPLICATION_OWNERS,
    source=HOW_IT_WORKS,
)
FAILED_BY_MICROSOFT = Cause(code=Code.FAILED_BY_MICROSOFT, owner=Owner.MICROSOFT, staff=_FAILED, source=HOW_IT_WORKS)
FAILED_AT_HAIILO = Cause(code=Code.FAILED_AT_HAIILO, owner=Owner.HAIILO, staff=_FAILED, source=HOW_IT_WORKS)
FAILED_FOR_ENGINEERS = Cause(code=Code.FAILED_FOR_ENGINEERS, owner=Owner.ENGINEERS, staff=_FAILED, source=HOW_IT_WORKS)
FAILED = {
    cause.owner: cause
    for cause in (FAILED_FOR_CS, FAILED_BY_CUSTOMER, FAILED_BY_MICROSOFT, FAILED_AT_HAIILO, FAILED_FOR_ENGINEERS)
}
TOKEN_EXPIRES = Cause(
    code=Code.TOKEN_EXPIRES,
    owner=Owner.CS,
    staff=_("%(why)s Create a new one in Haiilo (Settings > Access tokens) and enter it in the step “Connection”."),
    needs=CREATES_TOKENS,
    elsewhere=True,
)
CAUSES = (
    TOKEN_EXPIRES,
    JOB_GONE,
    APPLICATION_DELETED,
    *UNFIT,
    SENDS_ELSEWHERE,
    WHOLE_DIRECTORY,
    SWITCH_BACK,
    SILENT,
    MANY_REMOVED,
    NOBODY_ARRIVED,
    *FAILED.values(),
)

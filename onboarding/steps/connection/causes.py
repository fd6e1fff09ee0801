"""Why the application is not connected with Haiilo. What Microsoft's test of the token says has entries of its own."""

from __future__ import annotations

import enum

from django.utils.translation import gettext_noop as _

from onboarding.causes import portal_paths
from onboarding.causes.base import Cause, ClickPath, Needs, Owner, Portal
from onboarding.causes.roles import APPLICATION_OWNERS
from onboarding.domain.sentences import say
from onboarding.steps.shared.job_causes import HAIILO_DOWN, JobCode
from onboarding.steps.shared.plan_causes import PLAN_OUTDATED, PlanCode
from onboarding.steps.shared.settings_causes import SETTINGS_CAUSES, SettingsCode
from onboarding.steps.shared.token_causes import TOKEN_CAUSES, TokenCode

SAME_ID = "https://github.com/MicrosoftDocs/azure-docs/issues/116171"


class Code(enum.StrEnum):
    """What the step can ask for."""

    TOKEN_NEEDED = "token_needed"  # noqa: S105 - the name of a cause, not a secret
    JOB_DELETED = "job_gone"
    FOREIGN_JOB = "foreign_job"
    JOB_WAS_THERE = "job_was_there"
    JOB_REFUSED = "job_refused"
    JOB_UNDELETABLE = "job_undeletable"
    HAIILO_DOWN = JobCode.HAIILO_DOWN
    PLAN_OUTDATED = PlanCode.PLAN_OUTDATED
    SETTINGS_UNSEEN = SettingsCode.SETTINGS_UNSEEN
    SETTINGS_REFUSED = SettingsCode.SETTINGS_REFUSED
    TOKEN_ERASED = TokenCode.TOKEN_ERASED
    TOKEN_UNREADABLE = TokenCode.TOKEN_UNREADABLE
    TOKEN_UNUSABLE = TokenCode.TOKEN_UNUSABLE


CREATES_TOKENS = Needs(say(_("Administrator in Haiilo")), ClickPath(Portal.HAIILO, (_("Settings"), _("Access tokens"))))
TOKEN_NEEDED = Cause(
    code=Code.TOKEN_NEEDED,
    owner=Owner.CS,
    staff=_("Create an access token in Haiilo at %(host)s (Settings > Access tokens) and paste it here."),
    needs=CREATES_TOKENS,
)
JOB_DELETED = Cause(
    code=Code.JOB_DELETED,
    owner=Owner.CS,
    staff=_(
        "The provisioning job was deleted in the customer's tenant. Enter the token again to have a new job created."
    ),
    needs=CREATES_TOKENS,
)
FOREIGN_JOB = Cause(
    code=Code.FOREIGN_JOB,
    owner=Owner.CS,
    staff=_(
        "Somebody else has created a provisioning job on the application. Open the step “SSO application” and choose "
        "whether to adopt or replace it."
    ),
    elsewhere=True,
)
JOB_WAS_THERE = Cause(
    code=Code.JOB_WAS_THERE,
    owner=Owner.CS,
    staff=_(
        "Microsoft answered with a job that was there before (%(job)s, %(code)s) instead of creating one; we have not "
        "touched it. Open the step “SSO application” and choose whether to adopt or replace it."
    ),
    elsewhere=True,
    source=SAME_ID,
)
JOB_REFUSED = Cause(
    code=Code.JOB_REFUSED,
    owner=Owner.MICROSOFT,
    staff=_(
        "Microsoft refuses to create the job, although it lists none (%(code)s): it still keeps the id of one that was "
        "deleted. We try again every half hour. If that lasts a day, have the customer create a second, non-gallery "
        "application whose name begins with “Haiilo”, and choose it in the step “SSO application”."
    ),
    elsewhere=True,
    source=SAME_ID,
)
JOB_UNDELETABLE = Cause(
    code=Code.JOB_UNDELETABLE,
    owner=Owner.CUSTOMER,
    staff=_(
        "Microsoft does not remove the old job of “%(name)s” (%(jobs)s). The customer has to create a second, "
        "non-gallery application whose name begins with “Haiilo”; then choose it in the step “SSO application”."
    ),
    customer=_(
        "Microsoft does not remove the old provisioning job of “%(name)s”. Create a second application for "
        "provisioning and call it “Haiilo Provisioning”; we find it by its name."
    ),
    needs=portal_paths.CREATE_APPLICATION,
    elsewhere=True,
    contacts=APPLICATION_OWNERS,
    source=SAME_ID,
)
CAUSES = (
    TOKEN_NEEDED,
    JOB_DELETED,
    FOREIGN_JOB,
    JOB_WAS_THERE,
    JOB_REFUSED,
    JOB_UNDELETABLE,
    HAIILO_DOWN,
    PLAN_OUTDATED,
    *SETTINGS_CAUSES,
    *TOKEN_CAUSES,
)

"""Why the application is not connected with Haiilo. What Microsoft's test of the token says has entries of its own."""

from __future__ import annotations

import enum

from django.utils.translation import gettext_noop as _

from onboarding.causes.base import Cause, ClickPath, Needs, Owner, Portal
from onboarding.domain.sentences import say
from onboarding.steps.shared.plan_causes import PLAN_OUTDATED, PlanCode
from onboarding.steps.shared.token_causes import TOKEN_CAUSES, TokenCode


class Code(enum.StrEnum):
    """What the step can ask for."""

    TOKEN_NEEDED = "token_needed"  # noqa: S105 - the name of a cause, not a secret
    JOB_DELETED = "job_gone"
    FOREIGN_JOB = "foreign_job"
    PLAN_OUTDATED = PlanCode.PLAN_OUTDATED
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
CAUSES = (TOKEN_NEEDED, JOB_DELETED, FOREIGN_JOB, PLAN_OUTDATED, *TOKEN_CAUSES)

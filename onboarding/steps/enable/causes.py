"""Why provisioning cannot be started. What Microsoft's test of the token says has entries of its own."""

from __future__ import annotations

import enum

from django.utils.translation import gettext_noop as _

from onboarding.causes.base import Cause, Owner
from onboarding.steps.shared.gone_causes import APPLICATION_DELETED, GoneCode
from onboarding.steps.shared.job_causes import HAIILO_DOWN, JOB_GONE, JobCode
from onboarding.steps.shared.plan_causes import PLAN_OUTDATED, PlanCode
from onboarding.steps.shared.settings_causes import SETTINGS_REFUSED, SettingsCode
from onboarding.steps.shared.token_causes import TOKEN_CAUSES, TokenCode


class Code(enum.StrEnum):
    """What the step can ask for, or fail with."""

    GUARD_OFF = "guard_off"
    JOB_GONE = JobCode.JOB_GONE
    APPLICATION_DELETED = GoneCode.APPLICATION_DELETED
    HAIILO_DOWN = JobCode.HAIILO_DOWN
    PLAN_OUTDATED = PlanCode.PLAN_OUTDATED
    SETTINGS_REFUSED = SettingsCode.SETTINGS_REFUSED
    TOKEN_ERASED = TokenCode.TOKEN_ERASED
    TOKEN_UNREADABLE = TokenCode.TOKEN_UNREADABLE
    TOKEN_UNUSABLE = TokenCode.TOKEN_UNUSABLE


GUARD_OFF = Cause(
    code=Code.GUARD_OFF,
    owner=Owner.CS,
    staff=_(
        "“Prevent accidental deletions” is off. Enter the token again in the step “Connection”, so that it can be "
        "switched on."
    ),
    source="https://learn.microsoft.com/entra/identity/app-provisioning/accidental-deletions",
)
CAUSES = (GUARD_OFF, JOB_GONE, APPLICATION_DELETED, HAIILO_DOWN, PLAN_OUTDATED, SETTINGS_REFUSED, *TOKEN_CAUSES)

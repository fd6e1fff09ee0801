"""Why an approved plan cannot be carried out as it stands."""

from __future__ import annotations

import enum

from django.utils.translation import gettext_noop as _

from onboarding.causes.base import Cause, Owner


class PlanCode(enum.StrEnum):
    """What has become of a plan."""

    PLAN_OUTDATED = "plan_outdated"


PLAN_OUTDATED = Cause(
    code=PlanCode.PLAN_OUTDATED,
    owner=Owner.CS,
    staff=_("Something that the plan rests on has changed since it was made. Check again and approve the new plan."),
)

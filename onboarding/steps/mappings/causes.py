"""Why the attribute mapping cannot be written."""

from __future__ import annotations

import enum

from django.utils.translation import gettext_noop as _

from onboarding.causes import portal_paths
from onboarding.causes.base import Cause, Owner
from onboarding.causes.roles import APPLICATION_OWNERS
from onboarding.steps.shared.gone_causes import APPLICATION_DELETED, GoneCode
from onboarding.steps.shared.job_causes import JOB_GONE, JobCode

MAPPING = "https://learn.microsoft.com/entra/identity/app-provisioning/customize-application-attributes"


class Code(enum.StrEnum):
    """What the step can ask for, or fail with."""

    NO_MAPPING = "no_mapping"
    SEVERAL_MAPPINGS = "several_mappings"
    CHANGED_MEANWHILE = "changed_meanwhile"
    MAPPING_CHANGED = "mapping_changed"
    EXPRESSION_REFUSED = "expression_refused"
    JOB_GONE = JobCode.JOB_GONE
    APPLICATION_DELETED = GoneCode.APPLICATION_DELETED


NO_MAPPING = Cause(
    code=Code.NO_MAPPING,
    owner=Owner.CS,
    staff=_("The job has no mapping for users, so it is no SCIM job. Choose another application, or replace the job."),
    source=MAPPING,
)
SEVERAL_MAPPINGS = Cause(
    code=Code.SEVERAL_MAPPINGS,
    owner=Owner.CS,
    staff=_(
        "The job maps people, or names a directory, more than once, so we change nothing: %(names)s. Ask the customer "
        "which one counts and have the others removed, or replace the job."
    ),
    source=MAPPING,
)
CHANGED_MEANWHILE = Cause(
    code=Code.CHANGED_MEANWHILE,
    owner=Owner.CS,
    staff=_("Somebody changed the mapping since the plan was made. Check again and approve the new plan."),
)
MAPPING_CHANGED = Cause(
    code=Code.MAPPING_CHANGED,
    owner=Owner.CS,
    staff=_(
        "Somebody changed the attribute mapping in the customer's tenant after %(at)s: %(names)s. Ask the customer "
        "why; then write our mapping again, or accept theirs as this customer's variant."
    ),
    customer=_(
        "Somebody changed in your tenant what your Haiilo application sends about people: %(names)s. If that was "
        "intended, tell your contact at Haiilo; else it is written again as it was agreed."
    ),
    needs=portal_paths.EDIT_MAPPING,
    contacts=APPLICATION_OWNERS,
    source=MAPPING,
)
EXPRESSION_REFUSED = Cause(
    code=Code.EXPRESSION_REFUSED,
    owner=Owner.ENGINEERS,
    staff=_(
        "Microsoft does not understand our expression %(expression)s (%(error)s). Our engineers have to correct it."
    ),
    source="https://learn.microsoft.com/graph/api/synchronization-synchronizationschema-parseexpression",
)
CAUSES = (
    NO_MAPPING,
    SEVERAL_MAPPINGS,
    CHANGED_MEANWHILE,
    MAPPING_CHANGED,
    EXPRESSION_REFUSED,
    JOB_GONE,
    APPLICATION_DELETED,
)

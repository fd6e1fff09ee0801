"""Why it is not settled which application provisioning is set up on."""

from __future__ import annotations

import enum

from django.utils.translation import gettext_noop as _

from onboarding.causes import portal_paths
from onboarding.causes.base import Cause, Owner
from onboarding.causes.roles import APPLICATION_OWNERS
from onboarding.steps.shared.gone_causes import APPLICATION_DELETED, CHOSEN_GONE, GoneCode
from onboarding.steps.shared.owner_causes import NOT_OWNED

NON_GALLERY = "https://learn.microsoft.com/entra/identity/app-provisioning/use-scim-to-provision-users-and-groups"

HOW_IT_WORKS = "https://learn.microsoft.com/entra/identity/app-provisioning/how-provisioning-works"


class Code(enum.StrEnum):
    """What the step can ask for, besides ownership."""

    NO_APPLICATION = "no_application"
    CANNOT_PROVISION = "cannot_provision"
    SEVERAL_APPLICATIONS = "several_applications"
    CHOOSE_APPLICATION = "choose_application"
    SEPARATE_APPLICATION = "separate_application"
    CHOSEN_GONE = GoneCode.CHOSEN_GONE
    APPLICATION_DELETED = GoneCode.APPLICATION_DELETED
    CHOSEN_UNUSABLE = "chosen_unusable"
    EXISTING_JOB = "existing_job"
    APPLICATION_TAKEN = "application_taken"
    EXISTING_JOBS = "existing_jobs"
    ANOTHER_APPLICATION = "another_application"
    RUNS_BESIDE = "runs_beside"
    SENDS_TWICE = "sends_twice"


NO_APPLICATION = Cause(
    code=Code.NO_APPLICATION,
    owner=Owner.CUSTOMER,
    staff=_(
        "There is no application for %(host)s in the tenant. The customer has to create a non-gallery enterprise "
        "application whose name begins with “Haiilo”; it is found by that name."
    ),
    customer=_(
        "There is no application for %(host)s in your tenant yet. Create an enterprise application and call it “Haiilo "
        "Provisioning”; we find it by its name."
    ),
    needs=portal_paths.CREATE_APPLICATION,
    elsewhere=True,
    contacts=APPLICATION_OWNERS,
    source=NON_GALLERY,
)
CANNOT_PROVISION = Cause(
    code=Code.CANNOT_PROVISION,
    owner=Owner.CUSTOMER,
    staff=_(
        "“%(name)s” does not support provisioning, because it was created from an app registration. The customer has "
        "to create a second, non-gallery enterprise application whose name begins with “Haiilo”; it is found by that "
        "name."
    ),
    customer=_(
        "“%(name)s” does not support provisioning, because it was created from an app registration. Create a second "
        "application for it and call it “Haiilo Provisioning”; we find it by its name."
    ),
    needs=portal_paths.CREATE_APPLICATION,
    elsewhere=True,
    contacts=APPLICATION_OWNERS,
    source=NON_GALLERY,
)
SEVERAL_APPLICATIONS = Cause(
    code=Code.SEVERAL_APPLICATIONS,
    owner=Owner.CS,
    staff=_("%(count)s applications lead to %(host)s. Choose the one people really sign in with."),
)
CHOOSE_APPLICATION = Cause(
    code=Code.CHOOSE_APPLICATION,
    owner=Owner.CS,
    staff=_("No application that can be used leads to %(host)s for certain. Choose the right one."),
)
SEPARATE_APPLICATION = Cause(
    code=Code.SEPARATE_APPLICATION,
    owner=Owner.CS,
    staff=_("%(product)s needs an application of its own for provisioning. Choose it."),
)
CHOSEN_UNUSABLE = Cause(
    code=Code.CHOSEN_UNUSABLE,
    owner=Owner.CS,
    staff=_("“%(name)s” cannot be used for provisioning now. Choose another application."),
)
APPLICATION_TAKEN = Cause(
    code=Code.APPLICATION_TAKEN,
    owner=Owner.CS,
    staff=_(
        "“%(name)s” is the application of another record in this tenant. Each record needs an application of its own; "
        "choose another one."
    ),
)
EXISTING_JOB = Cause(
    code=Code.EXISTING_JOB,
    owner=Owner.CS,
    staff=_(
        "“%(name)s” already has a provisioning job, which sends to %(address)s. Adopt it and keep its history, or "
        "replace it with a new one."
    ),
)
EXISTING_JOBS = Cause(
    code=Code.EXISTING_JOBS,
    owner=Owner.CS,
    staff=_(
        "“%(name)s” already has several provisioning jobs, which send to %(address)s: %(jobs)s. Choose which one to "
        "adopt, or replace all of them with a new one."
    ),
)
ANOTHER_APPLICATION = Cause(
    code=Code.ANOTHER_APPLICATION,
    owner=Owner.CS,
    staff=_(
        "Microsoft makes no new provisioning job on “%(name)s”, or keeps the old one. Choose another application, or "
        "the same one to wait longer."
    ),
    source="https://github.com/MicrosoftDocs/azure-docs/issues/116171",
)
RUNS_BESIDE = Cause(
    code=Code.RUNS_BESIDE,
    owner=Owner.CS,
    staff=_(
        "Another Haiilo application, “%(other)s”, has a provisioning job (%(job)s, %(state)s) that sends to "
        "%(address)s. Whoever is assigned to both has an account at both addresses."
    ),
    source=HOW_IT_WORKS,
)
SENDS_TWICE = Cause(
    code=Code.SENDS_TWICE,
    owner=Owner.CS,
    staff=_(
        "Another Haiilo application, “%(other)s”, has a provisioning job (%(job)s, %(state)s) that sends to "
        "%(address)s too. Whoever is assigned to both is written by both, and removed by either."
    ),
    source=HOW_IT_WORKS,
)
BESIDE = (RUNS_BESIDE, SENDS_TWICE)
TO_CHOOSE = (
    SEVERAL_APPLICATIONS,
    CHOOSE_APPLICATION,
    SEPARATE_APPLICATION,
    CHOSEN_GONE,
    CHOSEN_UNUSABLE,
    APPLICATION_TAKEN,
    ANOTHER_APPLICATION,
)
CAUSES = (
    NO_APPLICATION,
    CANNOT_PROVISION,
    APPLICATION_DELETED,
    *TO_CHOOSE,
    *BESIDE,
    EXISTING_JOB,
    EXISTING_JOBS,
    *NOT_OWNED,
)

"""What the customer's admin is shown: the link page, and the progress after the consent."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from onboarding.models import Customer, Link
from onboarding.wanted import Arrived
from onboarding.wishes import arrived

from .step import MOVING, StepView, Words, steps_of


@dataclass(frozen=True)
class Permission:
    """One permission that we ask for: what it lets us do, and what it does not."""

    name: str
    allows: Words
    not_allows: Words


PERMISSIONS = (
    Permission(
        "Synchronization.ReadWrite.All",
        _("Set up, start and watch the provisioning of your Haiilo application."),
        _("It would also allow this for other applications; the dashboard refuses to touch any but Haiilo's."),
    ),
    Permission(
        "Application.Read.All",
        _("Find your Haiilo application and see who is assigned to it."),
        _("It cannot change any application."),
    ),
    Permission(
        "ProvisioningLog.Read.All",
        _("See who was created in Haiilo, and why somebody was not."),
        _("It cannot read sign-in or other audit logs."),
    ),
    Permission(
        "User.Read.All",
        _("Choose one person for the trial run, and see who is disabled or a guest."),
        _("It cannot change any user and reads no mail or files."),
    ),
    Permission(
        "GroupMember.Read.All",
        _("Count the members of the groups that are assigned to Haiilo."),
        _("It cannot change any group and reads no conversations."),
    ),
    Permission(
        "Organization.Read.All",
        _("Check that the organisation is yours, by its verified domains, and which licence it has."),
        _("It cannot change any setting."),
    ),
)


@dataclass(frozen=True)
class LinkView:
    """What the customer's admin is shown."""

    link: Link
    customer_name: str
    product: Words
    asked_by: str
    asked_by_email: str
    permissions: Sequence[Permission]
    state: str
    steps: list[StepView]
    moving: bool
    arrived: Arrived
    in_scope: int | None


def link_view(link: Link) -> LinkView:
    """The link page and, after the consent, the progress page."""
    onboarding = link.onboarding
    states = {state.key: state for state in onboarding.steps.all()}
    steps = steps_of(onboarding, states)
    asker = link.created_by
    scope = states.get("scope")
    return LinkView(
        link=link,
        customer_name=onboarding.customer.name,
        product=Customer.Product(onboarding.customer.product).label,
        asked_by=(asker.get_full_name() or asker.get_username()) if asker else "",
        asked_by_email=asker.email if asker else "",
        permissions=PERMISSIONS,
        state=link.condition(),
        steps=steps,
        moving=any(step.kind in MOVING for step in steps if step.is_current),
        arrived=arrived(onboarding.pk),
        in_scope=scope.evidence.get("total") if scope else None,
    )

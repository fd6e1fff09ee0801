"""What the customer's admin is shown: the link page, and the progress after the consent."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from onboarding.models import Customer, Link
from onboarding.sizes import Permission, Size
from onboarding.wanted import Arrived
from onboarding.wishes import arrived

from .step import MOVING, StepView, Words, steps_of


@dataclass(frozen=True)
class LinkView:
    """What the customer's admin is shown."""

    link: Link
    customer_name: str
    product: Words
    asked_by: str
    asked_by_email: str
    size: Size
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
        size=onboarding.customer.size,
        permissions=onboarding.customer.size.permissions,
        state=link.condition(),
        steps=steps,
        moving=any(step.kind in MOVING for step in steps if step.is_current),
        arrived=arrived(onboarding.pk),
        in_scope=scope.evidence.get("total") if scope else None,
    )

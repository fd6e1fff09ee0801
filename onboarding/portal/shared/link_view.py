"""What the customer's admin is shown: the link page, and the progress after the consent."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from onboarding.domain.consent_sizes import ConsentSize, Permission
from onboarding.domain.headcount import Headcount
from onboarding.domain.verdicts import Kind
from onboarding.engine.load_desired import headcount
from onboarding.models import Asker, Customer, Link, StepState, asker_of
from onboarding.steps.customer.evidence import CustomerEvidence
from onboarding.steps.scope.evidence import ScopeEvidence
from onboarding.steps.scope.step import Scope
from onboarding.web.read_only import ReadOnlyView, read_only_view
from onboarding.web.step_view import MOVING, StepView, Text, is_between, steps_of


@dataclass(frozen=True)
class LinkView:
    """What the customer's admin is shown."""

    link: Link
    customer_name: str
    domains: Sequence[str]
    product: Text
    asker: Asker
    size: ConsentSize
    permissions: Sequence[Permission]
    state: str
    steps: list[StepView]
    moving: bool
    people: Headcount
    in_scope: int | None
    read_only: ReadOnlyView

    @property
    def is_about_read_only(self) -> bool:
        """Whether this link is about our application for reading only."""
        return not self.size.sets_up


def link_view(link: Link) -> LinkView:
    """The link page and, after the consent, the progress page."""
    onboarding = link.onboarding
    states = {state.key: state for state in onboarding.steps.all()}
    steps = steps_of(onboarding, states)
    state = states.get(Scope.key)
    scope = state.seen(ScopeEvidence) if state else None
    live = all(step.kind == Kind.DONE for step in steps)
    return LinkView(
        link=link,
        customer_name=onboarding.customer.name,
        domains=_domains(onboarding.customer, states),
        product=Customer.Product(onboarding.customer.product).label,
        asker=asker_of(link.created_by),
        size=link.size,
        permissions=link.size.permissions,
        state=link.condition(),
        steps=steps,
        moving=is_between(steps) or any(step.kind in MOVING for step in steps if step.is_current),
        people=headcount(onboarding),
        in_scope=scope.counted if scope else None,
        read_only=read_only_view(onboarding, states, live=live),
    )


def _domains(customer: Customer, states: Mapping[str, StepState]) -> Sequence[str]:
    """The domain by which the tenant was found, else all that the record names."""
    state = states.get(CustomerEvidence.step)
    found = state.seen(CustomerEvidence) if state else None
    return [found.domain] if found and found.domain else customer.domains

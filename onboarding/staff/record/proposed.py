"""What a colleague proposed, as the customer page shows it: each value before and after, and who may decide."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from django.contrib.auth.models import User
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from onboarding.customers import proposals
from onboarding.domain import hosts
from onboarding.models import Customer, Onboarding, Proposal

Words = str | Promise


@dataclass(frozen=True)
class Wording:
    """The words for one kind of proposal. `values` are shown by key, in this order."""

    title: Words
    approve: Words
    values: Mapping[str, Words]
    follows: Words


WORDS = {
    Proposal.Kind.TENANT: Wording(
        _("Another tenant is proposed"),
        _("Approve: expect this tenant"),
        {"tenant_id": _("Expected tenant")},
        _("Links and answers expect the other tenant at once."),
    ),
    Proposal.Kind.SHARING: Wording(
        _("Two records are to share a tenant"),
        _("Approve: set up both in this tenant"),
        {"tenant_id": _("Shared tenant")},
        _(
            "The tenant still has to be verified by its admin. Each record keeps its own application, provisioning "
            "job, token and people."
        ),
    ),
    Proposal.Kind.REMOVALS: Wording(
        _("Removals that Microsoft holds back are to be let through"),
        _("Approve: let them through"),
        {"people": _("People who lose their accounts in Haiilo")},
        _("Microsoft removes them with its next sync, and nobody can take that back."),
    ),
    Proposal.Kind.ADDRESS: Wording(
        _("A new Haiilo address is proposed"),
        _("Approve: data may go there"),
        {"product": _("Product"), "haiilo_host": _("Haiilo address")},
        _(
            "A stored token is erased, because it is for the other address. What is saved at Microsoft stays until "
            "somebody approves the plan that follows."
        ),
    ),
}
SHOWN: Mapping[str, Callable[[str], Words]] = {"product": lambda key: Customer.Product(key).label}


@dataclass(frozen=True)
class Compared:
    """One value of the record, as it is and as it is to be."""

    label: Words
    before: Words
    after: Words

    @property
    def differs(self) -> bool:
        """Whether the proposal changes it."""
        return self.before != self.after


@dataclass(frozen=True)
class Proposed:
    """One open proposal. `foreign_host`: data would go to a host that is not Haiilo's."""

    row: Proposal
    wording: Wording
    values: list[Compared]
    foreign_host: bool
    may_approve: bool


def proposed(onboarding: Onboarding, reader: User) -> list[Proposed]:
    """What waits for a decision. One query."""
    rows = onboarding.proposals.select_related("proposed_by").filter(decided_at=None).order_by("pk")
    return [_proposed(row, reader) for row in rows]


def _proposed(row: Proposal, reader: User) -> Proposed:
    wording = WORDS[Proposal.Kind(row.kind)]
    values = [
        Compared(label, _shown(name, row.before.get(name, "")), _shown(name, row.after.get(name, "")))
        for name, label in wording.values.items()
    ]
    foreign = "haiilo_host" in row.after and not hosts.is_haiilos(row.after["product"], row.after["haiilo_host"])
    return Proposed(row, wording, values, foreign, proposals.may_approve(row, reader))


def _shown(name: str, value: str) -> Words:
    return SHOWN[name](value) if value and name in SHOWN else value

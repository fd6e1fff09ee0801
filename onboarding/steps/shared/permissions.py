"""Which of the permissions that we ask for our own application really has in a tenant, by name, and since when."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from django.utils.translation import gettext_noop as _

from graphclient import GraphClient, NotThere, Read, Unreadable
from graphclient.resources.service_principals import PATH, read_by_app_id
from onboarding.domain.desired import Desired
from onboarding.domain.sentences import say
from onboarding.domain.verdicts import Waiting

GRAPH = "00000003-0000-0000-c000-000000000000"  # Microsoft Graph's own application id, the same in every tenant
RECHECK_YOUNG_AFTER = timedelta(minutes=1)  # while more may still arrive, also once what is missing has been said
TAKES_EFFECT_WITHIN = timedelta(minutes=15)  # Entra may take some ten minutes to spread a consent


def reads(client_id: str) -> tuple[Read, ...]:
    """What `names_granted` asks for first, for `GraphClient.read_ahead`."""
    return read_by_app_id(client_id), read_by_app_id(GRAPH)


def names_granted(graph: GraphClient, client_id: str) -> frozenset[str]:
    """The names of Graph's roles that our service principal has in this tenant.

    Raises `Unreadable` where Graph's own principal does not tell its roles: none of ours would have a name.
    """
    principals = graph.service_principals
    try:
        ours, theirs = principals.by_app_id(client_id), principals.by_app_id(GRAPH)
    except NotThere:
        return frozenset()
    names = {role.id.lower(): role.value for role in theirs.app_roles}
    if not names:
        raise Unreadable("Microsoft Graph's own principal without appRoles", method="GET", path=PATH)
    roles = [role for role in principals.granted_roles(ours.id) if role.resource_id in ("", theirs.id)]
    return frozenset(names[role.role.lower()] for role in roles if role.role.lower() in names)


def missing_of(desired: Desired, names: frozenset[str]) -> list[str]:
    """What the customer's size asks for and `names` lacks."""
    return [name for name in desired.size.names if name not in names]


def seen_twice(desired: Desired, step: str, missing: Sequence[str]) -> bool:
    """Whether the last look at `step` found the same permissions missing: then they are not on their way."""
    return list(desired.seen_before.get(step, {}).get("missing", ())) == list(missing)


def taking_effect(desired: Desired, *, recheck_in: timedelta, missing: Sequence[str] = ()) -> Waiting | None:
    """The verdict while a refusal may only mean that the approval is new, or None once it should have arrived.

    `missing`: the permissions that this look has not found yet, for the next one to compare.
    """
    if not desired.is_recent(desired.consent.granted_at if desired.consent else None, TAKES_EFFECT_WITHIN):
        return None
    return Waiting(
        say(_("The approval is taking effect at Microsoft. This can take up to 15 minutes.")),
        recheck_in=recheck_in,
        offers={"missing": list(missing)} if missing else {},
    )

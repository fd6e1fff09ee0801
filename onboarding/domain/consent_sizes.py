"""How much we ask a customer for: three consent sizes, each an application of ours with permissions of its own.

Declared here once, with the reason for each; what is registered at Microsoft, asked of the admin, shown and checked
follows. No size may write applications, the directory or role assignments of a whole tenant.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Words = str | Promise
OWNED_BY = "Application.ReadWrite.OwnedBy"


@dataclass(frozen=True)
class Permission:
    """One application permission of Microsoft Graph: what it lets us do, and what it does not."""

    name: str
    allows: Words
    not_allows: Words


@dataclass(frozen=True)
class ConsentSize:
    """One of our applications. `setting` names where its client id is; empty there means that it is not registered.

    `by_ownership`: it can change provisioning only where the customer made it an owner of the application.
    """

    key: str
    label: Words
    setting: str
    permissions: tuple[Permission, ...]
    sets_up: bool = True
    by_ownership: bool = False

    @property
    def names(self) -> tuple[str, ...]:
        """The permissions' names, in the order in which they are shown."""
        return tuple(permission.name for permission in self.permissions)

    @property
    def is_configured(self) -> bool:
        """Whether this application is registered."""
        return bool(self.client_id)

    @property
    def client_id(self) -> str:
        """Its application (client) id, empty where it is not registered."""
        return str(getattr(settings, self.setting))


READS = (
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
        _("Choose one test user, and see who is disabled or a guest user."),
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

STANDARD = ConsentSize(
    "standard",
    _("Standard: nothing for the admin to do but approve"),
    "ENTRA_CLIENT_ID",
    (
        Permission(
            "Synchronization.ReadWrite.All",
            _("Set up, start and monitor the provisioning of your Haiilo application."),
            _("It would also allow this for other applications; the dashboard refuses to touch any but Haiilo's."),
        ),
        *READS,
    ),
)
SCOPED = ConsentSize(
    "scoped",
    _("Scoped: only the one application that the admin makes us an owner of"),
    "ENTRA_SCOPED_CLIENT_ID",
    (
        Permission(
            OWNED_BY,
            _("Set up, start and monitor the provisioning of the one application that you make us an owner of."),
            _("It reaches no application that we do not own, and no user. What we own, we could change or delete."),
        ),
        *READS,
    ),
    by_ownership=True,
)
_AFTER_GO_LIVE = Permission(
    "User.Read.All",
    _("See who is disabled or a guest user, and so why somebody is not in Haiilo."),
    _("It cannot change any user and reads no mail or files."),
)
MONITOR = ConsentSize(
    "monitor",
    _("Monitor: read-only mode, for after go-live"),
    "ENTRA_MONITOR_CLIENT_ID",
    (
        Permission(
            "Synchronization.Read.All",
            _("Monitor the provisioning of your Haiilo application: whether it runs, and what is wrong."),
            _("It cannot set up, start, stop or change any provisioning."),
        ),
        *(_AFTER_GO_LIVE if each.name == _AFTER_GO_LIVE.name else each for each in READS),
    ),
    sets_up=False,
)
SIZES = (STANDARD, SCOPED, MONITOR)
_BY_KEY = {size.key: size for size in SIZES}


def by_key(key: str) -> ConsentSize:
    """The size with this key. Raises KeyError."""
    return _BY_KEY[key]


def client_ids() -> frozenset[str]:
    """The ids of all our applications that are registered: none of them is ever the customer's own."""
    return frozenset(size.client_id for size in SIZES if size.is_configured)


def offered(current: str = STANDARD.key) -> Sequence[ConsentSize]:
    """What a customer can be set up with: the sizes whose application is registered, and the `current` one."""
    return [size for size in SIZES if size.key == current or (size.sets_up and size.is_configured)]


def asked_for(size: ConsentSize, needed: Sequence[str]) -> str:
    """Which of the permissions that a refused call `needed` this size asks for; empty for none, as where it takes the
    ownership of the application instead.
    """
    return next((name for name in size.names if name in needed), "")

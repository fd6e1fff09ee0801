"""What the customer has to do where an onboarding waits for them, in words for them and not for customer success."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy
from django.utils.translation import gettext_noop as _

from onboarding.causes.roles import MAY_ASSIGN, MAY_CONSENT, MAY_CREATE
from onboarding.domain.sentences import Sentence, say


class Role(TextChoices):
    """What a person at the customer is to us."""

    IT_ADMIN = "it_admin", gettext_lazy("IT admin")
    APPROVER = "approver", gettext_lazy("approver (Global Administrator)")
    SSO_OWNER = "sso_owner", gettext_lazy("owner of the SSO application")
    SPONSOR = "sponsor", gettext_lazy("sponsor")


@dataclass(frozen=True)
class CustomerAsk:
    """Who has to do what, with which right. `right` is None where no role in Entra is needed; `link`: whether it is
    done by the personal link.
    """

    what: Sentence
    right: Sentence | None = None
    link: bool = False
    roles: Sequence[Role] = (Role.IT_ADMIN,)


APPROVES = (Role.APPROVER, Role.IT_ADMIN)
ASSIGNS = (Role.SSO_OWNER, Role.IT_ADMIN)
# The same wish of ours, however far the link has come.
APPROVAL = frozenset({"no_link", "link_sent", "link_expired"})
APPROVE = _(
    "Please open your personal link, sign in with your Microsoft account and approve the permissions we ask for."
)


def waiting_on(key: str, code: str) -> str:
    """The name of what is waited for: letters about one waiting_on are of no use in another."""
    return f"{key}:approval" if key == "consent" and code in APPROVAL else f"{key}:{code}"


def customer_ask(
    key: str, code: str, sentence: Sentence | None, offers: Mapping[str, Any] | None = None
) -> CustomerAsk:
    """What the verdict of step `key` means to the customer. An unknown code is told in the step's own `sentence`."""
    if code == "permissions_missing" and (offers or {}).get("missing"):
        names = ", ".join((offers or {})["missing"])
        return _consent(
            say(
                _("Some permissions are missing: %(names)s. Please open your link once more and accept all of them."),
                names=names,
            )
        )
    known = _KNOWN.get(waiting_on(key, code))
    if known is not None:
        return known
    if code in ("no_application", "cannot_provision"):
        return CustomerAsk(sentence or say(_CREATE), MAY_CREATE, roles=ASSIGNS)
    if (offers or {}).get("owner"):
        owner = (offers or {})["owner"]
        return CustomerAsk(say(_own(owner), **owner), MAY_CREATE, roles=ASSIGNS)
    if code == "owns_too_much" and (offers or {}).get("owned_beside"):
        named = {name: (offers or {})[name] for name in ("names", "requests")}
        return CustomerAsk(say(_DISOWN, **named), MAY_CREATE, roles=ASSIGNS)
    if key == "scope":
        return CustomerAsk(say(_ASSIGN), MAY_ASSIGN, roles=ASSIGNS)
    if sentence is not None and key in ("consent", "readiness"):
        return _consent(sentence)
    return CustomerAsk(sentence or say(_("Please get in touch with us; we need your help to go on.")))


_CREATE = _("Please create an enterprise application for Haiilo in Microsoft Entra ID.")
_OWN = _(
    "Please make our application an owner of “%(name)s”. The portal cannot do that; send this to Microsoft Graph, for "
    "example with Graph Explorer: POST "
    "https://graph.microsoft.com/v1.0/servicePrincipals/%(service_principal_id)s/owners/"
    '$ref with the body {"@odata.id": "https://graph.microsoft.com/v1.0/directoryObjects/%(our_id)s"}'
)
_OWN_REGISTRATION = _(
    "Please make our application an owner of the registration of “%(name)s”, too. The portal cannot do that; send this "
    "to Microsoft Graph, for example with Graph Explorer: POST https://graph.microsoft.com/v1.0/applications/"
    '%(application_id)s/owners/$ref with the body {"@odata.id": '
    '"https://graph.microsoft.com/v1.0/directoryObjects/%(our_id)s"}'
)
_OWN_BOTH = _(
    "Please make our application an owner of “%(name)s” and of its registration. The portal cannot do that; send these "
    "two to Microsoft Graph, for example with Graph Explorer: POST https://graph.microsoft.com/v1.0/servicePrincipals/"
    "%(service_principal_id)s/owners/$ref and POST https://graph.microsoft.com/v1.0/applications/%(application_id)s/"
    'owners/$ref, each with the body {"@odata.id": "https://graph.microsoft.com/v1.0/directoryObjects/%(our_id)s"}'
)
_DISOWN = _(
    "Please remove our application from the owners of %(names)s; we change nothing until then. Send this to Microsoft "
    "Graph, for example with Graph Explorer: %(requests)s"
)
_ASSIGN = _(
    "Nobody is assigned to your Haiilo application yet. Please assign the people or groups who are to get a Haiilo "
    "account: in the Microsoft Entra admin center under Enterprise applications, your Haiilo application, Users and "
    "groups."
)


def _own(owner: Mapping[str, Any]) -> str:
    """Which of the two ownerships is asked for."""
    if not owner.get("for_registration"):
        return _OWN
    return _OWN_BOTH if owner.get("for_principal") else _OWN_REGISTRATION


def _consent(what: Sentence) -> CustomerAsk:
    return CustomerAsk(what, MAY_CONSENT, link=True, roles=APPROVES)


_NOT_ARRIVED = _consent(
    say(_("Your approval has not arrived at Microsoft. Please open the link and approve once more."))
)
_REFUSED = _consent(
    say(_("Microsoft refuses the permissions you approved. Please open the link and approve once more."))
)
_KNOWN = {
    "consent:approval": _consent(say(APPROVE)),
    "consent:not_allowed": _consent(
        say(
            _(
                "The account that opened the link may not approve the permissions. Please open it with one that may, "
                "or forward this mail to somebody who has one."
            )
        )
    ),
    "consent:declined": _consent(
        say(
            _(
                "The permissions were declined, and nothing was changed. If one of them was in the way, answer this "
                "mail and tell us which; else please open the link once more."
            )
        )
    ),
    "consent:blocked": _consent(
        say(
            _(
                "A policy of your organisation blocked the sign-in. Please open the link from a device and a place "
                "that the policy allows."
            )
        )
    ),
    "consent:wrong_account": _consent(
        say(_("The account that was used is not one of yours. Please open the link and choose your work account."))
    ),
    "consent:failed": _consent(say(_("Microsoft ended the approval with an error. Please open the link once more."))),
    "consent:consent_missing": _NOT_ARRIVED,
    "read_only:consent_missing": _NOT_ARRIVED,
    "consent:access_lost": _consent(
        say(
            _(
                "We have lost access to your tenant, so accounts in Haiilo are no longer kept up to date as far as we "
                "can see. If that was not meant, please approve once more by the link."
            )
        )
    ),
    "readiness:permissions_missing": _REFUSED,
    "read_only:permissions_missing": _REFUSED,
}

"""Why ownership in the tenant is not as it has to be, where our permissions reach only what we own."""

from __future__ import annotations

import enum

from django.utils.translation import gettext_noop as _

from onboarding.causes.base import Cause, Needs, Owner
from onboarding.causes.roles import APPLICATION_OWNERS, MAY_CREATE
from onboarding.domain.sentences import plural

OWNERS_OF_PRINCIPALS = "https://learn.microsoft.com/graph/api/serviceprincipal-post-owners"
OWNERS_OF_REGISTRATIONS = "https://learn.microsoft.com/graph/api/application-post-owners"
REMOVE_OWNER = "https://learn.microsoft.com/graph/api/serviceprincipal-delete-owners"


class Code(enum.StrEnum):
    """What can be wrong with ownership."""

    NOT_OWNER = "not_owner"
    NOT_OWNER_OF_APPLICATION = "not_owner_of_application"
    NOT_OWNER_OF_REGISTRATION = "not_owner_of_registration"
    OWNS_TOO_MUCH = "owns_too_much"


NOT_OWNER = Cause(
    code=Code.NOT_OWNER,
    owner=Owner.CUSTOMER,
    staff=_(
        "Our application is not an owner of “%(name)s” and of its registration yet, so it cannot set up provisioning "
        "there. The customer has to add it. The portal cannot do that; the two requests below do."
    ),
    customer=_(
        "Make our application an owner of “%(name)s” and of its registration, so that it can set up provisioning "
        "there. The portal cannot do that; the commands and requests below do."
    ),
    letter=_(
        "Please make our application an owner of “%(name)s” and of its registration. The portal cannot do that; send "
        "these two to Microsoft Graph, for example with Graph Explorer: POST "
        "https://graph.microsoft.com/v1.0/servicePrincipals/%(service_principal_id)s/owners/$ref and POST "
        "https://graph.microsoft.com/v1.0/applications/%(application_id)s/owners/$ref, each with the body "
        '{"@odata.id": "https://graph.microsoft.com/v1.0/directoryObjects/%(our_id)s"}'
    ),
    needs=Needs(MAY_CREATE),
    elsewhere=True,
    contacts=APPLICATION_OWNERS,
    source=OWNERS_OF_PRINCIPALS,
)
NOT_OWNER_OF_APPLICATION = Cause(
    code=Code.NOT_OWNER_OF_APPLICATION,
    owner=Owner.CUSTOMER,
    staff=_(
        "Our application is not an owner of “%(name)s” yet, so it cannot set up provisioning there. The customer has "
        "to add it. The portal cannot do that; the request below does."
    ),
    customer=_(
        "Make our application an owner of “%(name)s”, so that it can set up provisioning there. The portal cannot do "
        "that; the commands and the request below do."
    ),
    letter=_(
        "Please make our application an owner of “%(name)s”. The portal cannot do that; send this to Microsoft Graph, "
        "for example with Graph Explorer: POST "
        "https://graph.microsoft.com/v1.0/servicePrincipals/%(service_principal_id)s/owners/"
        '$ref with the body {"@odata.id": "https://graph.microsoft.com/v1.0/directoryObjects/%(our_id)s"}'
    ),
    needs=Needs(MAY_CREATE),
    elsewhere=True,
    contacts=APPLICATION_OWNERS,
    source=OWNERS_OF_PRINCIPALS,
)
NOT_OWNER_OF_REGISTRATION = Cause(
    code=Code.NOT_OWNER_OF_REGISTRATION,
    owner=Owner.CUSTOMER,
    staff=_(
        "Our application owns “%(name)s”, but not its registration, so no test user can be created. The customer has "
        "to add it. The portal cannot do that; the request below does."
    ),
    customer=_(
        "Make our application an owner of the registration of “%(name)s”, too, so that one test user can be created "
        "first. The portal cannot do that; the commands and the request below do."
    ),
    letter=_(
        "Please make our application an owner of the registration of “%(name)s”, too. The portal cannot do that; send "
        "this to Microsoft Graph, for example with Graph Explorer: POST https://graph.microsoft.com/v1.0/applications/"
        '%(application_id)s/owners/$ref with the body {"@odata.id": '
        '"https://graph.microsoft.com/v1.0/directoryObjects/%(our_id)s"}'
    ),
    needs=Needs(MAY_CREATE),
    elsewhere=True,
    contacts=APPLICATION_OWNERS,
    source=OWNERS_OF_REGISTRATIONS,
)
OWNS_TOO_MUCH = Cause(
    code=Code.OWNS_TOO_MUCH,
    owner=Owner.CUSTOMER,
    staff=plural(
        "Our application is an owner of “%(names)s”, which is not ours to touch. We change nothing until an "
        "administrator of the tenant removes it from the owners.",
        "Our application is an owner of more than it may be: %(names)s. We change nothing until an administrator of "
        "the tenant removes it from their owners.",
    ),
    customer=plural(
        "Our application is an owner of “%(names)s”, which it must not be. Remove it from the owners; we change "
        "nothing until then. The request below does it.",
        "Our application is an owner of more than it may be: %(names)s. Remove it from their owners; we change nothing "
        "until then. The requests below do it.",
    ),
    letter=_(
        "Please remove our application from the owners of %(names)s; we change nothing until then. Send this to "
        "Microsoft Graph, for example with Graph Explorer: %(requests)s"
    ),
    needs=Needs(MAY_CREATE),
    elsewhere=True,
    contacts=APPLICATION_OWNERS,
    source=REMOVE_OWNER,
)
NOT_OWNED = (NOT_OWNER, NOT_OWNER_OF_APPLICATION, NOT_OWNER_OF_REGISTRATION)

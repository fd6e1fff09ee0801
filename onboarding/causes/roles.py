"""Who at the customer can do what: roles in Entra, as sentences, and contacts, the likeliest first."""

from __future__ import annotations

from django.utils.translation import gettext_noop as _

from onboarding.causes.base import ContactRole
from onboarding.domain.sentences import say

MAY_CONSENT = say(_("Global Administrator or Privileged Role Administrator"))
MAY_ASSIGN = say(_("Cloud Application Administrator, Application Administrator, or owner of the application"))
MAY_CREATE = say(_("Cloud Application Administrator or Application Administrator"))

APPROVERS = (ContactRole.APPROVER, ContactRole.IT_ADMIN)
APPLICATION_OWNERS = (ContactRole.SSO_OWNER, ContactRole.IT_ADMIN)

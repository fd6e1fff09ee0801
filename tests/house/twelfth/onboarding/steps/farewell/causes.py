"""Why nobody has said farewell."""

from __future__ import annotations

import enum

from django.utils.translation import gettext_noop as _

from onboarding.causes.base import Cause, ContactRole, Needs, Owner
from onboarding.domain.sentences import say


class Code(enum.StrEnum):
    """What the step can ask for."""

    NOBODY_NAMED = "nobody_named"
    NOT_WAVED = "not_waved"


NOBODY_NAMED = Cause(code=Code.NOBODY_NAMED, owner=Owner.CS, staff=_("Say to whom %(customer)s shall say farewell."))
NOT_WAVED = Cause(
    code=Code.NOT_WAVED,
    owner=Owner.CUSTOMER,
    staff=_("Nobody has waved to %(name)s yet."),
    customer=_("Please wave to %(name)s."),
    needs=Needs(say(_("Farewell Administrator"))),
    contacts=(ContactRole.SPONSOR,),
    elsewhere=True,
)
CAUSES = (NOBODY_NAMED, NOT_WAVED)

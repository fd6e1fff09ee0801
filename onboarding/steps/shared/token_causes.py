"""Why the customer's SCIM token cannot be sent; each step that sends it can give these causes."""

from __future__ import annotations

import enum

from django.utils.translation import gettext_noop as _

from onboarding.causes.base import Cause, Owner


class TokenCode(enum.StrEnum):
    """What is wrong with our copy of the token."""

    TOKEN_ERASED = "token_erased"  # noqa: S105 - the name of a cause, not a secret
    TOKEN_UNREADABLE = "token_unreadable"  # noqa: S105 - the name of a cause, not a secret
    TOKEN_UNUSABLE = "token_unusable"  # noqa: S105 - the name of a cause, not a secret


TOKEN_ERASED = Cause(
    code=TokenCode.TOKEN_ERASED,
    owner=Owner.CS,
    staff=_("Our copy of the token was erased. Enter the token again in the step “Connection”."),
)
TOKEN_UNUSABLE = Cause(
    code=TokenCode.TOKEN_UNUSABLE,
    owner=Owner.CS,
    staff=_("The token cannot be used. %(why)s"),
)
TOKEN_UNREADABLE = Cause(
    code=TokenCode.TOKEN_UNREADABLE,
    owner=Owner.HAIILO,
    staff=_(
        "Our copy of the token cannot be decrypted: its key is missing in ENCRYPTION_KEYS. Have the key put back, or "
        "enter the token again in the step “Connection”."
    ),
)
TOKEN_CAUSES = (TOKEN_ERASED, TOKEN_UNREADABLE, TOKEN_UNUSABLE)

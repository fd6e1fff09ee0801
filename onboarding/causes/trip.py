"""How the trip of a customer's admin to Microsoft and back can end without an approval: one entry for each ending.

`Ending.cause` holds the words, `headline` and `status` are the page's. An ending that `reads_code` is told in the words
of Microsoft's code where a family knows that code, because they say more.
"""

from __future__ import annotations

import enum
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from django.utils.translation import gettext_noop as _

from onboarding.causes import portal_paths
from onboarding.causes.base import Cause, Needs, Owner
from onboarding.causes.roles import APPROVERS, MAY_CONSENT
from onboarding.domain.sentences import Sentence, say

ERROR_CODES = "https://learn.microsoft.com/entra/identity-platform/reference-error-codes"
GRANT_ADMIN_CONSENT = "https://learn.microsoft.com/entra/identity/enterprise-apps/grant-admin-consent"
ADMIN_CONSENT = "https://learn.microsoft.com/entra/identity-platform/v2-admin-consent"


class Act(enum.StrEnum):
    """What the reader of the page can do on it."""

    OPEN_AGAIN = "open_again"
    NAME_APPROVER = "name_approver"
    RETURN = "return"
    WRITE_TO_US = "write_to_us"


@dataclass(frozen=True)
class Ending:
    """One way in which the trip ends, as its page tells it. The first of `acts` is the likeliest."""

    cause: Cause
    headline: str
    status: int
    acts: Sequence[Act] = (Act.WRITE_TO_US,)
    reads_code: bool = False

    @property
    def code(self) -> str:
        """The name of this ending; it is stored with the attempt."""
        return str(self.cause.code)

    def title(self) -> Sentence:
        """The headline of the page."""
        return say(self.headline)

    def told_by(self, known: Cause | None) -> Cause:
        """The entry whose words the page shows, where `known` is the entry of Microsoft's code."""
        return known if self.reads_code and known is not None and known.customer else self.cause


_by_link = partial(Cause, owner=Owner.CUSTOMER, needs=Needs(MAY_CONSENT), by_link=True, contacts=APPROVERS)
_of_link = partial(Cause, owner=Owner.CS)

# Microsoft did not send the browser back with an approval.
DECLINED = Ending(
    _by_link(
        code="declined",
        also=("permission_denied", "consent_required", "AADSTS65004"),
        staff=_(
            "The permissions were not accepted. Find out whether one of them was in the way; the link still works."
        ),
        customer=_(
            "You did not accept the permissions, so nothing was changed. If one of them was in the way, tell us which: "
            "we explain what it is for, or look for another way together. Otherwise open your link again and accept."
        ),
        letter=_(
            "The permissions were not accepted, and nothing was changed. If one of them was in the way, reply to "
            "this e-mail and tell us which; otherwise open your link again and accept."
        ),
        source=GRANT_ADMIN_CONSENT,
    ),
    _("Nothing was approved"),
    200,
    (Act.OPEN_AGAIN, Act.WRITE_TO_US, Act.NAME_APPROVER),
)
NOT_ALLOWED = Ending(
    _by_link(
        code="not_allowed",
        also=("AADSTS90094", "AADSTS90093"),
        staff=_(
            "The account that signed in may not approve this: it takes a Global Administrator or Privileged Role "
            "Administrator. Where approval was requested at Microsoft, the customer's reviewers decide."
        ),
        customer=_(
            "Microsoft lets only a Global Administrator or Privileged Role Administrator approve this, and the account "
            "you used is neither. Nothing was changed, and your link still works: open it with such an account, or "
            "name somebody who has one. If you have requested approval at Microsoft, your reviewers decide, and we see "
            "it when they have."
        ),
        letter=_(
            "The account that opened the link may not approve the permissions. Open the link with one that may, "
            "or forward this e-mail to somebody who has one."
        ),
        source=GRANT_ADMIN_CONSENT,
    ),
    _("Somebody else has to approve this"),
    403,
    (Act.NAME_APPROVER, Act.OPEN_AGAIN),
)
REQUESTED = Ending(
    Cause(
        code="requested",
        also=("AADSTS90095",),
        owner=Owner.CUSTOMER,
        needs=portal_paths.REVIEW_REQUESTS,
        by_link=True,
        contacts=APPROVERS,
        staff=_(
            "The admin may not approve and has asked for approval at Microsoft. The request is with the reviewers whom "
            "the customer has named in Entra. We see it when they approve; then somebody has to sign in by the link."
        ),
        customer=_(
            "Your request for approval is under way. It is with the reviewers whom your organisation has named in "
            "Entra; one of them with the role Global Administrator or Privileged Role Administrator has to approve it. "
            "Then open your link again and sign in. Somebody who may approve can also open it right away."
        ),
        letter=_(
            "A request for approval is under way in Microsoft Entra. One of your reviewers has to approve it; after "
            "that, please open your link and sign in."
        ),
        source="https://learn.microsoft.com/entra/identity/enterprise-apps/review-admin-consent-requests",
    ),
    _("Your request for approval is under way"),
    403,
    (Act.NAME_APPROVER, Act.OPEN_AGAIN),
)
WRONG_TENANT = Ending(
    _by_link(
        code="wrong_tenant",
        also=("tenant_mismatch",),
        owner=Owner.CS,
        staff=_(
            "Somebody signed in from another tenant than the customer's. Nothing was connected. Check who has the link."
        ),
        customer=_(
            "You signed in to another organisation, so nothing was connected. Open your link again, in a private "
            "window if need be, and sign in with your work account."
        ),
        source=ADMIN_CONSENT,
    ),
    _("That was another organisation"),
    400,
    (Act.OPEN_AGAIN, Act.WRITE_TO_US),
)
WRONG_ACCOUNT = Ending(
    _by_link(
        code="wrong_account",
        staff=_("The admin signed in with an account that cannot approve here. %(why)s"),
        customer=_(
            "The account you chose is not one of your organisation's. Open your link again in a private window and "
            "choose your work account."
        ),
        source=ERROR_CODES,
    ),
    _("That account does not belong here"),
    400,
    (Act.OPEN_AGAIN, Act.WRITE_TO_US),
    reads_code=True,
)
BLOCKED = Ending(
    _by_link(
        code="blocked",
        staff=_("The sign-in was blocked at the customer. %(why)s"),
        customer=_(
            "A policy of your organisation blocked the sign-in. Open your link again from a device and a place that it "
            "allows."
        ),
        source=ERROR_CODES,
    ),
    _("Your organisation blocked the sign-in"),
    403,
    (Act.OPEN_AGAIN, Act.WRITE_TO_US),
    reads_code=True,
)
FAILED = Ending(
    _by_link(
        code="failed",
        staff=_("Microsoft ended the approval with an error. The link still works; it can be opened again."),
        customer=_(
            "Microsoft ended the approval with an error. Open your link again; if that does not help, send us the code "
            "below."
        ),
        letter=_(
            "Microsoft ended the approval with an error. Open your link again; if that does not help, reply to "
            "this e-mail."
        ),
        source=ERROR_CODES,
    ),
    _("Microsoft ended this with an error"),
    400,
    (Act.OPEN_AGAIN, Act.WRITE_TO_US),
    reads_code=True,
)
MICROSOFT_DOWN = Ending(
    _by_link(
        code="microsoft_down",
        owner=Owner.MICROSOFT,
        staff=_("Microsoft's sign-in did not answer. The link still works; it can be opened again."),
        customer=_("Microsoft does not answer at the moment. Try again in a few minutes; your link stays valid."),
        source=ERROR_CODES,
    ),
    _("Microsoft does not answer"),
    503,
    (Act.OPEN_AGAIN, Act.WRITE_TO_US),
)

# The answer cannot be taken.
FORGED = Ending(
    _by_link(
        code="forged",
        also=("state_mismatch",),
        owner=Owner.CS,
        staff=_("An answer came that belongs to no sign-in begun here. It was refused. The link can be opened again."),
        customer=_("This answer does not belong to a sign-in that was begun here. Open your link again."),
        source=ADMIN_CONSENT,
    ),
    _("We cannot accept this answer"),
    400,
    (Act.OPEN_AGAIN, Act.WRITE_TO_US),
)
TOO_LATE = Ending(
    _by_link(
        code="too_late",
        owner=Owner.CS,
        staff=_("The answer came more than ten minutes after it was asked for. The link can be opened again."),
        customer=_(
            "More than ten minutes passed on Microsoft's pages, so the sign-in no longer counts. Open your link again."
        ),
    ),
    _("Your session timed out"),
    400,
    (Act.OPEN_AGAIN, Act.WRITE_TO_US),
)
NO_SESSION = Ending(
    _by_link(
        code="no_session",
        owner=Owner.CS,
        staff=_("The progress page was opened in a browser that has not approved anything, or too long ago."),
        customer=_("This browser has not approved anything here, or too long ago. Open your link again."),
    ),
    _("Open your link to see how far we are"),
    404,
    (Act.OPEN_AGAIN, Act.WRITE_TO_US),
)

# The link does not lead to Microsoft, not now or not any more.
NOT_READY = Ending(
    _of_link(
        code="not_ready",
        staff=_("The link was opened before the customer's tenant is known. Check the domains in the record."),
        customer=_("We do not know your Microsoft tenant yet. Try again in a minute, or ask us."),
    ),
    _("We are not ready for you yet"),
    409,
    (Act.OPEN_AGAIN, Act.WRITE_TO_US),
)
IN_OTHER_CLOUD = Ending(
    _of_link(
        code="in_other_cloud",
        staff=_("The link was opened, but the customer's tenant is in another Microsoft cloud."),
        customer=_(
            "Your Microsoft tenant is in a cloud where we cannot set up accounts yet. We get in touch with you."
        ),
    ),
    _("We cannot set this up yet"),
    409,
)
TOO_MANY = Ending(
    _of_link(
        code="too_many",
        staff=_("The link was tried too often within an hour. It works again after that."),
        customer=_("Your link was tried too often. Wait an hour, then open it again."),
    ),
    _("Too many attempts"),
    429,
)
REPEATED = Ending(
    _of_link(
        code="repeated",
        staff=_("The answer to a sign-in was sent a second time. The link can be opened again."),
        customer=_("You have signed in already, and this answer counts once. Sign in again to go on."),
    ),
    _("This page was opened a second time"),
    409,
    (Act.OPEN_AGAIN, Act.WRITE_TO_US),
)
ALREADY_APPROVED = Ending(
    _of_link(
        code="already_approved",
        staff=_("Somebody accepted on Microsoft's page after the approval had come by the same link already."),
        customer=_("The approval has come by this link already, perhaps from another device. You have nothing to do."),
    ),
    _("Already approved"),
    410,
    (Act.RETURN, Act.WRITE_TO_US),
)
APPROVED_LATE = Ending(
    _by_link(
        code="approved_late",
        owner=Owner.CS,
        staff=_("Somebody accepted on Microsoft's page, but too late, or by a link that no longer works."),
        customer=_(
            "You have approved at Microsoft, and we look at that now. What is missing is a sign-in by a link that "
            "works. Open your link again, or ask us for a new one. Nothing has to be approved again."
        ),
        source=ADMIN_CONSENT,
    ),
    _("Approved, but not connected yet"),
    400,
    (Act.OPEN_AGAIN, Act.WRITE_TO_US),
)
USED = Ending(
    _of_link(
        code="used",
        staff=_("The link was opened again after somebody had approved with it."),
        customer=_("Somebody has approved with it; each link works once."),
    ),
    _("This link was already used"),
    410,
    (Act.RETURN, Act.WRITE_TO_US),
)
EXPIRED = Ending(
    _of_link(
        code="expired",
        staff=_("The link has expired. Send a new one."),
        customer=_("Nothing was changed at your end. Ask us for a new link; that takes us a minute."),
    ),
    _("This link has expired"),
    410,
)
REVOKED = Ending(
    _of_link(
        code="revoked",
        staff=_("The link was withdrawn. Send a new one."),
        customer=_("There may be a newer link in your mail. If not, ask us for one."),
    ),
    _("This link was withdrawn"),
    410,
)
LINK_CLOSED = Ending(
    _of_link(
        code="link_closed",
        staff=_("The link was used, withdrawn or expired while somebody was on Microsoft's pages. Send a new one."),
        customer=_("It was used or withdrawn meanwhile, or has expired. Ask us for a new link."),
    ),
    _("This link no longer works"),
    410,
)
UNKNOWN = Ending(
    _of_link(
        code="unknown",
        staff=_("A link was opened that we have never made."),
        customer=_("Check that you have the whole link, or ask for a new one."),
    ),
    _("We do not know this link"),
    404,
)

ENDINGS: tuple[Ending, ...] = (
    DECLINED,
    NOT_ALLOWED,
    REQUESTED,
    WRONG_TENANT,
    WRONG_ACCOUNT,
    BLOCKED,
    FAILED,
    MICROSOFT_DOWN,
    FORGED,
    TOO_LATE,
    NO_SESSION,
    NOT_READY,
    IN_OTHER_CLOUD,
    TOO_MANY,
    REPEATED,
    ALREADY_APPROVED,
    APPROVED_LATE,
    USED,
    EXPIRED,
    REVOKED,
    LINK_CLOSED,
    UNKNOWN,
)
CLOSED = {ending.code: ending for ending in (USED, EXPIRED, REVOKED)}
"""Why a link no longer works, by its condition."""

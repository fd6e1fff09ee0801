"""Why an e-mail has not gone, or not for certain. The mail server's own words stand beside the sentence."""

from __future__ import annotations

from django.utils.translation import gettext_noop as _

from onboarding.causes.base import Cause, Owner

UNREACHABLE = Cause(
    code="mail_unreachable",
    owner=Owner.ENGINEERS,
    staff=_(
        "The mail server cannot be reached, or broke off before it had the e-mail. We try again by ourselves. If that "
        "lasts, our engineers have to look into it."
    ),
)
LATER = Cause(
    code="mail_later",
    owner=Owner.HAIILO,
    staff=_("The mail server asks us to come back later. We try again by ourselves."),
)
GIVEN_UP = Cause(
    code="mail_given_up",
    owner=Owner.ENGINEERS,
    staff=_(
        "The mail server has not taken it for a whole day, so we have stopped trying. Let our engineers check it, then "
        "send the e-mail again."
    ),
)
ADDRESS = Cause(
    code="mail_address",
    owner=Owner.CS,
    staff=_(
        "The mail server takes no e-mail for this address. Ask the contact for the right one, correct it under "
        "Contacts, and send the e-mail again."
    ),
)
NO_SMTPUTF8 = Cause(
    code="mail_no_smtputf8",
    owner=Owner.CS,
    staff=_(
        "Our mail server takes no address with letters such as ä or é before the @. Ask the contact for another one, "
        "correct it under Contacts, and send the e-mail again."
    ),
)
NOT_COMPOSED = Cause(
    code="mail_not_composed",
    owner=Owner.ENGINEERS,
    staff=_(
        "The e-mail cannot be put together, so it was not given to the mail server. Our engineers have to look into "
        "it; then send it again."
    ),
)
REFUSED = Cause(
    code="mail_refused",
    owner=Owner.ENGINEERS,
    staff=_("The mail server refuses this e-mail. Our engineers have to look into it; then send it again."),
)
NO_CONTACT = Cause(
    code="mail_no_contact",
    owner=Owner.CS,
    staff=_("The contact was removed, so nobody can get the personal link. Write to another contact."),
)
PERHAPS_SENT = Cause(
    code="mail_perhaps_sent",
    owner=Owner.CS,
    staff=_(
        "We cannot tell whether it was sent: the connection broke at that moment. Ask the contact before you send it "
        "again."
    ),
)
OURS = Cause(
    code="mail_ours",
    owner=Owner.ENGINEERS,
    staff=_("The dashboard itself failed with this e-mail. We try again; our engineers have to look into it."),
)
UNWRITTEN = Cause(
    code="mail_unwritten",
    owner=Owner.ENGINEERS,
    staff=_(
        "The dashboard itself failed to write this e-mail. Our engineers have to look into it; it is written as soon "
        "as that works."
    ),
)
NOT_WRITTEN = Cause(
    code="mail_not_written",
    owner=Owner.ENGINEERS,
    staff=_(
        "The dashboard itself fails when it writes e-mails to this customer, so none is written. Our engineers have to "
        "look into it."
    ),
)

MAIL: tuple[Cause, ...] = (
    UNREACHABLE,
    LATER,
    GIVEN_UP,
    ADDRESS,
    NO_SMTPUTF8,
    NOT_COMPOSED,
    REFUSED,
    NO_CONTACT,
    PERHAPS_SENT,
    OURS,
    UNWRITTEN,
    NOT_WRITTEN,
)
BY_CODE = {cause.code: cause for cause in MAIL}
# What is about this e-mail and not about the way to the mail server: the same one would be refused again.
ABOUT_THE_LETTER = frozenset({ADDRESS.code, NO_SMTPUTF8.code, NOT_COMPOSED.code, REFUSED.code, NO_CONTACT.code})

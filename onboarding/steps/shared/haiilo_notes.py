"""What is said where Haiilo's own list cannot be read, and of what it shows; nobody has to wait for it."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import gettext_noop as _

from onboarding.domain.desired import Desired
from onboarding.domain.sentences import Sentence, plural, say
from onboarding.haiilo import Ability

SILENT = _("Haiilo's list cannot be read: Haiilo does not answer in time. It is asked again by itself.")
TOKEN_REFUSED = _("Haiilo's list cannot be read: Haiilo refuses the token. Microsoft may be refused, too.")
FORBIDDEN = _("Haiilo's list cannot be read: Haiilo takes the token and does not allow the question.")
NEITHER = _("Haiilo's list cannot be read: Haiilo offers neither a list nor a search.")
NOT_SCIM = _("Haiilo's list cannot be read: what answers at the address is no user directory.")
UNPROVED = _("Haiilo's list cannot be read: Haiilo names nobody, and that proves nothing.")
PARTIAL = _("Haiilo's list cannot be read: it is not complete, so it says of nobody that they are missing.")
BY_WORD = {
    Ability.SILENT.value: SILENT,
    Ability.TOKEN_REFUSED.value: TOKEN_REFUSED,
    Ability.FORBIDDEN.value: FORBIDDEN,
    Ability.NEITHER.value: NEITHER,
    Ability.NOT_SCIM.value: NOT_SCIM,
    Ability.UNPROVED.value: UNPROVED,
}
READABLE_AGAIN = _("Haiilo's list can be read again.")
MISSING = plural(
    "Microsoft has reported an account for %(count)s person, and Haiilo has none.",
    "Microsoft has reported accounts for %(count)s people, and Haiilo has none of them.",
)
INACTIVE = plural(
    "The account of %(count)s person in scope is disabled in Haiilo.",
    "The accounts of %(count)s people in scope are disabled in Haiilo.",
)
LEFT_OVER = plural(
    "Haiilo has %(count)s account that Microsoft once created and nobody needs any more.",
    "Haiilo has %(count)s accounts that Microsoft once created and nobody needs any more.",
)


def sentence_on(trouble: str) -> Sentence:
    """What kept us from Haiilo's list, by its word in `HaiiloList.trouble`."""
    return say(BY_WORD.get(trouble, PARTIAL))


def trouble_notes(desired: Desired) -> Iterator[Sentence]:
    """What is to be known about a list that cannot be read."""
    if desired.haiilo.trouble:
        yield sentence_on(desired.haiilo.trouble)


def remarks(desired: Desired) -> Iterator[Sentence]:
    """What the list shows of accounts, while it is recent; and why it cannot be read."""
    found = desired.haiilo
    counts = ((MISSING, found.missing), (INACTIVE, found.inactive), (LEFT_OVER, found.left_over))
    if found.is_recent(desired.now):
        yield from (say(text, count=count) for text, count in counts if count)
    yield from trouble_notes(desired)

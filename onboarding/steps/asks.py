"""What the customer's admin is asked for where a verdict waits for the customer: the words of its entry, for them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_noop as _

from onboarding.causes.base import Cause, ContactRole, Needs, is_filled
from onboarding.causes.index import lookup
from onboarding.domain.sentences import Sentence, Template, sentence_of
from onboarding.steps import cause_of
from onboarding.steps.consent.causes import ON_ITS_WAY
from onboarding.steps.consent.step import Consent

# The same wish of ours, however far the link has come.
APPROVAL = frozenset(str(cause.code) for cause in ON_ITS_WAY)
UNNAMED = _("We need your help to go on. Please get in touch with your contact at Haiilo.")
UNNAMED_BY_LINK = _("We need your approval once more. Open your link and accept all permissions.")


@dataclass(frozen=True)
class CustomerAsk:
    """What is asked for: `what` on the admin's own page, `letter` in a mail to them.

    `role` is None where no role in Entra is needed; `path` is where it is done, as labels of a portal; `by_link`:
    whether it is done with the personal link; `contacts`: to whom the letter goes, the likeliest first.
    """

    what: Sentence
    letter: Sentence
    role: Sentence | None = None
    path: Sequence[Sentence] = ()
    by_link: bool = False
    contacts: Sequence[ContactRole] = (ContactRole.IT_ADMIN,)


def waiting_on(key: str, code: str) -> str:
    """The name of what is waited for: letters about one waiting_on are of no use in another."""
    return f"{key}:approval" if key == Consent.key and code in APPROVAL else f"{key}:{code}"


def customer_ask(
    key: str, code: str, sentence: Sentence | None, offers: Mapping[str, Any] | None = None
) -> CustomerAsk:
    """What the verdict of step `key` asks of the customer. Its stored `sentence` is for customer success: it gives the
    values, never the words. A code without an entry, or one whose gaps they do not fill, is told in general.
    """
    cause = cause_of(key, code) or lookup(code)
    values = {**_named_by(offers or {}), **(sentence.values if sentence else {})}
    if cause is None or not cause.customer:
        return CustomerAsk(Sentence(UNNAMED), Sentence(UNNAMED))
    needs = cause.needs or _needs_of(str(values.get("detail", "")))
    return CustomerAsk(
        what=_words(cause, cause.customer, values),
        letter=_words(cause, cause.letter or cause.customer, values),
        role=needs.role if needs else None,
        path=needs.path.sentences(values) if needs and needs.path else (),
        by_link=cause.by_link,
        contacts=cause.contacts,
    )


def _named_by(offers: Mapping[str, Any]) -> dict[str, Any]:
    """The offers, and the names of missing permissions as the sentences take them."""
    missing = offers.get("missing")
    return {**offers, "names": ", ".join(missing)} if missing else dict(offers)


def _needs_of(detail: str) -> Needs | None:
    """What the entry of Microsoft's code needs, where a step's own entry only says whom that code concerns."""
    known = lookup(detail) if detail else None
    return known.needs if known else None


def _words(cause: Cause, template: Template, values: Mapping[str, Any]) -> Sentence:
    if is_filled(template, values):
        return sentence_of(template, values)
    return Sentence(UNNAMED_BY_LINK if cause.by_link else UNNAMED)

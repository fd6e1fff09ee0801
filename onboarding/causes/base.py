"""The shape of a cause: one entry says who can end it, and what each reader is told about it."""

from __future__ import annotations

import enum
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy, gettext_noop

from onboarding.domain.sentences import Plural, Sentence, Template, sentence_of
from onboarding.domain.verdicts import Asking, Broken, Court


class Owner(enum.StrEnum):
    """Who can end a cause. Engineers are Haiilo's too, but nobody in customer success can do their part."""

    CS = "cs"
    CUSTOMER = "customer"
    MICROSOFT = "microsoft"
    HAIILO = "haiilo"
    ENGINEERS = "engineers"

    @property
    def court(self) -> Court:
        """The court that pages show for this owner."""
        return Court.HAIILO if self is Owner.ENGINEERS else Court(self.value)


class ContactRole(TextChoices):
    """What a person at the customer is to us."""

    IT_ADMIN = "it_admin", gettext_lazy("IT admin")
    APPROVER = "approver", gettext_lazy("approver (Global Administrator)")
    SSO_OWNER = "sso_owner", gettext_lazy("owner of the SSO application")
    SPONSOR = "sponsor", gettext_lazy("project sponsor")


GAP = re.compile(r"%\((\w+)\)")


def is_filled(template: Template, values: Mapping[str, Any]) -> bool:
    """Whether `values` fill each gap of `template`."""
    forms = (template.one, template.several) if isinstance(template, Plural) else (template,)
    return all(name in values for form in forms for name in GAP.findall(form))


class Portal(enum.StrEnum):
    """Where a click path begins."""

    ENTRA = "entra"
    HAIILO = "haiilo"


PORTALS = {Portal.ENTRA: gettext_noop("Microsoft Entra admin center"), Portal.HAIILO: gettext_noop("Haiilo")}


@dataclass(frozen=True)
class ClickPath:
    """Which labels to press one after the other in a portal, as the portal shows them.

    A label is marked with ``gettext_noop`` and may have gaps, which the values of the verdict fill.
    """

    portal: Portal
    labels: tuple[str, ...]

    def sentences(self, values: Mapping[str, Any]) -> list[Sentence]:
        """The portal and the labels, as sentences; a label whose gaps `values` do not fill is left out."""
        shown = (label for label in self.labels if is_filled(label, values))
        return [Sentence(PORTALS[self.portal]), *(Sentence(label, values if "%(" in label else {}) for label in shown)]


@dataclass(frozen=True)
class Needs:
    """Which role an act takes, in words, and where it is done."""

    role: Sentence
    path: ClickPath | None = None


@dataclass(frozen=True)
class Cause:
    """Why something does not go on.

    `staff`, `customer` and `letter` are English templates, marked with ``gettext_noop`` or ``plural`` where they are
    written, for three readers: customer success, the customer's admin on an own page, and the same admin in a mail.
    Their gaps are filled from the same values. The admin is spoken to, never about. `letter` is empty where the mail
    says what the page says, and `customer` where the customer has nothing to do and is not told.

    `by_link`: the act is done with the personal link. `elsewhere`: somebody has to act in a portal, and there is
    nothing to answer in the dashboard. `contacts`: to which contacts the letter goes, the likeliest first.
    `remedies`: keys of the changes that the product can offer about it, beside a verdict that gives it; empty where
    only a person can act. `also`: further codes that mean the same. `source`: the public page that documents the cause;
    empty where only our own state is behind it.
    """

    code: str
    owner: Owner
    staff: Template
    customer: Template = ""
    letter: Template = ""
    needs: Needs | None = None
    by_link: bool = False
    elsewhere: bool = False
    contacts: Sequence[ContactRole] = (ContactRole.IT_ADMIN,)
    remedies: Sequence[str] = ()
    also: Sequence[str] = ()
    source: str = ""

    def for_staff(self, values: Mapping[str, Any]) -> Sentence:
        """The sentence for customer success."""
        return sentence_of(self.staff, values)

    def for_customer(self, values: Mapping[str, Any]) -> Sentence | None:
        """The sentence on the admin's own page, or None where there is nothing to tell."""
        return sentence_of(self.customer, values) if self.customer else None

    def for_letter(self, values: Mapping[str, Any]) -> Sentence | None:
        """The sentence in a mail to the admin, or None where there is nothing to tell."""
        text = self.letter or self.customer
        return sentence_of(text, values) if text else None

    def asking(
        self, *, offers: Mapping[str, Any] | None = None, warnings: Sequence[Sentence] = (), **values: Any
    ) -> Asking:
        """The verdict that asks a person to end this cause; `values` fill the gaps of its sentences."""
        return Asking(self.for_staff(values), self.owner.court, offers or {}, self.code, warnings)

    def broken(self, *, request_id: str = "", **values: Any) -> Broken:
        """The verdict that a step failed because of this cause; `values` fill the gaps of its sentences."""
        return Broken(self.for_staff(values), self.owner.court, self.code, request_id)

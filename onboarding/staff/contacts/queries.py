"""The customer's contacts with the links that each of them got."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils import timezone

from onboarding.customers.contacts import HAS_ONE_TODAY
from onboarding.domain.sentences import Sentence, say
from onboarding.models import Contact, Letter, Link, Onboarding, clock

MAX_LINKS = 3


@dataclass(frozen=True)
class ContactCard:
    """One contact, the newest links first, and the newest letter. `no_letter`: why none can go to them today."""

    contact: Contact
    links: list[Link]
    letter: Letter | None
    is_first: bool
    no_letter: Sentence | None

    @property
    def has_open_link(self) -> bool:
        """Whether a link works that this contact has."""
        return any(link.condition() == "open" for link in self.links)


def contacts(onboarding: Onboarding) -> list[ContactCard]:
    """All contacts, the first one first. Three queries."""
    today = timezone.localdate(clock.now())
    people = list(onboarding.contacts.order_by("pk"))
    links: dict[int, list[Link]] = {person.pk: [] for person in people}
    for link in onboarding.links.exclude(contact=None).order_by("-pk"):
        links[link.contact_id or 0].append(link)
    letters: dict[int, Letter] = {}
    written_to: set[str] = set()
    for letter in onboarding.letters.exclude(contact=None).defer("html", "text").order_by("-pk"):
        letters.setdefault(letter.contact_id or 0, letter)
        if letter.sent_on == today:
            written_to.add(letter.to_email)
    return [
        ContactCard(
            person,
            links[person.pk][:MAX_LINKS],
            letters.get(person.pk),
            person.pk == people[0].pk,
            say(HAS_ONE_TODAY, contact=person.name) if person.email in written_to else None,
        )
        for person in people
    ]

"""Letters to begin a test with, and what the mail server was given."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

from django.core.mail import EmailMessage
from django.utils import timezone

from onboarding.customers import base, contacts, outbox
from onboarding.domain.sentences import say
from onboarding.domain.verdicts import Asking, Court, Done, Verdict
from onboarding.mail import compose, letters
from onboarding.models import Letter, Onboarding
from tests import builders
from tests.pages.desk import people, stand

TENANT = "11111111-2222-4333-8444-555555555555"
ADDRESS = re.compile(r"http://localhost:8000/l/([\w-]{20,})/")
NO_LINK = Asking(say("Send the link."), Court.CS, code="no_link")
LINK_SENT = Asking(say("Not opened yet."), Court.CUSTOMER, code="link_sent")


def at_consent(verdict: Verdict = NO_LINK, **fields: Any) -> Onboarding:
    made = builders.onboarding(**fields)
    return stand(made, "consent", verdict, customer={"tenant_id": TENANT, "domain": made.customer.domains[0]})


def drafted(made: Onboarding) -> Letter:
    [letter] = letters.write_due(made.pk, now=timezone.now())
    return letter


def released(made: Onboarding) -> Letter:
    letter = drafted(made)
    outbox.release(letter, actor=builders.owner_of(made), tenant=TENANT)
    return fresh(letter)


def fresh(letter: Letter) -> Letter:
    return Letter.objects.get(pk=letter.pk)


def tokens(message: EmailMessage) -> list[str]:
    return ADDRESS.findall(str(message.body))


def long_ago(made: Onboarding, days: int) -> None:
    """As if nothing had moved, and nothing been written, for some days."""
    made.refresh_from_db()
    made.current_since -= timedelta(days=days)
    made.save()
    for letter in made.letters.all():
        letter.day -= timedelta(days=days)
        letter.sent_on = letter.sent_on and letter.sent_on - timedelta(days=days)
        letter.save()


def released_by_hand(made: Onboarding) -> Letter:
    """One that a person has written and released, wherever the rules stand."""
    letter = letters.write(made, base.first_contact(made), "invitation", rule="test", draft=True)
    outbox.release(letter, actor=builders.owner_of(made), tenant=TENANT)
    return fresh(letter)


def as_page(kind: str, language: str = "en", *, link: str, words: str = "") -> tuple[str, str]:
    """Text part and page of the letter of this kind to somebody who reads `language`; `words` replace its own."""
    made = at_consent(LINK_SENT)
    contact = contacts.add_contact(
        made,
        actor=builders.owner_of(made),
        name='Max <b>& "Söhne"',
        email="max@contoso.example",
        role="it_admin",
        language=language,
    )
    if kind == "completion":
        stand(made, "live", Done(), scope={"total": 5})
        people(made, 3)
    letter = compose.compose(made, contact, kind)
    letter = compose.LetterText(letter.subject, words or letter.text)
    return compose.filled_in(letter.text, link), compose.html_of(letter, language, address=link, is_open=True)

"""The words of a letter, in its reader's language. The personal link is never in them: a marker holds its place."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext_noop as _

from onboarding.causes.base import ContactRole
from onboarding.domain.headcount import Source
from onboarding.domain.sentences import Template, amount, plural, sentence_of
from onboarding.engine import load_desired
from onboarding.mail import context as mail_context
from onboarding.models import Contact, Letter, Onboarding, StepState, asker_of
from onboarding.steps.scope.evidence import ScopeEvidence
from onboarding.steps.scope.step import Scope

LINK, QUESTIONS = "[link]", "[questions]"
MARKERS = re.compile(r"(\[link\]|\[questions\])")
SUBJECTS: dict[str, Template] = {
    Letter.Kind.INVITATION: _("Haiilo at %(customer)s: your approval is needed (about 2 minutes)"),
    Letter.Kind.REQUEST: _("Haiilo at %(customer)s: we need your help"),
    Letter.Kind.REMINDER: _("Reminder: Haiilo at %(customer)s is waiting for you"),
    Letter.Kind.ESCALATION: _("Haiilo at %(customer)s: we need your help"),
    Letter.Kind.COMPLETION: plural(
        "Haiilo at %(customer)s is live: %(arrived)s account",
        "Haiilo at %(customer)s is live: %(arrived)s accounts",
        by="arrived",
    ),
}
LIVE_UNCOUNTED = _("Haiilo at %(customer)s is live")


@dataclass(frozen=True)
class LetterText:
    """Subject and text of a letter."""

    subject: str
    text: str


def compose(onboarding: Onboarding, contact: Contact, kind: str) -> LetterText:
    """The letter of this kind to this contact, about what the onboarding waits for now."""
    with translation.override(contact.language):
        context = _context(onboarding, contact, kind)
        accounts = context["accounts"]
        named = sentence_of(_subject(kind, accounts), {**context, "arrived": accounts})
        subject = " ".join(str(named).split())
        text = render_to_string(f"mail/{kind}.txt", context)
    return LetterText(subject[:200], re.sub(r"\n{3,}", "\n\n", text).strip())


def _subject(kind: str, accounts: int | None) -> Template:
    """The subject of a letter of this kind; it counts nothing that nobody has told, and no zeros."""
    return LIVE_UNCOUNTED if kind == Letter.Kind.COMPLETION and not accounts else SUBJECTS[Letter.Kind(kind)]


def _context(onboarding: Onboarding, contact: Contact, kind: str) -> dict[str, Any]:
    customer = onboarding.customer
    asker = asker_of(customer.owner)
    state = mail_context.subject_of(onboarding, kind, mail_context.current_state(onboarding))
    found, numbers = mail_context.ask_of(state), load_desired.headcount(onboarding)
    scope = StepState.objects.filter(onboarding=onboarding, key=Scope.key).first()
    seen = scope.seen(ScopeEvidence) if scope else None
    counted = seen.counted if seen else None
    in_scope = counted if numbers.in_scope is None else numbers.in_scope
    context = {
        "name": contact.name,
        "customer": customer.name,
        "product": customer.get_product_display(),
        "host": customer.haiilo_host,
        "asker": asker.name,
        "asker_email": asker.email,
        "asker_phone": asker.phone,
        "what": str(found.letter),
        "role": str(found.role or ""),
        "path": " > ".join(str(label) for label in found.path),
        "is_approver": contact.role == ContactRole.APPROVER,
        "needs_link": found.by_link,
        "who": mail_context.addressee(onboarding),
        "since": onboarding.current_since,
        "days": settings.LINK_DAYS,
        "site": f"{settings.PUBLIC_URL.rstrip('/')}/",
        "permissions": len(onboarding.size.permissions),
        "numbers": numbers,
        "accounts": numbers.in_haiilo,
        "as_reported": numbers.source in (Source.MICROSOFT, Source.JOB),
        "arrived_count": numbers.arrived,
        "arrived": "" if numbers.arrived is None else amount(numbers.arrived),
        "in_scope_count": in_scope,
        "in_scope": amount(in_scope) if in_scope and (numbers.arrived or 0) <= in_scope else "",
    }
    # A name that looks like a marker must not become a link.
    plain = {name: MARKERS.sub("", value) if isinstance(value, str) else value for name, value in context.items()}
    return {**plain, "link": LINK, "questions": QUESTIONS}


def has_link(text: str) -> bool:
    """Whether the letter carries the personal link."""
    return MARKERS.search(text) is not None


def filled_in(text: str, address: str) -> str:
    """`text` with the addresses in the place of its markers; `address` is the link page's."""
    return text.replace(LINK, address).replace(QUESTIONS, _questions(address))


def html_of(words: LetterText, language: str, *, address: str, is_open: bool) -> str:
    """The same letter as a page in `language`: its text is escaped, and only the markers become links, where `is_open`.

    The link with a line to itself becomes a button, with its address in small print below.
    """
    context = {
        "blocks": [block for paragraph in re.split(r"\n\s*\n", words.text) for block in _blocks(paragraph, address)],
        "link": _part(address, is_link=True),
        "subject": words.subject,
        "language": language,
        "is_open": is_open,
    }
    with translation.override(language):
        return render_to_string("mail/letter.html", context)


def _blocks(paragraph: str, address: str) -> Iterator[dict[str, Any]]:
    """The paragraph, in pieces where a line of it is the letter's act."""
    places = {LINK: address, QUESTIONS: _questions(address)}
    for is_act, lines in groupby(paragraph.splitlines(), key=lambda line: line.strip() == LINK):
        yield {"is_act": is_act, "lines": [_parts(line.strip(), places) for line in lines]}


def _parts(line: str, places: Mapping[str, str]) -> list[dict[str, Any]]:
    parts = [part for part in MARKERS.split(line) if part]
    return [_part(places.get(part, part), is_link=part in places, is_alone=len(parts) == 1) for part in parts]


def _part(text: str, *, is_link: bool, is_alone: bool = False) -> dict[str, Any]:
    """`pieces`: where a long address may be broken, lest it makes the letter wider than a phone."""
    return {"text": text, "is_link": is_link, "is_alone": is_alone, "pieces": re.findall(r".{1,20}", text)}


def _questions(address: str) -> str:
    return f"{address}questions/"

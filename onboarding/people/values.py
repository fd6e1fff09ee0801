"""Whether Haiilo keeps of a person what the mappings make of them, without a second copy of their data.

Of what is made, a keyed digest of its compared form is kept with the person; of what Haiilo keeps, only values that
differ. What Haiilo does not tell, and what is made of nothing (Entra sends nothing then), is no difference.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterator, Mapping
from typing import Any

from django.conf import settings

from onboarding.domain.products import WORK
from onboarding.haiilo import HaiiloUser, folded, plainly
from onboarding.models import Person
from onboarding.people.recipe import Made, text_of
from onboarding.steps.mappings import meaning

ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
TARGETS = {
    "user_name": "userName",
    "email": 'emails[type eq "work"].value',
    "given": "name.givenName",
    "family": "name.familyName",
    "country": f"{WORK}.country",
    "department": f"{ENTERPRISE}:department",
}
"""What is compared: a field of ours → the target of its mapping."""
_AS_COMPARED = {name: meaning.unwritten(target) for name, target in TARGETS.items()}
WITHOUT_CASE = frozenset({"user_name", "email"})
"""RFC 7643, 4.1.1 and 4.1.2: caseExact is false. Names are compared as people read them."""
LETTERS_KEPT = 256  # of a value that differs
MARK_LENGTH = 16  # hex digits


def made_texts(made: Made) -> dict[str, str]:
    """What is made of somebody, by field; without what is not known."""
    by_target = {meaning.unwritten(target): text_of(value) for target, value in made.values.items()}
    return {name: text for name, target in _AS_COMPARED.items() if (text := by_target.get(target)) is not None}


def marks(onboarding_id: int, source_id: str, made: Made) -> dict[str, str]:
    """What is kept of that: digests, by field."""
    return {name: _marks(onboarding_id, source_id, name, text)[0] for name, text in made_texts(made).items() if text}


def differing(person: Person, account: HaiiloUser) -> dict[str, dict[str, str]]:
    """What Haiilo keeps otherwise, by field: ``{"kept": value}``."""
    found = {name: _otherwise(person, name, kept) for name, kept in _kept(account) if name in person.made_marks}
    return {name: {"kept": value[:LETTERS_KEPT]} for name, value in found.items() if value is not None}


def brought_up(differs: Mapping[str, Mapping[str, str]], made: Made) -> dict[str, dict[str, str]]:
    """What still differs by what is made now, with the value that is made; what is not known any more stays."""
    texts, still = made_texts(made), dict[str, dict[str, str]]()
    for name, values in differs.items():
        text, kept = texts.get(name), values["kept"]
        if text is None:
            still[name] = {"kept": kept}
        elif text and _form(name, text) != _form(name, kept):
            still[name] = {"kept": kept, "made": text[:LETTERS_KEPT]}
    return still


def forget(person: Person, target: str) -> None:
    """Nothing is known any more of what we make of the field that this target fills, nor that Haiilo differs in it."""
    made = {name for name, each in _AS_COMPARED.items() if each == meaning.unwritten(target)}
    person.made_marks = {name: mark for name, mark in person.made_marks.items() if name not in made}
    person.differs = {name: each for name, each in person.differs.items() if name not in made}
    person.differs_in = fields_of(person.differs)


def fields_of(differs: Mapping[str, Any]) -> str:
    """Which fields differ, as one word by which people are counted."""
    return ",".join(name for name in TARGETS if name in differs)


def _kept(account: HaiiloUser) -> Iterator[tuple[str, tuple[str, ...]]]:
    """What Haiilo tells, by field: one of these values has to be the one that is made."""
    told = {name: getattr(account, name) for name in ("given", "family", "country", "department")}
    told |= {"user_name": account.user_name or None}
    yield from ((name, (value,)) for name, value in told.items() if value is not None)
    if account.emails:
        yield "email", account.emails


def _otherwise(person: Person, name: str, kept: tuple[str, ...]) -> str | None:
    """The first of these values where none is the one that is made; None where one is."""
    made = person.made_marks[name]
    same = (made in _marks(person.onboarding_id, person.source_id, name, value) for value in kept)
    return None if any(same) else kept[0]


def _form(name: str, text: str) -> str:
    return folded(text) if name in WITHOUT_CASE else plainly(text)


def _marks(onboarding_id: int, source_id: str, name: str, text: str) -> list[str]:
    """A digest per key of ours, the newest first, so that a new key makes nothing differ."""
    told = f"{onboarding_id}:{source_id}:{name}:{_form(name, text)}".encode()
    keys = (hmac.digest(key.encode(), b"marks of made values", hashlib.sha256) for key in settings.ENCRYPTION_KEYS)
    return [hmac.new(key, told, hashlib.sha256).hexdigest()[:MARK_LENGTH] for key in keys]

"""What attributes are called by people. Names that we do not know are shown as Microsoft writes them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import reduce

from django.utils.translation import gettext_noop as _

from onboarding.domain.products import WORK
from onboarding.domain.sentences import Sentence, say

SEPARATOR = ", "
"""Between attributes that one text names."""
IN_QUOTES = _("%(first)s”, “%(more)s")
ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:"

TARGETS = {
    "userName": _("user name"),
    "active": _("account active"),
    "displayName": _("display name"),
    "title": _("job title"),
    'emails[type eq "work"].value': _("e-mail"),
    "preferredLanguage": _("language"),
    "name.givenName": _("first name"),
    "name.familyName": _("last name"),
    "name.formatted": _("whole name"),
    f"{WORK}.formatted": _("whole work address"),
    f"{WORK}.streetAddress": _("street"),
    f"{WORK}.locality": _("city"),
    f"{WORK}.region": _("region"),
    f"{WORK}.postalCode": _("postal code"),
    f"{WORK}.country": _("country"),
    'phoneNumbers[type eq "work"].value': _("work phone"),
    'phoneNumbers[type eq "mobile"].value': _("mobile phone"),
    'phoneNumbers[type eq "fax"].value': _("fax"),
    "externalId": _("external ID"),
    f"{ENTERPRISE}employeeNumber": _("employee number"),
    f"{ENTERPRISE}department": _("department"),
    f"{ENTERPRISE}manager": _("manager"),
}

SOURCES = {
    "userPrincipalName": _("user principal name"),
    "mail": _("mail"),
    "mailNickname": _("mail nickname"),
    "displayName": _("display name"),
    "givenName": _("first name"),
    "surname": _("last name"),
    "country": _("country"),
    "city": _("city"),
    "state": _("state"),
    "department": _("department"),
    "companyName": _("company"),
    "jobTitle": _("job title"),
    "objectId": _("object ID"),
    "employeeId": _("employee ID"),
    "physicalDeliveryOfficeName": _("office"),
    "preferredLanguage": _("language"),
    "manager": _("manager"),
}

EXPRESSIONS = {
    'Switch([IsSoftDeleted],,"False","True","True","False")': _("no, once somebody is unassigned or disabled"),
}

_ATTRIBUTE = re.compile(r"\[([^\[\]]+)\]")
_QUOTED = re.compile(r'("(?:[^"\\]|\\.)*")')


def plain(expression: str) -> str:
    """The expression without blanks outside its quotes: the form in which two of them are compared."""
    parts = _QUOTED.split(expression)
    return "".join(part if part.startswith('"') else "".join(part.split()) for part in parts)


def attribute_of(expression: str) -> str | None:
    """The attribute's name where the expression is nothing but one attribute."""
    found = _ATTRIBUTE.fullmatch(plain(expression))
    return found[1] if found else None


def target_words(target: str) -> Sentence | str:
    """What a Haiilo attribute is called."""
    return say(TARGETS[target]) if target in TARGETS else target


def all_named(names: Iterable[str], *, most: int) -> str:
    """These attributes in one text of at most so many letters: each once, also where both sides name it."""
    kept, known = "", set[str]()
    for name in names:
        joined, words = f"{kept}{SEPARATOR}{name}" if kept else name[:most], _BY_NAME.get(_squeezed(name), name)
        if name and words not in known and len(joined) <= most:
            kept = joined
            known.add(words)
    return kept


def each_named(names: str) -> list[str]:
    """The attributes that a text of `all_named` names."""
    return [each for each in names.split(SEPARATOR) if each]


def empty_words(names: str) -> Sentence | str:
    """What attributes of either side are called that somebody named as empty, for a place in quotation marks."""
    words = [_empty_word(each) for each in each_named(names)] or [names]
    return reduce(lambda more, first: say(IN_QUOTES, first=first, more=more), reversed(words[:-1]), words[-1])


def _empty_word(name: str) -> Sentence | str:
    """Microsoft writes a Haiilo attribute with or without dots, and with any capitals."""
    return say(_BY_NAME[_squeezed(name)]) if _squeezed(name) in _BY_NAME else name


def _squeezed(name: str) -> str:
    return "".join(sign for sign in name.rpartition(":")[2] if sign.isalnum()).lower()


_BY_NAME = {_squeezed(name): words for name, words in (*SOURCES.items(), *TARGETS.items())}


def source_words(expression: str) -> Sentence | str:
    """What an Entra expression stands for."""
    attribute = attribute_of(expression)
    if attribute is not None:
        return say(SOURCES[attribute]) if attribute in SOURCES else attribute
    words = EXPRESSIONS.get(plain(expression))
    return say(words) if words else expression or say(_("nothing"))

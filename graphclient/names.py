"""Names of the DNS, each with one spelling: IDNA 2008 with the mapping of UTS 46, non-transitional.

RFC 5891 (IDNA 2008), RFC 5892 (which letters), UTS 46 (what is mapped before: capitals, full-width letters, the
ideographic full stop). Python's own codec ``idna`` is IDNA 2003 (RFC 3490): it makes ss of ß, another sigma of a
final one, and drops joiners, so that it leads to somebody else's domain. It is used nowhere.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from contextlib import suppress
from functools import lru_cache

import idna

MAX_NAME, MAX_TYPED = 253, 1000
MAX_LOCAL_PART = 64  # RFC 5321, 4.5.3.1.1
_LABEL = r"(?!-)[a-z0-9-]{1,63}(?<!-)"
_NAME = re.compile(rf"(?:{_LABEL}\.)+(?=[a-z0-9-]*[a-z]){_LABEL}")
_NUMBER = re.compile(r"(?:0x[0-9a-f]*|\d+)\Z")  # a last label by which a browser takes the name for an IPv4 address
_MARKS = "\u200e\u200f\u2066\u2067\u2068\u2069\u202a\u202b\u202c\ufeff"  # what is copied along with a text
_OTHER = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zs", "Zl", "Zp"})
_ALPHABETS = frozenset({"LATIN", "CYRILLIC", "GREEK", "ARMENIAN", "CHEROKEE", "GEORGIAN"})


class NotAName(ValueError):
    """What was given is no name that the DNS or a mail server knows."""


@lru_cache(maxsize=1024)  # each look at a tenant spells the same few hosts again and again
def ascii_name(typed: str) -> str:
    """The name as the DNS is asked for it: lower case, A-labels (``xn--…``), two labels at least, no dot behind.

    Raises `NotAName`: an IP address, an empty or too long label, an underscore, letters that IDNA 2008 does not allow,
    and an ``xn--`` that stands for no name.
    """
    text = typed.strip().strip(_MARKS).strip()
    if len(text) > MAX_TYPED:
        raise NotAName("too long")
    name = _encoded(text).removesuffix(".")
    if len(name) > MAX_NAME or not _NAME.fullmatch(name) or _NUMBER.match(name.rpartition(".")[2]):
        raise NotAName(f"no name of the DNS: {name[:80]}")
    if _encoded(in_letters(name)) != name:
        raise NotAName(f"has no spelling in letters: {name[:80]}")
    return name


def _encoded(name: str) -> str:
    try:
        return idna.encode(name, uts46=True, std3_rules=True).decode("ascii")
    except (idna.IDNAError, UnicodeError) as error:
        raise NotAName(str(error)[:120]) from error


def in_letters(name: str) -> str:
    """The name of `ascii_name` as people write it; unchanged where it stands for nothing that they could."""
    try:
        return idna.decode(name)
    except (idna.IDNAError, UnicodeError):
        return name


def both_spellings(name: str) -> str:
    """The name in letters with the one that is resolved behind it; alone where they are the same.

    For instance ``maßbau.example (xn--mabau-mqa.example)``. A mail address likewise.
    """
    local, at, domain = name.rpartition("@")
    written = local + at + in_letters(domain)
    return name if written == name else f"{written} ({name})"


def ascii_names(names: Iterable[str]) -> frozenset[str]:
    """Each of `names` as `ascii_name` has it, but for those that are none."""
    found = set()
    for name in names:
        with suppress(NotAName):
            found.add(ascii_name(name))
    return frozenset(found)


def mixes_alphabets(name: str) -> bool:
    """Whether a label of it has letters of two alphabets that look alike, such as Cyrillic among Latin ones."""
    return any(len(_alphabets(label)) > 1 for label in in_letters(name.rpartition("@")[2]).split("."))


def _alphabets(label: str) -> frozenset[str]:
    return _ALPHABETS & {unicodedata.name(char, "").partition(" ")[0] for char in label if char.isalpha()}


def mail_address(typed: str) -> str:
    """The address as a mail server is given it: the domain by `ascii_name`, the rest composed (NFC), else as typed.

    Raises `NotAName`. Letters beyond ASCII before the @ are kept: a server with SMTPUTF8 takes them (RFC 6531).
    """
    local, at, domain = typed.strip().strip(_MARKS).strip().rpartition("@")
    local = unicodedata.normalize("NFC", local)
    if not at or not local or len(local.encode()) > MAX_LOCAL_PART:
        raise NotAName("no mail address")
    if any(unicodedata.category(char) in _OTHER for char in local):
        raise NotAName("a character before the @ that nobody can see")
    return f"{local}@{ascii_name(domain)}"

"""Where a customer's people and token may go: the hosts of each Haiilo product, and what is refused as one.

What a person reads and where data goes must be the same. So nothing is taken away from what was typed but blanks around
it, capitals, `https://` before it, one slash and one dot behind it; anything more is refused with a sentence.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from django.conf import settings
from django.utils.translation import gettext_noop as _

from graphclient.names import ascii_names
from onboarding.domain.products import PROFILES
from onboarding.domain.sentences import Sentence, say

LABEL = r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?"
HOST = re.compile(rf"({LABEL}\.)+(?=[a-z0-9-]*[a-z]){LABEL}")
SCHEME = re.compile(r"[a-z][a-z0-9+.-]*:/*")
BESIDE = re.compile(r"[^a-z0-9.-]")
OTHER_LETTERS = re.compile(r"(^|\.)xn--")
ADDRESS_INSIDE = re.compile(r"\d{1,3}([.-])\d{1,3}\1\d{1,3}\1\d{1,3}")
# Names that only a network of one's own answers (RFC 6761, RFC 6762, and what is in use without an RFC).
NOT_PUBLIC = re.compile(
    r"(^|\.)(arpa|corp|home|internal|intranet|invalid|lan|local|localdomain|localhost|onion|private|svc)$"
)


class HostRefused(ValueError):
    """What was typed is no host that data may go to; `sentence` says why."""

    def __init__(self, sentence: Sentence) -> None:
        super().__init__(sentence.text)
        self.sentence = sentence


def suffixes(product: str) -> Sequence[str]:
    """The domains under which Haiilo serves this product, by settings. One of a single label counts for nothing."""
    return [suffix for suffix in settings.HAIILO_HOST_SUFFIXES[product] if HOST.fullmatch(suffix)]


def is_haiilos(product: str, host: str) -> bool:
    """Whether Haiilo serves `product` at this host: one label before one of its domains."""
    return any(re.fullmatch(rf"{LABEL}\.{re.escape(suffix)}", host) is not None for suffix in suffixes(product))


def checked(product: str, text: str, *, own: bool = False) -> str:
    """The host in `text`, to which data of `product` may go. Raises `HostRefused`.

    `own`: it may be the customer's own, as a second person has to confirm; else it is one of Haiilo's.
    """
    host = _bare(text)
    if OTHER_LETTERS.search(host):
        raise HostRefused(
            say(_("%(host)s stands for a name in other letters, which can look like another address."), host=host)
        )
    if is_haiilos(product, host):
        return host
    if not own:
        raise HostRefused(_not_haiilos(product, host))
    _check_own(host)
    return host


def _bare(text: str) -> str:
    """The host alone. Raises `HostRefused` where there is more, or none."""
    typed = text.strip()
    strange = next((each for each in typed if not "!" <= each <= "~"), "")
    if strange:  # before capitals are: some letters of other scripts have an ASCII one as their small letter
        raise HostRefused(
            say(
                _("There is a character in it that no address of Haiilo has (%(code)s). Type the address yourself."),
                code=f"U+{ord(strange):04X}",
            )
        )
    host = typed.lower().removeprefix("https://").removesuffix("/").removesuffix(".")
    too_much = _too_much(host)
    if too_much:
        raise HostRefused(
            say(
                _("Enter the host alone, such as contoso.smarpshare.com, without “%(too_much)s”."),
                too_much=too_much[:60],
            )
        )
    if not OTHER_LETTERS.search(host) and host not in ascii_names([host]):
        raise HostRefused(say(_("This is not an address. Enter the host, such as contoso.smarpshare.com.")))
    return host


def _too_much(text: str) -> str:
    """What stands beside the host: scheme or user before it, port, path, query or fragment behind it."""
    scheme, (before, user, _rest) = SCHEME.match(text), text.rpartition("@")
    if user:
        return before + user
    if scheme and "://" in scheme[0]:
        return scheme[0]
    beside = BESIDE.search(text)
    return text[beside.start() :] if beside else ""


def _not_haiilos(product: str, host: str) -> Sentence:
    return say(
        _(
            "%(host)s is not an address of Haiilo %(product)s; those are one name before %(domains)s. Check the "
            "address and the product."
        ),
        host=host,
        product=PROFILES[product].label,
        domains=", ".join(f".{suffix}" for suffix in suffixes(product)),
    )


def _check_own(host: str) -> None:
    """Raise `HostRefused` for what cannot be reached from outside, or is made to look like Haiilo's."""
    if NOT_PUBLIC.search(host) or ADDRESS_INSIDE.search(host):
        raise HostRefused(say(_("%(host)s is no address on the internet that can be a customer's own."), host=host))
    for suffix in {suffix for product in PROFILES for suffix in suffixes(product)}:
        if re.search(rf"{re.escape(suffix)}(\.|$)", host):
            raise HostRefused(
                say(_("%(host)s looks like an address under %(domain)s and is none."), host=host, domain=suffix)
            )

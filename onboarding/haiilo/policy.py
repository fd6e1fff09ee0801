"""Whether Haiilo may be asked with a customer's token at all: a pure rule; who calls it knows settings and rows."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class MayAsk(Enum):
    """`YES`, or the first reason against it."""

    YES = "yes"
    SWITCHED_OFF = "switched off"
    CLOSED = "closed"
    NOT_HAIILOS = "not Haiilo's host"
    NO_TOKEN = "no token"  # noqa: S105 - a word for an outcome, no secret
    OTHER_HOST = "token of another host"
    NOT_AGREED = "not agreed"


@dataclass(frozen=True)
class Circumstances:
    """What `may_ask` goes by.

    `switched_on`: the setting. `host`: the record's. `host_is_haiilos`: by `domain.hosts.is_haiilos`. `token_for`: the
    host that the stored token is sealed for, empty where there is none. `live`, `closed`: what people decided.
    `staff_agreed`, `customer_agreed`: that a token is kept after go-live.
    """

    switched_on: bool
    host: str
    host_is_haiilos: bool
    token_for: str = ""
    live: bool = False
    closed: bool = False
    staff_agreed: bool = False
    customer_agreed: bool = False


def may_ask(now: Circumstances) -> MayAsk:
    """Whether Haiilo may be asked with the token that is sealed for this customer (`CustomerSecret`).

    Until go-live with that token: it was entered to be tried and saved at this very host, and it is erased at go-live.
    Afterwards only where customer success and the customer have both agreed to keep one for this; the yes of one of
    them is none. Never at a customer's own host, which a second person has confirmed for Microsoft to send to, not for
    our server to connect to; and never with a token that is sealed for another host than the record's.
    """
    if not now.switched_on:
        return MayAsk.SWITCHED_OFF
    if now.closed:
        return MayAsk.CLOSED
    if not now.host or not now.host_is_haiilos:
        return MayAsk.NOT_HAIILOS
    if not now.token_for:
        return MayAsk.NO_TOKEN
    if now.token_for != now.host:
        return MayAsk.OTHER_HOST
    if now.live and not (now.staff_agreed and now.customer_agreed):
        return MayAsk.NOT_AGREED
    return MayAsk.YES

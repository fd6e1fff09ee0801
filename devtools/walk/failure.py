"""One way in which an onboarding fails, and what the product must make of it."""

from __future__ import annotations

import enum
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

WHOLE_WAY = 240.0
"""Seconds, for what is there from the beginning and shows in the first cycle."""


class When(enum.StrEnum):
    """When something goes wrong."""

    BEGINNING = "from the beginning"
    CONSENT = "before the admin consents"
    PILOT = "before the test user"
    START = "before the start is approved"
    CYCLE = "when the start is approved"
    LIVE = "once everybody has arrived"


@dataclass(frozen=True)
class Sight:
    """What must be seen: a cause's `code` in somebody's `court`, at a step of the record or in the list of people.

    Several codes are different ways to tell of the same. `step` is empty where it may be any; `says`: a pattern that
    the sentence has to show too, where one code stands for several causes.
    """

    codes: tuple[str, ...]
    court: str
    step: str = ""
    says: str = ""

    def fits(self, code: str, sentence: str) -> bool:
        """Whether that is the one; a quarantine has two codes, why it is and what Microsoft met."""
        return (
            bool(set(code.split(" / ")) & set(self.codes)) and re.search(self.says, sentence, re.IGNORECASE) is not None
        )


@dataclass(frozen=True)
class Failure:
    """One row of the walk.

    `fault` is its number. `switches` are laid on the tenant: with `people`, on so many who are not the test user.
    `act` is what somebody does at the far side instead (`devtools.walk.acts`), `admin` what the customer's admin does
    with the link. `sight` is None where the product has nothing to ask of anybody, and must only go on telling the
    truth. `staff`, `customer` and `letter` are patterns that their pages must show while it lasts, `never` are such as
    no page may, `foretold` such as the record must show before staff starts provisioning. `remedy` takes the cause
    away where that is more than to switch it off; `pressed` is the button that staff has to press after that, where it
    does not end by itself. `healthy`: whether all must be well afterwards; `everybody`: whether
    Haiilo must then hold exactly those in scope. `patience`: how long in seconds it may take until it is seen.
    `quick`: walked by the suite as well. `awaits`: what the product still lacks; such a row is walked by `make walk`,
    and not by the suite. `keeps_token`: both sides have agreed that Haiilo itself may be asked after go-live;
    `reported`: what pages call Microsoft's own word is held against what Microsoft has reported.
    """

    fault: str
    name: str
    about: str
    when: When
    sight: Sight | None
    switches: Mapping[str, Any] = field(default_factory=dict)
    people: int = 0
    act: str = ""
    admin: str = "accepts"
    staff: tuple[str, ...] = ()
    customer: tuple[str, ...] = ()
    letter: tuple[str, ...] = ()
    foretold: tuple[str, ...] = ()
    never: tuple[str, ...] = ()
    remedy: str = "switch_off"
    pressed: str = ""
    healthy: bool = True
    everybody: bool = True
    tenant: Mapping[str, Any] = field(default_factory=dict)
    patience: float = 90.0
    quick: bool = False
    awaits: str = ""
    keeps_token: bool = False
    reported: bool = False


SCALE = {
    4: "before anything was started; or, where it can happen only later, at the next look at the customer",
    3: "with the test user, before anybody else was touched; or within an hour",
    2: "only after the start, or after more than an hour; a person is asked, or the record says so in a note",
    1: "only in the list of people, which somebody has to open by themselves",
    0: "never",
}
"""How early a failure was seen."""
NEXT_LOOK, AN_HOUR = 30.0, 60.0  # minutes of the product's time: it looks every twenty, and robots come by turns


def early(place: str, *, after_start: bool, at_pilot: bool, only_later: bool, minutes: float) -> int:
    """By `SCALE`. `place` is a step, "note", "list", or empty where it was not seen."""
    if not place:
        return 0
    if place == "list":
        return 1
    if only_later:
        return 4 if minutes <= NEXT_LOOK else 3 if minutes <= AN_HOUR else 2
    if after_start:
        return 2
    return 3 if at_pilot else 4

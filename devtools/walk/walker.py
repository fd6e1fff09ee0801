"""One failure walked with one customer: there, seen, removed, and well again; each turn a moment."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from devtools.robots.customers import GROUPS, Customer
from devtools.robots.people import Admin
from devtools.robots.rehearsal import RehearsedCustomer
from devtools.walk import claims, pages
from devtools.walk.acts import ACTS, ADMINS, keep_token
from devtools.walk.awaited import unexpected
from devtools.walk.failure import Failure, When, early
from devtools.walk.pages import CUSTOMER, LETTERS, RECORD, USERS, Pages
from devtools.walk.scene import Scene
from devtools.walk.truth import Truth, look
from devtools.walk.watch import Watch

DIRECT, IN_A_GROUP = 6, 5
PATIENCE = 300.0  # seconds for whatever has nothing to do with the failure
SETTLES = 75.0  # seconds within which a number on a page has to be true again; drafts are gone through once a minute
ASKED_AGAIN = 15.0  # seconds after which somebody answers the same question once more
NOTED = 60  # letters of a sentence by which it is known again
RESTS = 2.0  # seconds between two readings of all pages


@dataclass
class Told:
    """What came of one failure. `place` is where it was seen: a step, "list", a "note" of a step, or empty; `early` is
    None where there was nothing to see.
    """

    early: int | None = None
    place: str = ""
    cause: str = ""
    owner: str = ""
    minutes: float = 0.0
    staff: str = ""
    customer: str = ""
    numbers: dict[str, list[str]] = field(default_factory=dict)
    untrue: list[str] = field(default_factory=list)
    unjudged: list[str] = field(default_factory=list)
    pressed: str = ""
    verified: bool = False
    problems: list[str] = field(default_factory=list)

    @property
    def good(self) -> bool:
        """Whether there is nothing to object to."""
        return not self.untrue and not self.problems and self.verified

    @property
    def news(self) -> list[str]:
        """What there is to object to beside what is known and awaited."""
        return [*unexpected(self.untrue), *self.problems]


@dataclass
class Walk(Scene):
    """One failure under way; `pace` is how many times faster than life the product looks, and patience goes by
    `watch`.
    """

    turn: Callable[[RehearsedCustomer], None]
    pace: float
    watch: Watch
    told: Told = field(default_factory=Told)
    truths: list[Truth] = field(default_factory=lambda: [Truth()])
    hurried: bool = False
    """Whether staff presses “Look again” before each reading, so that nobody has to wait for the next look."""
    happened_at: float = 0.0
    _reasons: tuple[pages.Reason, ...] = ()
    _listed_at: float = 0.0
    _hurried_at: float = 0.0
    _foretold: bool = False
    _keeps_token: bool = False

    # What happens

    def run(self) -> Iterator[None]:
        """The whole walk. Whatever goes wrong with it is a problem, and ends it."""
        try:
            yield from self._until(self._is_time, PATIENCE, "the moment did not come")
            self._happen()
            yield from self._see()
            yield from self._judge("while it lasts", lasts=True)
            ACTS.get(self.failure.remedy, Walk.switch_off)(self)
            yield from self._recover()
        except Exception as problem:  # noqa: BLE001 - one walk that fails in itself must not keep the others
            self.told.problems.append(f"{type(problem).__name__}: {problem}"[:400])

    def _until(self, holds: Callable[[], bool], seconds: float, otherwise: str = "") -> Iterator[None]:
        """Act for the customer meanwhile. Raises RuntimeError when the time is over, where `otherwise` says what."""
        end = self.watch.now + seconds
        while not holds():
            if self.watch.now > end:
                if otherwise:
                    raise RuntimeError(f"{otherwise}; stands at {' '.join(self.customer.verdict)}")
                return
            if self.customer.verdict[0] == "enable":
                self._now()  # what the plan says of before the start was true then
            if self.failure.keeps_token and not self._keeps_token:
                self._keeps_token = keep_token(self)
            self.turn(self.customer)
            yield

    def _is_time(self) -> bool:
        key, kind, _message = self.customer.verdict
        step = {When.PILOT: "pilot", When.START: "enable", When.CYCLE: "enable"}.get(self.failure.when)
        if self.failure.when is When.LIVE:
            return self.customer.live and not self._now().missing
        if self.failure.when is When.CONSENT:
            return key == "consent"
        return self.failure.when is When.BEGINNING or (key == step and kind in ("asking", "todo"))

    def _happen(self) -> None:
        self._now()
        if self.failure.when is not When.BEGINNING:
            self.switch_on()
        if self.failure.act:
            ACTS[self.failure.act](self)
        self.happened_at = time.monotonic()

    def let_act(self, admin: Admin) -> None:
        """The customer's admin has the link; the page on which they end is kept."""
        self.admin = admin
        ADMINS[self.failure.admin](admin, self)
        self.answer = self.admin.browser.page

    # What is seen

    def _see(self) -> Iterator[None]:
        if self.failure.sight is None:
            yield from self._until(lambda: self.customer.live, self.failure.patience)
            if not self.customer.live:
                self.told.problems.append(f"is not live: {' '.join(self.customer.verdict)}")
            return
        yield from self._until(self._seen, self.failure.patience)
        self._note_sight()
        if self.failure.foretold and not self._foretold:
            wanted = "”, “".join(self.failure.foretold)
            self.told.problems.append(f"the record did not say before the start “{wanted}”")

    def _hurry(self) -> None:
        """Have the step at which the customer stands looked at, now and then."""
        if self.hurried and time.monotonic() - self._hurried_at > RESTS:
            self._hurried_at = time.monotonic()
            self.recheck(self.customer.verdict[0])

    def _seen(self) -> bool:
        if self.failure.when is When.LIVE:
            self._hurry()
        self._look_ahead()
        return bool(self._at_a_step() or (self._has_started() and self._in_the_list()))

    def _look_ahead(self) -> None:
        """Whether what will go wrong is told while staff is asked to start provisioning."""
        key, kind, _message = self.customer.verdict
        if self.failure.foretold and not self._foretold and key == "enable" and kind in ("asking", "todo"):
            shown = pages.record(self.staff, self.account)
            self._foretold = all(re.search(each, shown, re.IGNORECASE) for each in self.failure.foretold)

    def _at_a_step(self) -> dict[str, Any] | None:
        sight = self.failure.sight
        assert sight is not None
        for step in self.customer.report.get("steps", []):
            here = step["kind"] != "done" and sight.step in ("", step["key"])
            if here and sight.fits(step["code"], step["message"]):
                return dict(step)
        return None

    def _in_the_list(self) -> pages.Reason | None:
        """Looked for now and then only: it takes a page."""
        assert self.failure.sight is not None
        if time.monotonic() - self._listed_at > RESTS:
            self._listed_at, self._reasons = time.monotonic(), pages.reasons(self.staff, self.account)
        return next((each for each in self._reasons if self.failure.sight.fits(each.code, each.sentence)), None)

    def _has_started(self) -> bool:
        return any(step["key"] == "enable" and step["kind"] == "done" for step in self.customer.report.get("steps", []))

    def _note_sight(self) -> None:
        assert self.failure.sight is not None
        self.told.minutes = (time.monotonic() - self.happened_at) * self.pace / 60
        step = self._at_a_step()
        reason = None if step else self._in_the_list()
        if step is not None:
            self.told.place, self.told.cause, self.told.owner = step["key"], step["code"], step["court"]
            self.told.staff = step["message"]
        elif reason is not None:
            self.told.place = "note" if self._is_noted(reason) else "list"
            self.told.cause, self.told.staff = reason.code, reason.sentence
            self.told.owner = _court(reason.owner)
        else:
            shown = pages.read(self.staff, self.account, None).of(RECORD)
            if self.failure.sight.says and re.search(self.failure.sight.says, shown):
                self.told.place, self.told.owner = "note", self.failure.sight.court
            where = " ".join(self.customer.verdict)
            listed = ", ".join(each.code for each in self._reasons) or "nothing"
            wanted = " or ".join(self.failure.sight.codes)
            self.told.problems.append(f"{wanted} was not seen; stands at {where}; the list of people shows {listed}")
        if self.told.place and self.told.owner != self.failure.sight.court:
            wrong = f"{self.told.cause} is in the court of {self.told.owner}, not of {self.failure.sight.court}"
            self.told.problems.append(wrong)
        self.told.early = early(
            "enable" if self._foretold else self.told.place,
            after_start=self._has_started() and not self._foretold,
            at_pilot=self.told.place == "pilot",
            only_later=self.failure.when is When.LIVE,
            minutes=self.told.minutes,
        )

    def _is_noted(self, reason: pages.Reason) -> bool:
        """Whether the record says the same as the list, or what staff must read, so that nobody has to open that."""
        shown, wanted = pages.record(self.staff, self.account), self.failure.staff
        return reason.sentence[:NOTED] in shown or (bool(wanted) and all(re.search(each, shown) for each in wanted))

    def _now(self) -> Truth:
        self.truths.append(look(self.tenant, self.account.customer.product, self.truths[-1]))
        return self.truths[-1]

    def _judge(self, when: str, *, lasts: bool = False) -> Iterator[None]:
        """Read everything until it is true, and says what it must while the failure lasts, or until it had its time."""
        end = self.watch.now + SETTLES
        while True:
            before, found = self._now(), pages.read(self.staff, self.account, self.admin, self.answer)
            wrong = claims.untrue(found, self.truths, reported=self.failure.reported)
            lacking = list(self._unsaid(found)) if lasts else []
            still = before.there == self._now().there
            if (still and not lacking and not unexpected(map(str, wrong))) or self.watch.now > end:
                break
            self._hurry()
            yield from self._rest()
        self._keep(when, found, wrong)
        self.told.problems += lacking
        if lasts:
            self._forbidden(found)

    def _rest(self) -> Iterator[None]:
        end = time.monotonic() + RESTS
        while time.monotonic() < end:
            yield

    def _keep(self, when: str, found: Pages, wrong: Sequence[claims.Untrue]) -> None:
        self.told.untrue += [f"{when}, {each}" for each in wrong]
        self.told.unjudged += [each for each in claims.unjudged(found) if each not in self.told.unjudged]
        for page, said in claims.told(found).items():
            known = self.told.numbers.setdefault(page, [])
            known += [each for each in said if each not in known]

    def _unsaid(self, found: Pages) -> Iterator[str]:
        """What a page must say and does not. Letters are written the same day only where nobody is in a hurry."""
        readers = {"staff": (RECORD, USERS), "customer": (CUSTOMER,), "letter": () if self.hurried else (LETTERS,)}
        for reader, where in readers.items():
            for pattern in getattr(self.failure, reader) if where else ():
                if not re.search(pattern, found.of(*where), re.IGNORECASE):
                    yield f"what {reader} reads does not say “{pattern}”"

    def _forbidden(self, found: Pages) -> None:
        """What no page may say of now; and what the customer is asked, to be shown."""
        for text in found.texts:
            for pattern in self.failure.never if not text.past else ():
                said = re.search(rf".{{0,60}}(?:{pattern}).{{0,60}}", text.text, re.IGNORECASE)
                if said:
                    self.told.untrue.append(f"while it lasts, {text.page}: “{said[0].strip()}” must not be said")
        asked = re.search(r"(?:We need something from you|Please approve once more) (.{1,200}?\.) ", found.of(CUSTOMER))
        self.told.customer = asked[1] if asked else ""

    # Afterwards

    def _recover(self) -> Iterator[None]:
        end = self.watch.now + self.failure.patience
        while not self._is_well() and self.watch.now < end:
            if self.customer.verdict[1] == "broken":
                self.told.pressed = self.press() or self.told.pressed
            self.customer.acted &= {"consented"}  # whatever is asked once more is answered once more
            yield from self._until(self._is_well, ASKED_AGAIN)
        if self.failure.pressed and self.told.pressed != self.failure.pressed:
            self.told.problems.append(f"“{self.failure.pressed}” was not pressed, but “{self.told.pressed}”")
        if self._is_well():
            yield from self._judge("afterwards")
            self.told.verified = True
            return
        lacking = len(self._now().missing)
        self.told.problems.append(
            f"not well again: {' '.join(self.customer.verdict)}; {lacking} missing at Haiilo"
            if self.failure.healthy
            else "Haiilo never held exactly those in scope"
        )
        yield from self._judge("afterwards")

    def _is_well(self) -> bool:
        if self.failure.healthy and not self.customer.live:
            if self.failure.when in (When.CYCLE, When.LIVE):
                self._hurry()
            return False
        truth = self._now()
        return not self.failure.everybody or not (truth.missing or truth.leaving)


def _court(label: str) -> str:
    words = {
        "We have": "cs",
        "Our engineers": "haiilo",
        "The customer": "customer",
        "Microsoft": "microsoft",
        "Haiilo": "haiilo",
    }
    return next((court for begin, court in words.items() if label.startswith(begin)), label)


def customer_of(failure: Failure) -> Customer:
    """A customer under the failure's name, with twelve people in scope and one who is disabled."""
    label = f"walk-{failure.name}"
    return Customer(f"Walk {failure.name}", f"{label}.example", "advocacy", f"{label}.smarpshare.com", DIRECT, GROUPS)

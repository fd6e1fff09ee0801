"""A mail server with moods (RFC 5321), so that each way in which a letter is not taken can be had. aiosmtpd talks."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import StrEnum

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from devtools.stack import ports
from devtools.stack.ports import HOST

LONGEST = 120.0


class Mood(StrEnum):
    """What it does with the next letters."""

    TAKES = "takes"
    LATER = "451 to the recipient"
    BUSY = "421 to the first word"
    NEVER = "550 to the recipient"
    HOLDS_BEFORE = "says nothing to the recipient"
    HOLDS_AFTER = "has the letter and says nothing"


@dataclass
class MailServer:
    """Its moods apply from the next conversation on; `reached` is set when it holds one."""

    mood: Mood = Mood.TAKES
    received: list[str] = field(default_factory=list)
    """Recipients of the letters that it has, in their order."""
    port: int = field(default_factory=ports.free)
    reached: threading.Event = field(default_factory=threading.Event)
    go: threading.Event = field(default_factory=threading.Event)
    _controller: Controller | None = None

    def start(self) -> None:
        """Take connections."""
        self._controller = Controller(self, HOST, self.port)
        self._controller.start()

    def stop(self) -> None:
        """Refuse connections."""
        if self._controller is not None:
            self._controller.stop()
            self._controller = None

    def behave(self, mood: Mood) -> None:
        """From now on."""
        self.reached.clear()
        self.go.clear()
        self.mood = mood

    async def _hold(self) -> None:
        self.reached.set()
        await asyncio.get_running_loop().run_in_executor(None, self.go.wait, LONGEST)

    async def handle_EHLO(
        self, server: SMTP, session: Session, envelope: Envelope, hostname: str, responses: list[str]
    ) -> list[str]:
        """The first word."""
        session.host_name = hostname
        return ["421 too many letters, come back later"] if self.mood is Mood.BUSY else responses

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Whether this recipient's letters are taken."""
        if self.mood is Mood.HOLDS_BEFORE:
            await self._hold()
        if self.mood in (Mood.LATER, Mood.NEVER):
            return "451 4.7.1 greylisted, come back later" if self.mood is Mood.LATER else "550 5.1.1 no such mailbox"
        envelope.rcpt_tos.append(address)
        return "250 ok"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        """The letter itself."""
        self.received += envelope.rcpt_tos
        if self.mood is Mood.HOLDS_AFTER:
            await self._hold()
        return "250 taken"


@contextmanager
def serving() -> Iterator[MailServer]:
    """A server until the block ends."""
    made = MailServer()
    made.start()
    try:
        yield made
    finally:
        made.go.set()
        made.stop()

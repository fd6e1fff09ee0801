"""A mail server for one test: it takes letters, refuses them, puts them off, breaks the line, or hangs (RFC 5321).

The conversation is aiosmtpd's; ours are the answers at the turns that the tests are about.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

AT_RCPT = {"refuses": "550 no such mailbox", "greylists": "451 come back in a while"}
AFTER_DATA = {"busy": "451 later", "spam": "554 not wanted here", "mumbles": "hm", "cuts": "451 unheard"}


class MailServer:
    """`mood`, by the turn at which it shows:

    connection: `closed` (421), `gone` (554), `drops` (no word), `silent` (no word, and the line stays);
    recipient: `refuses` (550), `greylists` (451), `drops at rcpt`, `hangs at rcpt`;
    letter, once it has it: `busy` (451), `spam` (554), `mumbles` (no number), `cuts` (the line), `hangs`;
    goodbye: `rude` (the line). Else it `takes` the letter.
    """

    def __init__(self, *, takes_utf8: bool = False) -> None:
        self.takes_utf8 = takes_utf8  # RFC 6531: letters beyond ASCII also before the @
        self.mood, self.received = "takes", list[str]()
        self.recipients = list[str]()
        self.port = 0
        self.lines = list[SMTP]()

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if self.mood == "drops at rcpt":
            _cut(server)
        if self.mood == "hangs at rcpt":
            await _for_ever()
        if self.mood in AT_RCPT:
            return AT_RCPT[self.mood]
        envelope.rcpt_tos.append(address)
        return "250 ok"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        if self.mood == "cuts":
            _cut(server)
        if self.mood == "hangs":
            await _for_ever()
        if self.mood in AFTER_DATA:
            return AFTER_DATA[self.mood]
        assert isinstance(envelope.content, bytes)
        self.received.append(envelope.content.decode())
        self.recipients += envelope.rcpt_tos
        return "250 taken"

    async def handle_QUIT(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        if self.mood == "rude":
            _cut(server)
        return "221 bye"


class _Moody(SMTP):
    """A conversation whose greeting depends on the mood."""

    def __init__(self, moody: MailServer, **options: Any) -> None:
        super().__init__(moody, **options)
        self._moody = moody

    async def push(self, status: Any) -> None:
        if str(status).startswith("220 "):
            self._moody.lines.append(self)
            status = await self._greeting(status)
        await super().push(status)

    async def _greeting(self, usual: Any) -> Any:
        match self._moody.mood:
            case "drops":
                _cut(self)
            case "silent":
                await _for_ever()
            case "closed":
                return "421 no service now"
            case "gone":
                return "554 no service here"
        return usual


async def _for_ever() -> None:
    await asyncio.Event().wait()


def _cut(server: SMTP) -> None:
    """End the connection without a word."""
    if server.transport is not None:
        assert isinstance(server.transport, asyncio.WriteTransport)
        server.transport.abort()


class _AnyPort(Controller):
    """Listens on a port that the system has chosen."""

    def factory(self) -> SMTP:
        assert isinstance(self.handler, MailServer)
        return _Moody(self.handler, hostname=self.hostname, enable_SMTPUTF8=self.handler.takes_utf8)

    def _trigger_server(self) -> None:
        """Learn the port before the controller makes its own first connection to it."""
        assert isinstance(self.server, asyncio.Server)
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()


@contextmanager
def serving(*, takes_utf8: bool = False) -> Iterator[MailServer]:
    """A server on a port of its own until the block ends."""
    server = MailServer(takes_utf8=takes_utf8)
    controller = _AnyPort(server, "127.0.0.1", 0)
    controller.start()
    server.port = controller.port
    try:
        yield server
    finally:
        for line in server.lines:
            controller.loop.call_soon_threadsafe(_cut, line)
        controller.stop()

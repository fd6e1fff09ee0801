"""A mail server for one test: it takes letters, refuses them, or breaks the line (RFC 5321).

The conversation is aiosmtpd's; ours are the answers at the three turns that the tests are about.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session


class MailServer:
    """`mood`: takes, refuses (the recipient), busy (the letter), cuts (after the letter), rude (no goodbye)."""

    def __init__(self) -> None:
        self.mood, self.received = "takes", list[str]()
        self.port = 0

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if self.mood == "refuses":
            return "550 no such mailbox"
        envelope.rcpt_tos.append(address)
        return "250 ok"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        if self.mood == "cuts":
            _cut(server)
        if self.mood in ("cuts", "busy"):
            return "451 later"
        assert isinstance(envelope.content, bytes)
        self.received.append(envelope.content.decode())
        return "250 taken"

    async def handle_QUIT(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        if self.mood == "rude":
            _cut(server)
        return "221 bye"


def _cut(server: SMTP) -> None:
    """End the connection without a word."""
    assert isinstance(server.transport, asyncio.WriteTransport)
    server.transport.abort()


class _AnyPort(Controller):
    """Listens on a port that the system has chosen."""

    def _trigger_server(self) -> None:
        """Learn the port before the controller makes its own first connection to it."""
        assert isinstance(self.server, asyncio.Server)
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()


@contextmanager
def serving() -> Iterator[MailServer]:
    """A server on a port of its own until the block ends."""
    server = MailServer()
    controller = _AnyPort(server, "127.0.0.1", 0)
    controller.start()
    server.port = controller.port
    try:
        yield server
    finally:
        controller.stop()

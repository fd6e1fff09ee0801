"""A mail server for one test: it takes letters, refuses them, or breaks the line (RFC 5321)."""

from __future__ import annotations

import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager


class MailServer(socketserver.ThreadingTCPServer):
    """`mood`: takes, refuses (the recipient), busy (the letter), cuts (after the letter), rude (no goodbye)."""

    allow_reuse_address = True
    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Conversation)
        self.mood, self.received = "takes", list[str]()

    @property
    def port(self) -> int:
        return int(self.server_address[1])


class _Conversation(socketserver.StreamRequestHandler):
    server: MailServer

    def say(self, line: str) -> None:
        self.wfile.write(f"{line}\r\n".encode())

    def handle(self) -> None:
        self.say("220 here")
        while words := self.rfile.readline().decode().split():
            mood, verb = self.server.mood, words[0].upper()
            if verb == "RCPT" and mood == "refuses":
                self.say("550 no such mailbox")
            elif verb == "DATA":
                self.say("354 go on")
                lines = list(iter(self.rfile.readline, b".\r\n"))
                if mood == "cuts":
                    return
                if mood == "busy":
                    self.say("451 later")
                    continue
                self.server.received.append(b"".join(lines).decode())
                self.say("250 taken")
                if mood == "rude":
                    return
            elif verb == "QUIT":
                self.say("221 bye")
                return
            else:
                self.say("250 ok")


@contextmanager
def serving() -> Iterator[MailServer]:
    """A server on a port of its own until the block ends."""
    with MailServer() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()

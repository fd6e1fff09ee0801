"""An HTTPS proxy that makes unmodified clients use the sandbox: it answers for given hosts and refuses all others.

Run with the clients' Python: ``gateway.py CA-FILE SANDBOX-PORT HOST…``; a HOST that begins with a dot means all names
that end so. Prints one JSON line when it is ready and one for each tunnel that was asked for. Ends with its process.
"""

from __future__ import annotations

import asyncio
import json
import ssl
import sys
from pathlib import Path

import trustme

HERE = "127.0.0.1"
CHUNK = 65536


def tell(**what: object) -> None:
    sys.stdout.write(json.dumps(what) + "\n")
    sys.stdout.flush()


class Gateway:
    """Ends TLS with a certificate of its own and hands the bytes on, both ways, as they are."""

    def __init__(self, authority: trustme.CA, sandbox_port: int, hosts: list[str]) -> None:
        self.authority, self.sandbox_port, self.hosts = authority, sandbox_port, hosts
        self.contexts: dict[str, ssl.SSLContext] = {}

    def answers_for(self, host: str) -> bool:
        return any(host.endswith(each) if each.startswith(".") else host == each for each in self.hosts)

    def context(self, host: str) -> ssl.SSLContext:
        if host not in self.contexts:
            self.contexts[host] = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            self.authority.issue_cert(host).configure_cert(self.contexts[host])
        return self.contexts[host]

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await self.tunnel(reader, writer)
        except (ConnectionError, asyncio.IncompleteReadError):
            pass  # either side may leave when it likes
        except OSError as problem:
            tell(problem=repr(problem))
        finally:
            writer.close()

    async def tunnel(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        method, target, _version = head.split("\r\n", 1)[0].split(" ")
        host, _, port = target.rpartition(":")
        if method != "CONNECT" or port != "443" or not self.answers_for(host):
            tell(refused=f"{method} {target}")
            writer.write(b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n")
            await writer.drain()
            return
        tell(opened=host)
        writer.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
        await writer.drain()
        await writer.start_tls(self.context(host))
        far_reader, far_writer = await asyncio.open_connection(HERE, self.sandbox_port)
        try:
            await asyncio.gather(self.pump(reader, far_writer), self.pump(far_reader, writer))
        finally:
            far_writer.close()

    async def pump(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Whoever ends first ends both: HTTP needs no half-open connections."""
        while data := await reader.read(CHUNK):
            writer.write(data)
            await writer.drain()
        writer.close()


async def main() -> None:
    authority = trustme.CA()
    Path(sys.argv[1]).write_bytes(authority.cert_pem.bytes())
    gateway = Gateway(authority, int(sys.argv[2]), sys.argv[3:])
    server = await asyncio.start_server(gateway.serve, HERE, 0, backlog=256)
    tell(ready=server.sockets[0].getsockname()[1])
    async with server:
        await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main())

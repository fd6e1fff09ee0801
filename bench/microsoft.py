"""python -m bench.microsoft: a login service and a Graph that know every tenant and have nothing new to tell.

Each request is answered after LATENCY seconds, many at once, from one thread. The port on loopback is printed first.
"""

from __future__ import annotations

import asyncio
import json
import re
import sys
from datetime import UTC, datetime

LATENCY = 0.15  # seconds, as Graph takes them
LOGIN = "https://login.microsoftonline.com"
_JOB = re.compile(r"/synchronization/jobs/([^/?]+)$")
_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)


def answer(method: str, target: str, body: bytes = b"") -> object:
    """The JSON for one request; those of a batch are answered together, as Graph does."""
    if target.endswith("/$batch"):
        parts = json.loads(body)["requests"]
        rows = [{"id": each["id"], "status": 200, "body": answer("GET", "/v1.0" + each["url"])} for each in parts]
        return {"responses": rows}
    path = target.partition("?")[0]
    tenant = path.split("/")[1]
    if path.endswith("/openid-configuration"):
        at = f"{LOGIN}/{tenant}"
        endpoints = {"token_endpoint": f"{at}/oauth2/v2.0/token", "authorization_endpoint": f"{at}/authorize"}
        return {"issuer": f"{at}/v2.0", **endpoints}
    if method == "POST":
        return {"token_type": "Bearer", "expires_in": 3599, "access_token": "t" * 1500}
    found = _JOB.search(path)
    return job(found[1]) if found else {"value": []}


def job(job_id: str) -> dict[str, object]:
    """A job that has been through everybody and ran a moment ago."""
    now = datetime.now(UTC).isoformat()
    ended = {"state": "Succeeded", "timeBegan": now, "timeEnded": now, "countEscrowed": 0}
    status = {
        "code": "Active",
        "countSuccessiveCompleteFailures": 0,
        "steadyStateFirstAchievedTime": now,
        "steadyStateLastAchievedTime": now,
        "lastExecution": ended,
        "lastSuccessfulExecution": ended,
        "synchronizedEntryCountByType": [{"key": "User", "value": 206}],
    }
    return {"id": job_id, "templateId": "scim", "schedule": {"interval": "PT40M", "state": "Active"}, "status": status}


async def converse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Answer one connection's requests until it is closed."""
    try:
        while True:
            head = await reader.readuntil(b"\r\n\r\n")
            length = _LENGTH.search(head)
            sent = await reader.readexactly(int(length[1]) if length else 0)
            method, target, _version = head.split(b"\r\n", 1)[0].decode().split(" ")
            await asyncio.sleep(LATENCY)
            body = json.dumps(answer(method, target, sent)).encode()
            start = f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
            writer.write(start.encode() + body)
            await writer.drain()
    except (asyncio.IncompleteReadError, ConnectionError):
        writer.close()


async def serve() -> None:
    """Until it is ended."""
    server = await asyncio.start_server(converse, "127.0.0.1", 0, backlog=256)
    sys.stdout.write(f"{server.sockets[0].getsockname()[1]}\n")
    sys.stdout.flush()
    async with server:
        await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(serve())

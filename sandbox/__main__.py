"""python -m sandbox --port N --control-port N [--speed S] [--state FILE] [--seed N]."""

from __future__ import annotations

import argparse
import json
import logging
import signal
import sys
import threading
from pathlib import Path

from .server import Sandbox


def main() -> int:
    """Until SIGTERM or SIGINT. One JSON line on stdout when both ports listen."""
    parser = argparse.ArgumentParser(prog="sandbox", description=__doc__)
    parser.add_argument("--port", type=int, default=9400, help="login, Graph and Haiilo")
    parser.add_argument("--control-port", type=int, default=9401, help="prepare and inspect")
    parser.add_argument("--speed", type=float, default=1.0, help="how much faster than Microsoft things happen")
    parser.add_argument("--state", type=Path, help="keep the world in this file")
    parser.add_argument("--seed", type=int, default=0, help="the chaos, repeatable")
    wanted = parser.parse_args()
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(name)s %(message)s", stream=sys.stderr)
    logging.getLogger("waitress").setLevel(logging.ERROR)  # broken bodies are meant
    end = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_received: end.set())
    sandbox = Sandbox(
        port=wanted.port,
        control_port=wanted.control_port,
        speed=wanted.speed,
        state=wanted.state,
        seed=wanted.seed,
    )
    sandbox.start()
    sys.stdout.write(json.dumps({"ready": True, "url": sandbox.url, "control": sandbox.control_url}) + "\n")
    sys.stdout.flush()
    end.wait()
    sandbox.stop()
    return 0


if __name__ == "__main__":
    sys.exit(main())

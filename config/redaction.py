"""Log lines without the tokens that addresses carry: a link's own, and what Microsoft sends back in a query."""

from __future__ import annotations

import logging
import re

_LINK = re.compile(r"(/l/)[A-Za-z0-9_-]{8,}")
_ANSWER = re.compile(r"\b((?:code|state|session_state|client_info|id_token)=)[^&\s\"'<>]+")


def redact(text: str) -> str:
    """`text` with ``…`` in the place of each token."""
    return _ANSWER.sub(r"\1…", _LINK.sub(r"\1…", text))


class Redacting(logging.Formatter):
    """Formats a whole line first, traceback and all, and redacts it then: nothing gets past it in an argument."""

    def format(self, record: logging.LogRecord) -> str:
        """The line that is written."""
        return redact(super().format(record))

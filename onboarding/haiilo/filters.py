"""Filters of SCIM (RFC 7644, 3.4.2.2)."""

from __future__ import annotations

import json


def equals(attribute: str, value: str) -> str:
    """The filter for accounts whose `attribute` is `value`: a text in it is written as JSON writes one."""
    try:
        value.encode()
    except UnicodeEncodeError:  # a lone half of a surrogate pair, which no address can carry as it is
        return f"{attribute} eq {json.dumps(value)}"
    return f"{attribute} eq {json.dumps(value, ensure_ascii=False)}"

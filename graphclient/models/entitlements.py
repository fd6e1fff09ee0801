"""What a step of a provisioning says of the object's being in scope, in the log and in a provision on demand."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from typing import Any

from .fields import squeezed


class LeftOut(enum.StrEnum):
    """Why an object is not to be provisioned."""

    NOT_ASSIGNED = "not assigned"
    DISABLED = "disabled"
    FILTERED = "filtered"


# What a step's details say "False" to, in each spelling that was seen (docs/graph-facts.md, "Provision on demand").
_WORDS: dict[LeftOut, frozenset[str]] = {
    LeftOut.NOT_ASSIGNED: frozenset(
        {
            "assigned",
            "assignedtotheapplication",
            "userhastherequiredrole",
            "grouphastherequiredrole",
            "iseffectivelyentitledforprovisioning",
        }
    ),
    LeftOut.DISABLED: frozenset({"isactive", "activeinthesourcesystem"}),
    LeftOut.FILTERED: frozenset(
        {"isinprovisioningscope", "isinprovisioningscopedisplayname", "scopingfilterevaluationpassed"}
    ),
}


def denies(details: Mapping[str, Any], why: LeftOut) -> bool:
    """Whether these details of a step say that the object is left out for this."""
    return any(squeezed(key) in _WORDS[why] and squeezed(str(value)) == "false" for key, value in details.items())


def denies_any(details: Mapping[str, Any]) -> bool:
    """Whether these details of a step say that the object is left out, for whatever reason."""
    return any(denies(details, why) for why in LeftOut)

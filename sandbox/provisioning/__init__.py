"""Entra's provisioning service: schemas, expressions, credentials, cycles.

The service finds SCIM hosts through ``world.hosts`` (host → base URL; ``*`` → the sandbox's own base URL, where all
Haiilo platforms are). ``Engine(world, clock)`` uses that; its third argument is another way to send.
"""

from __future__ import annotations

from .credentials import Refusal, validate_credentials
from .engine import Engine
from .library import functions
from .on_demand import BadParameters, on_demand
from .operators import filter_operators
from .parsing import parse_expression
from .quarantines import Limits
from .schema import default_schema
from .sender import Sender

__all__ = [
    "BadParameters",
    "Engine",
    "Limits",
    "Refusal",
    "Sender",
    "default_schema",
    "filter_operators",
    "functions",
    "on_demand",
    "parse_expression",
    "validate_credentials",
]

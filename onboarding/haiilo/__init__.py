"""Haiilo's own word: reads its SCIM endpoint, and compares whom it has with who should be there. Knows no tables.

Nothing here writes to Haiilo. `errors` shows all errors as a tree.
"""

from .errors import (
    AddressRefused,
    Forbidden,
    HaiiloError,
    Moving,
    NotOffered,
    TokenRefused,
    TooLarge,
    TryLater,
    Unreadable,
)
from .reading import HaiiloUser

__all__ = [
    "AddressRefused",
    "Forbidden",
    "HaiiloError",
    "HaiiloUser",
    "Moving",
    "NotOffered",
    "TokenRefused",
    "TooLarge",
    "TryLater",
    "Unreadable",
]

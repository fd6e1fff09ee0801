"""Haiilo's own word: reads its SCIM endpoint, and compares whom it has with who should be there. Knows no tables.

Start with ``HaiiloScim(base_url, token, transport=Transport(host))``; `errors` shows all errors as a tree, `may_ask`
says whether Haiilo may be asked at all, `compare` what differs. Nothing here writes to Haiilo.
"""

from .abilities import Abilities, Ability
from .compare import Differences, Different, Expected, Pair, Twice, Word, compare, plainly
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
from .policy import Circumstances, MayAsk, may_ask
from .reading import HaiiloUser, folded
from .scim import HaiiloScim
from .transport import Transport, new_session

__all__ = [
    "Abilities",
    "Ability",
    "AddressRefused",
    "Circumstances",
    "Differences",
    "Different",
    "Expected",
    "Forbidden",
    "HaiiloError",
    "HaiiloScim",
    "HaiiloUser",
    "MayAsk",
    "Moving",
    "NotOffered",
    "Pair",
    "TokenRefused",
    "TooLarge",
    "Transport",
    "TryLater",
    "Twice",
    "Unreadable",
    "Word",
    "compare",
    "folded",
    "may_ask",
    "new_session",
    "plainly",
]

"""Envelope encryption of customers' secrets.

Each secret has a data key of its own (AES-256-GCM); the data key is wrapped by a key-encryption key from settings.
The owner and kind of the secret are associated data on both layers, so a ciphertext that is moved to another
customer's row does not open. Rotation: put a new key first in ``ENCRYPTION_KEYS``; old ones still open.
"""

from __future__ import annotations

import base64
import hashlib
import os
from collections.abc import Sequence

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

NONCE = 12
KEY = 32


class CannotDecrypt(ValueError):
    """The ciphertext does not belong to this owner and kind, or no key in settings opens it."""


def _key(text: str) -> AESGCM:
    key = base64.urlsafe_b64decode(text)
    if len(key) != KEY:
        raise ValueError("an encryption key is 32 bytes, base64url-encoded")
    return AESGCM(key)


def encrypt(plaintext: str, *, owner: str, kind: str, keys: Sequence[str]) -> bytes:
    """Encrypt for `owner` and `kind` under the first of `keys` (base64url, 32 bytes each)."""
    bound = f"{owner}:{kind}".encode()
    data_key = AESGCM.generate_key(bit_length=256)
    outer, inner = os.urandom(NONCE), os.urandom(NONCE)
    wrapped = _key(keys[0]).encrypt(outer, data_key, bound)
    return outer + wrapped + inner + AESGCM(data_key).encrypt(inner, plaintext.encode(), bound)


def decrypt(sealed: bytes, *, owner: str, kind: str, keys: Sequence[str]) -> str:
    """The plaintext again. Raises `CannotDecrypt`."""
    bound = f"{owner}:{kind}".encode()
    end = NONCE + KEY + 16
    outer, wrapped, inner, body = sealed[:NONCE], sealed[NONCE:end], sealed[end : end + NONCE], sealed[end + NONCE :]
    for text in keys:
        try:
            data_key = _key(text).decrypt(outer, wrapped, bound)
            return AESGCM(data_key).decrypt(inner, body, bound).decode()
        except InvalidTag:
            continue
    raise CannotDecrypt(f"no key opens this {kind}")


def mark_of(plaintext: str) -> str:
    """A fingerprint to show in place of the secret: six hex digits of its SHA-256."""
    return hashlib.sha256(plaintext.encode()).hexdigest()[:6]

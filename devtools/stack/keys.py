"""The secrets of one local stack: made once, kept in files that only their owner may read, handed over by file name."""

from __future__ import annotations

import base64
import os
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID

CLIENT_ID = "5b1d2f8e-6c1f-4a55-9d53-0c9a4be3a6f1"  # our application as the sandbox knows it; means nothing elsewhere
SCOPED_CLIENT_ID = "5b1d2f8e-6c1f-4a55-9d53-0c9a4be3a6f2"
MONITOR_CLIENT_ID = "5b1d2f8e-6c1f-4a55-9d53-0c9a4be3a6f3"


@dataclass(frozen=True)
class Keys:
    """Files, each holding one value."""

    secret_key: Path
    encryption_keys: Path
    private_key: Path
    certificate: Path


def keys_in(folder: Path) -> Keys:
    """The secrets of this folder, made at the first call."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    keys = Keys(
        folder / "secret-key", folder / "encryption-keys", folder / "private-key.pem", folder / "certificate.pem"
    )
    if not keys.certificate.exists():  # written last
        _write(keys.secret_key, secrets.token_urlsafe(48))
        _write(keys.encryption_keys, base64.urlsafe_b64encode(secrets.token_bytes(32)).decode())
        private_key, certificate = throw_away_pair()
        _write(keys.private_key, private_key)
        _write(keys.certificate, certificate)
    return keys


def throw_away_pair() -> tuple[str, str]:
    """A private key and its self-signed certificate, both PEM, good for 90 days with a sandbox."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Haiilo onboarding (sandbox)")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(minutes=5))
        .not_valid_after(now + timedelta(days=90))
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return private.decode(), certificate.public_bytes(serialization.Encoding.PEM).decode()


def _write(path: Path, text: str) -> None:
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        file.write(text)

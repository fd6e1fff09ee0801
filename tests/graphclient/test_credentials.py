"""Our application proves itself by certificate, secret, a federated assertion, or a key that never comes here."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable

import jwt
import pytest
import requests
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa, utils

from graphclient import (
    GLOBAL,
    Assertion,
    Certificate,
    ClientCredentials,
    Credential,
    OurCredentialRefused,
    Secret,
    SignIn,
    Throttled,
    TryLater,
    Unavailable,
    VaultKey,
)
from graphclient.identity import credentials
from graphclient.identity.credentials import ASSERTION_SECONDS

from .entra import CLIENT, TENANT, Entra, our_certificate, rsa_key
from .graph_stub import Reply

NOW = 1_772_442_000.0


class Vault:
    """Holds the key; gives signatures of digests, and can be out of order."""

    def __init__(self) -> None:
        self.digests: list[bytes] = []
        self.fault: Exception | None = None

    def sign(self, digest: bytes) -> bytes:
        self.digests.append(digest)
        if self.fault is not None:
            raise self.fault
        pss = padding.PSS(mgf=padding.MGF1(hashes.SHA256()), salt_length=padding.PSS.DIGEST_LENGTH)
        return rsa_key("ours").sign(digest, pss, utils.Prehashed(hashes.SHA256()))


@pytest.fixture
def vault() -> Vault:
    return Vault()


def by_vault(vault: Vault, session: requests.Session) -> ClientCredentials:
    return ClientCredentials(TENANT, CLIENT, VaultKey(our_certificate().certificate_pem, vault.sign), session)


def sent(entra: Entra) -> str:
    return entra.far.seen("POST", entra.token_path)[-1].form["client_assertion"]


def test_lets_a_vault_sign_the_assertion(entra: Entra, session: requests.Session, vault: Vault) -> None:
    assert by_vault(vault, session).token() == "app-only"
    assertion = sent(entra)
    claims = jwt.decode(
        assertion,
        rsa_key("ours").public_key(),
        algorithms=["PS256"],
        audience=f"{GLOBAL.login}{entra.token_path}",
        options={"require": ["exp", "nbf", "iat", "jti"]},
    )
    assert claims["iss"] == claims["sub"] == CLIENT
    head = jwt.get_unverified_header(assertion)
    der = x509.load_pem_x509_certificate(our_certificate().certificate_pem.encode()).public_bytes(
        serialization.Encoding.DER
    )
    assert base64.urlsafe_b64decode(head["x5t#S256"] + "=") == hashlib.sha256(der).digest()
    assert (head["alg"], head["typ"]) == ("PS256", "JWT")
    assert [len(digest) for digest in vault.digests] == [32]
    assert vault.digests[0] == hashlib.sha256(assertion.rpartition(".")[0].encode()).digest()


def test_signs_anew_each_time_for_ten_minutes() -> None:
    key = VaultKey(our_certificate().certificate_pem, lambda _digest: b"x", clock=lambda: NOW)
    sign = key.for_msal()["client_assertion"]
    made = [sign({"client_id": CLIENT, "token_endpoint": "https://login.example/token"}) for _ in range(2)]
    first, second = (jwt.decode(text, options={"verify_signature": False}) for text in made)
    assert first["jti"] != second["jti"]
    assert (first["exp"] - first["iat"], first["iat"]) == (ASSERTION_SECONDS, NOW)
    assert 0 < first["iat"] - first["nbf"] <= 300


def test_parses_the_private_key_once_for_all_tokens(
    entra: Entra, session: requests.Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Parsing and checking it takes 25 ms of CPU, signing with it one."""
    parsed = list[bytes]()

    def load(pem: bytes, password: None) -> rsa.RSAPrivateKey:
        parsed.append(pem)
        return rsa_key("ours")

    monkeypatch.setattr(credentials, "load_pem_private_key", load)
    ours = our_certificate()
    certificate = Certificate(ours.private_key_pem, ours.certificate_pem)
    source = ClientCredentials(TENANT, CLIENT, certificate, session)
    for _time in range(3):
        source.token()
        source.drop()
    assert len(entra.far.seen("POST", entra.token_path)) == 3
    assert parsed == [ours.private_key_pem.encode()]


def test_sends_the_certificate_along(entra: Entra, session: requests.Session) -> None:
    ClientCredentials(TENANT, CLIENT, our_certificate(), session).token()
    [x5c] = jwt.get_unverified_header(sent(entra))["x5c"]
    der = x509.load_pem_x509_certificate(our_certificate().certificate_pem.encode())
    assert base64.b64decode(x5c) == der.public_bytes(serialization.Encoding.DER)


@pytest.mark.parametrize("wrong", ["key", "certificate", "curve"])
def test_tells_a_key_or_certificate_that_cannot_be_used(entra: Entra, session: requests.Session, wrong: str) -> None:
    curve = ec.generate_private_key(ec.SECP256R1()).private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    keys = {"key": "no key", "certificate": our_certificate().private_key_pem, "curve": curve.decode()}
    pem = "no certificate" if wrong == "certificate" else our_certificate().certificate_pem
    with pytest.raises(OurCredentialRefused):
        ClientCredentials(TENANT, CLIENT, Certificate(keys[wrong], pem), session).token()
    assert entra.far.seen("POST", entra.token_path) == []


def test_signs_a_sign_in_as_well(entra: Entra, session: requests.Session, vault: Vault) -> None:
    sign_in = SignIn(CLIENT, VaultKey(our_certificate().certificate_pem, vault.sign), session)
    begun = sign_in.begin(TENANT, "https://dashboard.example/", "state")
    sign_in.finish(begun.flow, entra.visit(begun.url))
    assert jwt.get_unverified_header(sent(entra))["alg"] == "PS256"
    vault.fault = ConnectionError("vault.internal.example is down")
    begun = sign_in.begin(TENANT, "https://dashboard.example/", "state")
    with pytest.raises(Unavailable, match="our key did not answer"):
        sign_in.finish(begun.flow, entra.visit(begun.url))


FAULTS = [
    (ConnectionError("vault.internal.example: s3cr3t"), Unavailable),
    (KeyError("s3cr3t"), Unavailable),
    (Throttled("slow down", retry_after=30.0), Throttled),
]


@pytest.mark.parametrize(("fault", "kind"), FAULTS)
@pytest.mark.parametrize("which", ["vault", "federated"])
def test_tells_a_vault_that_is_down_from_a_key_that_is_wrong(
    entra: Entra, session: requests.Session, vault: Vault, fault: Exception, kind: type[TryLater], which: str
) -> None:
    def refuse() -> str:
        raise fault

    vault.fault = fault
    source = by_vault(vault, session)
    if which == "federated":
        source = ClientCredentials(TENANT, CLIENT, Assertion(refuse), session)
    with pytest.raises(TryLater) as caught:
        source.token()
    assert type(caught.value) is kind
    assert "s3cr3t" not in f"{caught.value}{caught.value.__context__}{caught.value.__cause__}"
    assert entra.far.seen("POST", entra.token_path) == []


def aging(seconds: int = 3599) -> Reply:
    """A token that asks to be refreshed at once, although it is good for an hour."""
    body = {"token_type": "Bearer", "expires_in": seconds, "refresh_in": -1, "access_token": "still-good"}
    return Reply(200, body)


@pytest.mark.parametrize("trouble", ["vault", "login", "refused"])
def test_uses_the_token_it_has_while_a_new_one_cannot_be_had(
    entra: Entra, session: requests.Session, vault: Vault, trouble: str
) -> None:
    refusal = Reply(401, {"error": "invalid_client", "error_codes": [7000222]})
    answers = {"vault": aging(), "login": Reply(503, body=b"<html>"), "refused": refusal}
    entra.far.on("POST", entra.token_path, aging(), answers[trouble])
    source = by_vault(vault, session)
    assert source.token() == "still-good"
    vault.fault = ConnectionError("down") if trouble == "vault" else None
    assert source.token() == "still-good"
    assert len(vault.digests) == 2


def test_refuses_a_certificate_that_is_none(entra: Entra, session: requests.Session, vault: Vault) -> None:
    source = ClientCredentials(TENANT, CLIENT, VaultKey("no certificate", vault.sign), session)
    with pytest.raises(OurCredentialRefused):
        source.token()


CREDENTIALS: list[Callable[[], Credential]] = [
    our_certificate,
    lambda: Secret("s3cret-of-ours"),
    lambda: Assertion(lambda: "signed-elsewhere"),
    lambda: VaultKey(our_certificate().certificate_pem, Vault().sign),
]


@pytest.mark.parametrize("make", CREDENTIALS)
def test_takes_each_kind_of_credential_and_shows_none(
    entra: Entra, session: requests.Session, make: Callable[[], Credential]
) -> None:
    credential = make()
    assert ClientCredentials(TENANT, CLIENT, credential, session).token() == "app-only"
    form = entra.far.seen("POST", entra.token_path)[0].form
    assert ("client_secret" in form) != ("client_assertion" in form)
    assert repr(credential) == f"{type(credential).__name__}()"

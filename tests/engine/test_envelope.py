import base64
import os

import pytest

from onboarding.domain.encryption import CannotDecrypt, decrypt, encrypt


def key():
    return base64.urlsafe_b64encode(os.urandom(32)).decode()


def test_opens_what_it_sealed():
    keys = [key()]
    sealed = encrypt("s3cret", owner="7", kind="scim_token", keys=keys)
    assert decrypt(sealed, owner="7", kind="scim_token", keys=keys) == "s3cret"
    assert b"s3cret" not in sealed


@pytest.mark.parametrize(("owner", "kind"), [("8", "scim_token"), ("7", "other")])
def test_does_not_open_for_another_customer_or_kind(owner, kind):
    keys = [key()]
    sealed = encrypt("s3cret", owner="7", kind="scim_token", keys=keys)
    with pytest.raises(CannotDecrypt):
        decrypt(sealed, owner=owner, kind=kind, keys=keys)


def test_opens_with_an_old_key_after_rotation():
    old, new = key(), key()
    sealed = encrypt("s3cret", owner="7", kind="scim_token", keys=[old])
    assert decrypt(sealed, owner="7", kind="scim_token", keys=[new, old]) == "s3cret"
    with pytest.raises(CannotDecrypt):
        decrypt(sealed, owner="7", kind="scim_token", keys=[new])


def test_notices_a_flipped_byte():
    keys = [key()]
    sealed = bytearray(encrypt("s3cret", owner="7", kind="scim_token", keys=keys))
    sealed[-1] ^= 1
    with pytest.raises(CannotDecrypt):
        decrypt(bytes(sealed), owner="7", kind="scim_token", keys=keys)


def test_refuses_a_key_of_the_wrong_length():
    with pytest.raises(ValueError, match="32 bytes"):
        encrypt("s3cret", owner="7", kind="scim_token", keys=["c2hvcnQ="])

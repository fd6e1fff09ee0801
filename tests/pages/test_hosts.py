"""Where data may go: Haiilo's hosts by their domains, a customer's own by a name that is one; all else is refused."""

from __future__ import annotations

import pytest

from onboarding.domain import hosts
from onboarding.domain.hosts import HostRefused

HOST = "contoso.smarpshare.com"
LONG = ".".join(["a" * 60] * 5) + ".com"


@pytest.mark.parametrize(
    "typed", [HOST, " Contoso.SmarpShare.COM ", f"{HOST}.", f"https://{HOST}", f"HTTPS://{HOST}/", f"\n{HOST}\t"]
)
def test_takes_the_host_however_it_is_written(typed):
    assert hosts.checked("advocacy", typed) == HOST


@pytest.mark.parametrize(
    ("typed", "named"),
    [
        (f"user@{HOST}", "user@"),
        (f"https://user:password@{HOST}/", "user:password@"),
        (f"{HOST}@evil.example", f"{HOST}@"),
        (f"{HOST}:443", ":443"),
        (f"https://{HOST}:8443/", ":8443"),
        (f"{HOST}/admin", "/admin"),
        (f"{HOST}?x=1", "?x=1"),
        (f"evil.example#.{HOST}", f"#.{HOST}"),
        (f"http://{HOST}", "http://"),
        (f"ftp://{HOST}", "ftp://"),
        (f"evil.example\\.{HOST}", "\\"),
        (f"{HOST},evil.example", ",evil"),
        (f"{HOST}%2eevil.example", "%2e"),
        (f"contoso_1.{HOST}", "_1"),
    ],
)
def test_refuses_what_stands_beside_the_host_and_names_it(typed, named):
    with pytest.raises(HostRefused) as refused:
        hosts.checked("advocacy", typed, own=True)
    assert named in str(refused.value.sentence)


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("contos\u043e.smarpshare.com", "U+043E"),  # a Cyrillic o
        ("contoso\u200b.smarpshare.com", "U+200B"),
        ("contoso\u3002smarpshare.com", "U+3002"),  # a dot of another script
        ("contoso.smarpshare.com\u2044x", "U+2044"),
        ("\u212aontoso.smarpshare.com", "U+212A"),  # its small letter is a plain k
        ("m\xfcller.de", "U+00FC"),
        ("contoso smarpshare.com", "U+0020"),
        ("contoso\x00.smarpshare.com", "U+0000"),
        ("\x7fcontoso.smarpshare.com", "U+007F"),
    ],
)
def test_refuses_letters_that_only_look_alike_and_names_them(typed, code):
    with pytest.raises(HostRefused) as refused:
        hosts.checked("advocacy", typed, own=True)
    assert code in str(refused.value.sentence)


@pytest.mark.parametrize(
    "typed",
    ["", "contoso", "127.0.0.1", "[::1]", "a..b", "-a.com", "a-.com", "smarpshare.com..", "x" * 64 + ".com", LONG],
)
@pytest.mark.parametrize("own", [False, True])
def test_refuses_what_is_no_host(typed, own):
    with pytest.raises(HostRefused):
        hosts.checked("advocacy", typed, own=own)


@pytest.mark.parametrize(
    ("product", "typed"),
    [
        ("advocacy", "smarpshare.com"),
        ("advocacy", "a.contoso.smarpshare.com"),
        ("advocacy", "contoso.haiilo.app"),
        ("advocacy", "contoso.smarpshare.com.evil.example"),
        ("advocacy", "contosmarpshare.com"),
        ("advocacy", "contoso.smarpsharexcom"),
        ("home", HOST),
        ("home", "evil-haiilo.app"),
        ("home", "metadata.google.internal"),
        ("home", "169.254.169.254.nip.io"),
        ("home", "kubernetes.default.svc"),
        ("home", "attacker.ngrok.io"),
        ("home", "people.contoso.com"),
    ],
)
def test_takes_for_haiilos_only_one_name_before_a_domain_of_the_product(product, typed):
    with pytest.raises(HostRefused, match="is not an address of Haiilo"):
        hosts.checked(product, typed)


def test_refuses_a_name_in_other_letters_also_where_it_is_a_name_of_haiilos():
    for own in (False, True):
        with pytest.raises(HostRefused, match="in other letters"):
            hosts.checked("advocacy", "xn--contos-1qf.smarpshare.com", own=own)
    assert hosts.checked("advocacy", "taxn--x.smarpshare.com")


def test_takes_a_customers_own_host_where_a_second_person_confirms_it():
    assert hosts.checked("home", "https://People.Contoso.com/", own=True) == "people.contoso.com"
    assert hosts.checked("home", "haiilo.contoso.com", own=True) == "haiilo.contoso.com"
    assert hosts.checked("home", "contoso.haiilo.app", own=True) == "contoso.haiilo.app"


@pytest.mark.parametrize(
    "typed",
    [
        "metadata.google.internal",
        "kubernetes.default.svc",
        "printer.contoso.local",
        "169.254.169.254.nip.io",
        "10-0-0-1.sslip.io",
        "evil-haiilo.app",
        "a.b.haiilo.app",
        "contoso.smarpshare.com.evil.example",
        HOST,  # Advocacy's, where Home is meant
    ],
)
def test_takes_no_own_host_that_is_not_public_or_made_to_look_like_haiilos(typed):
    with pytest.raises(HostRefused):
        hosts.checked("home", typed, own=True)


def test_lets_a_setting_of_one_label_open_nothing(settings):
    settings.HAIILO_HOST_SUFFIXES = {"advocacy": ["com", ""], "home": ["haiilo.app"]}
    with pytest.raises(HostRefused):
        hosts.checked("advocacy", "evil.com")

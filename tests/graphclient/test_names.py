# ruff: noqa: RUF001 - letters that look alike are what this is about
"""Names of the DNS and mail addresses: one spelling for each, and never somebody else's name (public cases 13, 18)."""

from __future__ import annotations

import re
import unicodedata

import idna
import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from graphclient.identity.tenants import plain_domain
from graphclient.names import (
    NotAName,
    ascii_name,
    ascii_names,
    both_spellings,
    in_letters,
    mail_address,
    mixes_alphabets,
)

# Which A-label belongs to which letters: RFC 5891's derivation, and the tables of UTS 46 for what is mapped before.
SPELLINGS = [
    ("maßbau.example", "xn--mabau-mqa.example"),
    ("MAẞBAU.example", "xn--mabau-mqa.example"),
    ("XN--MABAU-MQA.Example.", "xn--mabau-mqa.example"),
    ("massbau.example", "massbau.example"),
    ("MASSBAU.EXAMPLE", "massbau.example"),
    ("faß.de", "xn--fa-hia.de"),
    ("βόλος.com", "xn--nxasmm1c.com"),
    ("βόλοσ.com", "xn--nxasmq6b.com"),
    ("ΒΌΛΟΣ.com", "xn--nxasmq6b.com"),
    ("نامه\u200cای.com", "xn--mgba3gch31f060k.com"),
    ("نامهای.com", "xn--mgba3gch31f.com"),
    ("ශ්\u200dරී.com", "xn--10cl1a0b660p.com"),
    ("ශ්රී.com", "xn--10cl1a0b.com"),
    ("ｃｏｎｔｏｓｏ。com", "contoso.com"),
    ("contoso｡com", "contoso.com"),
    ("mu\u0308ller.de", "xn--mller-kva.de"),
    ("müller.de", "xn--mller-kva.de"),
    ("con\u200btoso.com", "contoso.com"),
    ("\u200econtoso.com\u202c", "contoso.com"),
    (f"{'a' * 63}.com", f"{'a' * 63}.com"),
    ("123.com", "123.com"),
]
NO_NAMES = [
    *("", ".", "contoso", "a..b.com", ".com", "contoso.com..", "-a.com", "a-.com", "a_b.com", "a b.com"),
    *("127.0.0.1", "１２７.0.0.1", "[::1]", "0x7f.1", "a.1", "1.2.3.4.", "a.0xff"),
    *(f"{'a' * 64}.com", ".".join(["a" * 60] * 5), f"{'ü' * 60}.com", "a" * 5000),
    *("xn--a.com", "xn--abc-.com", "xn--zzzzzzzz.com", "xn--mabau-iqa.example", "xn--ls8h.la", "ab--cd.com"),
    *("con\u200dtoso.com", "con\u200ctoso.com", "\u202emoc.osotnoc", "con\u202etoso.com", "a\x00b.com", "\ud800.com"),
    *("☃.com", "a/b.com", "a@b.com", "contoso.com:443", "שלום1a.com"),
]


@pytest.mark.parametrize(("typed", "name"), SPELLINGS)
def test_has_one_spelling_for_each_name(typed, name):
    assert ascii_name(typed) == name
    assert plain_domain(typed) == name


@pytest.mark.parametrize("typed", NO_NAMES, ids=ascii)
def test_takes_nothing_else_for_a_name(typed):
    with pytest.raises(NotAName):
        ascii_name(typed)
    assert plain_domain(typed) is None


@pytest.mark.parametrize(
    "names",
    [
        ("maßbau.example", "massbau.example"),
        ("βόλος.com", "βόλοσ.com"),
        ("نامه\u200cای.com", "نامهای.com"),
        ("ශ්\u200dරී.com", "ශ්රී.com"),
    ],
)
def test_keeps_two_apart_of_whom_python_s_codec_makes_one(names):
    """Public case 13: the second is a stranger's."""
    assert len(ascii_names(names)) == 2
    assert len({name.encode("idna") for name in names}) == 1


LETTERS = st.characters(categories=["Ll", "Lu", "Lo", "Lm", "Mn", "Mc", "Nd", "Cf"])
TYPED = st.builds(
    lambda labels: ".".join([*labels, "example"]),
    st.lists(st.text(st.one_of(LETTERS, st.sampled_from("ßẞςσΣäöü-\u200c\u200d")), min_size=1, max_size=8), max_size=3),
)


@given(TYPED)
@example("maßbau.example")
@example("βόλος.example")
def test_comes_back_from_either_spelling(typed):
    try:
        name = ascii_name(typed)
    except NotAName:
        assume(False)
    assert re.fullmatch(r"[a-z0-9.-]+", name)
    assert ascii_name(name) == name
    assert ascii_name(in_letters(name)) == name
    assert ascii_name(typed.replace(".", "。")) == name


@given(TYPED, TYPED)
@example("maßbau.example", "massbau.example")
@example("βόλος.example", "βόλοσ.example")
@example("نامه\u200cای.example", "نامهای.example")
@example("ﬀ.example", "ff.example")
def test_makes_two_names_equal_only_where_the_dns_does(one, other):
    """Two that differ after Unicode's own folding of width, capitals and composition are two names."""
    assume(ascii_names([one]) and ascii_names([other]))
    if ascii_name(one) == ascii_name(other):
        assert idna.uts46_remap(one) == idna.uts46_remap(other)
        assert in_letters(ascii_name(one)) == in_letters(ascii_name(other))
        assert unicodedata.is_normalized("NFC", in_letters(ascii_name(one)))


def test_shows_both_spellings_where_there_are_two():
    assert both_spellings("xn--mabau-mqa.example") == "maßbau.example (xn--mabau-mqa.example)"
    assert both_spellings("massbau.example") == "massbau.example"
    assert both_spellings("eva@xn--mller-kva.example") == "eva@müller.example (eva@xn--mller-kva.example)"
    assert both_spellings("xn--zzzzzzzz.com") == "xn--zzzzzzzz.com"


@pytest.mark.parametrize(
    ("name", "mixed"), [("раypal.com", True), ("paypal.com", False), ("müller.de", False), ("東京タワー.jp", False)]
)
def test_knows_letters_of_two_alphabets_that_look_alike(name, mixed):
    assert mixes_alphabets(ascii_name(name)) is mixed
    assert mixes_alphabets(f"eva@{ascii_name(name)}") is mixed


@pytest.mark.parametrize(
    ("typed", "address"),
    [
        ("eva@müller.example", "eva@xn--mller-kva.example"),
        ("Eva.Berg@MASSBAU.example", "Eva.Berg@massbau.example"),
        ("eva@maßbau.example", "eva@xn--mabau-mqa.example"),
        (" eva+x@contoso.com\u200e", "eva+x@contoso.com"),
        ("jo\u0308rg@contoso.com", "jörg@contoso.com"),
    ],
)
def test_writes_mail_to_the_domain_that_was_meant(typed, address):
    """Public case 18."""
    assert mail_address(typed) == address
    assert mail_address(address) == address


@pytest.mark.parametrize(
    "typed",
    [
        *("", "eva", "@contoso.com", "eva@", "eva@contoso", "e va@contoso.com", "e\nva@contoso.com"),
        *("e\u202eva@contoso.com", "eva@[127.0.0.1]", "eva@contoso.com\nBcc: x@y.com"),
        *(f"{'a' * 65}@contoso.com", f"{'ö' * 33}@contoso.com"),
    ],
    ids=ascii,
)
def test_takes_nothing_else_for_a_mail_address(typed):
    with pytest.raises(NotAName):
        mail_address(typed)

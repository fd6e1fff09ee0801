import pytest
from hypothesis import given
from hypothesis import strategies as st

from onboarding.domain.token_cleaning import clean_token

TOKEN = "eyJh.b-c_d/e+f=="


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        (TOKEN, ""),
        (f"  {TOKEN}\n", "around it"),
        (f"Bearer {TOKEN}", "Bearer"),
        (f"bearer\t{TOKEN}", "Bearer"),
        (f"Authorization: Bearer {TOKEN}", "Bearer"),
        (f'"{TOKEN}"', "quotation marks"),
        (f"“Bearer {TOKEN}”", "quotation marks, the word “Bearer”"),
        (f"„{TOKEN}“", "quotation marks"),
        (f"\ufeff{TOKEN[:3]}\u200b{TOKEN[3:]}", "invisible"),
        (f"{TOKEN[:5]}\r\n{TOKEN[5:]}", "inside"),
        (f"{TOKEN[:5]}\u00a0{TOKEN[5:]}", "inside"),
    ],
)
def test_takes_off_what_no_token_has_and_says_so(typed, says):
    cleaned = clean_token(typed)
    assert (cleaned.value, cleaned.refused) == (TOKEN, None)
    assert says in str(cleaned.note or "")
    assert bool(cleaned.note) == bool(says)


@pytest.mark.parametrize("token", ["BearerOfNews", "bearer-1"])
def test_keeps_a_token_that_only_begins_like_the_word(token):
    assert clean_token(token).value == token


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ("", "no token left"),
        ("  ", "no token left"),
        ("Bearer ", "no token left"),
        ('""', "no token left"),
        ("https://x.smarpshare.com/api/scim/v2", "an address"),
        ("••••••••", "dots"),
        ("******", "dots"),
        ("tökén", "characters that no token has"),
        ("a" * 9000, "too long"),
    ],
)
def test_refuses_what_cannot_be_a_token(typed, says):
    assert says in str(clean_token(typed).refused)


def test_shows_no_token_in_its_repr():
    assert TOKEN not in repr(clean_token(TOKEN))


@given(st.text())
def test_is_at_rest_after_one_cleaning(typed):
    once = clean_token(typed)
    if once.refused is None:
        again = clean_token(once.value)
        assert (again.value, again.removed) == (once.value, ())

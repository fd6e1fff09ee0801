"""A text goes into a support bundle by the shape of an id or a code, and by nothing else."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onboarding.domain.sentences import plural, say
from onboarding.support.shapes import FIELDS, GAPS, LEFT_OUT, LISTS, field, sentence, stored_moment

GUID = "0f0e0d0c-0000-4000-8000-000000000001"
JOB = f"scim.{'0f' * 16}.{GUID}"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("tenant_id", GUID),
        ("job_id", JOB),
        ("job_id", GUID),
        ("code", "EncounteredQuarantineException / Unknown"),
        ("code", "AADSTS65001"),
        ("code", "token_needed"),
        ("code", "EntryConflict · " + GUID),
        ("detail", "HTTP 503"),
        ("status", "Active"),
        ("status", 503),
        ("template_id", "customappsso"),
        ("licence", "P1"),
        ("path", "/servicePrincipals/{id}/synchronization/jobs/{id}"),
        ("unheard_of", True),
        ("unheard_of", 12),
        ("unheard_of", None),
        ("mapped", ["userName", "name.familyName", 'emails[type eq "work"].value']),
        ("permissions", {"User.Read.All": True}),
    ],
)
def test_lets_in_what_has_its_shape(name, value):
    assert field(name, value) == value


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("unheard_of", "anything"),
        ("name", GUID),
        ("person_id", GUID),
        ("admin_object_id", GUID),
        ("id", GUID),
        ("tenant_id", "contoso.example"),
        ("job_id", "eva.berg"),
        ("code", "Eva"),
        ("code", "eva.berg@contoso.example"),
        ("code", "Eva Berg"),
        ("code", "EntryConflict / Eva"),
        ("method", "Eva"),
        ("licence", "Eva"),
        ("base_url", "https://eva berg/"),
        ("at", "yesterday"),
        ("at", "2026-12-01T10:00:00"),  # in which zone, nobody knows
    ],
)
def test_leaves_out_what_has_none(name, value):
    assert field(name, value) == LEFT_OUT


def test_tells_what_it_leaves_out():
    assert field("people", [{"id": GUID, "name": "Eva"}]) == {"count": 1}
    assert field("answer", {"Eva Berg": 1, "eva@contoso.example": 2, "count": 3}) == {"count": 3, LEFT_OUT: 2}
    assert field("mapped", ["userName", "Eva"]) == ["userName", LEFT_OUT]
    assert field("a", {"b": {"c": {"d": {"e": {"f": 1}}}}}) == {"b": {"c": {"d": {"e": {"count": 1}}}}}


def test_tells_the_host_of_an_address_and_not_what_follows():
    assert field("base_url", "https://contoso.haiilo.app/scim/s3cr3t?token=x") == "contoso.haiilo.app"


@pytest.mark.parametrize(
    ("gap", "value", "told"),
    [
        ("address", "https://contoso.haiilo.app/scim", "contoso.haiilo.app"),
        ("address", "contoso.haiilo.app", "contoso.haiilo.app"),
        ("address", "eva@contoso.example", LEFT_OUT),
        ("address", "192.0.2.7", LEFT_OUT),
        ("tenant", "contoso.example", "contoso.example"),
        ("tenant", GUID, GUID),
        ("tenant", "Contoso Ltd", LEFT_OUT),
        ("product", "Advocacy", "Advocacy"),
        ("product", "Eva", LEFT_OUT),
    ],
)
def test_fills_a_gap_by_its_shape(gap, value, told):
    assert sentence(say(f"%({gap})s", **{gap: value}).as_json()) == told


def test_leaves_no_id_in_a_path():
    assert field("path", "/users/Eva/x") == "/users/{id}/{id}"


def test_leaves_out_whom_a_change_is_about():
    assert field("change", f"try:{GUID}") == "try"


def test_tells_times_in_utc():
    assert stored_moment("2026-12-01T10:00:00+02:00") == "2026-12-01T08:00:00Z"


def test_tells_our_words_and_leaves_out_names():
    inner = say("%(permission)s is missing for %(name)s", permission="User.Read.All", name="Eva")
    told = say("%(name)s at %(host)s: %(why)s", name="Eva", host="x.haiilo.app", why=inner).as_json()
    assert sentence(told) == "(left out) at x.haiilo.app: User.Read.All is missing for (left out)"
    several = say(plural("%(count)s person of %(group)s", "%(count)s people of %(group)s"), count=2, group="Eva")
    assert sentence(several.as_json()) == "2 people of (left out)"


@pytest.mark.parametrize(
    "stored", [{"text": "%(a)s", "values": {"b": 1}}, {"text": 3}, {"text": "%(n)s", "values": {"n": []}}]
)
def test_leaves_out_a_sentence_that_cannot_be_read(stored):
    assert LEFT_OUT in sentence(stored)


@given(st.sampled_from(sorted({*FIELDS, *LISTS, "any", "seen_at"})), st.text(), st.sampled_from([" ", "@", "ä", "'"]))
def test_lets_in_no_text_that_is_written_as_people_write(name, text, sign):
    """A blank between two words, an at sign, a letter beyond ASCII: names and addresses have one of these."""
    told = field(name, [f"Xavier{sign}{text}"] if name in LISTS else f"Xavier{sign}{text}")
    assert "xavier" not in str(told).lower()


@given(st.sampled_from(sorted({*GAPS, "any"})), st.text(), st.sampled_from([" ", "@", "ä", "'"]))
def test_lets_in_no_gap_that_is_written_as_people_write(gap, text, sign):
    assert "xavier" not in sentence(say(f"%({gap})s", **{gap: f"Xavier{sign}{text}"}).as_json()).lower()

"""What may be told of a path: Graph's own words, and never whose id or name is in it."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import graphclient
from graphclient.http.paths import part, template

SP = "0f0e0d0c-0000-4000-8000-000000000001"


@pytest.mark.parametrize(
    ("path", "told"),
    [
        (
            f"/servicePrincipals/{SP}/synchronization/jobs/scim.{SP}",
            "/servicePrincipals/{id}/synchronization/jobs/{id}",
        ),
        ("/v1.0/users/eva%40contoso.example", "/v1.0/users/{id}"),
        ("/users/Eva", "/users/{id}"),
        (f"/groups/{SP}/members/$count?$filter=startsWith(mail,'eva')", "/groups/{id}/members/$count"),
        ("/contoso.example/oauth2/v2.0/token", "/{id}/oauth2/v2.0/token"),
        ("", ""),
    ],
)
def test_leaves_no_id_in_it(path, told):
    assert template(path) == told


@given(st.text(min_size=1).filter(lambda name: name not in (".", "..") and name.isprintable()))
def test_leaves_no_name_in_it(name):
    if part(name) not in LITERALS and not part(name).startswith("v"):
        assert template(f"/users/{part(name)}/x") == "/users/{id}/{id}"


def literals():
    """Each fixed segment of a path that the client builds."""
    folder = Path(graphclient.__file__).parent
    for path in (*(folder / "resources").glob("*.py"), folder / "probes.py", folder / "http" / "batch.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value.startswith("/"):
                yield from filter(None, node.value.split("/"))


LITERALS = set(literals())


def test_knows_each_word_of_the_paths_that_the_client_asks_for():
    assert {"servicePrincipals", "synchronization", "provisionOnDemand", "$count"} <= LITERALS
    assert {word for word in LITERALS if template(f"/{word}") != f"/{word}"} == set()

"""A search for a person carries the user name in its query, which no line of the log has, however much it tells."""

from __future__ import annotations

import logging

import pytest

from onboarding.haiilo import HaiiloScim
from tests.graphclient.graph_stub import GraphStub

from .answers import USERS, page


def test_logs_no_name_of_a_person_at_the_level_that_logs_most(
    far: GraphStub, reader: HaiiloScim, caplog: pytest.LogCaptureFixture
):
    far.on("GET", USERS, page())
    caplog.set_level(logging.DEBUG)
    assert reader.by_user_name("eva.berg@people.example") == []
    assert far.asked[0].query["filter"] == 'userName eq "eva.berg@people.example"'
    assert "GET contoso.smarpshare.com/api/scim/v2/Users: 200" in caplog.text
    assert "eva.berg" not in caplog.text

"""The mappings are Microsoft's document: what was read is written back to the last unknown property."""

from __future__ import annotations

from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from graphclient import GraphClient

from .far_side import FarSide, Reply

PATH = "/v1.0/servicePrincipals/sp/synchronization/jobs/job/schema"

_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)
_documents = st.dictionaries(st.text(), _json, max_size=6).map(
    lambda rest: {"id": "1", "version": "2", "synchronizationRules": [], "directories": []} | rest
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(document=_documents)
def test_writes_back_exactly_what_it_read(far: FarSide, graph: GraphClient, document: dict[str, Any]) -> None:
    far.forget()
    far.on("GET", PATH, Reply(200, {"@odata.context": "https://graph.microsoft.com/v1.0/$metadata#x"} | document))
    far.on("PUT", PATH, Reply(204))
    read = graph.synchronization.schema("sp", "job")
    graph.synchronization.put_schema("sp", "job", read)
    expected = {key: value for key, value in document.items() if key != "@odata.context"}
    assert read == expected
    assert far.asked[-1].json == expected
    assert list(far.asked[-1].json) == list(expected)


def test_takes_off_only_the_outermost_context(far: FarSide, graph: GraphClient) -> None:
    inner = {"synchronizationRules": [{"@odata.context": "kept", "metadata@odata.context": "kept"}]}
    far.on("GET", PATH, Reply(200, inner | {"@odata.context": "gone"}))
    assert graph.synchronization.schema("sp", "job") == inner

"""Generated synchronization schemas: the shape of Microsoft's, parts missing or null, unknown ones beside them.

Types: Graph reference, synchronizationSchema and what it is made of.
"""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

Json = dict[str, Any]

texts = st.text(max_size=30) | st.sampled_from(
    [
        "",
        "@odata.type",
        "Müller, \u00e5\u4e2d\U0001f600",
        "\u0000\u001f\u2028",
        "\ud800",
        'emails[type eq "work"].value',
        'a/b\\c"d',
    ]
)
numbers = st.integers(-(2**63), 2**63 - 1) | st.sampled_from([0.5, 1e300, -0.0, 1.0])
loose: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | numbers | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=6,
)
unknown = st.dictionaries(texts.filter(lambda name: name != "@odata.context"), loose, max_size=2)


def an(required: Json, /, **optional: st.SearchStrategy[Any]) -> st.SearchStrategy[Json]:
    """An object: each optional part may be missing or null, and unknown parts come before or after it."""
    parts = st.fixed_dictionaries(required, optional={name: st.none() | value for name, value in optional.items()})
    return st.builds(lambda before, known, after: {**before, **known, **_new(after, known)}, unknown, parts, unknown)


def _new(more: Json, known: Json) -> Json:
    return {name: value for name, value in more.items() if name not in known}


def many(of: st.SearchStrategy[Json], most: int = 3) -> st.SearchStrategy[list[Json]]:
    return st.lists(of, max_size=most)


pairs = many(an({"key": texts}, value=texts), 2)
sources: st.SearchStrategy[Any] = st.deferred(
    lambda: (
        st.none()
        | an(
            {"name": texts},
            expression=texts,
            type=st.sampled_from(["Attribute", "Constant", "Function", "SomethingNew"]),
            parameters=many(st.fixed_dictionaries({"key": texts, "value": sources}), 2),
        )
    )
)
attribute_mappings = an(
    {"targetAttributeName": texts},
    source=sources,
    defaultValue=texts,
    exportMissingReferences=st.booleans(),
    flowBehavior=st.sampled_from(["FlowWhenChanged", "FlowAlways"]),
    flowType=st.sampled_from(["Always", "ObjectAddOnly", "MultiValueAddOnly"]),
    matchingPriority=st.integers(0, 3),
)
clauses = an(
    {"sourceOperandName": texts}, operatorName=texts, targetOperand=an({"values": st.lists(texts, max_size=2)})
)
scopes = an(
    {"groups": many(an({"name": texts}, clauses=many(clauses, 2)), 2)},
    inputFilterGroups=st.just([]),
    categoryFilterGroups=st.just([]),
)
object_mappings = an(
    {"sourceObjectName": st.sampled_from(["User", "Group"]), "targetObjectName": texts},
    enabled=st.booleans(),
    flowTypes=st.sampled_from(["Add, Update, Delete", "Add,Update", "None"]),
    metadata=pairs,
    name=texts,
    scope=scopes,
    attributeMappings=many(attribute_mappings),
)
rules = an(
    {"id": texts, "objectMappings": many(object_mappings, 2)},
    name=texts,
    editable=st.booleans(),
    priority=st.integers(0, 2),
    sourceDirectoryName=texts,
    targetDirectoryName=texts,
    groupFilter=st.none(),
    metadata=pairs,
)
attributes = an(
    {"name": texts},
    type=st.sampled_from(["String", "Reference", "Boolean"]),
    anchor=st.booleans(),
    required=st.booleans(),
    referencedObjects=many(an({"referencedObjectName": texts}), 1),
    metadata=pairs,
)
directories = an(
    {"id": texts, "name": texts},
    version=texts,
    readOnly=st.booleans(),
    discoverabilities=texts,
    discoveryDateTime=st.just("2026-03-02T09:52:00.1234567Z"),
    objects=many(an({"name": texts}, attributes=many(attributes, 2)), 2),
)
schemas = an({"id": texts, "synchronizationRules": many(rules, 2), "directories": many(directories, 2)}, version=texts)

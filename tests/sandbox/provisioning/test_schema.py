"""The default schema, and schemas as people may write them."""

from __future__ import annotations

import json

import pytest

from sandbox.provisioning import default_schema, filter_operators, parse_expression
from sandbox.provisioning.schema import object_attributes, object_mapping
from sandbox.provisioning.slots import slot
from sandbox.world import Tenant

TENANT = Tenant("t", "T", ["t.example"], "t.onmicrosoft.example")
SCHEMA = default_schema("scim", TENANT)
ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
GROUP = "urn:ietf:params:scim:schemas:core:2.0:Group"


def test_there_is_one_rule_with_both_mappings_on() -> None:
    (rule,) = SCHEMA["synchronizationRules"]
    found = {each["sourceObjectName"]: each for each in rule["objectMappings"]}
    assert {key: (each["targetObjectName"], each["enabled"]) for key, each in found.items()} == {
        "User": (ENTERPRISE, True),
        "Group": (GROUP, True),
    }
    assert {each["flowTypes"] for each in found.values()} == {"Add, Update, Delete"}
    assert {each["name"] for each in SCHEMA["directories"]} == {"Azure Active Directory", "customappsso"}


@pytest.mark.parametrize(("kind", "target"), [("User", ENTERPRISE), ("Group", GROUP)])
def test_every_mapped_attribute_is_defined_on_both_sides(kind: str, target: str) -> None:
    mapping = object_mapping(SCHEMA, kind)
    assert mapping is not None
    defined = {each["name"] for each in object_attributes(SCHEMA, "customappsso", target)}
    offered = {each["name"] for each in object_attributes(SCHEMA, "Azure Active Directory", kind)}
    assert {each["targetAttributeName"] for each in mapping["attributeMappings"]} <= defined
    for each in mapping["attributeMappings"]:
        body = {"expression": each["source"]["expression"]}
        assert parse_expression(body, SCHEMA)["parsedExpression"] == each["source"]
    assert "samAccountName" not in offered
    assert [each["matchingPriority"] for each in mapping["attributeMappings"]].count(1) == 1


def test_every_object_has_one_anchor() -> None:
    for directory in SCHEMA["directories"]:
        for thing in directory["objects"]:
            assert [each["name"] for each in thing["attributes"] if each["anchor"]] in (["objectId"], ["id"])


def test_the_same_tenant_gets_the_same_schema_and_another_one_other_ids() -> None:
    assert default_schema("scim", TENANT) == SCHEMA
    assert default_schema("scim", Tenant("u", "U", [], "u"))["id"] != SCHEMA["id"]
    assert json.loads(json.dumps(SCHEMA)) == SCHEMA


def test_operators_are_described_as_graph_does() -> None:
    for each in filter_operators():
        assert set(each) == {"id", "arity", "multivaluedComparisonType", "supportedAttributeTypes"}
    unary = {each["id"] for each in filter_operators() if each["arity"] == "Unary"}
    assert unary == {"IS TRUE", "IS FALSE", "IS NULL", "IS NOT NULL"}
    assert len(filter_operators()) == 14


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("title", "x"),
        ("name.givenName", "x"),
        ('emails[type eq "work"].value', "x"),
        ('roles[primary eq "True"].value', "x"),
        (f"{ENTERPRISE}:department", "x"),
        ("urn:ietf:params:scim:schemas:extension:haiilo:2.0:User:profileField_office", "x"),
    ],
)
def test_what_is_put_at_a_place_is_read_there(name: str, value: str) -> None:
    resource: dict[str, object] = {}
    slot(name).put(resource, value)
    assert slot(name).read(resource) == value
    assert slot(name).read({}) is None

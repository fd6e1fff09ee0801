"""A schema as it was recorded: the same mappings with the ids, versions and metadata of the wire.

Facts: docs/graph-facts.md, "Schema and mappings".
"""

from __future__ import annotations

import json
import uuid
from datetime import datetime
from typing import Any

from ..clock import graph_time

METADATA = {
    "IsCustomerDefined": "false",
    "DisableMonitoringForChanges": "false",
    "Disposition": json.dumps("Normal"),
    "ExcludeFromReporting": "false",
    "EscrowBehavior": json.dumps("Default"),
    "Unsynchronized": "false",
    "OriginalJoiningProperty": "displayName",
}
"""Of a mapping; the values are JSON texts, but for the last one."""
TEMPLATE_VERSION = "6.0"


def of_job(schema: dict[str, Any], job_id: str, at: datetime) -> dict[str, Any]:
    """A job's schema, made or written at that time."""
    return {**_recorded(schema), "id": job_id, "version": version(at)}


def of_template(schema: dict[str, Any], template_id: str) -> dict[str, Any]:
    """A template's schema."""
    return {**_recorded(schema), "id": f"{template_id}.{0:032}", "version": TEMPLATE_VERSION}


def version(at: datetime) -> str:
    """A job's version, which changes with every write."""
    return f"Date:{graph_time(at)}, ActivityId:{uuid.uuid4()}"


def _recorded(schema: dict[str, Any]) -> dict[str, Any]:
    return {**schema, "synchronizationRules": [_rule(rule) for rule in schema["synchronizationRules"]]}


def _rule(rule: dict[str, Any]) -> dict[str, Any]:
    mappings = [_mapping(each) for each in rule["objectMappings"]]
    sources = [{"SourceObjectName": each["sourceObjectName"], "IsDefault": True} for each in mappings]
    metadata = {"defaultSourceObjectMappings": json.dumps(sources), "supportsProvisionOnDemand": "True"}
    return {**rule, "metadata": _pairs(metadata), "objectMappings": mappings}


def _mapping(mapping: dict[str, Any]) -> dict[str, Any]:
    attributes = [{**each, "defaultValue": ""} for each in mapping["attributeMappings"]]
    flow = mapping["flowTypes"].replace(" ", "")
    return {**mapping, "attributeMappings": attributes, "flowTypes": flow, "metadata": _pairs(METADATA)}


def _pairs(values: dict[str, str]) -> list[dict[str, str]]:
    return [{"key": key, "value": value} for key, value in values.items()]

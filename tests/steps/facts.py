"""What the steps are given, built by plain functions: wishes, and what Graph would have shown."""

from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from graphclient import (
    AssignedPlan,
    Execution,
    GraphClient,
    GraphError,
    Job,
    Organization,
    Quarantine,
    Schedule,
    ServicePrincipal,
    Status,
    VerifiedDomain,
)
from onboarding.domain.consent_sizes import ConsentSize
from onboarding.domain.desired import ConsentSeen, Desired, LinkSent, ProvedTenant, SecretText
from onboarding.domain.headcount import Failure, Headcount
from onboarding.domain.products import ADVOCACY
from onboarding.domain.sentences import Sentence
from onboarding.domain.verdicts import Done, Verdict
from onboarding.steps.shared.applications import Candidate
from tests.narrow import instance

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
TENANT = "2f1b7c52-6a0f-4e0a-8c5d-0d51a4c1a001"
HOST = "nordwind.smarpshare.com"
BASE_URL = f"https://{HOST}/api/scim/v2"
APP = "7b0a5cbe-7c7a-4f0b-9a36-5c1a3f7c1c10"
JOB = "scim.2f1b7c526a0f4e0a8c5d0d51a4c1a001.6d8f1e9a"
P1 = "41781fb2-bc02-4b7c-bd55-b576c07bb09d"
USER = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"

CHOSEN = {
    "service_principal_id": APP,
    "app_id": "b2d1",
    "name": "Haiilo SSO",
    "template_id": "scim",
    "existing_job_id": "",
    "replaced_job_ids": [],
}
CONNECTED = {"job_id": JOB, "template_id": "scim", "base_url": BASE_URL, "service_principal_id": APP}
SCOPE = {
    "total": 200,
    "direct": 150,
    "by_group": 50,
    "groups": [{"id": "g-1", "name": "Sales", "members": 50}],
    "nested_groups": 0,
    "guests": 0,
    "disabled": 3,
    "sync_all": False,
    "sample": [{"id": "u-1", "name": "Eva Berg", "user_name": "eva@nordwind.example"}],
}
EVIDENCE: dict[str, dict[str, Any]] = {
    "customer": {"tenant_id": TENANT, "domain": "nordwind.example"},
    "consent": {"tenant_id": TENANT, "tenant_name": "Nordwind", "verified_domain": "nordwind.example"},
    "readiness": {"licence": "P1"},
    "sso_application": CHOSEN,
    "connection": CONNECTED,
    "mappings": {"rule_id": "rule-1"},
    "scope": SCOPE,
    "pilot": {},
    "enable": {"job_id": JOB, "started": True, "guard": 20},
}
ORDER = tuple(EVIDENCE)


def ago(**how_long: float) -> datetime:
    return NOW - timedelta(**how_long)


def evidence_before(step: str, **more: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """What the steps before `step` have seen; `more` is laid over it."""
    before = ORDER[: ORDER.index(step)] if step in ORDER else ORDER
    return {key: copy.deepcopy(EVIDENCE[key]) for key in before} | more


def desired(**fields: Any) -> Desired:
    """Nordwind, an Advocacy customer, whose tenant is proved."""
    given: dict[str, Any] = {
        "customer_name": "Nordwind",
        "profile": ADVOCACY,
        "haiilo_host": HOST,
        "domains": ("nordwind.example",),
        "now": NOW,
        "expected_tenant": TENANT,
        "proved": ProvedTenant(TENANT),
        "consent": consent_seen(),
    }
    return Desired(**given | fields)


def at_step(step: str, **fields: Any) -> Desired:
    """As `desired`, with the evidence of all steps before."""
    more = fields.pop("evidence", {})
    return desired(evidence=evidence_before(step, **more), **fields)


def with_token(**fields: Any) -> dict[str, Any]:
    """A token that was just entered."""
    return {"scim_token": SecretText("s3cret-token"), "scim_token_saved_at": NOW} | fields


def consent_seen(**fields: Any) -> ConsentSeen:
    given: dict[str, Any] = {
        "signed_in_tenant": TENANT,
        "signed_in_object_id": "oid-1",
        "signed_in_name": "Eva Berg",
        "signed_in_at": ago(minutes=2),
        "granted_at": ago(minutes=1),
    }
    return ConsentSeen(**given | fields)


def link(**fields: Any) -> LinkSent:
    given: dict[str, Any] = {"contact": "Eva Berg", "created_at": ago(days=1), "expires_at": NOW + timedelta(days=6)}
    return LinkSent(**given | fields)


def organization(*, plans: tuple[str, ...] = (P1,), domains: tuple[str, ...] = ("nordwind.example",)) -> Organization:
    return Organization(
        TENANT,
        "Nordwind GmbH",
        tuple(VerifiedDomain(name) for name in domains),
        tuple(AssignedPlan(plan, "Enabled") for plan in plans),
    )


def app(identity: str = APP, **fields: Any) -> ServicePrincipal:
    given: dict[str, Any] = {
        "app_id": f"app-of-{identity}",
        "display_name": "Haiilo SSO",
        "preferred_single_sign_on_mode": "saml",
        "reply_urls": (f"https://{HOST}/saml/acs",),
    }
    return ServicePrincipal(identity, **given | fields)


def candidate(identity: str = APP, *, jobs: tuple[Job, ...] = (), address: str = "", **fields: Any) -> Candidate:
    templates = fields.pop("templates", ("scim",))
    return Candidate(app(identity, **fields), templates, jobs, address)


def job(code: str = "Paused", *, state: str = "", identity: str = JOB, template: str = "scim", **status: Any) -> Job:
    """A job as it is after it was made, or with another code."""
    schedule = state or {"Active": "Active", "NotRun": "Active", "Quarantine": "Active"}.get(code, "Disabled")
    return Job(identity, template, Schedule(timedelta(minutes=40), schedule), Status(code, **status))


def execution(state: str = "Succeeded", **fields: Any) -> Execution:
    return Execution(state, ago(minutes=12), ago(minutes=2), **fields)


def quarantine(reason: str, code: str = "", message: str = "") -> Quarantine:
    return Quarantine(reason, code, message, NOW + timedelta(hours=6), ago(minutes=5))


def finished(**status: Any) -> Job:
    """A job that has been through everybody once."""
    given: dict[str, Any] = {
        "steady_state_first": ago(minutes=1),
        "last_execution": execution(),
        "counts": {"User": 200},
    }
    return job("Active", **given | status)


def people(told: int | None = None, failures: Sequence[Failure] = (), **results: int) -> Headcount:
    """So many of each result of the log, each with the standing that such a row alone amounts to."""
    there = sum(results.get(name, 0) for name in ("created", "updated", "matched"))
    amounts = {"arrived": there, "failed": results.get("failed", 0), "out": results.get("skipped", 0)}
    amounts["gone"] = results.get("removed", 0)
    return Headcount(results, amounts, told=told, failures=tuple(failures))


def evidence_of(verdict: Verdict) -> Any:
    """What a step that is done has seen; of any type, because each step has its own."""
    return instance(Done, verdict).evidence


def texts(sentences: Any) -> str:
    """What a person would read, in one text."""
    return " ".join(str(sentence) for sentence in sentences)


def offered(stored: list[Mapping[str, Any]]) -> str:
    """Sentences inside an offer, as one text."""
    return texts(Sentence.from_json(each) for each in stored)


def attribute(target: str, expression: str, *, matching: int = 0) -> dict[str, Any]:
    """One attribute mapping as Graph shows it."""
    name = expression.strip("[]")
    kind = "Attribute" if expression == f"[{name}]" else "Function"
    return {
        "defaultValue": None,
        "exportMissingReferences": False,
        "flowBehavior": "FlowWhenChanged",
        "flowType": "Always",
        "matchingPriority": matching,
        "targetAttributeName": target,
        "source": {"expression": expression, "name": name, "type": kind, "parameters": []},
    }


def schema(attributes: list[dict[str, Any]] | None = None, *, groups: bool = True, **people: Any) -> dict[str, Any]:
    """A new job's document, with things in it that nobody here knows."""
    default = [
        attribute("userName", "[userPrincipalName]", matching=1),
        attribute("active", 'Switch([IsSoftDeleted], , "False", "True", "True", "False")'),
        attribute("displayName", "[displayName]"),
        attribute("name.givenName", "[givenName]"),
        attribute("name.familyName", "[surname]"),
        attribute('addresses[type eq "work"].locality', "[physicalDeliveryOfficeName]"),
        attribute("externalId", "[mailNickname]"),
    ]
    mapped = attributes if attributes is not None else default
    names = [each["targetAttributeName"] for each in default]
    return {
        "id": "schema-1",
        "version": "7",
        "somethingNew": {"kept": True},
        "synchronizationRules": [
            {
                "id": "rule-1",
                "name": "USERGROUP_OUTBOUND_USERGROUP",
                "sourceDirectoryName": "Azure Active Directory",
                "targetDirectoryName": "customappsso",
                "objectMappings": [
                    {
                        "enabled": True,
                        "flowTypes": "Add, Update, Delete",
                        "name": "Provision Microsoft Entra ID Users",
                        "sourceObjectName": "User",
                        "targetObjectName": USER,
                        "scope": None,
                        "attributeMappings": mapped,
                        **people,
                    },
                    {
                        "enabled": groups,
                        "flowTypes": "Add,Update,Delete",
                        "name": "Provision Microsoft Entra ID Groups",
                        "sourceObjectName": "Group",
                        "targetObjectName": "urn:ietf:params:scim:schemas:core:2.0:Group",
                        "attributeMappings": [attribute("displayName", "[displayName]", matching=1)],
                    },
                ],
            }
        ],
        "directories": [
            {
                "id": "d-1",
                "name": "Azure Active Directory",
                "objects": [{"name": "User", "attributes": source_names()}],
            },
            {
                "id": "d-2",
                "name": "customappsso",
                "objects": [{"name": USER, "attributes": [{"name": name, "type": "String"} for name in names]}],
            },
        ],
    }


def source_names() -> list[dict[str, str]]:
    names = ("userPrincipalName", "IsSoftDeleted", "givenName", "surname", "country", "city", "state", "mail")
    return [{"name": name, "type": "String"} for name in names]


def people_of(document: Mapping[str, Any]) -> dict[str, Any]:
    """The mapping of people in a document."""
    found: dict[str, Any] = document["synchronizationRules"][0]["objectMappings"][0]
    return found


@dataclass
class FakeTenant:
    """What a step can reach, with a Graph client that talks to a far side on this machine."""

    graph: GraphClient
    client_id: str = "our-client-id"
    tenants: Mapping[str, str | GraphError] = field(default_factory=dict)
    forgotten: int = 0
    roles: frozenset[str] | None = None

    def as_size(self, size: ConsentSize) -> FakeTenant:
        """This tenant; each of our applications sees it alike."""
        return self

    def is_let_in(self) -> bool:
        return True

    def resolve(self, name: str) -> str | None:
        found = self.tenants.get(name)
        if isinstance(found, GraphError):
            raise found
        return found

    def roles_in_token(self) -> frozenset[str] | None:
        return self.roles

    def forget_token(self) -> None:
        self.forgotten += 1

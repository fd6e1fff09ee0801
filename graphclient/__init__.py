"""A typed client for Microsoft Graph v1.0 that needs no framework.

Start with ``GraphClient(Transport(session, ClientCredentials(…)))``. `errors` shows all errors as a tree.
"""

from .client import GraphClient
from .errors import (
    AlreadyThere,
    ConsentMissing,
    CredentialsRefused,
    GraphError,
    HostRefused,
    IdTokenRejected,
    LicenceMissing,
    LinkRefused,
    NotAllowed,
    NotThere,
    OtherCloud,
    OurCredentialRefused,
    OutcomeUnknown,
    ReadOnly,
    Rejected,
    RoleMissing,
    SignInFailed,
    SignInRefused,
    Throttled,
    TokenRefused,
    TooLarge,
    TryLater,
    Unavailable,
    Unreadable,
    WriteRefused,
)
from .http import guards
from .http.memo import Memo, Read
from .http.paging import Page
from .http.reroute import Reroutes
from .http.retry import Effect
from .http.sender import TokenSource
from .http.transport import Transport
from .identity.aadsts import plain_reason
from .identity.auth import ClientCredentials, roles_named_in
from .identity.clouds import CHINA, CLOUDS, GLOBAL, US_GOV_L4, US_GOV_L5, Cloud, cloud_named_by
from .identity.credentials import Assertion, Certificate, Credential, Secret, VaultKey
from .identity.discovery import Discoveries
from .identity.id_token import Identity
from .identity.keys import KeySet
from .identity.sign_in import Begun, SignIn
from .identity.tenants import admin_consent_url, resolve_tenant
from .identity.tokens import TokenSources
from .models.application import Application, Instantiated
from .models.audit import DirectoryAudit, Target
from .models.changes import Modified
from .models.directory import DirectoryObject, Group, User
from .models.directory_definition import DirectoryDefinition
from .models.entitlements import LeftOut
from .models.expression import ExpressionTest, ParsedExpression
from .models.logs import LogPage, LogStep, ProvisioningEvent
from .models.on_demand import OnDemandResult, OnDemandStep
from .models.organization import AssignedPlan, Domain, Organization, SubscribedSku, VerifiedDomain
from .models.service_principal import AppRole, AppRoleAssignment, ServicePrincipal
from .models.synchronization import Execution, Job, Progress, Quarantine, Schedule, Status, Template
from .probes import Finding, Probe, missing, probe

__all__ = [
    "CHINA",
    "CLOUDS",
    "GLOBAL",
    "US_GOV_L4",
    "US_GOV_L5",
    "AlreadyThere",
    "AppRole",
    "AppRoleAssignment",
    "Application",
    "Assertion",
    "AssignedPlan",
    "Begun",
    "Certificate",
    "ClientCredentials",
    "Cloud",
    "ConsentMissing",
    "Credential",
    "CredentialsRefused",
    "DirectoryAudit",
    "DirectoryDefinition",
    "DirectoryObject",
    "Discoveries",
    "Domain",
    "Effect",
    "Execution",
    "ExpressionTest",
    "Finding",
    "GraphClient",
    "GraphError",
    "Group",
    "HostRefused",
    "IdTokenRejected",
    "Identity",
    "Instantiated",
    "Job",
    "KeySet",
    "LeftOut",
    "LicenceMissing",
    "LinkRefused",
    "LogPage",
    "LogStep",
    "Memo",
    "Modified",
    "NotAllowed",
    "NotThere",
    "OnDemandResult",
    "OnDemandStep",
    "Organization",
    "OtherCloud",
    "OurCredentialRefused",
    "OutcomeUnknown",
    "Page",
    "ParsedExpression",
    "Probe",
    "Progress",
    "ProvisioningEvent",
    "Quarantine",
    "Read",
    "ReadOnly",
    "Rejected",
    "Reroutes",
    "RoleMissing",
    "Schedule",
    "Secret",
    "ServicePrincipal",
    "SignIn",
    "SignInFailed",
    "SignInRefused",
    "Status",
    "SubscribedSku",
    "Target",
    "Template",
    "Throttled",
    "TokenRefused",
    "TokenSource",
    "TokenSources",
    "TooLarge",
    "Transport",
    "TryLater",
    "Unavailable",
    "Unreadable",
    "User",
    "VaultKey",
    "VerifiedDomain",
    "WriteRefused",
    "admin_consent_url",
    "cloud_named_by",
    "guards",
    "missing",
    "plain_reason",
    "probe",
    "resolve_tenant",
    "roles_named_in",
]

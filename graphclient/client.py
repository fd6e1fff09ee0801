"""All calls to Graph in one tenant, grouped by resource."""

from __future__ import annotations

from .http.memo import Read
from .http.transport import Transport
from .resources.applications import Applications
from .resources.directory_audits import DirectoryAudits
from .resources.groups import Groups
from .resources.organization import OrganizationResource
from .resources.provisioning_logs import ProvisioningLogs
from .resources.service_principals import ServicePrincipals
from .resources.synchronization import Synchronization
from .resources.users import Users


class GraphClient:
    """Microsoft Graph v1.0 through one transport. Making a client sends nothing."""

    def __init__(self, transport: Transport) -> None:
        self.transport = transport
        self.organization = OrganizationResource(transport)
        self.service_principals = ServicePrincipals(transport)
        self.applications = Applications(transport)
        self.groups = Groups(transport)
        self.users = Users(transport)
        self.synchronization = Synchronization(transport)
        self.provisioning_logs = ProvisioningLogs(transport)
        self.directory_audits = DirectoryAudits(transport)

    def read_ahead(self, *reads: Read) -> None:
        """Ask for what the next calls will read in one ``$batch``; see `Transport.read_ahead`."""
        self.transport.read_ahead(*reads)

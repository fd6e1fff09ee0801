"""What Microsoft's own SDK and azure-identity see of the sandbox, through the default addresses of both."""

from __future__ import annotations

from typing import Any

from azure.identity import CertificateCredential
from directory import Directory
from msgraph import GraphServiceClient
from steps import Step, run
from synchronization import Synchronization


async def journey(wishes: dict[str, Any]) -> list[Step]:
    credential = CertificateCredential(wishes["tenant_id"], wishes["client_id"], wishes["certificate_file"])
    graph = GraphServiceClient(credential)
    return [*Directory(graph, wishes).steps(), *Synchronization(graph, wishes).steps()]


if __name__ == "__main__":
    run(journey)

"""Who is in the tenant, and what can be provisioned there: graphclient alone. See docs/graphclient.md.

TENANT_ID, CLIENT_ID, PRIVATE_KEY and CERTIFICATE (PEM files) come from the environment; with SANDBOX_URL the requests
go to `python -m sandbox` instead of Microsoft.
"""

import os
from pathlib import Path

import requests

from graphclient import GLOBAL, Certificate, GraphClient, Reroutes, TokenSources, Transport, guards

env, session = os.environ, requests.Session()
if env.get("SANDBOX_URL"):
    Reroutes(dict.fromkeys((GLOBAL.login, GLOBAL.graph), env["SANDBOX_URL"])).mount(session)
certificate = Certificate(Path(env["PRIVATE_KEY"]).read_text(), Path(env["CERTIFICATE"]).read_text())
tokens = TokenSources(env["CLIENT_ID"], certificate, session)
graph = GraphClient(Transport(session, tokens.of(env["TENANT_ID"]), guard=guards.read_only))
print("Tenant:", graph.organization.get().display_name)
for application in graph.service_principals.single_sign_on():
    templates = [template.id for template in graph.synchronization.templates(application.id)]
    print(f"{application.display_name}: {', '.join(templates) or 'cannot be provisioned'}")

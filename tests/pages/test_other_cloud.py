"""Public case 09 (consent): a customer whose tenant is in another of Microsoft's clouds, and one with both kinds."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from graphclient import GLOBAL
from onboarding.customers import links
from onboarding.customers.base import Refused
from onboarding.engine.reconcile import reconcile
from onboarding.models import ConsentAttempt, Link, Onboarding
from tests import builders
from tests.graphclient.entra import TENANT
from tests.graphclient.graph_stub import GraphStub, Reply

from .desk import open_record
from .visitor import text_of

pytestmark = pytest.mark.django_db(transaction=True)

GOV_TENANT = "7a1e0c11-0000-4000-8000-00000000c0de"
GOV = {
    "issuer": f"https://login.microsoftonline.us/{GOV_TENANT}/v2.0",
    "tenant_region_scope": "USGov",
    "tenant_region_sub_scope": "DODCON",
    "cloud_instance_name": "microsoftonline.us",
    "msgraph_host": "graph.microsoft.us",
}
ORDINARY = {"issuer": f"{GLOBAL.login}/{TENANT}/v2.0", "cloud_instance_name": "microsoftonline.com"}


def looked_at(far: GraphStub, documents: dict[str, Any], **fields: Any) -> Onboarding:
    """A customer with these domains, after the engine has looked."""
    for name, document in documents.items():
        far.on("GET", f"/{name}/v2.0/.well-known/openid-configuration", Reply(200, document))
    made = builders.onboarding(domains=[name for name in documents if "." in name], **fields)
    reconcile(made.pk)
    made.refresh_from_db()
    return made


@pytest.mark.parametrize("hint", ["", GOV_TENANT])
def test_says_so_before_a_link_goes_out(far: GraphStub, alice: Client, hint: str) -> None:
    made = looked_at(far, {"usgovagency.example": GOV, GOV_TENANT: GOV}, tenant_hint=hint)
    state = builders.state(made, "customer")
    assert (state.kind, state.code, state.court) == ("asking", "other_cloud", "cs")
    assert (
        open_record(alice, made).text.count("US Government cloud") == 3
    )  # the step, the timeline, in place of the button
    for path in ("record", "contacts"):
        page = alice.get(reverse(path, args=[made.pk])).content.decode()
        assert "US Government cloud" in page
        assert "Create a link" not in page
    with pytest.raises(Refused, match="cannot set it up"):
        links.issue_link(made, actor=builders.owner_of(made))
    answer = alice.post(reverse("link_issue", args=[made.pk]), follow=True)
    assert "US Government cloud" in answer.content.decode()
    assert not Link.objects.exists()


def test_says_so_on_the_page_of_a_link_that_was_made_before(far: GraphStub, client: Client) -> None:
    made = builders.onboarding(domains=["usgovagency.example"])
    _link, token = links.issue_link(made, actor=builders.owner_of(made))
    far.on("GET", "/usgovagency.example/v2.0/.well-known/openid-configuration", Reply(200, GOV))
    reconcile(made.pk)
    page = text_of(client.get(reverse("link", args=[token])))
    assert "US Government cloud" in page
    assert "/begin/" not in page
    assert "Open this page again in a minute" not in page
    assert client.post(reverse("link_begin", args=[token])).status_code == 409
    assert not ConsentAttempt.objects.exists()


def test_goes_on_with_the_ordinary_domain_of_a_customer_with_both(far: GraphStub, alice: Client) -> None:
    made = looked_at(far, {"mixedco.example": ORDINARY, "usgovagency.example": GOV})
    state = builders.state(made, "customer")
    assert (state.kind, state.evidence["tenant_id"]) == ("done", TENANT)
    assert "usgovagency.example is in Microsoft" in str(state.warnings) or state.warnings
    assert links.issue_link(made, actor=builders.owner_of(made))

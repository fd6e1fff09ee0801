"""A customer's admin with a browser of their own, and the invitation that the admin was sent."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlsplit

from django.test import Client
from django.urls import reverse

from onboarding.customers import links
from onboarding.models import ConsentAttempt, Link, Onboarding
from tests import builders
from tests.graphclient.entra import TENANT, Entra

if TYPE_CHECKING:
    from django.test.client import _MonkeyPatchedWSGIResponse as Response  # an answer to the test client, so named


@dataclass
class Invitation:
    """A customer whose tenant is known, and the link that its admin was sent."""

    onboarding: Onboarding
    link: Link
    token: str = field(repr=False)
    tenant: str = TENANT

    @property
    def path(self) -> str:
        return reverse("link", args=[self.token])

    @property
    def begin_path(self) -> str:
        return reverse("link_begin", args=[self.token])

    def fresh(self) -> Link:
        """The link as it is in the database now."""
        return Link.objects.get(pk=self.link.pk)

    def attempts(self) -> list[ConsentAttempt]:
        return list(ConsentAttempt.objects.filter(link=self.link).order_by("pk"))

    @property
    def is_granted(self) -> bool:
        return any(attempt.granted_at for attempt in self.attempts())


def invited(tenant: str = TENANT, **fields: Any) -> Invitation:
    made = builders.onboarding(**fields)
    builders.done(made, customer={"tenant_id": tenant, "domain": made.customer.domains[0]})
    link, token = links.issue_link(made, actor=builders.owner_of(made))
    return Invitation(made, link, token, tenant)


def query_of(address: str) -> dict[str, str]:
    return dict(parse_qsl(urlsplit(address).query))


class Visitor:
    """One browser: it has cookies, presses the button, and carries answers from Microsoft to us."""

    def __init__(self, entra: Entra) -> None:
        self.entra, self.client = entra, Client()

    def begin(self, invitation: Invitation) -> dict[str, str]:
        """Press the button and sign in at Microsoft; what the browser is sent back with."""
        response = self.client.post(invitation.begin_path)
        assert response.status_code == 302, response.content
        return self.entra.visit(response["Location"])

    def signed_in(self, answer: dict[str, str]) -> Response:
        return self.client.get(reverse("consent_signed_in"), answer)

    def consent(self, invitation: Invitation) -> dict[str, str]:
        """Sign in and accept; what the browser is sent back with."""
        response = self.signed_in(self.begin(invitation))
        assert response.status_code == 302, response.content
        state = query_of(response["Location"])["state"]
        return {"admin_consent": "True", "tenant": invitation.tenant, "state": state}

    def granted(self, answer: dict[str, str]) -> Response:
        return self.client.get(reverse("consent_granted"), answer)

    def go_all_the_way(self, invitation: Invitation) -> Response:
        """From the button to the progress page."""
        return self.granted(self.consent(invitation))


def text_of(response: Response) -> str:
    """The page's own part, without its frame."""
    return str(response.content.decode().partition("<main")[2])

"""What the customer's admin is asked to hand over, as the pages show it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from onboarding.customers.handover import is_asked_by
from onboarding.domain.sentences import Sentence
from onboarding.models import Asker, Link, SecretRequest, asker_of, clock
from onboarding.models.link import admin_of
from onboarding.steps.connection.causes import CREATES_TOKENS
from onboarding.steps.connection.form import TokenForm

TOLD_FOR = timedelta(days=7)  # so long it is said that a request has ended


@dataclass(frozen=True)
class HandoverView:
    """The newest request. `form` is None once it has ended; `path`: where a token is created, and `role`: by whom.
    `given_by`: the name of who handed it over, empty where nobody has, or once it is erased.
    """

    request: SecretRequest
    asker: Asker
    form: TokenForm | None
    path: Sequence[Sentence]
    role: Sentence
    given_by: str

    @property
    def shown(self) -> tuple[int, bool]:
        """The same as long as nothing about it has changed."""
        return self.request.pk, self.request.is_open


def form_of(data: Any = None, *, host: str = "") -> TokenForm:
    """The form in which staff enters a token, for the admin."""
    return TokenForm(data, offers={"host": host}, auto_id="handover_%s")


def handover_view(link: Link, filled: TokenForm | None = None) -> HandoverView | None:
    """None where nothing is asked of who approved by this link, nor was lately. One query where nothing was."""
    onboarding = link.onboarding
    request = onboarding.secret_requests.select_related("asked_by").order_by("-pk").first()
    if request is None or not is_asked_by(onboarding, link):
        return None
    ended = request.ended_at
    if ended is None and request.host != onboarding.customer.haiilo_host:
        return None
    if ended is not None and clock.now() - ended > TOLD_FOR:
        return None
    return HandoverView(
        request=request,
        asker=asker_of(request.asked_by),
        form=(filled or form_of(host=request.host)) if ended is None else None,
        path=CREATES_TOKENS.path.sentences({}) if CREATES_TOKENS.path else (),
        role=CREATES_TOKENS.role,
        given_by=admin_of(request.link_id),
    )

"""What lies on the desk of customer success: customers at a stage, and pages read as a person reads them."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.test import Client
from django.urls import reverse

from devtools.robots.browser import Page
from onboarding.domain.sentences import say
from onboarding.domain.verdicts import Asking, Change, Court, Detail, Done, Todo, Verdict
from onboarding.engine import ledger
from onboarding.engine.ledger import Cost
from onboarding.engine.working_copy import WorkingCopy
from onboarding.models import Onboarding, Person, clock
from onboarding.people import roster
from onboarding.people.outcome import COMPARED, FROM_OTHERS
from onboarding.steps import STEPS
from tests import builders
from tests.stored import Stored

if TYPE_CHECKING:
    from django.test.client import _MonkeyPatchedWSGIResponse as Response  # an answer to the test client, so named


HTMX = {"HX-Request": "true"}
TOKEN_NEEDED = Asking(say("Enter the token."), Court.CS, code="token_needed")
PLAN = Todo(
    say("Check the mapping."),
    [Change("write", say("Map 2 attributes."), (Detail("+", say("country")), Detail("-", say("title"))), {"a": 1})],
    say("Write this mapping"),
)


def stand(made: Onboarding, key: str, verdict: Verdict, **evidence: dict[str, Any]) -> Onboarding:
    """Let the engine have found `verdict` for the step `key`, and all before it done."""
    Onboarding.objects.filter(pk=made.pk).update(next_run_at=clock.now(), leased_until=None)
    copy = WorkingCopy(builders.claimed(made.pk))
    for step in STEPS:
        if step.key == key:
            break
        ledger.record(copy, step.key, Done(Stored(evidence.get(step.key, {})), say("Seen.")), Cost())
    ledger.record(copy, key, verdict, Cost())
    ledger.set_current(copy, key, live=key == "live" and isinstance(verdict, Done))
    copy.finish(after=timedelta())
    made.refresh_from_db()
    return made


def read(answer: Response, path: str = "/") -> Page:
    """The answer as a person without JavaScript sees it."""
    return Page(f"http://testserver{path}", answer.status_code, answer.content.decode())


def open_record(client: Client, made: Onboarding) -> Page:
    """The customer's page."""
    path = reverse("record", args=[made.pk])
    return read(client.get(path), path)


def post(client: Client, view: str, /, *args: Any, **data: Any) -> Page:
    """Send a form and follow where it leads."""
    answer = client.post(reverse(view, args=args), data, follow=True)
    return read(answer, answer.redirect_chain[-1][0] if answer.redirect_chain else reverse(view, args=args))


def token_of(made: Onboarding, token: str = "t") -> dict[str, str]:
    """The form for the token, filled in, as the page that stands now sends it."""
    return {"token": token, "host": made.customer.haiilo_host}


def people(made: Onboarding, count: int, **fields: Any) -> list[Person]:
    """Some people who came through, or did not."""
    given: dict[str, Any] = {"result": "created", "action": "create", "at": clock.now(), **fields}
    start = made.people.count()
    rows = {
        f"s{number}": Person(
            **{
                "onboarding": made,
                "source_id": f"s{number}",
                "event_id": f"e{number}",
                "name": f"Person {number:04}",
                "user_name": f"p{number:04}@contoso.example",
                **given,
            }
        )
        for number in range(start, start + count)
    }
    with transaction.atomic():
        roster.write(Onboarding.objects.lock(made.pk), {}, rows, [*COMPARED, *FROM_OTHERS])
    made.refresh_from_db(fields=list(roster.COUNTED))
    return list(rows.values())

"""The changes of the connection: what is announced, and how each is made."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import timedelta
from typing import Any

from django.utils.translation import gettext_noop as _

from graphclient import Job, NotThere
from onboarding.domain.desired import Desired
from onboarding.domain.sentences import say
from onboarding.domain.verdicts import Change, Detail, Todo
from onboarding.steps.base import Tenant
from onboarding.steps.connection.evidence import ConnectionEvidence
from onboarding.steps.shared import credentials, secrets
from onboarding.steps.shared.jobs import TEMPLATES, creation
from onboarding.steps.sso_application.evidence import SsoApplicationEvidence, service_principal_id

Made = Mapping[str, Any]


# What is announced


def setup(desired: Desired, job: Job | None, stored: Mapping[str, str]) -> Todo:
    """Test what was entered, create the job where there is none, save. A job of others takes a person's yes."""
    chosen = desired.required(SsoApplicationEvidence)
    adopted = bool(job and job.id == chosen.existing_job_id)
    moved = _moves(desired, stored)
    made_anew = job is None and was_connected(desired)
    where = {"service_principal_id": chosen.service_principal_id, **_what_is_entered(desired)}
    changes = [] if _was_tried(desired) and not (adopted or moved) else [_trial(desired, where)]
    if job is None:
        changes.append(creation(chosen.service_principal_id, chosen.template_id, chosen.name))
    changes.append(
        Change(
            "save_credentials",
            say(_("Save address and token at Microsoft; other settings stay as they are.")),
            tuple(_saved_lines(desired, stored)),
            payload={**where, "only_assigned": not chosen.existing_job_id and not was_connected(desired)},
        )
    )
    why = (
        say(_("The provisioning job was deleted in the customer's tenant. This creates a new one."))
        if made_anew
        else say(_("Microsoft tests address and token; then they are saved."))
    )
    return Todo(why, changes, say(_("Test and save")), asks=adopted or made_anew or moved)


def _moves(desired: Desired, stored: Mapping[str, str]) -> bool:
    """Whether data went to another address so far. Who entered a token has said yes to the first one only."""
    before = desired.evidence_of(ConnectionEvidence)
    known = (stored.get("BaseAddress", ""), before.base_url if before else "")
    return any(address and not secrets.same_address(address, desired.base_url) for address in known)


def was_saved_lately(desired: Desired, within: timedelta) -> bool:
    """Whether this very address was saved in the last moments, so that Microsoft may not show it yet."""
    saved = str(desired.result(ConnectionEvidence.step, "save_credentials").get("base_url", ""))
    lately = desired.applied_lately(ConnectionEvidence.step, "save_credentials", within)
    return lately and secrets.same_address(saved, desired.base_url)


def _saved_lines(desired: Desired, stored: Mapping[str, str]) -> Iterator[Detail]:
    before = stored.get("BaseAddress", "")
    if before and not secrets.same_address(before, desired.base_url):
        text = say(_("address: %(before)s becomes %(after)s"), before=before, after=desired.base_url)
        yield Detail("~", text)
    else:
        yield Detail("=" if before else "+", say(_("address: %(address)s"), address=desired.base_url))
    token = say(_("secret token"))
    yield Detail("~" if stored.get("SecretToken") else "+", token)
    if not stored.get("SyncAll"):
        yield Detail("+", say(_("scope: assigned users and groups only")))


def _trial(desired: Desired, where: Mapping[str, str]) -> Change:
    summary = say(_("Have Microsoft test %(address)s with the token."), address=desired.base_url)
    template = desired.required(SsoApplicationEvidence).template_id
    return Change("try_credentials", summary, payload={**where, "template_id": template})


def _what_is_entered(desired: Desired) -> dict[str, str]:
    """The address, and which token: a secret is not shown, so that its time stands for it."""
    return {"base_url": desired.base_url, "token_at": credentials.token_at(desired)}


def was_connected(desired: Desired) -> bool:
    """Whether this application had a job of ours already."""
    before = desired.evidence_of(ConnectionEvidence)
    return before is not None and before.service_principal_id == service_principal_id(desired)


def _was_tried(desired: Desired) -> bool:
    tried = desired.result(ConnectionEvidence.step, "try_credentials")
    return bool(tried) and (tried["token_at"], tried["base_url"]) == (
        credentials.token_at(desired),
        desired.base_url,
    )


def to_remove(desired: Desired, jobs: Sequence[Job]) -> list[Job]:
    """Jobs that a person wants replaced and that are still there."""
    replaced = desired.required(SsoApplicationEvidence).replaced_job_ids
    return [job for job in jobs if job.id in replaced and job.template_id in TEMPLATES]


def removal(desired: Desired, jobs: Sequence[Job]) -> Todo:
    """Back up, then delete: always by a person's yes. Accounts in Haiilo stay as they are."""
    name = desired.required(SsoApplicationEvidence).name
    changes = []
    for job in to_remove(desired, jobs):
        payload = {"service_principal_id": service_principal_id(desired), "job_id": job.id}
        changes.append(Change("back_up_job", say(_("Back up the job and its attribute mapping.")), payload=payload))
        changes.append(
            Change(
                "remove_job",
                say(_("Delete the old provisioning job of “%(name)s”; a new one is created after it."), name=name),
                (
                    Detail("-", say(_("job %(job)s, %(code)s"), job=job.id, code=job.status.code)),
                    Detail("=", say(_("accounts in Haiilo"))),
                ),
                payload,
            )
        )
    return Todo(say(_("The old provisioning job will be replaced.")), changes, say(_("Replace the old job")), asks=True)


# How it is made: where to and what is the change's own, never read anew


def try_credentials(tenant: Tenant, desired: Desired, change: Change) -> Made:
    """Raises `StepFailed` with the reason where Microsoft could not use what was entered."""
    token = credentials.planned_token(desired, change)
    credentials.try_entered(
        tenant.graph, _app(change), str(change.payload["template_id"]), str(change.payload["base_url"]), token
    )
    return _with(change)


def create_job(tenant: Tenant, desired: Desired, change: Change) -> Made:
    """Sent once; after a lost answer the next run adopts what came of it."""
    app, template = _app(change), str(change.payload["template_id"])
    return {"job_id": tenant.graph.synchronization.create_job(app, template).id, "service_principal_id": app}


def save_credentials(tenant: Tenant, desired: Desired, change: Change) -> Made:
    """Read, merge, write. The scope of a job that was there before is not touched, nor one that was set later."""
    sync, app = tenant.graph.synchronization, _app(change)
    values = secrets.merged(
        sync.secrets(app),
        base_url=str(change.payload["base_url"]),
        token=credentials.planned_token(desired, change),
        only_assigned=bool(change.payload["only_assigned"]),
    )
    sync.put_secrets(app, values)
    return _with(change)


def _app(change: Change) -> str:
    return str(change.payload["service_principal_id"])


def _with(change: Change) -> Made:
    """With which token and address it was made."""
    return {name: change.payload[name] for name in ("token_at", "base_url")}


def back_up_job(tenant: Tenant, desired: Desired, change: Change) -> Made:
    """The job and its whole schema."""
    sync, app, job_id = tenant.graph.synchronization, _app(change), str(change.payload["job_id"])
    try:
        job, schema = sync.job(app, job_id), sync.schema(app, job_id)
    except NotThere:
        return {}
    about = {"service_principal_id": app, "job_id": job_id, "template_id": job.template_id, "code": job.status.code}
    return {"backup": {**about, "schema": schema}}


def remove_job(tenant: Tenant, desired: Desired, change: Change) -> Made:
    """Gone already is as good."""
    with suppress(NotThere):
        tenant.graph.synchronization.delete_job(_app(change), str(change.payload["job_id"]))
    return {"job_id": change.payload["job_id"]}


APPLY: Mapping[str, Callable[[Tenant, Desired, Change], Made]] = {
    "try_credentials": try_credentials,
    "create_job": create_job,
    "save_credentials": save_credentials,
    "back_up_job": back_up_job,
    "remove_job": remove_job,
}

"""The changes of the connection: what is announced, and how each is made."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import timedelta
from typing import Any

from django.utils.translation import gettext_noop as _

from graphclient import AlreadyThere, Job, NotThere, Rejected
from onboarding.domain.desired import Desired
from onboarding.domain.sentences import Sentence, say
from onboarding.domain.verdicts import Asking, Change, Detail, Todo
from onboarding.steps.base import StepFailed, Tenant
from onboarding.steps.connection.causes import JOB_REFUSED, JOB_WAS_THERE
from onboarding.steps.connection.evidence import ConnectionEvidence
from onboarding.steps.shared import credentials, making, secrets
from onboarding.steps.shared.plan_causes import PLAN_OUTDATED
from onboarding.steps.shared.settings_causes import SETTINGS_UNSEEN
from onboarding.steps.sso_application.evidence import SsoApplicationEvidence, service_principal_id

Made = Mapping[str, Any]
SAVE = _("Save address and token at Microsoft; other settings stay as they are.")
SAVE_UNSEEN = _("Save address and token at Microsoft. It does not show what else is stored, so that is replaced.")


# What is announced


def setup(desired: Desired, job: Job | None, stored: Mapping[str, str], unknown: Sequence[str] = ()) -> Todo:
    """Test what was entered, create the job where there is none, save. A job of others takes a person's yes."""
    chosen = desired.required(SsoApplicationEvidence)
    adopted = bool(job and job.id == chosen.existing_job_id)
    moved = _moves(desired, stored)
    made_anew = job is None and (was_connected(desired) or was_made(desired))
    where = {"service_principal_id": chosen.service_principal_id, **_what_is_entered(desired)}
    changes = [] if _was_tried(desired) and not (adopted or moved) else [_trial(desired, where)]
    if job is None:
        changes.append(_creation(chosen))
    changes.append(
        Change(
            "save_credentials",
            say(SAVE_UNSEEN if unknown else SAVE),
            (*_saved_lines(desired, stored), *_lost_lines(desired, stored, unknown)),
            payload={**where, "only_assigned": not keeps_settings(desired), **_more(desired, unknown)},
        )
    )
    return Todo(_why(desired, made_anew), changes, say(_("Test and save")), asks=adopted or made_anew or moved)


def keeps_settings(desired: Desired) -> bool:
    """Whether what is stored was set by somebody for the job that we run, so that it must not be lost."""
    return bool(desired.required(SsoApplicationEvidence).existing_job_id) or was_connected(desired)


def told(desired: Desired) -> dict[str, str]:
    """The settings that a person read in the portal for this application, by key; empty where nobody did."""
    answer = desired.answer(ConnectionEvidence.step, "settings", {})
    return dict(answer["values"]) if answer and answer.get("app") == service_principal_id(desired) else {}


def _more(desired: Desired, unknown: Sequence[str]) -> dict[str, Any]:
    """What else decides what is written: settings that a person told, and to whom Microsoft writes."""
    kept = {"told": told(desired)} if unknown and keeps_settings(desired) else {}
    asked = not keeps_settings(desired) and desired.recipients
    return {**kept, **({"recipients": desired.recipients} if asked else {})}


def _lost_lines(desired: Desired, stored: Mapping[str, str], unknown: Sequence[str]) -> Iterator[Detail]:
    """What may be lost, because Microsoft does not show it."""
    if unknown:
        values = told(desired) if keeps_settings(desired) else {}
        for key, value in sorted(values.items()):
            yield Detail("=", say(_("%(name)s, as it was told: %(value)s"), name=key, value=value))
        names = ", ".join(key for key in unknown if key not in values)
        if names:
            yield Detail("-", say(_("settings that Microsoft does not show: %(names)s"), names=names))
    elif keeps_settings(desired) and secrets.SETTINGS not in stored:
        yield Detail("~", say(_("notification e-mails of Microsoft: none are shown, so they are saved as off")))


def _why(desired: Desired, made_anew: bool) -> Sentence:
    if not made_anew:
        return say(_("Microsoft tests address and token; then they are saved."))
    if was_connected(desired):
        return say(_("The provisioning job was deleted in the customer's tenant. This creates a new one."))
    return say(
        _(
            "Microsoft said that it created the job, but does not show it. This sends the request again. If that does "
            "not help, have the customer create a second application for provisioning."
        )
    )


def _creation(chosen: SsoApplicationEvidence) -> Change:
    """Whoever replaces a job wants today's template, also where the application lists only the old one."""
    first = making.TEMPLATES[0] if chosen.replaced_job_ids and chosen.template_id != making.TEMPLATES[0] else ""
    return making.creation(chosen.service_principal_id, chosen.template_id, chosen.name, first=first)


def was_made(desired: Desired) -> bool:
    """Whether Microsoft has said that it made a job of ours on this application."""
    made = desired.result(ConnectionEvidence.step, "create_job")
    return bool(made.get("job_id")) and made.get("service_principal_id") == service_principal_id(desired)


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


def had_credentials(desired: Desired) -> bool:
    """Whether there may have been other credentials before, whose test still succeeds while ours take effect."""
    return keeps_settings(desired) or bool(desired.required(SsoApplicationEvidence).replaced_job_ids)


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
    """Jobs that a person wants replaced, and that we have not deleted since."""
    chosen = desired.required(SsoApplicationEvidence)
    return [job for job in making.replaced(desired, jobs, chosen) if not making.was_deleted(desired, job, chosen)]


def removal(desired: Desired, jobs: Sequence[Job]) -> Todo:
    """Back up, then delete: always by a person's yes. Accounts in Haiilo stay as they are."""
    chosen, changes = desired.required(SsoApplicationEvidence), []
    name, since = chosen.name, chosen.replaced_at.isoformat() if chosen.replaced_at else ""
    for job in to_remove(desired, jobs):
        payload = {"service_principal_id": service_principal_id(desired), "job_id": job.id, "replaced_at": since}
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
        tenant.graph, desired, _app(change), str(change.payload["template_id"]), str(change.payload["base_url"]), token
    )
    return _with(change)


def create_job(tenant: Tenant, desired: Desired, change: Change) -> Made:
    """Sent once; after a lost answer the next run adopts what came of it. What was there before is not ours."""
    app = _app(change)
    try:
        job = _made(tenant, desired, change)
    except AlreadyThere as refused:
        raise StepFailed(JOB_REFUSED.asking(code=refused.code or str(refused.status))) from refused
    if not making.is_new(job):
        raise StepFailed(JOB_WAS_THERE.asking(job=job.id, code=job.status.code or "?"))
    return {"job_id": job.id, "service_principal_id": app, "template_id": job.template_id}


def _made(tenant: Tenant, desired: Desired, change: Change) -> Job:
    """By the template that is tried first; by the listed one where Microsoft refuses that, or has not said a word."""
    sync, app, template = tenant.graph.synchronization, _app(change), str(change.payload["template_id"])
    first = str(change.payload.get("first", ""))
    if first and change.intent not in desired.unconfirmed.get(ConnectionEvidence.step, ()):
        with suppress(Rejected):
            return sync.create_job(app, first)
    return sync.create_job(app, template)


def save_credentials(tenant: Tenant, desired: Desired, change: Change) -> Made:
    """Read, merge, write. The scope of a job that was there before is not touched, nor one that was set later.

    Raises `StepFailed` where something would be lost that Microsoft does not show and nobody has told.
    """
    app, only_assigned = _app(change), bool(change.payload["only_assigned"])
    found, given = credentials.stored_at(tenant.graph, desired, app), dict(change.payload.get("told", {}))
    if found.unknown and not only_assigned and not given:
        raise StepFailed(unseen(desired, found.unknown))
    values = secrets.merged(
        {**given, **found.values},
        base_url=str(change.payload["base_url"]),
        token=credentials.planned_token(desired, change),
        only_assigned=only_assigned,
        recipients=str(change.payload.get("recipients", "")),
    )
    credentials.put(tenant.graph, app, values)
    at, expires = desired.now.isoformat(), desired.answer(ConnectionEvidence.step, "token_expires", {})
    kept = {"kept": secrets.without_credentials(values), "expires": expires}
    return {**_with(change), "service_principal_id": app, "put_at": at, **kept}


def unseen(desired: Desired, names: Sequence[str]) -> Asking:
    """Asks for the settings that Microsoft does not show and a PUT would replace."""
    offers = {"settings": list(names), "app": service_principal_id(desired)}
    return SETTINGS_UNSEEN.asking(offers=offers, names=", ".join(names))


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
    """Gone already is as good. Raises `StepFailed` where the job of this id is one that we have made since."""
    job_id, since = str(change.payload["job_id"]), str(change.payload.get("replaced_at", ""))
    made = desired.result(ConnectionEvidence.step, "create_job")
    if made.get("job_id") == job_id and since and str(made.get("at", "")) > since:
        raise StepFailed(PLAN_OUTDATED.asking())
    try:
        with suppress(NotThere):
            tenant.graph.synchronization.delete_job(_app(change), job_id)
    except (Rejected, AlreadyThere) as refused:
        code = refused.code or str(refused.status)
        return {
            "job_id": job_id,
            "refused": code,
            "partly": say(_("Microsoft refused to delete the job: %(code)s"), code=code),
        }
    return {"job_id": job_id}


APPLY: Mapping[str, Callable[[Tenant, Desired, Change], Made]] = {
    "try_credentials": try_credentials,
    "create_job": create_job,
    "save_credentials": save_credentials,
    "back_up_job": back_up_job,
    "remove_job": remove_job,
}

"""Provisioning of one enterprise application (Graph reference, "Microsoft Entra synchronization API overview").

Every path takes the object id of the service principal, never its appId (docs/graph-facts.md, "Jobs").
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ..errors import GraphError, TryLater, Unreadable
from ..http.document import Document, read_model
from ..http.memo import Read
from ..http.paging import models, pages, rows_of
from ..http.paths import part
from ..http.retry import Effect
from ..http.transport import Transport
from ..models import fields
from ..models.directory_definition import DirectoryDefinition
from ..models.expression import ExpressionTest, ParsedExpression
from ..models.on_demand import OnDemandResult
from ..models.synchronization import Job, Template

ON_DEMAND_SECONDS = 150.0  # a run usually takes less than 30; Microsoft promises no limit
MAX_ON_DEMAND_MEMBERS = 5  # of one group
# Microsoft keeps the other values for its own support
RESET_SCOPES = ("Escrows", "Watermark", "QuarantineState", "Full", "ForceDeletes")


class Synchronization:
    """Templates, jobs, credentials and mappings; every method may raise a `GraphError`."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def templates(self, sp_id: str) -> list[Template]:
        """The templates of the application; empty means that it cannot be provisioned."""
        return list(models(self._transport, Template.from_json, f"{_root(sp_id)}/templates"))

    def template_schema(self, sp_id: str, template_id: str) -> dict[str, Any]:
        """The mappings that a new job of this template begins with, in the form of `schema`."""
        return _schema(self._transport.get(f"{_root(sp_id)}/templates/{part(template_id)}/schema"))

    def jobs(self, sp_id: str) -> list[Job]:
        """All jobs of the application."""
        return list(models(self._transport, Job.from_json, read_jobs(sp_id).path))

    def job(self, sp_id: str, job_id: str) -> Job:
        """One job. Raises `NotThere`, also for some moments after it was created."""
        return read_model(Job.from_json, self._transport.get(read_job(sp_id, job_id).path))

    def create_job(self, sp_id: str, template_id: str) -> Job:
        """Make a job, which does not run yet. After `OutcomeUnknown` look at `jobs` before another call."""
        answer = self._transport.ask("POST", f"{_root(sp_id)}/jobs", json={"templateId": template_id})
        return self._transport.read_unrepeatable(Job.from_json, answer)

    def start(self, sp_id: str, job_id: str) -> None:
        """Start the job or let it go on; clears quarantine. Not for a running job."""
        self._transport.send("POST", f"{_job(sp_id, job_id)}/start", effect=Effect.SAME)

    def pause(self, sp_id: str, job_id: str) -> None:
        """Stop the job after its running cycle."""
        self._transport.send("POST", f"{_job(sp_id, job_id)}/pause", effect=Effect.SAME)

    def restart(self, sp_id: str, job_id: str, reset_scope: str) -> None:
        """Run the job anew without the state in `reset_scope` ("Watermark, Escrows, QuarantineState"). Sent once.

        An empty `reset_scope` is what the portal's Restart sends. Raises ValueError for a word outside `RESET_SCOPES`.
        """
        words = [word.strip() for word in reset_scope.split(",") if word.strip()]
        if not set(words) <= set(RESET_SCOPES):
            raise ValueError(f"a reset scope is made of {', '.join(RESET_SCOPES)}")
        self._transport.send("POST", f"{_job(sp_id, job_id)}/restart", json={"criteria": {"resetScope": reset_scope}})

    def delete_job(self, sp_id: str, job_id: str) -> None:
        """Delete the job; there is no undo. Raises `NotThere` when it is gone already."""
        self._transport.send("DELETE", _job(sp_id, job_id))

    def validate_credentials(
        self,
        sp_id: str,
        *,
        template_id: str,
        base_url: str | None = None,
        secret_token: str | None = None,
        saved: bool = False,
        job_id: str | None = None,
    ) -> None:
        """Let Entra test address and token, or with `saved` the stored ones. Raises `CredentialsRefused`."""
        path = f"{_job(sp_id, job_id)}/validateCredentials" if job_id else f"{_root(sp_id)}/jobs/validateCredentials"
        body: dict[str, Any] = {"templateId": template_id, "useSavedCredentials": saved}
        if not saved:
            body["credentials"] = _pairs({"BaseAddress": base_url or "", "SecretToken": secret_token or ""})
        self._transport.send("POST", path, json=body, safe=True, hidden=(secret_token or "",))

    def put_secrets(self, sp_id: str, values: Mapping[str, str]) -> None:
        """Replace the whole set of secrets: keys that are not sent are gone. Key names are case-sensitive."""
        body = {"value": _pairs(values)}
        self._transport.send("PUT", f"{_root(sp_id)}/secrets", json=body, hidden=_secret_values(values))

    def secrets(self, sp_id: str) -> dict[str, str]:
        """The stored values by key; secret values come masked, and a value that is not shown is empty.

        Raises `Unreadable` where a part of the list cannot be read: what is written back must not lack it.
        """
        path = read_secrets(sp_id).path
        answer = self._transport.get(path)
        return dict(read_model(_pair, answer, row) for row in rows_of(answer, path))

    def schema(self, sp_id: str, job_id: str) -> dict[str, Any]:
        """The mappings as one opaque document, without ``@odata.context``.

        Raises `Unreadable` where its rules, or the objects that a rule maps, are not lists of objects.
        """
        return _schema(self._transport.get(read_schema(sp_id, job_id).path))

    def put_schema(self, sp_id: str, job_id: str, document: Mapping[str, Any]) -> None:
        """Replace the whole document. Microsoft's OpenAPI file has PATCH, which the service lacks."""
        self._transport.send("PUT", f"{_job(sp_id, job_id)}/schema", json=_bare(document))

    def delete_schema(self, sp_id: str, job_id: str) -> None:
        """Set the mappings back to those of the template."""
        self._transport.send("DELETE", f"{_job(sp_id, job_id)}/schema")

    def discover(self, sp_id: str, job_id: str, directory_id: str) -> DirectoryDefinition:
        """Let Entra read the attributes of this directory of the schema again, where Entra can."""
        path = f"{_job(sp_id, job_id)}/schema/directories/{part(directory_id)}/discover"
        return read_model(DirectoryDefinition.from_json, self._transport.ask("POST", path, effect=Effect.SAME))

    def parse_expression(
        self,
        sp_id: str,
        job_id: str,
        expression: str,
        *,
        subject: Mapping[str, str | None] | None = None,
        target: Mapping[str, Any] | None = None,
    ) -> ParsedExpression:
        """The parse tree of a mapping expression, or the error in it; its value for `subject`, where one is given.

        `subject`: the values of a User by attribute name, None where one is not there; `target`: the attribute
        definition of the schema that the result is meant for.
        """
        body, path = _question(expression, subject, target), f"{_job(sp_id, job_id)}/schema/parseExpression"
        hidden = _told_values(subject)
        answer = self._transport.ask("POST", path, json=body, safe=True, hidden=hidden, tells_error=True)
        return read_model(ParsedExpression.from_json, answer)

    def evaluations(
        self, sp_id: str, job_id: str, tests: Sequence[ExpressionTest]
    ) -> list[ParsedExpression | GraphError]:
        """What Microsoft makes of each of at most twenty tests; an error for what it does not tell.

        Several are asked in one batch. Nobody says whether a batch reaches the service (docs/graph-facts.md, "Paging
        and batch"): what it is refused there is asked alone, until that is refused, too. Raises what the guard raises,
        where that is no `GraphError`.
        """
        in_one = self._in_one(sp_id, job_id, tests) if len(tests) > 1 else [None for _test in tests]
        refused: GraphError | None = None
        answers: list[ParsedExpression | GraphError] = []
        for test, told in zip(tests, in_one, strict=True):
            answer = told or refused or self._alone(sp_id, job_id, test)
            if told is None and isinstance(answer, GraphError):
                refused = answer
            answers.append(answer)
        return answers

    def _alone(self, sp_id: str, job_id: str, test: ExpressionTest) -> ParsedExpression | GraphError:
        try:
            return self.parse_expression(sp_id, job_id, test.expression, subject=test.subject)
        except GraphError as error:
            return error

    def _in_one(
        self, sp_id: str, job_id: str, tests: Sequence[ExpressionTest]
    ) -> list[ParsedExpression | GraphError | None]:
        """The same by one batch; None for what has to be asked alone."""
        path = f"{_job(sp_id, job_id)}/schema/parseExpression"
        hidden = [value for test in tests for value in _told_values(test.subject)]
        bodies = [_question(test.expression, test.subject, None) for test in tests]
        try:
            answers = self._transport.batch_of_questions(path, bodies, hidden=hidden)
        except GraphError as error:
            return [_unless_refused(error) for _test in tests]
        return [_parsed(each) for each in answers]

    def functions(self, sp_id: str, job_id: str) -> list[dict[str, Any]]:
        """The functions that mapping expressions may use."""
        return list(pages(self._transport, f"{_job(sp_id, job_id)}/schema/functions"))

    def filter_operators(self, sp_id: str, job_id: str) -> list[dict[str, Any]]:
        """The operators that scoping filters may use."""
        return list(pages(self._transport, f"{_job(sp_id, job_id)}/schema/filterOperators"))

    def provision_on_demand(self, sp_id: str, job_id: str, rule_id: str, user_id: str) -> OnDemandResult:
        """Provision one person now; `result` may be Skipped or Failure. Microsoft allows 5 calls in 10 seconds."""
        return self._on_demand(sp_id, job_id, rule_id, {"objectId": user_id, "objectTypeName": "User"})

    def provision_group_on_demand(
        self, sp_id: str, job_id: str, rule_id: str, group_id: str, member_ids: Sequence[str] = ()
    ) -> OnDemandResult:
        """Provision one group with up to five of its members now. Raises ValueError for more members."""
        if len(member_ids) > MAX_ON_DEMAND_MEMBERS:
            raise ValueError("a group is provisioned on demand with five members at most")
        members = [{"objectId": user_id, "objectTypeName": "User"} for user_id in member_ids]
        group = {"objectId": group_id, "objectTypeName": "Group", "links": {"members": members}}
        return self._on_demand(sp_id, job_id, rule_id, group)

    def _on_demand(self, sp_id: str, job_id: str, rule_id: str, subject: Mapping[str, Any]) -> OnDemandResult:
        answer = self._transport.ask(
            "POST",
            f"{_job(sp_id, job_id)}/provisionOnDemand",
            json={"parameters": [{"ruleId": rule_id, "subjects": [subject]}]},
            read_timeout=ON_DEMAND_SECONDS,
        )
        return OnDemandResult.from_json(answer)


def read_jobs(sp_id: str) -> Read:
    """What `jobs` sends first."""
    return Read(f"{_root(sp_id)}/jobs")


def read_job(sp_id: str, job_id: str) -> Read:
    """What `job` sends."""
    return Read(_job(sp_id, job_id))


def read_secrets(sp_id: str) -> Read:
    """What `secrets` sends."""
    return Read(f"{_root(sp_id)}/secrets")


def read_schema(sp_id: str, job_id: str) -> Read:
    """What `schema` sends."""
    return Read(f"{_job(sp_id, job_id)}/schema")


def _root(sp_id: str) -> str:
    return f"/servicePrincipals/{part(sp_id)}/synchronization"


def _job(sp_id: str, job_id: str) -> str:
    return f"{_root(sp_id)}/jobs/{part(job_id)}"


def _pairs(values: Mapping[str, str]) -> list[dict[str, str]]:
    return [{"key": key, "value": value} for key, value in values.items()]


def _secret_values(values: Mapping[str, str]) -> tuple[str, ...]:
    """Values that no error message may contain: all but addresses and switches."""
    open_keys = {"BaseAddress", "SyncAll"}
    return tuple(value for key, value in values.items() if key not in open_keys)


def _pair(row: Mapping[str, Any]) -> tuple[str, str]:
    key, value = fields.need(row, "key", "a stored setting"), row.get("value")
    if isinstance(value, bool):
        return key, str(value).lower()
    if value is not None and not isinstance(value, str | int):
        raise Unreadable(f"the stored setting {key} without a text")
    return key, fields.text(row, "value")


def _schema(document: Document) -> dict[str, Any]:
    """The document as it came, once it is certain that it is one."""
    for rule in _each(document, document, "synchronizationRules"):
        _each(document, rule, "objectMappings")
    return _bare(document)


def _each(document: Document, holder: Mapping[str, Any], key: str) -> list[dict[str, Any]]:
    return read_model(lambda part: fields.need_rows(part, key, "a schema"), document, holder)


def _bare(document: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in document.items() if key != "@odata.context"}


def _parsed(answer: Document | GraphError) -> ParsedExpression | GraphError | None:
    if isinstance(answer, GraphError):
        return _unless_refused(answer)
    try:
        return read_model(ParsedExpression.from_json, answer)
    except Unreadable as error:
        return error


def _unless_refused(error: GraphError) -> GraphError | None:
    """The error, or None for a refusal that may be the batch's alone."""
    return error if isinstance(error, TryLater) else None


def _question(
    expression: str, subject: Mapping[str, str | None] | None, target: Mapping[str, Any] | None
) -> dict[str, Any]:
    return {"expression": expression, "targetAttributeDefinition": target, "testInputObject": _test_object(subject)}


def _told_values(subject: Mapping[str, str | None] | None) -> tuple[str, ...]:
    return tuple(value for value in (subject or {}).values() if value)


def _test_object(values: Mapping[str, str | None] | None) -> dict[str, Any] | None:
    """Graph's expressionInputObject: a definition of the attributes, and their values."""
    if values is None:
        return None
    attributes = [{"name": name, "type": "String"} for name in values]
    there = {name: value for name, value in values.items() if value is not None}
    return {"definition": {"name": "User", "attributes": attributes}, "properties": _pairs(there)}

"""How any call may be answered, too often, unreadable, too large; and what of Haiilo nobody has said."""

from __future__ import annotations

from dataclasses import dataclass

from .setting import documented, number, one_of, recorded, told, unconfirmed


@dataclass(frozen=True)
class Wire:
    """What may happen to an answer of Graph."""

    throttled: str = one_of(
        "with_header",
        "What does a 429 look like?",
        with_header=documented("Retry-After in seconds.", "Throttling guidance (Microsoft)"),
        without_header=recorded("No Retry-After; code UnknownError.", "JBines/Remove-StaleGuests#7"),
        nested=recorded("No Retry-After; JSON inside the message.", "almenscorner/IntuneCD#217"),
        html=told("No Retry-After; a page in place of JSON.", "codelibs/fess#3258"),
    )
    unreadable: str = one_of(
        "none",
        "What comes in place of a good answer?",
        none=documented("Nothing else.", "Graph: errors"),
        error_inside=recorded("200 with an error's envelope.", "microsoft-graph-explorer-v4#870"),
        html=told("200 with a page.", "codelibs/fess#3258"),
        empty=unconfirmed("200 with nothing."),
        no_list=unconfirmed("200 with an object that lacks its list."),
    )
    unreadable_calls: str = one_of(
        "jobs",
        "Which calls are answered so?",
        jobs=unconfirmed("The list of jobs."),
        job=unconfirmed("One job."),
        schema=unconfirmed("The schema of a job."),
        secrets=unconfirmed("The saved secrets."),
        log=unconfirmed("The provisioning log."),
        templates=unconfirmed("The list of templates."),
        organization=recorded("The organization.", "microsoft-graph-explorer-v4#870"),
    )
    assignments: str = one_of(
        "documented",
        "What does an assignment to an application look like?",
        documented=documented(
            "Its id is a text of 43 letters, its time has seven decimals, the context names the service principal.",
            "Graph: list appRoleAssignedTo",
        ),
        guid=unconfirmed("Its id is a GUID, its time has whole seconds."),
    )
    batch_urls: str = one_of(
        "relative",
        "Which addresses may the items of a batch have?",
        relative=documented("Relative to the version alone; the item of any other is 400.", "Graph: JSON batching"),
        with_version=unconfirmed("With the version before it, too."),
        absolute=unconfirmed("Whole ones of Graph, too."),
    )
    batch_provisioning: str = one_of(
        "answered",
        "What does a batch answer to calls of provisioning and of logs?",
        answered=unconfirmed("The same as outside of a batch."),
        item_refused=unconfirmed("400 to such an item."),
        batch_refused=unconfirmed("400 to the whole batch."),
    )
    haiilo_groups: str = one_of(
        "empty",
        "What does Haiilo Advocacy answer to a search of groups?",
        missing=unconfirmed("404: it has no groups over SCIM."),
        empty=unconfirmed("200 and an empty list: without it no connection test that asks for groups would pass."),
    )
    largest_body: int = number(
        "How many bytes may a request have?", documented("Longer ones are 413.", "Graph: error responses")
    )
    largest_group: int = number(
        "How many members may a group have whose members of members are listed?",
        unconfirmed("Larger ones are 400 Directory_ResultSizeLimitExceeded.", "Graph: error responses"),
    )

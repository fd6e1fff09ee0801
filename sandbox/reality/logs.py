"""How the provisioning log and provision on demand may answer."""

from __future__ import annotations

from dataclasses import dataclass

from .setting import documented, one_of, recorded, told, unconfirmed

GRAPH2OTEL = "rknightion/graph2otel"
ON_DEMAND = "Graph: provisionOnDemand"


@dataclass(frozen=True)
class Logs:
    """The provisioning log, provision on demand."""

    log_rows: str = one_of(
        "recorded",
        "Where does a log row say why somebody was skipped, and what do its steps tell?",
        documented=documented(
            "In errorInformation; steps have next to no details.", "Graph: provisioningObjectSummary"
        ),
        recorded=recorded(
            "In the details of the last step (SkipReason, PropertyName); errorInformation is null on every row that did"
            " not fail; every step has its details.",
            f"{GRAPH2OTEL}, 2026; elastic/integrations, 2022",
        ),
    )
    log_order: str = one_of(
        "as_asked",
        "In which order do rows come?",
        as_asked=documented("As $orderby asks.", "Graph: list provisioningObjectSummary"),
        newest_first=told("Newest first, whatever was asked.", f"{GRAPH2OTEL}, its issue 23"),
    )
    log_sorting: str = one_of(
        "taken",
        "Is $orderby taken?",
        taken=documented("Yes.", "Graph: list provisioningObjectSummary"),
        refused=told("400, as the sign-in log answers.", "MicrosoftDocs/azure-docs#5467"),
    )
    log_by_job: str = one_of(
        "taken",
        "Can be filtered by jobId?",
        taken=told("Yes.", "AzureAD/MSIdentityTools"),
        refused=unconfirmed("400."),
    )
    log_by_time: str = one_of(
        "strictly",
        "Which comparisons of activityDateTime are taken?",
        any=documented("eq, gt, lt, ge, le.", "Graph: list provisioningObjectSummary"),
        strictly=told("gt and lt only.", GRAPH2OTEL),
        none=unconfirmed("None: 400."),
    )
    log_next_page: str = one_of(
        "works",
        "Is the log's own nextLink taken?",
        works=documented("Yes.", "Graph: paging"),
        refused_once=recorded("400 Invalid Skip Token with an empty code, once.", "msgraph-sdk-powershell#1388"),
        refused=recorded(
            "400 Invalid Skip Token, each time.", "msgraph-sdk-powershell#1388; microsoft-graph-docs#8612"
        ),
    )
    log_refused: str = one_of(
        "no",
        "Is the log refused although the permissions are there?",
        no=documented("No.", "Graph: list provisioningObjectSummary"),
        other_permission=recorded("403, and AuditLog.Read.All is named.", "microsoft-graph-explorer-v4#3165"),
        unknown=unconfirmed("403 UnknownError without a word."),
    )
    on_demand_rows: str = one_of(
        "flat",
        "What does the answer of provision on demand hold?",
        nested=unconfirmed("statusInfo with errorInformation inside, steps without details."),
        flat=documented(
            "statusInfo is flat, a skip is the step EntrySynchronizationSkip with its SkipReason, every step has its"
            " details, identities have a type.",
            ON_DEMAND,
        ),
    )
    on_demand_ends: str = one_of(
        "exported",
        "How far does a provision on demand go?",
        exported=documented("To the export.", ON_DEMAND),
        imported=unconfirmed(
            "It ends after the import, with a success and without an export.", f"the sample of {ON_DEMAND}"
        ),
    )
    on_demand_again: str = one_of(
        "redundant",
        "What is the second run for the same person?",
        redundant=documented("Skipped: nothing is left to do.", "Provision on demand (Microsoft)"),
        update=told(
            "An update, where the target does not give back what it was sent.", "the sandbox with the default mapping"
        ),
    )

"""How synchronization may answer: jobs, the connection test and secrets, schemas."""

from __future__ import annotations

from dataclasses import dataclass

from .setting import documented, number, one_of, recorded, told, unconfirmed

AWS = "Microsoft's walk-through for AWS, 2021"
CLOUD_SYNC = "MicrosoftDocs/azure-docs, cloud provisioning, concept-attributes: job list of a running tenant"
GREENHOUSE = "efeoncepro/greenhouse-eo"
SCIM_COMPATIBILITY = "Known issues with SCIM 2.0 protocol compliance (Microsoft)"
SCIM_SERVER = "pranems/SCIMServer"


@dataclass(frozen=True)
class Synchronization:
    """Jobs, the connection test and secrets, schemas."""

    # Jobs

    job_id: str = one_of(
        "application",
        "What stands at the end of a job's id?",
        random=documented("A GUID of its own.", "Graph: create synchronizationJob"),
        application=recorded(
            "The appId of the application: a job that is deleted and made again from the same template has the"
            " same id.",
            f"{AWS}; {GREENHOUSE}",
        ),
    )
    same_template: str = one_of(
        "refused",
        "What answers POST jobs where a job of that template is there?",
        second=documented("201 and a second job.", "Graph: create synchronizationJob"),
        refused=unconfirmed("409, as the id would be the same.", f"follows from the ids that were recorded ({AWS})"),
        same=unconfirmed("201 and the job that is there.", f"follows from the ids that were recorded ({AWS})"),
    )
    deleted_job: str = one_of(
        "gone",
        "What becomes of a job that is deleted?",
        gone=documented("It is gone at once.", "Graph: delete synchronizationJob"),
        stays=told("204, and it is listed all the same.", f"{GREENHOUSE}, Decision 1"),
        ghost=told(
            "One that is made anew from the same template is 201, never listed and cannot be changed.",
            "MicrosoftDocs/azure-docs#116171",
        ),
        blocked=unconfirmed("POST of the same template is 409 for ten minutes."),
    )
    new_job: str = one_of(
        "forty_minutes",
        "What does a new job show?",
        longest_interval=documented(
            "The longest TimeSpan as interval, three settings, and empty texts where nothing is known.",
            "Graph: create synchronizationJob",
        ),
        forty_minutes=recorded(
            "PT40M although it is paused, troubleshootingUrl null, and the one setting"
            " AzureIngestionAttributeOptimization.",
            AWS,
        ),
    )
    other_template: str = one_of(
        "taken",
        "May a job of template scim be made where the application lists customappsso alone?",
        refused=unconfirmed("400."),
        taken=documented("201: the job is made anew on the same application.", SCIM_COMPATIBILITY),
    )
    not_run: str = one_of(
        "until_first_end",
        "How long does a started job say NotRun?",
        until_picked_up=unconfirmed("Until the service has begun with it; after a pilot never."),
        until_first_end=documented(
            "Until the first run has ended, whoever was provisioned on demand before.", "Graph: synchronizationStatus"
        ),
    )
    start_without_credentials: str = one_of(
        "quarantine",
        "What answers start before there are saved credentials?",
        refused=unconfirmed("400 MissingCredentials."),
        quarantine=recorded(
            "204; the job is in quarantine within a second (EncounteredQuarantineException, InvalidCredentials) and"
            " tried again after five minutes.",
            AWS,
        ),
    )
    counts: str = one_of(
        "urn_pairs",
        "By which keys does a job count its entries?",
        user=unconfirmed("User and Group."),
        pairs=documented("User to User.", "Graph: synchronization stringKeyLongValuePair"),
        lower_pairs=recorded("user to User, group to Group (a job of cloud sync).", CLOUD_SYNC),
        urn_pairs=unconfirmed("User to urn:…:2.0:User, as the mappings of scim are named."),
        none=unconfirmed("Not at all."),
    )
    progress: str = one_of(
        "pages",
        "Does a running job show its progress?",
        pages=documented("Pages of the source, done and all.", "Graph: synchronizationProgress"),
        none=unconfirmed("No: the list is empty."),
    )
    job_times: str = one_of(
        "seven_decimals",
        "How exact are the times in a job's status?",
        seconds=documented("Whole seconds.", "Graph: get synchronizationJob"),
        seven_decimals=recorded("Seven decimals, but for year 1.", CLOUD_SYNC),
    )
    jobs_filter: str = one_of(
        "refused",
        "May the list of jobs be filtered?",
        refused=unconfirmed("No: 400."),
        taken=unconfirmed("By id and templateId, with eq."),
    )
    steady_state: str = one_of(
        "initial_cycle",
        "When is the steady state reached?",
        initial_cycle=documented("When the initial cycle has ended.", "Graph: synchronizationStatus"),
        cycle_without_work=unconfirmed("When a cycle had nothing left to do."),
    )
    last_success: str = one_of(
        "year_one",
        "What does the last successful run of a running job say?",
        whole=documented("When it began and ended.", "Graph: synchronizationTaskExecution"),
        year_one=recorded("timeBegan in year 1, no activityIdentifier, and a real timeEnded.", CLOUD_SYNC),
    )
    escrows: str = one_of(
        "succeeded",
        "How does a run end where people failed before?",
        entry_errors=documented("EntryLevelErrors.", "Graph: synchronizationTaskExecution"),
        succeeded=recorded(
            "Succeeded where nobody failed in this run; older ones stay counted.",
            f"{CLOUD_SYNC}; {GREENHOUSE}",
        ),
    )

    # Connection test and secrets

    secrets_shown: str = one_of(
        "masked",
        "What does GET secrets show?",
        masked=unconfirmed("Every key; the secret values are masked."),
        all_masked=unconfirmed("Every key; all values are masked, the address too."),
        null=unconfirmed("Every key; all values are null."),
        without_settings=unconfirmed("SyncAll and SyncNotificationSettings are left out."),
        missing=unconfirmed("404: there is no such call."),
        refused=unconfirmed("403."),
    )
    connection_test: str = one_of(
        "groups_too",
        "What does the connection test ask the target?",
        users=documented("Users by the matching attributes.", "Develop a SCIM endpoint (Microsoft), a note"),
        groups_too=recorded(
            "Groups too: both must be 200 with an empty list, a 404 is ServiceIncompatible.",
            f"{SCIM_SERVER}, EXECUTION_ISSUES_AND_RCA.md, Issue 3; Develop a SCIM endpoint (Microsoft)",
        ),
        mapped_groups=unconfirmed("Groups too, as long as their mapping is on.", SCIM_SERVER),
    )
    saved_tests: int = number(
        "How many tests of what is saved are answered within ten minutes?", unconfirmed("More are 429.")
    )
    test_template: str = one_of(
        "any",
        "Is the templateId of a connection test looked at?",
        any=unconfirmed("No."),
        checked=unconfirmed("400 for one that the application does not have."),
    )
    empty_settings: str = one_of(
        "refused",
        "What answers PUT secrets with an empty SyncNotificationSettings?",
        cleared=documented("204; the key is gone.", "Graph: add synchronization secrets"),
        refused=recorded(
            "400 UnknownError with InvalidNotificationSettings as JSON in the message.", "msgraph-metadata#347"
        ),
    )
    secret_values: str = one_of(
        "any",
        "Are the values of secrets looked at when they are saved?",
        any=unconfirmed("No."),
        checked=unconfirmed("400 for a SyncAll that is no truth value, and for an address without https."),
    )

    manager_with_flag: str = one_of(
        "bare",
        "What is a manager in a PATCH with the flag aadOptscim062020?",
        bare=told("The id alone, as without the flag.", f"SCIM-SDK#686; {SCIM_SERVER}, commit bbde79a8"),
        object=unconfirmed("An object with the id as its value."),
    )

    # Schema

    schema_document: str = one_of(
        "recorded",
        "What does a job's schema look like?",
        plain=documented(
            "An id and a version of its own, no metadata of mappings.", "Graph: get synchronizationSchema"
        ),
        recorded=recorded(
            "The job's id, a version with date and activity, seven pairs of metadata, flowTypes without blanks, rule"
            " metadata with JSON in it, defaultValue of mappings an empty text.",
            f"{AWS}; msgraph-sdk-powershell#2643",
        ),
    )
    schema_id: str = one_of(
        "any",
        "May PUT schema carry the id of another job's schema?",
        fixed=unconfirmed("400."),
        any=documented(
            "204: an exported schema is put into the new job; the job keeps its own id.", SCIM_COMPATIBILITY
        ),
    )
    schema_checks: str = one_of(
        "few",
        "What of a schema is refused when it is written?",
        few=unconfirmed("Unknown properties, no matching attribute, undefined target attributes."),
        portal=unconfirmed(
            "Besides: an expression that cannot be parsed, an unknown source attribute, two matching attributes of the"
            " same priority, a scope by userType, an unknown operator, directories that are left out."
        ),
    )
    schema_order: str = one_of(
        "kept",
        "In which order do a schema's parts come back?",
        kept=unconfirmed("As they were written."),
        turned=unconfirmed("Metadata and mappings in another order with each answer."),
    )

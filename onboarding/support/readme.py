"""The page of a support bundle that says what is in it and what is not; in English, for readers at Microsoft, too."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from onboarding.support.people import OF_EACH_CAUSE
from onboarding.support.rows import MOST_LINES, MOST_ROWS

PAGE = """Support bundle of onboarding {onboarding}
Made {made_at}. All times are UTC. Release of the product: {release}.

What this is
  How the provisioning of one customer from Microsoft Entra ID into Haiilo stands, as it was stored when this was made.
  Nobody was asked for it over the network: each part says when it was read last.

Which file is for whom
  for-microsoft.json         Microsoft's support: tenant, applications, job and its last cycle, requests that failed.
  for-haiilo-engineers.json  Haiilo's engineers: versions, steps, plans, approvals, timeline, due times, e-mails.
  Send Microsoft the first one only.

How to read it
  activity_id  identifies a run of the provisioning job (lastExecution.activityIdentifier at Microsoft).
  request_id   identifies a request of ours: Microsoft's request-id, or our client-request-id where no answer had one.
  log_row      identifies a row of Microsoft's provisioning log (id).
  path         is the address at Graph or at the sign-in service that was asked, each id in it as {{id}}.
  staff        is the number of a person at Haiilo; no name is in here.
  {{"unknown": "…"}}  stands where something is not known, with the reason.
  (left out)   stands where there is a text that may not go in.
  shown, of    is how many of a list are here, the newest, and how many there are in all.

What is in it
  Ids of the tenant, of applications, of the job, of requests and rows of the log; codes; times; numbers; the
  customer's domains and the host of Haiilo; our own sentences. Of the timeline the newest {lines} lines, of other lists
  the newest {rows}.
  {people}

What is not in it
  Names, user names and e-mail addresses of anybody. Secrets, tokens, the codes of links. The text of e-mails and notes.
  Reasons, notes and answers that anybody typed. Names of groups and applications. Microsoft's and Haiilo's own
  sentences, because they may name people; their codes are in. Mapping expressions, because they may hold values.
  The customer's name stands in the name of this file alone.
  The cycle id (cycleId) of the provisioning log is not kept, so it is not in here.
"""

IDS_IN = """Object ids in Entra ID of {count} of those who are not as they should be in Haiilo, at most {of_each}
  for each frequent cause. They are personal data, although only the customer's directory tells whose they are: send
  them to nobody but Microsoft's support, and delete this file once the case is closed."""
NO_IDS = "No object id of a person: {why}."
NOBODY = "nobody who is kept by an id is not as they should be, or those could not be read (see for-microsoft.json)"
NOT_ASKED = "it was made without them"


def readme(onboarding: int, head: Mapping[str, Any], *, people: int, with_ids: bool) -> str:
    """The page. `people`: of how many the bundle has object ids."""
    release = head["release"]
    if people:
        told = IDS_IN.format(count=people, of_each=OF_EACH_CAUSE)
    else:
        told = NO_IDS.format(why=NOBODY if with_ids else NOT_ASKED)
    return PAGE.format(
        onboarding=onboarding,
        made_at=head["made_at"],
        release=release if isinstance(release, str) else f"unknown ({release['unknown']})",
        lines=MOST_LINES,
        rows=MOST_ROWS,
        people=told,
    )

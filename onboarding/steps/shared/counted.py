"""How many there are in all, as a part of a sentence that says something of some of them: each number has a form of its
own, and the verb goes by the other one.
"""

from __future__ import annotations

from onboarding.domain.sentences import plural

OF_PEOPLE = plural("of %(count)s person", "of %(count)s people")
OF_YOUR_PEOPLE = plural("of your %(count)s person", "of your %(count)s people")
OF_ABOUT = plural("of about %(count)s person", "of about %(count)s people")
OF_SCOPE = plural("of %(count)s person in scope", "of %(count)s people in scope")
OF_SCOPE_FIRST = plural("Of %(count)s person in scope", "Of %(count)s people in scope")
"""Where the sentence begins with it."""
NEW_ACCOUNTS = plural("%(count)s new account", "%(count)s new accounts")
HELD_BACK_ABOVE = plural(
    "more than %(guard)s deletion at once is held back until the customer confirms (“Prevent accidental deletions”)",
    "more than %(guard)s deletions at once are held back until the customer confirms (“Prevent accidental deletions”)",
    by="guard",
)

"""When somebody is owed an answer. Pure. Our proposal: a working week.

Outcome told to the referrer: mission map section 3 (the referrer hears what became of it).
"""

from typing import Final

#: School days within which whoever referred hears the outcome, and whoever asked to take an action
#: over hears yes or no.
REPLY_SCHOOL_DAYS: Final = 5

"""What happened each session: the stored facts, and the summaries that can be rebuilt from them.

Facts are `RegisterWeek` (with its history in `MarkChange` and words in `MarkNote`) and the receipts
of what was sent. `SchoolWeek`, `SchoolDay`, `EnrolmentPeriod`, `EnrolmentCheck`, `SchoolYear` and
`SchoolReason` are derived by the nightly run and may be dropped at any time; they carry no foreign
keys in the database, since the run takes their keys from the rows that have them. `Flag` is
history.
"""

from attendance.models.answers import FlagAnswer
from attendance.models.figures import (
    EnrolmentCheck,
    EnrolmentCohort,
    EnrolmentPeriod,
    Flag,
    NightlyRun,
    PastPeriod,
    PastStanding,
    PeriodKind,
    SchoolDay,
    SchoolReason,
    SchoolWeek,
    SchoolYear,
    SessionTotals,
)
from attendance.models.registers import (
    BatchSchool,
    Code,
    CountOf,
    IdempotencyKey,
    Mark,
    MarkChange,
    MarkNote,
    RegisterBatch,
    RegisterWeek,
    Reject,
    SlotsThatMet,
    UploadedFile,
)

__all__ = [
    "BatchSchool",
    "Code",
    "CountOf",
    "EnrolmentCheck",
    "EnrolmentCohort",
    "EnrolmentPeriod",
    "Flag",
    "FlagAnswer",
    "IdempotencyKey",
    "Mark",
    "MarkChange",
    "MarkNote",
    "NightlyRun",
    "PastPeriod",
    "PastStanding",
    "PeriodKind",
    "RegisterBatch",
    "RegisterWeek",
    "Reject",
    "SchoolDay",
    "SchoolReason",
    "SchoolWeek",
    "SchoolYear",
    "SessionTotals",
    "SlotsThatMet",
    "UploadedFile",
]

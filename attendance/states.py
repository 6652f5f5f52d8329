"""The flags and how they close: the one home of their words, colours and order. Pure tables.

Tag colours are GOV.UK's and are never the only signal. Red is not used: it is for something the
service owes that is late.
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from types import MappingProxyType
from typing import Final

# Stored with every flag: the day the rules' sources came into force, and our revision of the rules.
RULE_VERSION: Final = "2024-08-19.1"


#: The published bands of absence (STAT-26): five points wide, lower bound included.
BANDS: Final = MappingProxyType(
    {
        **{str(low // 5): f"{low}% to under {low + 5}%" for low in range(0, 50, 5)},
        "10": "50% and over",
    }
)
LAST_BAND: Final = 10


class FlagKind(StrEnum):
    """The kinds of flag, by the names that outsiders rely on."""

    SEVERE_ABSENCE = "severe_absence"
    PERSISTENT_ABSENCE = "persistent_absence"
    AT_RISK = "at_risk"
    PENALTY_NOTICE_THRESHOLD = "penalty_notice_threshold"
    UNAUTHORISED_RUN = "unauthorised_run"
    SICKNESS_RETURN = "sickness_return"
    UNRESOLVED_N = "unresolved_n"
    NO_RECENT_MARKS = "no_recent_marks"


class CloseReason(StrEnum):
    """Why a flag closed."""

    NO_LONGER_MET = "no_longer_met"
    LEFT = "left"
    YEAR_ENDED = "year_ended"


class CodeClass(StrEnum):
    """The four ways in which a code counts (STAT-02 to STAT-05)."""

    ATTENDED = "attended"
    AUTHORISED = "authorised"
    UNAUTHORISED = "unauthorised"
    NOT_POSSIBLE = "not_possible"


CODE_CLASSES: Final = MappingProxyType(
    {
        CodeClass.UNAUTHORISED: "Unauthorised absence",
        CodeClass.AUTHORISED: "Authorised absence",
        CodeClass.ATTENDED: "Attended",
        CodeClass.NOT_POSSIBLE: "Not possible",
    }
)


@dataclass(frozen=True)
class Tag:
    """A label and the GOV.UK tag colour it stands in."""

    label: str
    colour: str


@dataclass(frozen=True)
class FlagState:
    """What a kind of flag says and how it behaves."""

    kind: FlagKind
    tag: Tag
    sentence: str  # the rule in plain words
    is_statutory: bool  # a duty of law hangs on it, beyond statistics
    resets_each_year: bool  # counts start again on 1 August
    evidence: tuple[str, ...]  # names of the figures it rests on
    sources: tuple[str, ...]  # rule numbers of the domain notes
    page: str  # the page of docs/domain that explains it

    @property
    def label(self) -> str:
        return self.tag.label

    @property
    def colour(self) -> str:
        return self.tag.colour


_YEAR_TO_DATE: Final = ("possible", "absent", "authorised", "unauthorised")

_IN_ORDER: Final = (
    FlagState(
        kind=FlagKind.SEVERE_ABSENCE,
        tag=Tag("Severe absence", "magenta"),
        sentence="Half or more of the sessions possible this academic year were missed.",
        is_statutory=False,
        resets_each_year=True,
        evidence=_YEAR_TO_DATE,
        sources=("STAT-06", "STAT-09", "STAT-25"),
        page="absence-thresholds",
    ),
    FlagState(
        kind=FlagKind.PERSISTENT_ABSENCE,
        tag=Tag("Persistent absence", "purple"),
        sentence="10% or more of the sessions possible this academic year were missed.",
        is_statutory=False,
        resets_each_year=True,
        evidence=_YEAR_TO_DATE,
        sources=("STAT-06", "STAT-08", "STAT-25"),
        page="absence-thresholds",
    ),
    FlagState(
        kind=FlagKind.AT_RISK,
        tag=Tag("At risk, 5% to under 10%", "blue"),
        sentence="5% or more, but under 10%, of sessions possible this academic year were missed.",
        is_statutory=False,
        resets_each_year=True,
        evidence=_YEAR_TO_DATE,
        sources=("STAT-06", "STAT-26", "STAT-28"),
        page="absence-thresholds",
    ),
    FlagState(
        kind=FlagKind.PENALTY_NOTICE_THRESHOLD,
        tag=Tag("10 sessions in 10 weeks", "yellow"),
        sentence="10 or more unauthorised sessions fall in the latest 10 school weeks.",
        is_statutory=True,
        resets_each_year=False,
        evidence=("rolling_now", "rolling_max", "rolling_first"),
        sources=("PN-01", "PN-02", "PN-03", "PN-04", "PN-05", "PN-06"),
        page="penalty-notice-threshold",
    ),
    FlagState(
        kind=FlagKind.UNAUTHORISED_RUN,
        tag=Tag("10 days in a row", "yellow"),
        sentence="On 10 or more days in a row, every possible session was unauthorised.",
        is_statutory=True,
        resets_each_year=False,
        evidence=("run_now", "run_max", "run_first"),
        sources=("RET-09", "RET-10"),
        page="unauthorised-run",
    ),
    FlagState(
        kind=FlagKind.SICKNESS_RETURN,
        tag=Tag("15 days ill", "teal"),
        sentence="30 or more sessions this academic year were recorded as illness.",
        is_statutory=True,
        resets_each_year=True,
        evidence=("illness_sessions", "illness_days", "illness_first"),
        sources=("RET-11", "RET-12"),
        page="sickness-return",
    ),
    FlagState(
        kind=FlagKind.UNRESOLVED_N,
        tag=Tag("Reason owed", "orange"),
        sentence="A session is still coded N after more than 5 of the school's days.",
        is_statutory=True,
        resets_each_year=False,
        evidence=("n_overdue", "n_oldest"),
        sources=("REG-07", "REG-08", "REG-09"),
        page="reason-owed",
    ),
    FlagState(
        kind=FlagKind.NO_RECENT_MARKS,
        tag=Tag("Not in the register for 5 days", "orange"),
        sentence="On roll, and no mark on any of the school's last 5 days.",
        is_statutory=False,
        resets_each_year=False,
        evidence=("school_days", "last_mark_on"),
        sources=("STAT-13",),
        page="no-recent-marks",
    ),
)

# Every kind, in the order pages show them.
FLAGS: Final = MappingProxyType({state.kind: state for state in _IN_ORDER})
FLAG_ORDER: Final = MappingProxyType({state.kind: place for place, state in enumerate(_IN_ORDER)})

CLOSE_REASON_LABELS: Final = MappingProxyType(
    {
        CloseReason.NO_LONGER_MET: "No longer met",
        CloseReason.LEFT: "Left the school",
        CloseReason.YEAR_ENDED: "The academic year ended",
    }
)

#: Movement over a line (`attendance.rules.movement`), by its name in an address.
MOVEMENTS: Final = MappingProxyType(
    {
        "new_persistent": "Newly persistently absent",
        "cleared_persistent": "No longer persistently absent",
        "long_persistent": "Persistently absent for long",
        "new_severe": "Newly severely absent",
        "cleared_severe": "No longer severely absent",
        "long_severe": "Severely absent for long",
    }
)

# How a flag was answered: by a decision to look again on a day, or not yet.
NOT_ANSWERED: Final = Tag("Not answered", "blue")


def look_again(on: date) -> Tag:
    """'Look again 14 Nov'."""
    return Tag(f"Look again {on.day} {on:%b}", "grey")


class Due(StrEnum):
    """How soon something promised falls due."""

    OVERDUE = "overdue"
    TODAY = "today"
    THIS_WEEK = "this_week"
    LATER = "later"


# Red only for what we owe that is late. Where there is no tag, the date alone says it.
DUE_TAGS: Final = MappingProxyType(
    {Due.OVERDUE: Tag("Overdue", "red"), Due.TODAY: Tag("Today", "orange")}
)
DUE_HEADINGS: Final = MappingProxyType(
    {Due.OVERDUE: "Overdue", Due.TODAY: "Today", Due.THIS_WEEK: "This week"}
)


class FeedState(StrEnum):
    """Whether a school's registers are coming."""

    UP_TO_DATE = "up_to_date"
    BEHIND = "behind"
    STOPPED = "stopped"
    NEVER_SENT = "never_sent"


# How a school's registers are coming. Red: what we are owed has stopped.
FEEDS: Final = MappingProxyType(
    {
        FeedState.UP_TO_DATE: Tag("Up to date", "green"),
        FeedState.BEHIND: Tag("Behind", "yellow"),
        FeedState.STOPPED: Tag("Stopped", "red"),
        FeedState.NEVER_SENT: Tag("Never sent", "grey"),
    }
)

# How a batch of registers came, as people say it; by the name of its route.
ROUTES: Final = MappingProxyType(
    {
        "bundle": "Files loaded by the council",
        "upload": "Uploaded on a page",
        "api": "Sent by the school's system",
        "undo": "Undo of an upload",
    }
)

# Not flags: what stands in a flag's place when there is nothing to say.
TOO_EARLY_TO_SAY: Final = Tag("Too early to say", "grey")
NO_DATA: Final = Tag("No data", "grey")

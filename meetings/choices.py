"""Typed lists of meetings: themes, sides, what a pack is made of, what schools are expected to do.

Each is one table that forms, pages, docs and tests read. Pure tables. Sources are rule numbers of
the domain notes: SUP-12 to SUP-16 for meetings; each expectation names its own.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Final


class Kind(StrEnum):
    """What sort of meeting."""

    TSM = "tsm"


KINDS: Final = MappingProxyType({Kind.TSM: "Targeting support meeting"})


class Theme(StrEnum):
    """What a term's meeting asks (SUP-14); the words are our proposal."""

    START_WELL = "start_well"
    IS_IT_WORKING = "is_it_working"
    HAND_OVER = "hand_over"


THEMES: Final = MappingProxyType(
    {
        Theme.START_WELL: "Start well",
        Theme.IS_IT_WORKING: "Is it working?",
        Theme.HAND_OVER: "Hand over",
    }
)
#: Terms 1 to 3 of an academic year.
THEME_OF_TERM: Final = MappingProxyType(
    {1: Theme.START_WELL, 2: Theme.IS_IT_WORKING, 3: Theme.HAND_OVER}
)


class Side(StrEnum):
    """For whom somebody sits at the table."""

    LA = "la"
    SCHOOL = "school"
    PARTNER = "partner"


SIDES: Final = MappingProxyType(
    {Side.LA: "Attendance team", Side.SCHOOL: "School", Side.PARTNER: "Partner"}
)


class Block(StrEnum):
    """A part of the pack that an agenda item opens, in the order of the pack (SUP-15)."""

    LAST_TIME = "last_time"
    FIGURES = "figures"
    COHORTS = "cohorts"
    SEVERE = "severe"
    AGENCIES = "agencies"
    REGISTERS = "registers"
    SUPPORT = "support"
    OWN_VIEW = "own_view"
    NOTHING = "nothing"


BLOCKS: Final = MappingProxyType(
    {
        Block.LAST_TIME: "Last time's actions and what became of them",
        Block.FIGURES: "The school's figures, with comparisons",
        Block.COHORTS: "Groups of pupils who share a pattern",
        Block.SEVERE: "Severely absent pupils, each with a plan",
        Block.AGENCIES: "Pupils who need more than one agency",
        Block.REGISTERS: "Registers to put right",
        Block.SUPPORT: "Support with places now",
        Block.OWN_VIEW: "How the school sees itself",
        Block.NOTHING: "Nothing from the pack",
    }
)


class WhyDiscussed(StrEnum):
    """Why a child is spoken about. Who is severely absent is in by itself (SUP-19)."""

    SEVERE = "severe"
    AGENCIES = "agencies"
    CHOSEN = "chosen"


WHY_DISCUSSED: Final = MappingProxyType(
    {
        WhyDiscussed.SEVERE: "Severely absent",
        WhyDiscussed.AGENCIES: "Needs more than one agency",
        WhyDiscussed.CHOSEN: "Asked for by one side",
    }
)


class About(StrEnum):
    """What an action of a meeting is about."""

    PUPIL = "pupil"
    COHORT = "cohort"
    SCHOOL = "school"


ABOUTS: Final = MappingProxyType(
    {About.PUPIL: "A pupil", About.COHORT: "A group of pupils", About.SCHOOL: "The school"}
)


class MailKind(StrEnum):
    """What an e-mail is for."""

    OFFER = "offer"
    BOOKED = "booked"
    CALLED_OFF = "called_off"
    UNINVITED = "uninvited"
    AGENDA = "agenda"
    ACCEPT = "accept"
    SUMMARY = "summary"
    REMINDER = "reminder"


MAIL_KINDS: Final = MappingProxyType(
    {
        MailKind.OFFER: "Times offered",
        MailKind.BOOKED: "Invitation",
        MailKind.CALLED_OFF: "Called off",
        MailKind.UNINVITED: "Need not come",
        MailKind.AGENDA: "Agenda shared",
        MailKind.ACCEPT: "Asked to accept an action",
        MailKind.SUMMARY: "Summary",
        MailKind.REMINDER: "Reminder",
    }
)


def _tasks(*rows: tuple[str, str]) -> MappingProxyType[str, str]:
    return MappingProxyType(dict(rows))


#: What each side does before a meeting, by key (pages, P20). Partners come as they are.
TASKS: Final = MappingProxyType(
    {
        Side.LA: _tasks(
            ("read_pack", "Read the pack"),
            ("check_champion", "Check who the attendance champion is"),
            ("check_plans", "Check that each severely absent pupil has a plan"),
            ("agenda_items", "Add agenda items"),
            ("choose_pupils", "Choose pupils to discuss"),
            ("offers", "Write down what support has places now"),
        ),
        Side.SCHOOL: _tasks(
            ("read_pack", "Read the pack"),
            ("check_champion", "Check who your attendance champion is"),
            ("check_plans", "Check that each severely absent pupil has a plan"),
            ("agenda_items", "Add agenda items"),
            ("choose_pupils", "Choose pupils to discuss"),
            ("what_helped", "Say what you have tried and what helped"),
            ("own_view", "Say how you see your own work on attendance"),
        ),
    }
)


@dataclass(frozen=True)
class Expectation:
    """One thing the guidance expects of every school, in a sentence a school can score."""

    key: str
    label: str
    sentence: str
    source: str


_EXPECTATIONS: Final = (
    Expectation(
        "policy", "Attendance policy",
        "Staff, pupils and families know our attendance policy, and we keep to it.",
        "SUP-05, SUP-06",
    ),
    Expectation(
        "champion", "Senior champion",
        "A member of our leadership team leads on attendance and has time for it.", "SUP-05",
    ),
    Expectation(
        "governors", "Governors or trustees",
        "Our board looks at attendance, asks about trends and sees that staff are trained.",
        "SUP-06",
    ),
    Expectation(
        "registers", "Registers",
        "Registers are taken twice a day, closed at the same time, with the right codes.",
        "REG-01, REG-02, REG-04",
    ),
    Expectation(
        "first_day", "First-day contact",
        "We get in touch on the first day of an absence that nobody has explained.", "REG-25",
    ),
    Expectation(
        "reasons", "Reasons found",
        "Within five school days a reason is in the register, or the absence is unauthorised.",
        "REG-07, REG-08",
    ),
    Expectation(
        "data", "Data looked at",
        "We look at absence every week, for each child and for groups, at every level of absence.",
        "SUP-07",
    ),
    Expectation(
        "listening", "Listening",
        "We ask children and families what makes school hard, and write down what they say.",
        "SUP-01, SUP-26",
    ),
    Expectation(
        "support", "Support offered",
        "We offer help in school early, and ask other services when it is not enough.",
        "SUP-03, SUP-18",
    ),
    Expectation(
        "needs", "SEND and health needs",
        "We make reasonable adjustments, and ask for medical evidence only where we must.",
        "SUP-23, SUP-24",
    ),
    Expectation(
        "severe", "Severely absent pupils",
        "Each has a plan that they had a say in, and we look at it at every meeting.", "SUP-19",
    ),
    Expectation(
        "social_worker", "Pupils with a social worker",
        "We tell their workers of absence, and attendance is part of their plans.",
        "SUP-21, SUP-22",
    ),
    Expectation(
        "timetables", "Part-time timetables",
        "Each is short, agreed, and has a day on which it ends or is looked at again.", "REG-17",
    ),
    Expectation(
        "council", "Working with the council",
        "We know our contact in the attendance team and bring the same figures to the table.",
        "SUP-10, SUP-12",
    ),
)  # fmt: skip
EXPECTATIONS: Final = MappingProxyType({one.key: one for one in _EXPECTATIONS})

#: The four questions of a school's own view, in order.
OWN_VIEW: Final = MappingProxyType(
    {
        "strengths": "What works well with us",
        "weaknesses": "What we find hard",
        "opportunities": "What could help us",
        "threats": "What could get in the way",
    }
)

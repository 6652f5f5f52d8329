"""Typed lists of casework: who works with a child, what makes school hard, how we were in touch.

Each is one table that forms, pages, the API, docs and tests read. Family words are what a child of
eleven can read; they stand on the family copy of a plan. Pure tables.

Barriers: sources S000, S002, S003 of the domain notes (SUP-26, mission map sections 1 and 5); the
five domains are the portal's own (product: "each has a domain").
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Any, Final


class Agency(StrEnum):
    """Who works with a child: the people of one agency see what that agency may."""

    ATTENDANCE = "attendance"
    SCHOOL = "school"
    EARLY_HELP = "early_help"
    HEALTH = "health"
    MENTAL_HEALTH = "mental_health"
    SOCIAL_CARE = "social_care"
    SEND = "send"
    EDUCATIONAL_PSYCHOLOGY = "educational_psychology"
    VIRTUAL_SCHOOL = "virtual_school"
    YOUTH_JUSTICE = "youth_justice"
    POLICE = "police"
    HOUSING = "housing"
    VOLUNTARY = "voluntary"
    FAMILY = "family"


AGENCIES: Final = MappingProxyType(
    {
        Agency.ATTENDANCE: "Attendance team",
        Agency.SCHOOL: "School",
        Agency.EARLY_HELP: "Early help",
        Agency.HEALTH: "Health, 0 to 19",
        Agency.MENTAL_HEALTH: "Mental health support",
        Agency.SOCIAL_CARE: "Children's social care",
        Agency.SEND: "SEND team",
        Agency.EDUCATIONAL_PSYCHOLOGY: "Educational psychology",
        Agency.VIRTUAL_SCHOOL: "Virtual school",
        Agency.YOUTH_JUSTICE: "Youth justice",
        Agency.POLICE: "Police",
        Agency.HOUSING: "Housing",
        Agency.VOLUNTARY: "Voluntary organisation",
        Agency.FAMILY: "The child and family",
    }
)

#: The agency that a person speaks for, by the role they act in.
AGENCY_OF_ROLE: Final = MappingProxyType(
    {
        "attendance_officer": Agency.ATTENDANCE,
        "team_manager": Agency.ATTENDANCE,
        "school_lead": Agency.SCHOOL,
        "early_help_worker": Agency.EARLY_HELP,
    }
)


class Domain(StrEnum):
    """Where a barrier lies."""

    CHILD = "child"
    FAMILY = "family"
    PEERS = "peers"
    SCHOOL = "school"
    COMMUNITY = "community"


DOMAINS: Final = MappingProxyType(
    {
        Domain.CHILD: "Child",
        Domain.FAMILY: "Family",
        Domain.PEERS: "Peers",
        Domain.SCHOOL: "School",
        Domain.COMMUNITY: "Community",
    }
)


@dataclass(frozen=True)
class BarrierKind:
    """One thing that makes school hard. `asks_safeguarding`: naming it reminds of those steps."""

    key: str
    domain: Domain
    label: str
    to_family: str
    asks_safeguarding: bool = False


_BARRIERS: Final = (
    BarrierKind(
        "ebsa", Domain.CHILD, "Emotionally based school avoidance", "Big worries about school"
    ),
    BarrierKind("mental_health", Domain.CHILD, "Anxiety or low mood", "Feeling worried or sad"),
    BarrierKind("physical_health", Domain.CHILD, "Physical health", "Being unwell"),
    BarrierKind("dental", Domain.CHILD, "Teeth and dental care", "Sore teeth"),
    BarrierKind("sleep", Domain.CHILD, "Sleep and mornings", "Sleep and getting up"),
    BarrierKind("send_unmet", Domain.CHILD, "SEND need not yet met", "Needing help to learn"),
    BarrierKind("caring", Domain.FAMILY, "Caring for someone at home", "Looking after someone"),
    BarrierKind(
        "family_functioning",
        Domain.FAMILY,
        "Family life and routines",
        "Things being hard at home",
    ),
    BarrierKind("parental_health", Domain.FAMILY, "A parent's health", "A parent being unwell"),
    BarrierKind("domestic_abuse", Domain.FAMILY, "Safety at home", "Not feeling safe", True),
    BarrierKind("bereavement", Domain.FAMILY, "Bereavement or loss", "Missing someone"),
    BarrierKind("poverty", Domain.FAMILY, "Money, food or uniform", "Things that cost money"),
    BarrierKind("housing", Domain.FAMILY, "Housing or a move", "Where we live"),
    BarrierKind("bullying", Domain.PEERS, "Bullying", "Other children being unkind", True),
    BarrierKind("unsafe", Domain.PEERS, "Not feeling safe", "Not feeling safe", True),
    BarrierKind("friendships", Domain.PEERS, "Friendships and belonging", "Friends"),
    BarrierKind(
        "exploitation", Domain.PEERS, "Pressure or exploitation", "People who put pressure on", True
    ),
    BarrierKind("lesson", Domain.SCHOOL, "A lesson or the curriculum", "Some lessons"),
    BarrierKind(
        "relationships", Domain.SCHOOL, "Getting on with adults at school", "Adults at school"
    ),
    BarrierKind(
        "environment", Domain.SCHOOL, "Noise, corridors or the building", "The school building"
    ),
    BarrierKind("sanctions", Domain.SCHOOL, "Rules and sanctions", "Getting into trouble"),
    BarrierKind("transition", Domain.SCHOOL, "A move of school or year", "Starting somewhere new"),
    BarrierKind("transport", Domain.COMMUNITY, "Transport and the journey", "Getting to school"),
    BarrierKind(
        "community_safety", Domain.COMMUNITY, "Safety in the area", "Not feeling safe outside", True
    ),
    BarrierKind("waiting", Domain.COMMUNITY, "Waiting for a service", "Waiting for help"),
    BarrierKind("culture", Domain.COMMUNITY, "Travel, faith or culture", "Family or faith plans"),
)  # fmt: skip
BARRIERS: Final = MappingProxyType({kind.key: kind for kind in _BARRIERS})


class ContactKind(StrEnum):
    """What a contact was."""

    CALL = "call"
    VISIT = "visit"
    MESSAGE = "message"
    MEETING = "meeting"


CONTACT_KINDS: Final = MappingProxyType(
    {
        ContactKind.CALL: "Call",
        ContactKind.VISIT: "Visit",
        ContactKind.MESSAGE: "Message",
        ContactKind.MEETING: "Meeting",
    }
)


class Reached(StrEnum):
    """Who was reached."""

    CHILD = "child"
    PARENT = "parent"
    BOTH = "both"
    NO_ANSWER = "no_answer"


REACHED: Final = MappingProxyType(
    {
        Reached.CHILD: "The child",
        Reached.PARENT: "A parent",
        Reached.BOTH: "Both",
        Reached.NO_ANSWER: "No answer",
    }
)
#: Who counts as spoken to.
REACHED_THE_CHILD: Final = frozenset({Reached.CHILD, Reached.BOTH})
REACHED_A_PARENT: Final = frozenset({Reached.PARENT, Reached.BOTH})


class OpenedFrom(StrEnum):
    """What a case came from."""

    FLAG = "flag"
    SCHOOL = "school"
    PARENT = "parent"
    PANEL = "panel"


OPENED_FROM: Final = MappingProxyType(
    {
        OpenedFrom.FLAG: "A flag",
        OpenedFrom.SCHOOL: "A school's concern",
        OpenedFrom.PARENT: "A parent's concern",
        OpenedFrom.PANEL: "A panel",
    }
)


class Basis(StrEnum):
    """Why an agency may be told about a child (DP rules)."""

    CONSENT = "consent"
    PUBLIC_TASK = "public_task"
    LEGAL_OBLIGATION = "legal_obligation"
    VITAL_INTERESTS = "vital_interests"


BASES: Final = MappingProxyType(
    {
        Basis.CONSENT: "The family agreed",
        Basis.PUBLIC_TASK: "A public task, explained to the family",
        Basis.LEGAL_OBLIGATION: "The law asks for it",
        Basis.VITAL_INTERESTS: "To keep somebody safe",
    }
)


class HoldKind(StrEnum):
    """Why nothing steps up and nothing is sent for now."""

    BEREAVEMENT = "bereavement"
    SAFETY = "safety"
    LONG_ILLNESS = "long_illness"
    PAUSE = "pause"


HOLDS: Final = MappingProxyType(
    {
        HoldKind.BEREAVEMENT: "Bereavement",
        HoldKind.SAFETY: "Safety",
        HoldKind.LONG_ILLNESS: "Long illness",
        HoldKind.PAUSE: "The child needs a pause",
    }
)


class Outcome(StrEnum):
    """How a case ended."""

    ATTENDING = "attending"
    IMPROVED = "improved"
    OTHER_SERVICE = "other_service"
    MOVED = "moved"
    LEFT_SCHOOL_AGE = "left_school_age"
    NO_LONGER_NEEDED = "no_longer_needed"


OUTCOMES: Final = MappingProxyType(
    {
        Outcome.ATTENDING: "In school as hoped",
        Outcome.IMPROVED: "Better, with support that goes on",
        Outcome.OTHER_SERVICE: "Another service leads now",
        Outcome.MOVED: "Moved away",
        Outcome.LEFT_SCHOOL_AGE: "No longer of school age",
        Outcome.NO_LONGER_NEEDED: "No longer needed",
    }
)

#: Steps that count while attendance is still nothing (S003: leaves bedroom, leaves house, informal
#: learning, a hobby), in the order in which they are often taken.
SMALL_STEPS: Final = MappingProxyType(
    {
        "out_of_the_room": "Out of the bedroom",
        "talks_to_someone": "Talks or plays with somebody we trust",
        "out_of_the_house": "Out of the house",
        "a_club": "A club or something they love",
        "learning_at_home": "Some learning at home",
        "to_the_gate": "To the school gate",
        "a_quiet_room": "Into school, a quiet room",
        "one_lesson": "One lesson",
        "half_a_day": "Half a day",
        "other": "Something else",
    }
)

#: Adjustments at school.
ADJUSTMENTS: Final = MappingProxyType(
    {
        "greeted": "Greeted by name at the door",
        "quiet_place": "A quiet place to go",
        "time_out": "May step out of a lesson",
        "late_start": "Comes in by another door or at another time",
        "uniform": "Uniform that can be worn",
        "seat": "A seat that helps",
        "homework": "Less or no homework for now",
        "buddy": "Someone to walk in with",
        "learning": "Help with learning",
        "other": "Something else",
    }
)


def choices_of(table: Mapping[Any, str]) -> list[tuple[str, str]]:
    """A table as the choices of a field or form: plain keys, so that no migration names a table."""
    return [(str(key), label) for key, label in table.items()]

"""The three-minute guide of each role: what comes first, and five things to do today.

Each thing leads to a page that the role may open: a test follows every link as that role.
"""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from accounts.roles import ROLES, Role


@dataclass(frozen=True)
class Thing:
    """Something to do today: the heading, how, and the page it is done on."""

    title: str
    words: tuple[str, ...]
    link: str
    route: str
    arguments: tuple[str, ...] = ()
    query: str = ""


@dataclass(frozen=True)
class Guide:
    """The guide of a role. `first`: what stands on the first screen."""

    role: Role
    first: tuple[str, ...]
    things: tuple[Thing, ...]
    good_to_know: tuple[str, ...]

    @property
    def label(self) -> str:
        return ROLES[self.role].label


_KEPT: Final = "Every opening of a child's record is written down, with your name and the time."
_SCOPE: Final = "You see the schools and children you were given. Anything else says: not found."
_PLACES: Final = (
    "What you know of a place, its offers and its strengths, stands below its figures under Places."
)
_LATER: Final = (
    "Corrections move figures. Ask for an earlier date on the page to see what was known."
)

_WHY: Final = Thing(
    "See why a child is flagged",
    (
        "Press a child's name, then Why? beside the flag.",
        "The page shows each session it counts, the rule, its source and what would close it.",
    ),
    "What each flag means",
    "help_rule",
    ("persistent_absence",),
)
_COHORTS: Final = Thing(
    "Ask one question of a group",
    (
        "Named cohorts group children by the shape of their absence, and ask one question first.",
        "Drifting up finds them before the line: open it and see who has asked.",
    ),
    "Children drifting up",
    "pupil_list",
    query="cohort=drifting_up",
)
_SAVED: Final = Thing(
    "Keep a list you use each week",
    (
        "Set the filters, then Save this view under the list. It opens afresh each time.",
        "Make it a worklist, and Today says who is new on it since you looked.",
    ),
    "My saved views",
    "saved_views",
)
_FEEDS: Final = Thing(
    "See which registers are missing",
    (
        "A school that is behind is named, with the last day it sent.",
        "Missing marks are never counted as present, and never as absent.",
    ),
    "Feed health",
    "feed_health",
)
_UPLOAD: Final = Thing(
    "Send a register by file",
    (
        "Choose the file and read what it would change before you save.",
        "Refused rows say what to do; a receipt lets you undo the upload.",
    ),
    "Upload a register",
    "register_upload",
)
_ANSWER: Final = Thing(
    "Answer a flag",
    (
        "Beside each new flag stand Open case, Log contact, and No action needed now.",
        "Any of the three answers it. A day to look again stands under Waiting for you.",
    ),
    "Open Today",
    "worklist",
)
_CASES: Final = Thing(
    "Do the one next thing of a case",
    (
        "Each case names its next thing: a talk, an offer, a plan, a review.",
        "To move it on, Move stage lists what is in place and what is still missing.",
    ),
    "Cases",
    "case_list",
)
_PLAN: Final = Thing(
    "Write one plan that everyone reads",
    (
        "A case has one support plan. It starts with what the child says.",
        "Agree it with the family, and print their copy: one side of paper, plain words.",
    ),
    "Cases",
    "case_list",
)
_QUEUES: Final = Thing(
    "Give each case a lead",
    (
        "Cases that nobody leads wait here, the oldest first, beside each worker's load.",
        "An override asked for stands first on Today, with what is missing and why.",
    ),
    "Cases that wait for a lead",
    "case_queues",
)
_BOROUGH: Final = Thing(
    "Set the borough beside England",
    (
        "Every figure stands beside last year and the published one of the same kind.",
        "Press a figure and it opens the children or schools behind it.",
    ),
    "Borough",
    "borough",
)
_TAKE_OUT: Final = Thing(
    "Take figures out",
    (
        "Say who will read the file and why: both are kept with it.",
        "For anyone else, small numbers are hidden to protect children.",
    ),
    "Exports",
    "export_list",
)
_MEET: Final = Thing(
    "Meet each school once a term",
    (
        "Meetings shows who has met. Offer three times; the school chooses one from its mail.",
        "Prepare, agree actions in the meeting, and find next time what came of them.",
    ),
    "Meetings",
    "meeting_list",
)
_PREPARE: Final = Thing(
    "Prepare your meeting with the council",
    (
        "Add to the agenda, choose the children to discuss, and say what you tried.",
        "Actions are agreed in the meeting: nobody writes minutes.",
    ),
    "Meetings",
    "meeting_list",
)
_CODES: Final = Thing(
    "Look up a code",
    ("Each letter of a register is explained, with how it counts and since when.",),
    "Attendance codes",
    "help_codes",
)
_STEPS: Final = Thing(
    "Know who does what",
    ("Support comes in six stages. Each says what the school, the council and you do.",),
    "The six stages of support",
    "help_pathway",
)
_FIGURES: Final = Thing(
    "Read a figure rightly",
    ("Each measure has its words, its formula and an example worked by the same rule.",),
    "What our figures mean",
    "help_figures",
)
_WRITTEN_DOWN: Final = Thing(
    "Know what is written down",
    ("What is held about a child, why, who sees it, and who looked.",),
    "Privacy",
    "privacy",
)

_IN_ORDER: Final = (
    Guide(
        Role.ATTENDANCE_OFFICER,
        (
            "Today shows what changed overnight at your schools: new flags, and those that closed.",
            "Below stand reviews, actions and replies due, reasons owed, and schools behind.",
        ),
        (_ANSWER, _CASES, _WHY, _COHORTS, _MEET),
        (_KEPT, _SCOPE, _LATER, _PLACES),
    ),
    Guide(
        Role.TEAM_MANAGER,
        (
            "Today shows the team's schools, and flags nobody has answered for 5 school days.",
            "Schools whose registers stopped stand at the top, with the last day they sent.",
        ),
        (
            Thing(
                "See what waits longest",
                (
                    "Under your team, each school shows its unanswered flags.",
                    "Open a school's line to see them, and answer or ask the officer.",
                ),
                "Open Today",
                "worklist",
            ),
            _BOROUGH,
            _QUEUES,
            Thing(
                "Give access to a colleague",
                (
                    "Officers and school leads get access from you, with a reason and a last day.",
                    "It ends by itself; you can end it sooner.",
                ),
                "People and access",
                "people",
            ),
            _MEET,
        ),
        (_KEPT, _SCOPE, _LATER, _PLACES),
    ),
    Guide(
        Role.SCHOOL_LEAD,
        (
            "Today shows your school: new flags, reasons owed, and your own actions.",
            "If you lead a trust, a line for each school comes first.",
        ),
        (
            _ANSWER,
            Thing(
                "Find the reasons that are owed",
                (
                    "A session coded N waits for its reason, which is due within 5 school days.",
                    "Correct it in your own system, and the next register closes it here.",
                ),
                "Children with a reason owed",
                "pupil_list",
                query="flag=unresolved_n",
            ),
            _PREPARE,
            _PLAN,
            _UPLOAD,
        ),
        (_KEPT, _SCOPE, _LATER),
    ),
    Guide(
        Role.EARLY_HELP_WORKER,
        (
            "My families shows the children you work with, by household, the next one first.",
            "Each card says who was last in touch, what is due, and what to know before a visit.",
        ),
        (
            Thing(
                "Log a contact in half a minute",
                (
                    "Press Log a contact on the card: what it was, who you reached, what was said.",
                    "Choose when to be in touch again, and it stands in My actions.",
                ),
                "Log a contact",
                "contact_log",
            ),
            Thing(
                "Get ready for a visit",
                (
                    "One page for the visit: what was promised, last contacts, the telephone.",
                    "Press I'm ringing now before a call, and colleagues wait for half an hour.",
                ),
                "My families",
                "family_list",
            ),
            Thing(
                "Keep a note restricted",
                (
                    "Under More, choose Restricted where reading it could put somebody in danger.",
                    "Others see that there is a note, your role and the day, and no word of it.",
                ),
                "Privacy",
                "privacy",
            ),
            Thing(
                "See which days are hard",
                (
                    "The year at a glance has a row for each half day.",
                    "Start from a day that went well, and ask what helped.",
                ),
                "What same days missed means",
                "help_rule",
                ("same_days_missed",),
            ),
            _STEPS,
        ),
        (_KEPT, _SCOPE),
    ),
    Guide(
        Role.PANEL_MEMBER,
        (
            "Your first page shows the children shared with you, and until when.",
            "After that day they are no longer shown.",
        ),
        (
            Thing(
                "Read a child's year before the panel",
                (
                    "Press a name. The year at a glance shows each half day and its code.",
                    "Nothing on the page is a verdict: it is what the register says.",
                ),
                "The children shared with you",
                "family_list",
            ),
            _CODES,
            _FIGURES,
            _STEPS,
            _WRITTEN_DOWN,
        ),
        (_KEPT, _SCOPE),
    ),
    Guide(
        Role.ANALYST,
        (
            "Borough comes first: each figure with its count, last year and the published one.",
            "Choose a phase or an earlier date, and every figure follows.",
        ),
        (_BOROUGH, _TAKE_OUT, _FIGURES, _FEEDS, _SAVED),
        (_KEPT, _SCOPE, _LATER),
    ),
    Guide(
        Role.ADMINISTRATOR,
        (
            "People and access comes first: access that ends soon, and access nobody uses.",
            "You see people and logs, and no child's record.",
        ),
        (
            Thing(
                "Give access",
                (
                    "Choose the person, the role and the schools, with a reason and a last day.",
                    "Check it on the page before it is given.",
                ),
                "Give access",
                "give_access",
            ),
            Thing(
                "End access that is not used",
                (
                    "The list can be narrowed to access not used for a while.",
                    "Press a name, then end it with a reason.",
                ),
                "Access not used",
                "people",
                query="access=unused",
            ),
            Thing(
                "See who looked at a child",
                (
                    "Write the child's UPN and every reading is listed, with who and when.",
                    "Patterns worth a look stand at the top.",
                ),
                "Access log",
                "access_log",
            ),
            Thing(
                "Prove the trail was not altered",
                (
                    "Each change is chained to the one before it.",
                    "Press Check now to walk the chain.",
                ),
                "Audit trail",
                "audit",
            ),
            _FEEDS,
        ),
        (_KEPT, "Giving and ending access is written down too, with your reason."),
    ),
)

#: The guide of each role.
GUIDES: Final = MappingProxyType({guide.role: guide for guide in _IN_ORDER})

"""What is said and agreed at the meetings of the demo: all of it invented. Pure."""

from __future__ import annotations

from typing import Final

from attendance.rules.patterns import CohortKey
from meetings.choices import EXPECTATIONS

#: Leads of schools, in the order in which schools need one; after the last they begin anew.
LEADS: Final = (
    "Beth Ashdown", "Callum Reid", "Farah Siddiqui", "Gareth Pike", "Helen Marrow", "Imran Yusuf",
    "Joanne Tate", "Karen Oyelaran", "Liam Hobson", "Meera Patel", "Neil Starling", "Olive Banks",
    "Peter Lund", "Rosa Keane", "Stephen Wray", "Tessa Grove", "Umar Sheikh", "Vera Colling",
)  # fmt: skip
PLACE: Final = "The meeting room beside reception"

STALE: Final = "The office sends the missing days before the meeting."

NOT_HELD: Final = (
    "The head teacher was ill, and nobody else could decide for the school.",
    "An inspection of the school fell on the day.",
)

#: What a school itself does after a meeting.
FOR_SCHOOLS: Final = (
    "Send every first-day call that found nobody to the team by noon",
    "Close registers at the same time in every year group",
    "Ask governors to look at absence by group at their next meeting",
    "Write to families whose letters came back, with the new address",
)
#: What is done about a group, by the cohort that it is about.
FOR_COHORTS: Final = (
    (CohortKey.MANY_SHORT_ABSENCES, "Ring home on the first day of each short illness"),
    (CohortKey.SAME_DAYS_MISSED, "Ask what Mondays and Fridays are like, and change one thing"),
    (CohortKey.LATE_AFTER_REGISTER, "Open the breakfast room for those who come late"),
    (CohortKey.DRIFTING_UP, "Talk with each family before the half-term"),
)
FOR_PUPILS: Final = (
    "Meet the family at school and agree how the week begins",
    "Ask the child what would make the first hour easier",
    "Look at the support plan together with the family",
)
OUTCOMES: Final = (
    "Done. It took two calls, and the family was glad of them.",
    "Done with the year leads. They go on with it every week.",
    "Done. We found out that the bus times had changed.",
)
DROPPED: Final = "The child has moved to another class, and it is no longer needed."
DECISIONS: Final = (
    "Whole groups come first this term, and each severely absent pupil is looked at every week.",
    "The school rings on the first day, before ten. The team rings on the third.",
    "Rewards for full attendance are given up: they left out children who were ill.",
)
TRIED: Final = (
    "A call on the first day of each absence. Short absences became fewer after half-term.",
    "A friend to walk in with. It helped three of them, and two asked for it themselves.",
)
REFLECTIONS: Final = (
    "We spoke about groups first, and had time left for the four children who need most.",
    "Next time we need the plans on the table a week before.",
)
PLACES: Final = (("Breakfast club at the family hub", "early_help", 6),)
#: Worked here: what helped with a barrier.
PRACTICE: Final = (
    (
        "transport",
        "A seat on the minibus",
        "Six children who were late most mornings ride with a member of staff. Five are in before "
        "the register now.",
    ),
    (
        "ebsa",
        "One room to begin in",
        "The day begins in a small room by the side door, with the same adult each morning. After "
        "three weeks most go on to lessons from there.",
    ),
    (
        "sleep",
        "A later start for a fortnight, agreed with the family",
        "Two weeks of a later first lesson, with a day on which it ended, and a talk about nights.",
    ),
)
OWN_VIEW: Final = {
    "strengths": "Our office rings every family on the first day, and knows most of them by name.",
    "weaknesses": "We learn late when a child is in the building and not in class.",
    "opportunities": "The new family hub is two streets away.",
    "threats": "The bus that most of our older children take runs less often from Easter.",
}


def scores_of(place: int, *, later: bool) -> dict[str, int]:
    """What the school in this place gives itself, 1 to 4 each; a term later some went up, a few
    down."""
    found = {}
    for number, key in enumerate(EXPECTATIONS):
        score = (place + 2 * number) % 3 + 1
        if later and (place + number) % 3 == 0:
            score += 1
        elif later and (place + number) % 11 == 1:
            score -= 1
        found[key] = min(max(score, 1), 4)
    return found

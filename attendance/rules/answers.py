"""When an answer to a flag holds, when it falls due, and how far ahead it may look. Pure.

Source: the design of Since yesterday (any dated decision answers a flag; a flag unanswered for
5 school days is shown to the manager). An answer "look again on a day" holds up to the day before;
on that day the flag asks again.
"""

from datetime import date, timedelta
from typing import Final

from attendance.states import Due

#: A flag nobody has answered for so many school days is shown to the team's manager.
UNANSWERED_SCHOOL_DAYS: Final = 5
#: No decision to wait may outlast about a term: 13 weeks.
LONGEST_WAIT_DAYS: Final = 91


def still_answers(look_again_on: date, today: date) -> bool:
    """Whether the answer still holds: look again on 10 March holds to the end of 9 March."""
    return look_again_on > today


def look_again_problem(look_again_on: date, today: date) -> str:
    """Why this cannot be the day to look again, in words for whoever chose it; empty if it can."""
    if look_again_on <= today:
        return "The date to look again must be after today."
    if look_again_on > today + timedelta(days=LONGEST_WAIT_DAYS):
        return "Choose a date within 13 weeks, so that the child is looked at again this term."
    return ""


def due_by(on: date, today: date) -> Due:
    """How soon something falls due; a week ends on its Sunday.

    On Tuesday 3 March: 2 March is overdue, 3 March today, 8 March this week, 9 March later.
    """
    if on < today:
        return Due.OVERDUE
    if on == today:
        return Due.TODAY
    week_ends = today + timedelta(days=6 - today.weekday())
    return Due.THIS_WEEK if on <= week_ends else Due.LATER

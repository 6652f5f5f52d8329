"""When casework answers a flag. Pure.

Source: the design of Since yesterday, P1 (any contact, plan, case or dated decision answers a
flag). That a contact answers only what was asked before it is our proposal: a flag asks on the day
it opens, and again on the day that somebody set to look again.
"""

from __future__ import annotations

from datetime import date


def contact_answers(contacted_on: date, *, opened_on: date, look_again_on: date | None) -> bool:
    """Whether a contact on a day answers a flag that opened on another.

    `look_again_on`: the day of its latest decision, if there was one. Opened on 2 March: a contact
    on 1 March does not answer it, one on the 2nd does. Looked at again on 10 March: one on the 9th
    does not, one on the 10th does.
    """
    asked_on = opened_on if look_again_on is None else max(opened_on, look_again_on)
    return contacted_on >= asked_on

"""What may be on record for a case: nothing, everything, and anything between at random."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import strategies as st

from cases.rules.graduated_response import Attempt, Evidence, Item, Options, StandingHold

DAY = date(2026, 3, 2)
ONE = (Item(DAY, "Something"),)
HOLD = StandingHold("Bereavement", date(2026, 3, 20))
OPTIONS = Options()
EVERYTHING = Evidence(
    child_talks=ONE,
    parent_talks=ONE,
    barriers=ONE,
    has_plan=True,
    plans_agreed=ONE,
    plan_reviews=ONE,
    plan_school_weeks=6,
    offers=ONE,
    offers_answered=ONE,
    consequences=ONE,
    contracts=ONE,
    supervision_orders=ONE,
    formal_notes=ONE,
    manager_agreements=ONE,
)

ITEMS = st.sampled_from([(), ONE])
ATTEMPTS = st.lists(
    st.builds(
        Attempt,
        on=st.sampled_from([DAY, DAY + timedelta(days=1)]),
        text=st.just("Call"),
        is_visit=st.booleans(),
        says_why=st.booleans(),
    ),
    max_size=3,
).map(tuple)
LISTS = (
    "child_talks", "parent_talks", "barriers", "plans_agreed", "plan_reviews", "offers",
    "offers_answered", "consequences", "contracts", "supervision_orders", "formal_notes",
    "manager_agreements", "term_time_holidays",
)  # fmt: skip
EVIDENCE = st.builds(
    Evidence,
    attempts=ATTEMPTS,
    plan_school_weeks=st.integers(0, 8),
    hold=st.sampled_from([None, HOLD]),
    school_days_behind=st.sampled_from([None, 0, 2, 3]),
    has_plan=st.booleans(),
    is_plan_review_due=st.booleans(),
    **dict.fromkeys(LISTS, ITEMS),
)

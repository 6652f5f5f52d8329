"""The sentences of a flag: what was found, and what would close it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from attendance.rules.absence import AT_RISK_ONE_IN, PERSISTENT_ONE_IN, SEVERE_ONE_IN
from attendance.rules.flags import standing
from attendance.rules.why import sessions_to_go_under, what_would_close_it, why_sentence
from attendance.states import FLAGS, FlagKind
from tests.factories.registers import enrolment_facts


def _absence(absent, possible):
    return {"possible": possible, "absent": absent, "authorised": absent, "unauthorised": 0}


PENALTY = {"rolling_now": 12, "rolling_max": 12, "rolling_first": "2025-11-04"}
RUN = {"run_now": 11, "run_max": 11, "run_first": "2025-11-04"}
ILL = {"illness_sessions": 31, "illness_days": 16, "illness_first": "2025-11-04"}
OWED = {"n_overdue": 1, "n_oldest": "2025-11-04"}
SILENT = {"school_days": 5, "last_mark_on": "2025-11-04"}


@pytest.mark.parametrize(
    ("kind", "figures", "sentence"),
    [
        (
            FlagKind.PERSISTENT_ABSENCE,
            _absence(38, 370),
            "38 of 370 possible sessions missed, 10.3%. The line is 10%.",
        ),
        (
            FlagKind.AT_RISK,
            _absence(35, 351),
            "35 of 351 possible sessions missed, 9.97%. The line is 5%.",
        ),
        (
            FlagKind.SEVERE_ABSENCE,
            _absence(190, 380),
            "190 of 380 possible sessions missed, 50.0%. The line is 50%.",
        ),
        (
            FlagKind.PENALTY_NOTICE_THRESHOLD,
            PENALTY,
            "12 sessions unauthorised in the latest 10 school weeks. The line is 10.",
        ),
        (
            FlagKind.UNAUTHORISED_RUN,
            RUN,
            "11 days in a row with every possible session unauthorised. The line is 10.",
        ),
        (
            FlagKind.SICKNESS_RETURN,
            ILL,
            "31 sessions of illness on 16 days this academic year. "
            "The line is 30 sessions, 15 school days.",
        ),
        (
            FlagKind.UNRESOLVED_N,
            OWED,
            "1 session with no reason after more than 5 school days. The oldest is of 4 Nov 2025.",
        ),
        (
            FlagKind.NO_RECENT_MARKS,
            SILENT,
            "No mark on the school's last 5 days. The last was on 4 Nov 2025.",
        ),
        (
            FlagKind.NO_RECENT_MARKS,
            SILENT | {"last_mark_on": None},
            "No mark on the school's last 5 days. None was ever sent.",
        ),
    ],
)
def test_why_sentence(kind, figures, sentence):
    assert why_sentence(kind, figures) == sentence


@pytest.mark.parametrize(
    ("kind", "figures", "begins"),
    [
        (FlagKind.PERSISTENT_ABSENCE, _absence(38, 370), "11 sessions attended, with none missed"),
        (FlagKind.AT_RISK, _absence(18, 360), "1 session attended, with none missed"),
        (FlagKind.SEVERE_ABSENCE, _absence(190, 380), "1 session attended, with none missed"),
        (FlagKind.PENALTY_NOTICE_THRESHOLD, PENALTY, "3 sessions must fall out of the 10"),
        (FlagKind.UNAUTHORISED_RUN, RUN, "One day with a session attended or authorised"),
        (FlagKind.SICKNESS_RETURN, ILL, "It stands until 31 July, unless 2 sessions are corrected"),
        (
            FlagKind.SICKNESS_RETURN,
            ILL | {"illness_sessions": 30},
            "It stands until 31 July, unless 1 session is corrected",
        ),
        (FlagKind.UNRESOLVED_N, OWED, "The school gives a reason for 1 session."),
        (FlagKind.NO_RECENT_MARKS, SILENT, "A mark from the school"),
    ],
)
def test_what_would_close_it(kind, figures, begins):
    assert what_would_close_it(kind, figures).startswith(begins)


@given(
    st.integers(1, 380).flatmap(lambda p: st.tuples(st.integers(0, p), st.just(p))),
    st.sampled_from((AT_RISK_ONE_IN, PERSISTENT_ONE_IN, SEVERE_ONE_IN)),
)
def test_sessions_to_go_under_is_the_least_that_does(share, one_in):
    absent, possible = share
    needed = sessions_to_go_under(absent, possible, one_in)
    assert absent * one_in < possible + needed
    assert needed == 0 or absent * one_in >= possible + needed - 1


@given(enrolment_facts())
def test_every_flag_that_holds_can_explain_itself(facts):
    for kind, figures in standing(facts).items():
        for sentence in (why_sentence(kind, figures), what_would_close_it(kind, figures)):
            assert sentence.endswith(".")
            assert all(len(part.split()) < 25 for part in sentence.split(". "))
            assert "None " not in sentence or "None was ever" in sentence


def test_every_kind_has_both_sentences():
    figures = _absence(2, 20) | PENALTY | RUN | ILL | OWED | SILENT
    for kind in FLAGS:
        assert why_sentence(kind, figures)
        assert what_would_close_it(kind, figures)

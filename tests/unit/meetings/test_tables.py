"""The tables of words that meetings stand on."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from meetings.choices import (
    BLOCKS,
    EXPECTATIONS,
    SIDES,
    TASKS,
    THEME_OF_TERM,
    THEMES,
    Block,
    Side,
    Theme,
)
from meetings.states import (
    ACCEPTANCES,
    AHEAD,
    MAILS,
    MEETINGS,
    NOT_BOOKED,
    RESPONSES,
    SCORES,
    STANDING,
    Acceptance,
    MailState,
    MeetingState,
    Response,
    Score,
    meeting_tag,
)


@pytest.mark.parametrize(
    ("state", "label", "colour"),
    [
        (None, "Not booked", "grey"),
        ("offered", "Offered", "blue"),
        ("booked", "Booked", "teal"),
        ("held", "Held", "green"),
        ("not_held", "Not held", "orange"),
    ],
)
def test_what_a_meeting_is_called(state, label, colour):
    assert (meeting_tag(state).label, meeting_tag(state).colour) == (label, colour)


def test_a_school_without_a_meeting_is_not_booked():
    assert meeting_tag(None) is NOT_BOOKED


@pytest.mark.parametrize(
    ("table", "keys"),
    [
        (MEETINGS, MeetingState),
        (RESPONSES, Response),
        (ACCEPTANCES, Acceptance),
        (SCORES, Score),
        (MAILS, MailState),
        (THEMES, Theme),
        (SIDES, Side),
        (BLOCKS, Block),
    ],
)
def test_every_key_has_its_words(table, keys):
    assert list(table) == list(keys)


def test_what_is_ahead_also_stands():
    assert AHEAD < STANDING
    assert MeetingState.NOT_HELD not in STANDING


def test_each_term_has_its_theme():
    words = [THEMES[THEME_OF_TERM[term]] for term in (1, 2, 3)]
    assert words == ["Start well", "Is it working?", "Hand over"]


def test_both_sides_have_tasks_and_partners_have_none():
    assert set(TASKS) == {Side.LA, Side.SCHOOL}
    assert "offers" in TASKS[Side.LA]
    assert "what_helped" in TASKS[Side.SCHOOL]


@pytest.mark.parametrize("expectation", EXPECTATIONS.values(), ids=lambda one: one.key)
def test_an_expectation_has_a_short_sentence_and_names_its_rules(expectation):
    assert expectation.sentence.endswith(".")
    assert len(expectation.sentence.split()) < 25
    for source in expectation.source.split(", "):
        assert re.fullmatch(r"(SUP|REG)-\d\d", source)


def test_a_score_is_said_in_words_of_its_own():
    assert len(set(SCORES.values())) == len(Score) == 4


def test_the_tables_know_nothing_of_the_database():
    for name in ("choices", "states"):
        assert "django" not in Path(f"meetings/{name}.py").read_text(encoding="utf-8")

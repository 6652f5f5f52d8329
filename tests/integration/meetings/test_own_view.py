"""A school's own view of its work: saved in parts, shared when whole, compared with last time."""

from __future__ import annotations

import pytest

from attendance_portal.shared.errors import Conflict, Invalid, Refused
from meetings.choices import EXPECTATIONS
from meetings.models import TsmFrequency
from meetings.read_models.own_view import own_view
from meetings.services.own_view import Scored, save_own_view, set_frequency, share_own_view
from tests.factories.meetings import MeetingFactory
from tests.factories.schools import PatchFactory, SchoolFactory
from tests.factories.tsm import NOW, Table

pytestmark = pytest.mark.django_db
ALL = {key: Scored(3) for key in EXPECTATIONS}


@pytest.fixture
def table(db):
    return Table()


def save(table, *, term=2, by=None, version=0, texts=None, scores=None):
    return save_own_view(
        school=table.school, academic_year=2025, term=term, texts=texts or {},
        scores=scores or {}, version=version, by=by or table.lead, at=NOW,
    )  # fmt: skip


def read(table, user=None, term=2):
    return own_view(user or table.lead, table.school, academic_year=2025, term=term)


def test_nothing_is_written_yet(table):
    found = read(table)
    assert (found.view, found.version, found.scored, found.tag.label) == (None, 0, 0, "Draft")
    assert [row.words for row in found.scores] == [""] * len(EXPECTATIONS)


def test_it_is_saved_in_parts(table):
    view = save(table, texts={"strengths": " We know every child. "})
    save(table, version=view.version, scores={"policy": Scored(2, "Written in May")})
    found = read(table)
    assert found.answers[0].text == "We know every child."
    policy = found.scores[0]
    assert (policy.score, policy.words, policy.note) == (2, "Begun", "Written in May")
    assert found.scored == 1


@pytest.mark.parametrize("version", [0, 1, 3])
def test_who_saves_over_somebody_else_is_told(table, version):
    view = save(table)
    assert view.version == 2
    with pytest.raises(Conflict, match="meanwhile"):
        save(table, version=version)


@pytest.mark.parametrize(
    ("facts", "pointer"),
    [
        ({"scores": {"policy": Scored(0)}}, "policy"),
        ({"scores": {"policy": Scored(5)}}, "policy"),
        ({"scores": {"weather": Scored(1)}}, "weather"),
        ({"scores": {"policy": Scored(1, "x" * 301)}}, "policy"),
        ({"texts": {"threats": "x" * 2001}}, "threats"),
    ],
)
def test_what_cannot_be_saved(table, facts, pointer):
    with pytest.raises(Invalid) as problem:
        save(table, **facts)
    assert problem.value.errors[0].pointer == pointer


def test_it_is_shared_once_it_is_whole(table):
    view = save(table, scores={"policy": Scored(3)})
    with pytest.raises(Invalid, match="Senior champion"):
        share_own_view(view=view, by=table.lead, at=NOW)
    save(table, version=view.version, scores=ALL)
    shared = share_own_view(view=view, by=table.lead, at=NOW)
    assert (shared.state, shared.submitted_by) == ("submitted", table.lead)
    assert share_own_view(view=view, by=table.lead, at=NOW).version == shared.version


def test_the_council_reads_it_once_it_is_shared_and_does_not_write_it(table):
    view = save(table, scores=ALL)
    assert read(table, table.officer).view is None
    share_own_view(view=view, by=table.lead, at=NOW)
    assert read(table, table.officer).tag.label == "Shared with the attendance team"
    with pytest.raises(Refused, match="The school writes"):
        save(table, by=table.officer)


def test_another_school_neither_writes_nor_reads_it(table):
    other = Table()
    share_own_view(view=save(table, scores=ALL), by=table.lead, at=NOW)
    assert read(table, other.lead).view is None
    with pytest.raises(Refused, match="not one of yours"):
        save(table, by=other.lead)


def test_it_can_be_changed_after_it_was_shared_until_the_meeting_starts(table):
    share_own_view(view=save(table, scores=ALL), by=table.lead, at=NOW)
    changed = save(table, version=read(table).version, scores={"policy": Scored(4)})
    assert changed.state == "submitted"
    MeetingFactory(school=table.school, going_on=True)
    with pytest.raises(Refused, match="can only be read"):
        save(table, version=changed.version)
    assert save(table, term=3).term == 3


@pytest.mark.parametrize(
    ("last", "now", "words"),
    [
        (2, 3, "Further on than last time"),
        (3, 3, "As last time"),
        (3, 2, "Less far than last time"),
    ],
)
def test_it_is_compared_with_last_time(table, last, now, words):
    share_own_view(
        view=save(table, term=1, scores={**ALL, "policy": Scored(last)}), by=table.lead, at=NOW
    )
    save(table, scores={"policy": Scored(now)})
    policy, champion, *_ = read(table).scores
    assert (policy.change, policy.last_score) == (words, last)
    assert (champion.change, champion.last_words) == ("", "Mostly in place")


def test_a_draft_of_last_term_is_not_compared(table):
    save(table, term=1, scores=ALL)
    save(table, scores=ALL)
    assert read(table).last is None


def test_how_often_a_school_meets_is_the_managers(table, user_with):
    manager = user_with("team_manager")
    facts = {"school": table.school, "reason": "Two are enough.", "at": NOW}
    set_frequency(per_year=2, by=manager, **facts)
    set_frequency(per_year=3, by=manager, **facts)
    assert TsmFrequency.objects.get().per_year == 3
    elsewhere = user_with("team_manager", patch=PatchFactory(schools=[SchoolFactory()]))
    for user in (table.officer, table.lead, elsewhere):
        with pytest.raises(Refused):
            set_frequency(per_year=1, by=user, **facts)


@pytest.mark.parametrize("facts", [{"per_year": 0}, {"per_year": 4}, {"reason": " "}])
def test_a_frequency_that_cannot_be(table, user_with, facts):
    given = {"per_year": 2, "reason": "Two are enough.", **facts}
    with pytest.raises(Invalid):
        set_frequency(school=table.school, **given, by=user_with("team_manager"), at=NOW)

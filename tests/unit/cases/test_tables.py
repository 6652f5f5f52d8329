"""The tables of casework hold together: every key has its words, and the words are for people."""

from __future__ import annotations

import pytest

from attendance_portal.shared.banned_words import blaming_words, words_not_for_families
from cases import choices, states

TABLES = [
    (choices.Agency, choices.AGENCIES),
    (choices.Domain, choices.DOMAINS),
    (choices.ContactKind, choices.CONTACT_KINDS),
    (choices.Reached, choices.REACHED),
    (choices.OpenedFrom, choices.OPENED_FROM),
    (choices.Basis, choices.BASES),
    (choices.HoldKind, choices.HOLDS),
    (choices.Outcome, choices.OUTCOMES),
    (states.Stage, states.STAGES),
    (states.StepState, states.STEP_LABELS),
    (states.Gate, states.GATES),
    (states.Track, states.TRACKS),
    (states.Direction, states.DIRECTIONS),
    (states.Direction, states.ARROWS),
    (states.Origin, states.ORIGINS),
    (states.OfferAnswer, states.OFFER_ANSWERS),
    (states.EntryKind, states.ENTRIES),
]


@pytest.mark.parametrize(("keys", "table"), TABLES, ids=lambda one: getattr(one, "__name__", ""))
def test_every_key_has_its_words(keys, table):
    assert set(table) == set(keys)


def test_there_are_six_stages_in_order():
    assert [stage.value for stage in states.STAGES] == [1, 2, 3, 4, 5, 6]
    assert [facts.place for facts in states.STAGES.values()][2] == "3 of 6, Listen and understand"


def test_stages_share_one_colour():
    assert {facts.tag.colour for facts in states.STAGES.values()} == {"blue"}


def test_every_domain_has_a_barrier():
    assert {kind.domain for kind in choices.BARRIERS.values()} == set(choices.Domain)


@pytest.mark.parametrize("key", sorted(choices.BARRIERS))
def test_words_of_a_barrier_are_fit_for_a_family(key):
    kind = choices.BARRIERS[key]
    assert not list(words_not_for_families(kind.to_family))
    assert not list(blaming_words(kind.label))


OF_THE_GUIDANCE = (
    "ebsa physical_health dental send_unmet bullying unsafe caring transport poverty "
    "family_functioning"
)


@pytest.mark.parametrize("key", OF_THE_GUIDANCE.split())
def test_barriers_of_the_guidance_can_be_named(key):
    assert key in choices.BARRIERS


@pytest.mark.parametrize("key", ["unsafe", "bullying", "exploitation", "domestic_abuse"])
def test_naming_danger_reminds_of_safeguarding(key):
    assert choices.BARRIERS[key].asks_safeguarding


@pytest.mark.parametrize(
    ("state", "facts", "label"),
    [
        ("sent", {}, "Sent"),
        ("accepted", {}, "Accepted"),
        ("accepted", {"waiting_days": 31}, "Waiting 31 days"),
        ("accepted", {"waiting_days": 1}, "Waiting 1 day"),
        ("declined", {}, "Declined"),
        ("started", {"waiting_days": 31}, "Accepted"),
        ("ended", {}, "Outcome not told"),
        ("ended", {"is_told": True}, "Outcome told"),
        ("declined", {"is_told": True}, "Outcome told"),
    ],
)
def test_tag_of_a_referral(state, facts, label):
    assert states.referral_tag(state, **facts).label == label

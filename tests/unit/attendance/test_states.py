"""Every flag has its words, colour, order, figures and page."""

from pathlib import Path

import pytest

from attendance.states import CLOSE_REASON_LABELS, FLAG_ORDER, FLAGS, CloseReason, FlagKind

TAG_COLOURS = {"grey", "green", "teal", "blue", "purple", "magenta", "orange", "yellow"}  # not red
DOCS = Path(__file__).parents[3] / "docs" / "domain"

NAMES_OUTSIDERS_RELY_ON = {
    "at_risk",
    "persistent_absence",
    "severe_absence",
    "penalty_notice_threshold",
    "unauthorised_run",
    "sickness_return",
    "unresolved_n",
    "no_recent_marks",
}


def test_kinds_bear_the_names_outsiders_rely_on():
    assert {kind.value for kind in FlagKind} == NAMES_OUTSIDERS_RELY_ON
    assert {reason.value for reason in CloseReason} == {"no_longer_met", "left", "year_ended"}


@pytest.mark.parametrize("kind", FlagKind)
def test_every_kind_is_fully_described(kind):
    state = FLAGS[kind]
    assert state.kind == kind
    assert state.label == state.tag.label
    assert state.colour in TAG_COLOURS
    assert state.sentence.endswith(".")
    assert state.evidence
    assert state.sources
    assert (DOCS / f"{state.page}.md").is_file()


def test_every_source_is_named_on_its_page():
    for state in FLAGS.values():
        page = (DOCS / f"{state.page}.md").read_text(encoding="utf-8")
        assert [source for source in state.sources if source not in page] == [], state.kind


def test_labels_differ_and_order_is_complete():
    assert len({state.label for state in FLAGS.values()}) == len(FLAGS)
    assert sorted(FLAG_ORDER.values()) == list(range(len(FlagKind)))


def test_every_close_reason_has_a_label():
    assert set(CLOSE_REASON_LABELS) == set(CloseReason)

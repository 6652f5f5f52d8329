"""Verdicts of the benchmark: both sides of every line, and the exact value, not the printed one."""

import pytest

from dashboards.management.bench.targets import TARGETS, Target, Verdict

LESS = Target("t", "less is better", demand=0.8, stretch=0.35)
MORE = Target("t", "more is better", demand=0.5, stretch=1, at_least=True)
NOUGHT = Target("t", "nothing at all", demand=0, stretch=0)


@pytest.mark.parametrize(
    ("target", "value", "verdict"),
    [
        (LESS, 0.35, Verdict.STRETCH),
        (LESS, 0.3501, Verdict.MET),
        (LESS, 0.8, Verdict.MET),
        (LESS, 0.8001, Verdict.MISSED),
        (MORE, 1, Verdict.STRETCH),
        (MORE, 0.9999, Verdict.MET),
        (MORE, 0.5, Verdict.MET),
        (MORE, 0.4999, Verdict.MISSED),
        (NOUGHT, 0, Verdict.STRETCH),
        (NOUGHT, 1, Verdict.MISSED),
        (LESS, None, Verdict.NOT_MEASURED),
    ],
)
def test_verdict_on_each_side_of_a_line_is_by_the_exact_value(target, value, verdict):
    assert target.verdict(value) is verdict


def test_shown_line_says_which_side_is_good():
    assert LESS.shown(LESS.demand) == "<= 0.8"
    assert MORE.shown(MORE.stretch) == ">= 1"
    assert NOUGHT.shown(NOUGHT.demand) == "0"


def test_targets_have_their_stretch_on_the_good_side_of_their_demand():
    for target in TARGETS:
        assert target.is_met(target.stretch, target.demand), target.key


def test_targets_have_a_key_each():
    assert len({target.key for target in TARGETS}) == len(TARGETS)

"""The borough looks like one: absence near the published, unequal where life is, all codes seen.

Published for Redcar and Cleveland 2025/26 (DfE attendance dashboard): absence 5.5, 9.9, 12.7 per
cent and persistent absence 14, 28, 35 per cent in primary, secondary and special schools. The
bounds here are wide.
"""

from collections import Counter, defaultdict

import pytest

from attendance import codes


@pytest.fixture(scope="module")
def figures(bundle):
    """Per enrolment: possible and absent sessions, by the code table."""
    found: dict[tuple[str, str], list[int]] = defaultdict(lambda: [0, 0])
    counts = Counter((r["upn"], r["urn"], r["code"], r["date"]) for r in bundle.marks)
    for (upn, urn, code, day), sessions in counts.items():
        meaning = codes.meaning(code, bundle.days[day])
        if meaning.is_possible:
            found[upn, urn][0] += sessions
            found[upn, urn][1] += sessions * (not meaning.is_attended)
    return {key: tuple(sums) for key, sums in found.items()}


def _rates(figures, chosen) -> tuple[float, float]:
    """Absence and persistent absence, in per cent."""
    sums = [sums for key, sums in figures.items() if chosen(key)]
    possible, absent = sum(s[0] for s in sums), sum(s[1] for s in sums)
    persistent = sum(s[1] * 10 >= s[0] for s in sums)
    return 100 * absent / possible, 100 * persistent / len(sums)


@pytest.mark.parametrize(
    ("phase", "absence", "persistent"),
    [
        ("PS", (4.0, 7.5), (8, 20)),
        ("SS", (7.5, 12.5), (20, 36)),
        ("SP", (7.0, 20.0), (18, 60)),
        ("PR", (18.0, 60.0), (50, 100)),
    ],
)
def test_absence_of_a_phase_is_near_the_published(
    bundle, figures, phase, absence, persistent
) -> None:
    urns = {row["urn"] for row in bundle.rows("schools") if row["phase"] == phase}
    rate, share = _rates(figures, lambda key: key[1] in urns)
    assert absence[0] < rate < absence[1]
    assert persistent[0] < share <= persistent[1]


@pytest.mark.parametrize(
    ("column", "more", "less"), [("fsm_eligible", "1", "0"), ("sen_provision", "K", "N")]
)
def test_disadvantage_goes_with_absence(bundle, figures, column, more, less) -> None:
    value = {row["upn"]: row[column] for row in bundle.rows("pupils")}
    higher, _ = _rates(figures, lambda key: value[key[0]] == more)
    lower, _ = _rates(figures, lambda key: value[key[0]] == less)
    assert higher > lower * 1.1


def test_usual_codes_all_occur(bundle) -> None:
    seen = {row["code"] for row in bundle.marks}
    usual = set("/\\LVBDCEIMXGNOU#-") | {"C2", "Y4"}
    assert usual <= seen


def test_absence_comes_in_spells(bundle) -> None:
    """Illness on the afternoon follows illness in the morning far more often than by chance."""
    by_day = defaultdict(dict)
    for row in bundle.marks:
        by_day[row["upn"], row["date"]][row["session"]] = row["code"]
    ill = [sessions for sessions in by_day.values() if sessions.get("AM") == "I"]
    assert sum(sessions.get("PM") == "I" for sessions in ill) > 0.8 * len(ill)


def test_some_children_moved_left_joined_or_go_to_two_schools(bundle) -> None:
    rows = bundle.rows("enrolments")
    per_child = Counter(row["upn"] for row in rows)
    assert sum(count > 1 for count in per_child.values()) > 10
    assert sum(row["end_date"] != "" for row in rows) > 10
    assert {"C", "M", "S"} == {row["status"] for row in rows}


def test_families_are_mixed(bundle) -> None:
    pupils = bundle.rows("pupils")
    assert len({row["ethnicity"] for row in pupils}) >= 12
    assert len({row["first_language"] for row in pupils}) >= 5
    assert {"NONE", "EH", "CIN", "CP", "CLA"} <= {row["social_care"] for row in pupils}
    children = Counter(row["parent_ref"] for row in bundle.rows("parents"))
    assert sum(count > 1 for count in children.values()) > 200

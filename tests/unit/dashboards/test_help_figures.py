"""Help: each measure is worked out by its rule; codes by the day they were in force."""

from __future__ import annotations

from datetime import date

from attendance.codes import all_codes
from attendance.rules.protection import Thresholds
from dashboards.help.codes import CATEGORIES, code_groups, first_day, regimes
from dashboards.help.figures import measures

TODAY = date(2026, 3, 3)
LAST_OF_OLD = date(2024, 8, 18)
FIRST_OF_NEW = date(2024, 8, 19)


def measure(key, *, minimum=20, thresholds=None):
    found = {one.key: one for one in measures(minimum, thresholds or Thresholds())}
    return found[key]


def codes_on(on):
    return {line.code: line for group in code_groups(on) for line in group.lines}


def test_each_measure_has_words_a_formula_an_example_and_a_source():
    found = measures(20, Thresholds())

    assert len({one.key for one in found}) == len(found)
    assert all(one.words and one.formula and one.examples and one.source for one in found)


def test_week_of_the_domain_notes_has_eight_possible_sessions_and_three_missed():
    said = measure("possible-sessions").examples[0]

    assert said.endswith("Attended 5, authorised 1, unauthorised 2: 8 possible.")
    assert measure("absence-rate").examples[0] == "The same week: 3 of 8 sessions: 37.5%."


def test_absence_by_code_is_a_share_of_all_possible_sessions():
    assert measure("by-reason").examples == (
        "In the same week: illness (I) 1 of 8 sessions: 12.5%.",
        "No reason that fits (O) 2 of 8 sessions: 25.0%.",
    )


def test_movement_is_new_cleared_or_neither():
    assert measure("movement").examples == (
        "Met on 13 Jan and still: new since 12 Jan.",
        "Met on 12 Jan and still: neither since 12 Jan.",
        "Met in September, closed on 20 Jan: cleared since 12 Jan.",
        "Met in September, left on 20 Jan: neither since 12 Jan.",
    )


def test_what_is_ahead_is_told_on_both_sides_of_the_line():
    under, over, beyond = measure("still-ahead").examples

    assert "Can miss 10 more of 90 sessions" in under
    assert "Under 10% from Mon 9 Mar 2026" in over
    assert "whatever comes" in beyond


def test_published_basis_leaves_out_the_examination_term_and_the_youngest():
    same = "with the same marks in May and June"
    assert measure("published-basis").examples == (
        f"A pupil aged 14 on 31 August, {same}: 3 of 6 sessions: 50.0%.",
        f"A pupil aged 15 on 31 August, {same}: 1 of 4 sessions: 25.0%.",
        f"A pupil aged 4 on 31 August, {same}: not counted.",
    )


def test_similar_schools_and_fewer_than_expected_are_worked_by_their_rules():
    assert measure("similar-schools").examples == (
        "Five similar schools have 10.0%, 20.0%, 30.0%, 40.0%, 50.0%: the middle half is from "
        "20.0% to 40.0%.",
    )
    ends = ("as expected.", "may be chance, so not named.", "fewer than expected.")
    for said, end in zip(measure("fewer-than-expected").examples, ends, strict=True):
        assert "50 expected" in said
        assert said.endswith(end)


def test_rate_near_a_line_is_never_printed_on_its_other_side():
    examples = measure("absence-rate").examples

    assert "37 of 370 sessions: 10.0%." in examples
    assert "35 of 351 sessions: 9.97%." in examples
    assert "9,996 of 100,000 sessions: just under 10%." in examples


def test_group_is_the_share_of_all_sessions_not_the_middle_of_rates():
    assert measure("rate-of-a-group").examples[0].endswith("Together 50 of 420 sessions: 11.9%.")


def test_lines_are_shown_from_both_sides():
    examples = measure("over-the-lines").examples

    assert "Persistent, from 10%: 37 of 370 sessions: 10.0%, yes." in examples
    assert "Persistent, from 10%: 35 of 351 sessions: 9.97%, not yet." in examples
    assert "Severe, from 50%: 179 of 360 sessions: 49.7%, not yet." in examples


def test_too_early_follows_the_setting():
    assert measure("too-early-to-say", minimum=30).examples == (
        "29 possible sessions: Too early to say.",
        "30 possible sessions: shown.",
    )


def test_small_numbers_follow_the_setting():
    assert "8 of 40 pupils is shown as 10." in measure("small-numbers").examples
    stricter = measure("small-numbers", thresholds=Thresholds(10, 8))
    assert "8 of 40 pupils is shown as c." in stricter.examples


def test_feed_stops_at_three_school_days():
    assert measure("feeds").examples[-2:] == (
        "2 school days behind: Behind.",
        "3 school days behind: Stopped.",
    )


# Codes.


def test_every_code_of_both_sets_is_shown_when_no_day_is_asked():
    shown = [line for group in code_groups(None) for line in group.lines]

    assert len(shown) == len(all_codes())
    assert {code.category for code in all_codes()} == set(CATEGORIES)


def test_codes_of_a_day_are_those_in_force_on_it():
    new, old = codes_on(FIRST_OF_NEW), codes_on(LAST_OF_OLD)

    assert {"C1", "Y7", "K"} <= set(new)
    assert not {"H", "F", "Y"} & set(new)
    assert {"H", "Y"} <= set(old)
    assert not {"C1", "Y7", "K"} & set(old)
    assert old["H"].dates == "1 Sep 2006 to 18 Aug 2024"
    assert new["C1"].dates == "From 19 Aug 2024"


def test_code_whose_meaning_changed_is_shown_as_on_the_day():
    assert codes_on(date(2011, 8, 31))["D"].counts_as == "Attended"
    assert codes_on(date(2013, 9, 2))["D"].counts_as == "Not a possible session"


def test_code_says_how_it_counts_and_whether_to_the_threshold():
    now = codes_on(TODAY)

    assert (now["L"].counts_as, now["L"].to_threshold) == ("Attended", "No")
    assert (now["I"].counts_as, now["I"].to_threshold) == ("Authorised absence", "No")
    assert (now["U"].counts_as, now["U"].to_threshold) == ("Unauthorised absence", "Yes")
    assert (now["#"].counts_as, now["#"].to_threshold) == ("Not a possible session", "No")


def test_no_code_was_in_force_before_the_table_begins():
    assert code_groups(first_day())
    assert code_groups(date(2006, 8, 31)) == []


def test_both_sets_can_be_chosen():
    assert [(one.label, one.href) for one in regimes(TODAY)] == [
        ("Codes from 19 Aug 2024", "?on=2026-03-03"),
        ("Codes to 18 Aug 2024", "?on=2024-08-18"),
        ("Every code since 1 Sep 2006", "?on="),
    ]

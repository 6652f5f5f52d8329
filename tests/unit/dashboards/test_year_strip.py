"""F4: which cell a session gets."""

from datetime import date, timedelta

from dashboards import charts
from schools.rules.calendar import HalfTerm

MONDAY = date(2025, 11, 3)
HALF_TERM = HalfTerm(MONDAY, date(2025, 12, 19), 2025, 2)
WEEKDAYS = {(MONDAY + timedelta(days=day), session) for day in range(5) for session in (0, 1)}


def strip(symbols, *, met=WEEKDAYS, first=MONDAY, last=date(2025, 11, 7)):
    return charts.year_strip(
        charts.StripFacts(
            weeks=[charts.Week(MONDAY, symbols.ljust(14))],
            half_terms=[HALF_TERM],
            met=met,
            first=first,
            last=last,
        )
    )


def looks(blocks):
    return [(cell.look, cell.letter) for block in blocks for cell in block.cells]


def test_strip_draws_each_session_by_how_it_counts():
    drawn = looks(strip("/LIOX/////"))

    assert drawn[:5] == [
        (charts.ATTENDED, ""),
        (charts.ATTENDED, "L"),
        (charts.AUTHORISED, "I"),
        (charts.UNAUTHORISED, "O"),
        (charts.NOT_POSSIBLE, "X"),
    ]


def test_strip_on_a_day_the_school_met_shows_a_gap_as_a_question():
    assert looks(strip("/ ////////"))[1] == (charts.NO_MARK_SENT, "?")


def test_strip_on_a_day_the_school_was_closed_has_no_cell():
    closed = WEEKDAYS - {(MONDAY, 0), (MONDAY, 1)}

    assert len(looks(strip("##////////", met=closed))) == 8


def test_strip_of_a_half_day_has_no_cell_for_the_closed_half():
    assert len(looks(strip("/ ////////", met=WEEKDAYS - {(MONDAY, 1)}))) == 9


def test_strip_of_a_closed_code_while_the_school_met_is_not_possible():
    assert looks(strip("##////////"))[0] == (charts.NOT_POSSIBLE, "#")


def test_strip_before_the_first_day_of_the_enrolment_has_no_cell():
    assert len(looks(strip("//////////", first=MONDAY + timedelta(days=2)))) == 6


def test_strip_after_the_last_known_day_has_no_cell():
    assert len(looks(strip("//////////", last=MONDAY))) == 2


def test_strip_of_a_school_that_meets_on_saturday_has_more_rows():
    saturday = {*WEEKDAYS, (MONDAY + timedelta(days=5), 0)}

    longer = strip("////////////", met=saturday, last=MONDAY + timedelta(days=5))[0]

    assert longer.height > strip("//////////")[0].height
    assert len(longer.cells) == 12


def test_strip_says_in_words_what_it_shows():
    description = strip("/\\IIOO/\\/ ")[0].description

    assert description == (
        "Autumn 2: 5 sessions attended; 2 sessions authorised absence; "
        "2 sessions unauthorised absence; 1 session no mark sent."
    )


def test_strip_of_a_half_term_that_has_not_begun_is_left_out():
    assert strip("//////////", last=MONDAY - timedelta(days=1)) == []

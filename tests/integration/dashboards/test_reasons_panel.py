"""The panels by reason and by day: the figures beside them, for any slice; protected for others."""

from datetime import date

import pytest
from django.test import RequestFactory
from django.urls import reverse

from attendance.services.nightly import run_for_everyone
from dashboards.read_models.reasons_panel import panel_of_schools, panel_of_slice
from dashboards.read_models.slices import sums
from dashboards.views.slices import asked_slice
from tests.factories.classes import LATEST, child

FRIDAY = "2026-01-09"


@pytest.fixture
def asked(borough, user_with):
    """The slice of an address, as somebody of the whole authority (or another) asks."""
    officer = user_with("attendance_officer")

    def ask(query="", user=None):
        request = RequestFactory().get(f"/explore/?{query}")
        request.user = user or officer
        return asked_slice(request).now

    return ask


def number(text):
    return int(text.replace(",", ""))


@pytest.mark.parametrize(
    "query",
    ["", "school={ash}", "phase=PS", "year_group=4", "sex=F", "period=half_term_3", "period=term_2",
     f"as_of={FRIDAY}", f"as_of={FRIDAY}&sex=F", "absence=authorised", "absence=unauthorised",
     "absence=illness"],
)  # fmt: skip
def test_codes_and_days_add_up_to_the_sums_of_the_slice(asked, borough, query):
    one = asked(query.format(ash=borough.ash.pk))
    panel, found = panel_of_slice(one), sums(one)
    if panel is None:
        assert found.possible == 0
        return
    assert number(panel.possible) == found.possible
    assert sum(number(row.sessions) for row in panel.codes) == found.missed(one.missed).part
    assert sum(number(row.sessions) for row in panel.days) == found.absent
    assert sum(number(row.possible) for row in panel.days) == found.possible


def test_panel_says_the_commonest_reason_and_the_days(asked):
    panel = panel_of_slice(asked())
    assert panel.by_code == (
        "Unauthorised, no other code applies (O) is the commonest reason: 16.0% of sessions, "
        "40 of 250."
    )
    assert [(row.code, row.kind, row.sessions) for row in panel.codes] == [
        ("O", "Unauthorised absence", "40"),
        ("I", "Authorised absence", "8"),
    ]
    assert [row.day for row in panel.days] == [
        "Monday", "Tuesday", "Wednesday", "Thursday", "Friday",
    ]  # fmt: skip


def test_days_that_differ_by_chance_only_are_about_the_same(borough):
    panel = panel_of_schools([borough.elm.pk], as_of=LATEST)
    assert panel.by_code == "No session was missed."
    assert panel.by_day == "Absence is about the same on each day of the week."


def test_day_that_is_missed_beyond_chance_is_named(borough):
    for place in range(12):
        child(borough.elm, f"Fay{place}", *["////////OO"] * 5)
    run_for_everyone(as_of=LATEST)
    panel = panel_of_schools([borough.elm.pk], as_of=LATEST)
    assert panel.by_day.startswith("Fridays are missed most, ")
    assert "s least, 0.0%." in panel.by_day


def test_year_without_marks_has_no_panel(borough):
    assert panel_of_schools([borough.elm.pk], as_of=date(2024, 10, 1)) is None


def test_protected_view_of_few_pupils_shows_nothing(asked):
    panel = panel_of_slice(asked("protected=1"))
    assert panel.is_hidden
    assert (panel.codes, panel.days, panel.possible) == ((), (), "c")


def test_protected_view_rounds_and_hides_what_is_telling(borough):
    codes = ["OO", "II", "MI"]
    for place in range(12):
        child(borough.elm, f"Gil{place}", *[codes[place % 3 if place < 11 else 2] + "////////"] * 4)
    run_for_everyone(as_of=LATEST)
    panel = panel_of_schools([borough.elm.pk], as_of=LATEST, protected_pupils=13)
    assert not panel.is_hidden
    shown = {row.code: row.sessions for row in panel.codes}
    assert all(text == "c" or int(text) % 5 == 0 for text in shown.values())
    assert all("." not in row.rate for row in (*panel.codes, *panel.days))
    assert (panel.by_code, panel.by_day) == ("", "")
    assert "nearest 5" in panel.note


def test_one_hidden_code_hides_a_second(borough):
    for place in range(12):
        child(borough.elm, f"Hal{place}", *["II////////"] * 3, "MO////////" if place < 3 else "")
    run_for_everyone(as_of=LATEST)
    panel = panel_of_schools([borough.elm.pk], as_of=LATEST, protected_pupils=13)
    hidden = [row.code for row in panel.codes if row.sessions == "c"]
    assert len(hidden) >= 2


@pytest.mark.parametrize("query", ["", f"as_of={FRIDAY}"])
def test_registers_page_of_a_school_shows_both_panels(borough, signed_in, query):
    page = signed_in("school_lead", school=borough.ash).get(
        reverse("school_registers", args=[borough.ash.pk]) + f"?{query}"
    )
    text = page.content.decode()
    assert "Absence by reason, 2025/26 so far" in text
    assert "Absence by day of the week, 2025/26 so far" in text


def test_borough_page_shows_both_panels_and_protects_them(borough, signed_in):
    client = signed_in("team_manager")
    plain = client.get(reverse("borough")).content.decode()
    assert "is the commonest reason" in plain
    protected = client.get(reverse("borough") + "?protected=1").content.decode()
    assert "is the commonest reason" not in protected
    assert "Too few pupils to show reasons" in protected

"""Slices: whom the bar names; sums, groups, bands, weeks and lists are of the same rows."""

from datetime import date

import pytest
from django.test import RequestFactory

from attendance.models import PastPeriod, PastStanding
from attendance.read_models.figures import forget_past_figures
from attendance.services.nightly import run_for_everyone
from dashboards.read_models.slices import Sums, sums
from dashboards.read_models.slices.series import half_terms, weekly
from dashboards.read_models.slices.sums import bands, grouped, histogram
from dashboards.views.slices import asked_slice
from schools.models import Place
from tests.factories.classes import child
from tests.factories.registers import PRESENT_WEEK

FRIDAY = "2026-01-09"
EARLIER = date(2026, 1, 9)


@pytest.fixture
def asked(borough, user_with):
    """The slice of an address, as somebody of the whole authority (or another) asks."""
    officer = user_with("attendance_officer")

    def ask(query="", user=None):
        request = RequestFactory().get(f"/explore/?{query}")
        request.user = user or officer
        return asked_slice(request)

    return ask


def test_sums_of_everyone_count_sessions_and_enrolments(asked):
    found = sums(asked().now)

    assert found == Sums(
        enrolments=5, possible=250, authorised=8, unauthorised=40, illness=8, persistent=2, severe=1
    )
    assert found.absent == 48


@pytest.mark.parametrize(
    "query",
    [
        "", "school={ash}", "phase=PS", "year_group=4", "sex=F", "band=10", "period=half_term_3",
        f"as_of={FRIDAY}", f"as_of={FRIDAY}&persistent=true", "absence=illness", "sessions=false",
    ],
)  # fmt: skip
def test_every_figure_is_the_length_of_the_list_it_opens(asked, borough, client, query):
    one = asked(query.format(ash=borough.ash.pk)).now
    client.force_login(one.user)

    counted = client.get(one.list_of()).context["count"]
    persistent = client.get(one.list_of(persistent="true")).context["count"]
    missed = client.get(one.list_of(missed="1")).context["count"]
    found = sums(one)

    assert (counted, persistent) == (found.enrolments, found.persistent)
    assert missed == sum(n for many, n in histogram(one, one.missed).items() if many)


def test_bands_open_the_lists_that_make_them_up(asked, client):
    one = asked().now
    client.force_login(one.user)
    found = bands(one)

    assert found == {0: 2, 1: 1, 2: 1, **dict.fromkeys(range(3, 10), 0), 10: 1}
    assert [client.get(one.list_of(band=str(band))).context["count"] for band in found] == list(
        found.values()
    )


def test_a_past_day_says_what_the_run_of_that_day_said(asked, borough):
    then = sums(asked(f"as_of={FRIDAY}").now)

    assert then == Sums(
        enrolments=5, possible=50, authorised=6, unauthorised=10, illness=6, persistent=3, severe=1
    )
    assert asked(f"as_of={FRIDAY}").now.figures.standing is not None


def test_a_past_day_is_worked_out_once(asked):
    asked(f"as_of={FRIDAY}")
    sums(asked(f"as_of={FRIDAY}").now)

    assert PastStanding.objects.get().as_of == EARLIER
    assert PastPeriod.objects.filter(kind=1).count() == 5


def test_what_was_worked_out_is_forgotten_once_it_is_old(asked):
    asked(f"as_of={FRIDAY}")
    assert forget_past_figures() == 0

    PastStanding.objects.update(made_at="2026-01-01T00:00Z")

    assert forget_past_figures() == 1
    assert not PastPeriod.objects.exists()


def test_groups_add_up_to_the_whole(asked):
    one = asked().now

    by_school = grouped(one, "school_id")
    by_two = grouped(one, "school_id", "year_group")

    assert sum(each.enrolments for each in by_school.values()) == sums(one).enrolments
    assert sum(each.possible for each in by_two.values()) == sums(one).possible


def test_everyone_else_is_peers_without_those_named(asked, borough):
    one = asked("year_group=4").now

    assert set(one.rows) == {borough.eve}
    assert set(one.peers) == {borough.ada, borough.ben, borough.cal, borough.dee, borough.eve}


def test_weeks_and_half_terms_of_a_choice_of_children_are_theirs(asked, borough):
    whole = asked(f"school={borough.elm.pk}")
    chosen = asked("year_group=4")  # Eve alone is in Year 4, and she alone is at Elm

    assert whole.now.is_of_whole_schools
    assert not chosen.now.is_of_whole_schools
    for one, other in zip(
        weekly(whole.now, whole.ground), weekly(chosen.now, chosen.ground), strict=True
    ):
        assert one.share == other.share
    assert half_terms(whole.now, whole.ground) == half_terms(chosen.now, chosen.ground)


def test_key_stages_any_sen_and_places_name_children(asked, borough):
    ward = Place.objects.create(code="W1", name="Quay")
    locality = Place.objects.create(code="L1", name="Coast", kind=Place.Kind.LOCALITY)
    ward.part_of = locality
    ward.save()
    pupil = child(borough.ash, "Fay", PRESENT_WEEK, ward=ward, sen_provision="K", year_group="10")
    run_for_everyone(as_of=date(2026, 2, 6))

    assert [row.pk for row in asked("year_group=KS4&sen=any").now.rows] == [pupil.pk]
    assert [row.pk for row in asked("place=W1").now.rows] == [pupil.pk]
    assert [row.pk for row in asked("place=L1").now.rows] == [pupil.pk]
    assert not asked("place=L1&place_by=school").now.rows.exists()
    assert asked("place=L1&year_group=KS4").now.who == "living in Coast, Key stage 4"


def test_a_school_has_its_own_children_only(asked, borough, user_with):
    lead = user_with("school_lead", school=borough.elm)

    assert set(asked("", lead).now.rows) == {borough.eve}
    assert asked("", lead).now.schools == (borough.elm.pk,)


def test_before_the_first_run_there_is_no_slice(db, user_with):
    request = RequestFactory().get("/explore/")
    request.user = user_with("attendance_officer")

    assert asked_slice(request).now is None

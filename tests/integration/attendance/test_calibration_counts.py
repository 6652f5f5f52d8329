"""What `calibration` counts in memory is what the portal counts from the same marks."""

from datetime import date
from pathlib import Path

import pytest

from attendance.borough.build import DEFAULT_UNTIL, Options, draw_borough, make_borough
from attendance.borough.measuring import Measures, Period, measure
from attendance.imports.bundle import load_bundle
from attendance.models import EnrolmentPeriod, PeriodKind
from attendance.read_models.published_basis import added_up, published_sums
from attendance.services.nightly import run_for_everyone
from attendance_portal.shared import clock
from schools.models import School

pytestmark = pytest.mark.django_db

OPTIONS = Options(pupils=150)
YEAR = Period("this year", 2025, date(2025, 8, 1), DEFAULT_UNTIL)
PHASES = {"PS": "primary", "SS": "secondary", "SP": "special", "PR": "alternative"}


@pytest.fixture
def loaded(tmp_path: Path) -> Measures:
    """A small borough, once in the database with its figures, once in memory."""
    make_borough(tmp_path, OPTIONS)
    load_bundle(tmp_path, by=None, on=DEFAULT_UNTIL, at=clock.now())
    run_for_everyone(as_of=DEFAULT_UNTIL)
    return measure(draw_borough(OPTIONS), (YEAR,), all_ages=True)


def test_sessions_and_both_lines_equal_the_portals_by_phase(loaded: Measures) -> None:
    stored = list(
        EnrolmentPeriod.objects.filter(kind=PeriodKind.YEAR, academic_year=2025).select_related(
            "enrolment__school"
        )
    )
    for phase, name in PHASES.items():
        portal = [row for row in stored if row.enrolment.school.phase == phase]
        possible = sum(row.possible for row in portal)
        absent = sum(row.authorised + row.unauthorised for row in portal)
        ours = loaded.rates("this year", lambda row, name=name: row.phase == name)
        assert possible > 0
        assert ours.enrolments == len(portal)
        assert ours.absence == pytest.approx(100 * absent / possible)
        persistent = sum(row.persistent for row in portal)
        assert ours.persistent == pytest.approx(100 * persistent / len(portal))
        assert ours.severe == pytest.approx(100 * sum(row.severe for row in portal) / len(portal))


def test_enrolments_equal_the_portals_one_by_one(loaded: Measures) -> None:
    portal = EnrolmentPeriod.objects.filter(kind=PeriodKind.YEAR, academic_year=2025)
    stored = sorted((row.possible, row.authorised + row.unauthorised) for row in portal)
    ours = sorted((row.possible, row.absent) for row in loaded.rows["this year"] if row.possible)
    assert ours == stored


def test_rates_on_the_published_basis_equal_the_portals(loaded: Measures) -> None:
    drawn = measure(draw_borough(OPTIONS), (YEAR,))
    phases = {urn: PHASES[phase] for urn, phase in School.objects.values_list("urn", "phase")}
    sums = published_sums(list(phases), DEFAULT_UNTIL)
    for phase in ("primary", "secondary", "special"):
        ours = drawn.rates("this year", lambda row, phase=phase: row.phase == phase)
        portal = added_up(each for urn, each in sums.items() if phases[urn] == phase)
        assert ours.enrolments == portal.enrolments > 0
        assert ours.absence == pytest.approx(100 * portal.absent / portal.possible)
        assert ours.persistent == pytest.approx(100 * portal.persistent / portal.enrolments)
        assert ours.severe == pytest.approx(100 * portal.severe / portal.enrolments)

"""What is kept for many tests is what the services made, in each of them."""

from attendance.models import EnrolmentPeriod, Flag, NightlyRun, RegisterWeek
from schools.models import Enrolment
from tests.factories.classes import borough_with_figures
from tests.factories.kept import never_kept


def facts() -> tuple:
    """What a run works out of the small borough, without its numbers."""
    whose = "enrolment__pupil__forename"
    return (
        sorted(Enrolment.objects.values_list("pupil__forename", "school__name", "year_group")),
        sorted(RegisterWeek.objects.values_list(whose, "week_start", "marks")),
        sorted(EnrolmentPeriod.objects.values_list(whose, "kind", "possible", "unauthorised")),
        sorted(Flag.objects.values_list(whose, "kind", "opened_on", "evidence__absent")),
        sorted(NightlyRun.objects.values_list("as_of", "state")),
    )


def test_borough_laid_down_is_the_borough_that_is_made(db, kept_borough):
    with never_kept():
        kept_borough.lay()
        laid = facts()
    with never_kept():
        borough_with_figures()
        made = facts()

    assert laid == made
    assert not Enrolment.objects.exists()


def test_what_a_test_changes_is_its_own(db, kept_borough):
    for _ in range(2):
        with never_kept():
            made = kept_borough.lay()
            assert Enrolment.objects.get(pk=made.ada.pk).year_group == made.ada.year_group == "8"
            made.ada.year_group = "9"
            made.ada.save()

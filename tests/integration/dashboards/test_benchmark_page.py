"""P17: fair beside published figures, on one basis and in one series; no other school is named."""

from datetime import date

import pytest
from django.urls import reverse

from attendance.models import EnrolmentPeriod
from attendance.read_models.expected import expected_on
from attendance.services.nightly import run_for_everyone
from dashboards.read_models import benchmark as read
from dashboards.read_models.better import better_block
from schools.models import School
from tests.factories.classes import LATEST, UNAUTHORISED_WEEK, child
from tests.factories.pupils import EnrolmentFactory, PupilFactory
from tests.factories.schools import SchoolFactory, TrustFactory

URL = "/explore/benchmark/"


def shown(client, query=""):
    answer = client.get(f"{URL}?{query}")
    assert answer.status_code == 200
    return answer


def text_of(answer):
    return answer.content.decode()


def row(answer, phase="Secondary"):
    """The chart's table: what stands beside what, of one phase."""
    chart = answer.context["page"].chart
    names = [column.name for column in chart.columns]
    (cells,) = (cells for cells in chart.rows if cells[0] == phase)
    return dict(zip(names, cells, strict=True))


def test_borough_stands_beside_the_published_figures_of_the_day(borough, signed_in):
    answer = shown(signed_in("team_manager"))
    assert [line.phase for line in answer.context["page"].bases] == ["Primary", "Secondary"]
    found = row(answer)
    # Ash: Ben and Cal of four; published by 5 February 2026.
    assert (found["Our registers, part"], found["Of"], found["Share"]) == ("2", "4", "50.0%")
    assert found["Similar schools, middle half"] == "x"
    assert found["England"].endswith("%")
    assert found["North East"].endswith("%")
    assert "published 5 Feb 2026 (provisional, daily data)" in text_of(answer)


def test_pupils_that_the_published_basis_leaves_out_are_in_the_other_figure_only(
    borough, signed_in
):
    child(borough.ash, "Sixteen", *[UNAUTHORISED_WEEK] * 4,
          pupil=PupilFactory(date_of_birth=date(2009, 8, 31)))  # fmt: skip
    run_for_everyone(as_of=LATEST)
    answer = shown(signed_in("team_manager"))
    (line,) = (one for one in answer.context["page"].bases if one.phase == "Secondary")
    assert line.published == "50.0%, 2 of 4"
    assert line.everyone == "60.0%, 3 of 5"
    listed = answer.client.get(line.href).context["count"]
    assert listed == 3


@pytest.mark.parametrize("measure", list(read.MEASURES))
def test_each_measure_opens_the_list_behind_it_and_names_one_series(borough, signed_in, measure):
    answer = shown(signed_in("team_manager"), f"measure={measure}")
    page = answer.context["page"]
    assert page.chart is None or page.chart.source
    assert len({source.split("(")[-1] for source in page.sources}) == 1
    for line in page.bases:
        assert not line.href or answer.client.get(line.href).status_code == 200


def test_severe_absence_is_the_whole_year_before_in_the_accredited_series(borough, signed_in):
    page = shown(signed_in("team_manager"), "measure=severe").context["page"]
    assert page.period == "2024/25, the whole year"
    assert page.last_year == "2023/24, the whole year"
    assert all("accredited" in source for source in page.sources)
    assert page.chart is None  # no marks of ours are that old


def test_year_that_is_over_is_read_from_the_summaries(borough, signed_in):
    EnrolmentPeriod.objects.create(
        enrolment=borough.cal, school=borough.ash, academic_year=2024, kind=1, key=2024,
        possible=300, attended=100, authorised=0, unauthorised=200, illness=0,
        persistent=True, severe=True,
    )  # fmt: skip
    found = row(shown(signed_in("team_manager"), "measure=severe"))
    assert (found["Our registers, part"], found["Of"]) == ("1", "1")
    assert found["England"] == "3.9%"


def test_school_lead_reads_their_own_school_and_no_other_name(borough, signed_in):
    client = signed_in("school_lead", school=borough.ash)
    answer = shown(client)
    assert answer.context["who"] == "Ash School"
    assert "Elm School" not in text_of(answer)
    assert answer.context["better"] is None
    assert "Too few similar schools" not in text_of(answer)
    assert "too few similar schools" in text_of(answer)


def test_another_school_in_the_address_is_nobody(borough, signed_in):
    answer = shown(signed_in("school_lead", school=borough.ash), f"school={borough.elm.pk}")
    assert "page" not in answer.context
    assert "Elm School" not in text_of(answer)


def similar_schools(number):
    """So many secondary schools with like rolls, of 10 pupils each; the first misses nothing."""
    made = [SchoolFactory() for _ in range(number)]
    for place, school in enumerate(made):
        for n in range(10):
            pupil = PupilFactory(fsm_eligible=n < 5, sen_provision="N", idaci_decile=3)
            enrolment = EnrolmentFactory(pupil=pupil, school=school)
            EnrolmentPeriod.objects.create(
                enrolment=enrolment, school=school, academic_year=2025, kind=1, key=2025,
                possible=100, attended=100, authorised=0, unauthorised=0, illness=0,
                persistent=n < place, severe=False,
            )  # fmt: skip
    EnrolmentPeriod.objects.filter(persistent=True).update(attended=80, authorised=20)
    return made


def test_similar_schools_are_a_range_without_a_name(borough, signed_in):
    first, *others = similar_schools(6)
    client = signed_in("school_lead", school=first)
    answer = shown(client)
    found = row(answer)
    assert found["Similar schools, middle half"] == "20.0% to 40.0%"  # 10, 20, 30, 40 and 50%
    text = text_of(answer)
    assert f"{first.name} stands beside 5 schools." in text
    assert "Weights of the match: free school meals 3" in text
    assert not any(school.name in text for school in others)


def test_range_needs_five_other_schools(borough, signed_in):
    School.objects.filter(pk=borough.ash.pk).update(status="closed")
    first, *_ = similar_schools(5)
    found = row(shown(signed_in("school_lead", school=first)))
    assert found["Similar schools, middle half"] == "x"


def test_filters_choose_the_schools_and_are_said(borough, signed_in):
    trust = TrustFactory()
    School.objects.filter(pk=borough.elm.pk).update(trust=trust)
    client = signed_in("team_manager")
    assert shown(client, f"trust={trust.uid}").context["who"] == "Elm School"
    assert shown(client, "phase=SS").context["count"] == "1 school"
    assert "page" not in shown(client, "phase=NS").context


def test_phase_that_is_not_published_says_so(borough, signed_in):
    School.objects.filter(pk=borough.elm.pk).update(phase="PR")
    answer = shown(signed_in("team_manager"), "phase=PR")
    assert answer.context["page"].chart is None
    assert "No published figure for this group" in text_of(answer)


def test_protected_view_hides_and_leaves_all_pupils_out(borough, signed_in):
    answer = shown(signed_in("team_manager"), "protected=1")
    page = answer.context["page"]
    assert (page.bases, answer.context["better"]) == ((), None)
    assert row(answer)["Share"] == "c"
    assert "Save this view" not in text_of(answer)


def test_protected_view_leaves_out_a_phase_whose_other_schools_are_small(borough, signed_in):
    first, *_ = similar_schools(3)
    client = signed_in("team_manager")
    alone = shown(client, f"protected=1&school={first.pk}")  # Ash and two more: 24 pupils
    assert [line.phase for line in alone.context["page"].before] == ["Secondary"]
    School.objects.exclude(pk__in=[first.pk, borough.ash.pk]).update(phase="PS")
    alone = shown(client, f"protected=1&school={first.pk}")  # Ash only: 4 pupils
    assert alone.context["page"].before == ()
    assert alone.context["page"].chart is None


def test_past_day_has_its_own_figures_and_published_ones(borough, signed_in):
    answer = shown(signed_in("team_manager"), "as_of=2026-01-09&measure=absence")
    assert "2025/26 to date, published" in text_of(answer)
    assert "published 5 Feb 2026" not in text_of(answer)
    assert row(answer)["Of"] == "40"  # sessions of the first week


def test_before_the_first_run_there_is_nothing(signed_in, db):
    answer = shown(signed_in("team_manager"))
    assert "There are no figures yet" in text_of(answer)


def test_borough_and_school_lead_to_the_comparison(borough, signed_in):
    client = signed_in("team_manager")
    assert URL in client.get(reverse("borough")).content.decode()
    school = client.get(reverse("school", args=[borough.ash.pk])).content.decode()
    assert f"{URL}?school={borough.ash.pk}" in school


@pytest.fixture
def better(borough):
    """Eleven schools of 60: a quarter is persistently absent, at Yew and at Zoo nobody."""
    names = [*(f"Plain {n}" for n in range(9)), "Zoo", "Yew"]
    trust = TrustFactory(name="Grove Trust")
    for name in names:
        school = SchoolFactory(name=name, folded_name=name.lower(), phase="PS")
        if name in {"Zoo", "Yew"}:
            School.objects.filter(pk=school.pk).update(trust=trust)
        for n in range(60):
            pupil = PupilFactory(fsm_eligible=n % 3 == 0, sen_provision="N")
            enrolment = EnrolmentFactory(pupil=pupil, school=school, year_group="4")
            is_persistent = n % 4 == 0 and name.startswith("Plain")
            EnrolmentPeriod.objects.create(
                enrolment=enrolment, school=school, academic_year=2025, kind=1, key=2025,
                possible=100, attended=80 if is_persistent else 100,
                authorised=20 if is_persistent else 0, unauthorised=0, illness=0,
                persistent=is_persistent, severe=False,
            )  # fmt: skip
    return borough


def test_only_who_is_lower_beyond_chance_is_named_a_to_z_with_what_they_share(better, signed_in):
    answer = shown(signed_in("team_manager"))
    block = answer.context["better"]
    assert [line.name for line in block.schools] == ["Yew", "Zoo"]
    assert block.schools[0].said == ("0 of 60 pupils persistently absent; 12 were to be expected")
    assert block.in_common[:2] == ("By phase: 2 primary.", "2 are run by Grove Trust.")
    assert "too few pupils to say" in " ".join(block.rest)
    assert "Plain 3" not in text_of(answer).split('id="better"')[1].split("<footer")[0]


def test_better_than_expected_is_for_those_who_see_the_whole_authority(better, signed_in):
    lead = signed_in("school_lead", school=better.ash)
    assert better_block(lead.user, LATEST) is None


def test_one_school_alone_has_nothing_in_common(better, signed_in):
    School.objects.filter(name="Yew").update(status="closed")
    block = shown(signed_in("team_manager")).context["better"]
    assert ([line.name for line in block.schools], block.in_common) == (["Zoo"], ())


def test_nobody_lower_is_said_in_words(borough, signed_in):
    text = text_of(shown(signed_in("team_manager")))
    assert "No school is lower than expected by more than chance." in text
    assert "No ward is lower than expected by more than chance." in text
    assert expected_on([], LATEST).schools == {}

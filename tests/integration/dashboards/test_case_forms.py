"""The forms about a case as a whole: what they ask, what they refuse, what they leave behind."""

from __future__ import annotations

from datetime import date

import pytest

from accounts.models import AccessLogEntry, Draft
from attendance_portal.shared import clock
from cases.models import Case, Hold
from cases.services.cases import allocate_case, update_case
from cases.services.holds import place_hold
from tests.factories.cases import ActionFactory, CaseFactory
from tests.factories.pupils import EnrolmentFactory
from tests.factories.schools import SchoolFactory, make_terms

pytestmark = pytest.mark.django_db

FORMS = ["edit", "allocate", "pause", "close", "reopen", "transfer", "hold", "hold/end"]


def text_of(response) -> str:
    return response.content.decode()


@pytest.fixture
def lead(signed_in):
    """The lead's client."""
    return signed_in("attendance_officer")


@pytest.fixture
def case(lead, user_with, today) -> Case:
    make_terms()
    waiting = CaseFactory(lead=None, next_review_on=date(2026, 3, 24))
    manager = user_with("team_manager")
    return allocate_case(case=waiting, lead=lead.user, by=manager, on=today, at=clock.now())


def at(case: Case, form: str) -> str:
    return f"/cases/{case.reference}/{form}/"


@pytest.mark.parametrize("form", FORMS)
def test_another_schools_case_is_not_found_and_nothing_is_logged(case, signed_in, form):
    client = signed_in("school_lead", school=SchoolFactory())
    assert client.get(at(case, form)).status_code == 404
    assert client.post(at(case, form), {}).status_code == 404
    assert not AccessLogEntry.objects.filter(user=client.user).exists()


@pytest.mark.parametrize("form", FORMS)
def test_roles_that_do_not_work_on_cases_are_refused(case, signed_in, form):
    assert signed_in("analyst").get(at(case, form)).status_code == 403


@pytest.mark.parametrize("form", FORMS)
def test_every_opening_of_a_form_is_a_reading_of_the_child(case, lead, form):
    lead.get(at(case, form))
    entry = AccessLogEntry.objects.get(user=lead.user)
    assert entry.subject_ref == str(case.pupil.public_id)


@pytest.mark.parametrize("form", ["pause", "close", "transfer"])
def test_a_colleague_reads_who_leads_instead_of_a_form(case, signed_in, form):
    client = signed_in("school_lead", school=case.school)
    text = text_of(client.get(at(case, form)))
    assert f"{case.lead} leads this case. Ask them, or their manager." in text
    assert client.post(at(case, form), {"reason": "x"}).status_code == 403
    case.refresh_from_db()
    assert case.status == "open"


@pytest.mark.parametrize("form", ["edit", "allocate", "pause", "close", "transfer"])
def test_a_closed_case_says_what_to_do_first(lead, form, today):
    closed = CaseFactory(lead=lead.user, status="closed", closed_on=today, next_review_on=None)
    assert "Reopen it first" in text_of(lead.get(at(closed, form)))
    assert lead.post(at(closed, form), {}).status_code == 403


# Edit


def typed(case: Case, **changes) -> dict:
    return {
        "version": case.version,
        "aim": case.aim,
        "deescalation": case.deescalation,
        "trusted_adult": case.trusted_adult,
        "preferred_contact": case.preferred_contact,
        "worker_direction": case.worker_direction,
        "worker_direction_why": case.worker_direction_why,
        "track": case.track,
        "next_review_on": case.next_review_on.isoformat(),
        "lead_practitioner": case.lead_practitioner_id or "",
        **changes,
    }


def test_an_edit_is_saved_and_leads_back(case, lead):
    response = lead.post(at(case, "edit"), typed(case, aim="In by nine"))
    assert response.url == f"/cases/{case.reference}/"
    case.refresh_from_db()
    assert case.aim == "In by nine"
    assert "The case is saved." in text_of(lead.get(response.url))


def test_a_new_track_without_a_reason_is_said_at_the_reason(case, lead):
    text = text_of(lead.post(at(case, "edit"), typed(case, track="complex")))
    assert "<title>Error:" in text
    assert text.count("Say why the track changes.") == 2


def test_a_colleague_edits_what_is_everyones_and_reads_who_decides_the_rest(case, signed_in):
    client = signed_in("school_lead", school=case.school)
    text = text_of(client.get(at(case, "edit")))
    assert 'name="track"' not in text
    assert f"{case.lead} leads this case" in text
    client.post(at(case, "edit"), typed(case, aim="In by nine", track="complex", reason="So"))
    case.refresh_from_db()
    assert (case.aim, case.track) == ("In by nine", "attendance_only")


@pytest.fixture
def changed_meanwhile(case, lead, user_with, today):
    """Somebody else saved the aim; what `case` holds is from before."""
    colleague = user_with("attendance_officer")
    update_case(
        case=case,
        version=case.version,
        changes={"aim": "Theirs"},
        by=colleague,
        on=today,
        at=clock.now(),
    )
    return colleague


def test_two_people_at_once_see_both_versions(case, lead, changed_meanwhile):
    response = lead.post(at(case, "edit"), typed(case, aim="Mine"))
    assert response.status_code == 409
    text = text_of(response)
    assert "Theirs" in text
    assert "Mine" in text
    assert str(changed_meanwhile) in text
    case.refresh_from_db()
    assert case.aim == "Theirs"


def test_what_was_typed_is_kept_beside_what_was_saved(case, lead, changed_meanwhile):
    lead.post(at(case, "edit"), typed(case, aim="Mine"))
    text = text_of(lead.get(at(case, "edit")))
    assert "You have a draft from before somebody saved the case." in text
    assert "Mine" in text
    assert "Theirs</textarea>" in text
    case.refresh_from_db()
    lead.post(at(case, "edit"), typed(case, aim="Mine and theirs"))
    assert not Draft.objects.exists()


def test_a_draft_of_this_version_fills_the_form(case, lead):
    lead.post("/drafts/", {**typed(case, aim="Half a thought"), "draft_of": at(case, "edit")})
    text = text_of(lead.get(at(case, "edit")))
    assert "Half a thought</textarea>" in text
    assert "You have a draft from before" not in text


@pytest.mark.parametrize("version", ["", "x", "9" * 5000, "-1"])
def test_a_version_that_is_none_is_a_conflict(case, lead, version):
    response = lead.post(at(case, "edit"), typed(case, aim="Mine", version=version))
    assert response.status_code == 409


# Allocate


def test_a_manager_gives_the_case_to_somebody_else(case, lead, signed_in, user_with):
    after = user_with("attendance_officer")
    manager = signed_in("team_manager")
    manager.post(at(case, "allocate"), {"lead": after.pk, "cover": "", "team": case.team})
    case.refresh_from_db()
    assert case.lead == after


def test_a_case_that_is_led_is_given_to_nobody_by_no_form(case, signed_in):
    manager = signed_in("team_manager")
    facts = {"lead": "", "cover": "", "team": case.team}
    text = text_of(manager.get(at(case, "allocate")))
    assert "Nobody" not in text.split('name="lead"')[1].split("</select>")[0]
    manager.post(at(case, "allocate"), facts)
    before = case.lead
    case.refresh_from_db()
    assert case.lead == before


def test_the_lead_has_the_case_covered_and_gives_it_to_nobody(case, lead, user_with, today):
    cover = user_with("attendance_officer")
    text = text_of(lead.get(at(case, "allocate")))
    assert 'name="lead"' not in text
    facts = {"cover": cover.pk, "cover_until": "2026-03-20", "team": case.team}
    lead.post(at(case, "allocate"), {**facts, "lead": cover.pk})
    case.refresh_from_db()
    assert (case.lead, case.cover) == (lead.user, cover)
    assert case.cover_until == date(2026, 3, 20)


def test_an_officer_takes_a_case_that_nobody_leads(signed_in):
    waiting, officer = CaseFactory(lead=None), signed_in("attendance_officer")
    text = text_of(officer.get(at(waiting, "allocate")))
    assert 'name="cover"' not in text
    officer.post(at(waiting, "allocate"), {"lead": officer.user.pk})
    waiting.refresh_from_db()
    assert waiting.lead == officer.user


def test_a_colleague_reads_who_allocates(case, signed_in):
    client = signed_in("school_lead", school=case.school)
    assert "The team manager says who leads a case." in text_of(client.get(at(case, "allocate")))
    assert client.post(at(case, "allocate"), {"lead": client.user.pk}).status_code == 403


def test_nothing_chosen_anew_changes_nothing(case, lead):
    response = lead.post(at(case, "allocate"), {"cover": "", "team": case.team})
    assert "Nothing had changed." in text_of(lead.get(response.url))
    version = case.version
    case.refresh_from_db()
    assert case.version == version


# Pause, close, reopen


def test_a_pause_and_its_end(case, lead):
    lead.post(at(case, "pause"), {"until_on": "2026-03-20", "reason": "In hospital"})
    case.refresh_from_db()
    assert case.status == "paused"
    text = text_of(lead.get(at(case, "pause")))
    assert "Paused until 20 Mar 2026: In hospital" in text
    lead.post(at(case, "pause"), {})
    case.refresh_from_db()
    assert case.status == "open"


def test_closing_says_what_stays(case, lead):
    ActionFactory(case=case)
    text = text_of(lead.get(at(case, "close")))
    assert "1 action still open. What people promised stays with them." in text
    lead.post(at(case, "close"), {"outcome": "attending", "what_helped": "The bus pass"})
    case.refresh_from_db()
    assert case.status == "closed"


def test_closing_without_what_helped_keeps_what_was_chosen(case, lead):
    text = text_of(lead.post(at(case, "close"), {"outcome": "attending"}))
    assert "Say what helped, or that nothing did." in text
    assert 'value="attending" checked' in text


def test_reopening_says_who_leads(case, lead):
    lead.post(at(case, "close"), {"outcome": "attending", "what_helped": "The bus pass"})
    response = lead.post(at(case, "reopen"), {"reason": "Missing school again"})
    text = text_of(lead.get(response.url))
    assert f"Case {case.reference} is open again: {lead.user} leads it." in text


def test_reopening_beside_an_open_case_names_it(case, lead, today):
    older = CaseFactory(
        pupil=case.pupil, school=case.school, status="closed", closed_on=today, next_review_on=None
    )
    text = text_of(lead.get(at(older, "reopen")))
    assert f"This pupil has an open case, {case.reference}." in text
    assert lead.post(at(older, "reopen"), {"reason": "So"}).status_code == 409


# Transfer


def test_a_case_moves_to_the_school_that_has_the_child(case, lead, today):
    assert "The case can move once another school has the child" in text_of(
        lead.get(at(case, "transfer"))
    )
    new = EnrolmentFactory(pupil=case.pupil, starts_on=today).school
    lead.post(at(case, "transfer"), {"school": new.urn, "lead": "", "reason": "Moved house"})
    case.refresh_from_db()
    assert (case.school, case.lead) == (new, None)


def test_a_school_without_the_child_cannot_be_chosen(case, lead, today):
    EnrolmentFactory(pupil=case.pupil, starts_on=today)
    elsewhere = SchoolFactory()
    text = text_of(
        lead.post(at(case, "transfer"), {"school": elsewhere.urn, "lead": "", "reason": "Moved"})
    )
    assert "Select a valid choice" in text


# Holds

HOLD = {"kind": "bereavement", "review_on": "2026-03-20", "reason": "A grandparent died."}


def test_a_hold_is_placed_goes_on_and_ends(case, lead):
    lead.post(at(case, "hold"), HOLD)
    assert Hold.objects.get().review_on == date(2026, 3, 20)
    text = text_of(lead.get(at(case, "hold")))
    assert "Bereavement, since 3 Mar 2026, to be reviewed on 20 Mar 2026" in text
    lead.post(at(case, "hold"), {"review_on": "2026-04-20", "reason": "Still hard"})
    assert Hold.objects.get().review_on == date(2026, 4, 20)
    lead.post(at(case, "hold/end"), {"reason": "Ready again"})
    assert Hold.objects.get().ended_by == lead.user


@pytest.mark.parametrize("left_out", ["kind", "review_on", "reason"])
def test_a_hold_needs_each_of_its_three(case, lead, left_out):
    facts = {name: value for name, value in HOLD.items() if name != left_out}
    assert "<title>Error:" in text_of(lead.post(at(case, "hold"), facts))
    assert not Hold.objects.exists()


def test_a_hold_too_far_ahead_is_said_at_its_day(case, lead):
    text = text_of(lead.post(at(case, "hold"), {**HOLD, "review_on": "2026-12-01"}))
    assert text.count("Choose a day within 13 weeks") == 2


def test_no_hold_is_not_ended(case, lead):
    assert "No hold stands for this child." in text_of(lead.get(at(case, "hold/end")))
    assert lead.post(at(case, "hold/end"), {"reason": "Over"}).status_code == 403


def test_a_colleague_who_does_not_lead_reads_who_ends_a_hold(case, lead, signed_in, today):
    facts = {**HOLD, "review_on": date(2026, 3, 20)}
    place_hold(pupil=case.pupil, by=lead.user, on=today, at=clock.now(), **facts)
    client = signed_in("school_lead", school=case.school)
    for form in ("hold", "hold/end"):
        assert f"{case.lead} leads this case" in text_of(client.get(at(case, form)))
        assert (
            client.post(at(case, form), {"review_on": "2026-04-20", "reason": "x"}).status_code
            == 403
        )

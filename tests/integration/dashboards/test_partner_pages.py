"""Pages of offers, referrals, consents, people and supervision: what they show, save and refuse."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from accounts.models import AccessLogEntry, Draft
from attendance_portal.shared import clock
from cases.models import Case, CaseWorker, Consent, Offer, Referral, SupervisionNote
from cases.services.workers import add_worker
from tests.factories.cases import (
    CaseFactory,
    CaseWorkerFactory,
    ConsentFactory,
    OfferFactory,
    ReferralFactory,
)
from tests.factories.pupils import PupilGrantFactory
from tests.factories.schools import make_terms

pytestmark = pytest.mark.django_db


@pytest.fixture
def officer(signed_in):
    """A client of the officer who leads the case."""
    return signed_in("attendance_officer")


@pytest.fixture
def case(officer):
    return CaseFactory(lead=officer.user)


def at(case, rest="") -> str:
    return f"/cases/{case.reference}/{rest}"


def text_of(response) -> str:
    return response.content.decode()


def page(client, case, rest="") -> str:
    response = client.get(at(case, rest))
    assert response.status_code == 200
    return text_of(response)


OFFER = {"what": "A mentor", "agency": "school", "offered_to": "Mother", "offered_on": "2026-03-03"}
REFERRAL = {"to_agency": "early_help", "service": "Family support", "reason": "Mornings are hard"}
CONSENT = {
    "agency": "early_help", "basis": "consent", "given_by": "Mother", "purpose": "Mornings",
}  # fmt: skip


def test_an_offer_is_made_and_stands_on_the_case(officer, case):
    response = officer.post(at(case, "offers/add/"), OFFER)
    assert response.url == at(case)
    text = page(officer, case)
    assert "Offered: A mentor." in text
    assert "3 Mar 2026 by School. To: Mother" in text
    assert "No answer yet" in text


def test_the_way_back_is_kept(officer, case):
    response = officer.post(at(case, "offers/add/"), {**OFFER, "next": "/?kind=new"})
    assert response.url == "/?kind=new"


def test_blanks_of_an_offer_are_said_at_their_fields(officer, case):
    text = text_of(officer.post(at(case, "offers/add/"), {"what": ""}))
    for said in ("Say what was offered.", "Choose who offers it.", "Enter the day."):
        assert text.count(said) == 2  # in the summary and at the field
    assert not Offer.objects.exists()


def test_a_day_to_come_is_said_at_its_field_and_nothing_typed_is_lost(officer, case):
    text = text_of(officer.post(at(case, "offers/add/"), {**OFFER, "offered_on": "2026-03-04"}))
    assert text.count("Give today or an earlier day.") == 2
    assert "A mentor" in text


def test_the_answer_to_an_offer(officer, case):
    offer = OfferFactory(case=case)
    address = at(case, f"offers/{offer.pk}/")
    assert "An hour a week with a mentor" in page(officer, case, f"offers/{offer.pk}/")
    text = text_of(officer.post(address, {"answer": "tried", "answered_on": "2026-03-03"}))
    assert text.count("Say what came of it.") == 2
    officer.post(address, {"answer": "tried", "answered_on": "2026-03-03", "result": "It helped"})
    text = page(officer, case)
    assert "Tried, 3 Mar 2026" in text
    assert "It helped" in text


def test_an_answer_that_stands_keeps_its_day(officer, case, today):
    offer = OfferFactory(case=case, answer="accepted", answered_on=today - timedelta(days=1))
    assert 'value="2026-03-02"' in page(officer, case, f"offers/{offer.pk}/")


def test_a_referral_without_a_basis_leads_to_recording_one_and_back(officer, case):
    address = at(case, "referrals/add/")
    assert "Early help (nothing recorded yet)" in page(officer, case, "referrals/add/")

    response = officer.post(address, REFERRAL)

    assert response.status_code == 403
    text = text_of(response)
    assert "Record why early help may be told first." in text
    to_record = f"/cases/{case.reference}/consents/add/?agency=early_help&amp;next={address}"
    assert to_record in text
    assert Draft.objects.get(user=officer.user).typed["reason"] == ["Mornings are hard"]

    assert 'value="early_help" checked' in page(officer, case, "consents/add/?agency=early_help")
    back = officer.post(at(case, "consents/add/"), {**CONSENT, "next": address})
    assert back.url == address
    text = page(officer, case, "referrals/add/")
    assert "Early help (the family agreed)" in text
    assert "Mornings are hard" in text

    assert officer.post(address, REFERRAL).url == at(case)
    assert Referral.objects.get().consent == Consent.objects.get()


def test_the_same_service_asked_twice_is_a_conflict_that_keeps_what_was_typed(officer, case):
    ConsentFactory(pupil=case.pupil)
    officer.post(at(case, "referrals/add/"), REFERRAL)
    response = officer.post(at(case, "referrals/add/"), {**REFERRAL, "reason": "Again, because"})
    assert response.status_code == 409
    assert "Early help was asked already on 3 Mar 2026" in text_of(response)
    assert "Again, because" in text_of(response)


def take(client, case, referral, step, **fields):
    return client.post(at(case, f"referrals/{referral.pk}/"), {"step": step, **fields})


def test_a_referral_from_answer_to_outcome_told(officer, case):
    referral = ReferralFactory(case=case)
    where = f"referrals/{referral.pk}/"
    assert "Waiting 1 day so far" in page(officer, case, where)

    take(officer, case, referral, "reply", reply="accepted")
    assert "Waiting 1 day so far" in page(officer, case, where)
    take(officer, case, referral, "start")
    assert "Waited 1 day" in page(officer, case, where)
    take(officer, case, referral, "end", outcome="Six visits")
    text = page(officer, case, where)
    assert "Outcome not told" in text
    assert "Tell whoever asked what came of it." in text
    take(officer, case, referral, "tell")
    text = page(officer, case, where)
    assert "Outcome told" in text
    assert "Tell whoever asked" not in text
    assert "<form" not in text.split("<main")[1].split("</main>")[0]


def test_a_no_needs_its_reason(officer, case):
    referral = ReferralFactory(case=case)
    text = text_of(take(officer, case, referral, "reply", reply="declined"))
    assert text.count("Say why it was declined.") == 2
    take(officer, case, referral, "reply", reply="declined", decline_reason="No places")
    assert "No places" in page(officer, case, f"referrals/{referral.pk}/")


def test_the_worker_named_with_a_yes_sees_the_child(officer, case, user_with):
    helper = user_with("early_help_worker")
    ConsentFactory(pupil=case.pupil)
    referral = ReferralFactory(case=case)
    take(officer, case, referral, "reply", reply="accepted", worker=str(helper.pk))
    assert case in Case.objects.visible_to(helper)


def test_a_step_that_somebody_else_took_meanwhile(officer, case):
    referral = ReferralFactory(case=case, state="declined", decline_reason="Full")
    response = take(officer, case, referral, "start")
    assert response.status_code == 409
    assert "This referral is declined already" in text_of(response)


def test_a_step_that_is_none_shows_the_page(officer, case):
    assert take(officer, case, ReferralFactory(case=case), "nothing").status_code == 200


@pytest.mark.parametrize(("day", "asks"), [(14, False), (13, True)])
def test_six_school_weeks_ask_what_helps_meanwhile(officer, case, day, asks):
    make_terms()  # 29 or 30 school days: the week of half-term counts none
    referral = ReferralFactory(case=case, sent_on=date(2026, 1, day))
    words = "Six school weeks or more. What helps meanwhile?"
    assert (words in page(officer, case)) is asks
    assert (words in page(officer, case, f"referrals/{referral.pk}/")) is asks
    take(officer, case, referral, "meanwhile", meanwhile="A call each week")
    assert words not in page(officer, case)


def test_the_case_page_draws_the_waits_and_says_their_total(officer, case, today):
    ReferralFactory(
        case=case, state="declined", decline_reason="Full", sent_on=today - timedelta(days=50),
        answered_on=today - timedelta(days=30),
    )  # fmt: skip
    ReferralFactory(case=case, service="Counselling", sent_on=today - timedelta(days=20))
    text = page(officer, case)
    assert "2 referrals, 1 declined. The child has waited 40 days in all." in text
    assert "40 days of waiting so far, over 2 referrals" in text


def test_consent_is_recorded_and_withdrawn_in_the_same_minute(officer, case, client, user_with):
    helper = user_with("early_help_worker")
    officer.post(at(case, "consents/add/"), CONSENT)
    officer.post(
        at(case, "people/"), {"person": str(helper.pk), "part": "worker", "agency": "early_help"}
    )
    theirs = type(client)()
    theirs.force_login(helper)
    assert theirs.get(at(case)).status_code == 200
    assert theirs.get(f"/pupils/{case.pupil.public_id}/").status_code == 200

    consent = Consent.objects.get()
    page(officer, case, f"consents/{consent.pk}/withdraw/")
    officer.post(at(case, f"consents/{consent.pk}/withdraw/"), {"reason": "The mother asked"})

    assert theirs.get(at(case)).status_code == 404
    assert theirs.get(f"/pupils/{case.pupil.public_id}/").status_code == 404
    assert "Early help may not be told any more" in page(officer, case)
    text = page(officer, case, "people/")
    assert "The mother asked" in text
    assert f"consents/{consent.pk}/withdraw/" not in text


def test_a_worker_who_withdraws_for_the_family_ends_on_a_page_of_their_own(signed_in, user_with):
    case, helper = CaseFactory(), signed_in("early_help_worker")
    ConsentFactory(pupil=case.pupil)
    add_worker(
        case=case, user=helper.user, agency="early_help", part="worker",
        by=user_with("team_manager"), on=clock.today(), at=clock.now(),
    )  # fmt: skip
    consent = Consent.objects.get()
    response = helper.post(at(case, f"consents/{consent.pk}/withdraw/"), {"reason": "They asked"})
    assert response.url == "/"
    assert helper.get(at(case)).status_code == 404


def test_a_basis_that_is_not_consent_needs_its_reason(officer, case):
    sent = {**CONSENT, "basis": "vital_interests"}
    text = text_of(officer.post(at(case, "consents/add/"), sent))
    assert text.count("Say why this basis holds.") == 2
    text = text_of(officer.post(at(case, "consents/add/"), {**CONSENT, "given_by": ""}))
    assert text.count("Say who agreed.") == 2


def test_the_page_of_people_says_who_is_there_and_who_is_missing(officer, case, user_with):
    CaseWorkerFactory(case=case, user=user_with("early_help_worker"))
    text = page(officer, case, "people/")
    worker = CaseWorker.objects.get()
    assert worker.user.email in text
    assert "Early help" in text
    assert "No lead practitioner is named." in text
    assert "No adult whom the child trusts is named." in text
    Case.objects.update(trusted_adult="Miss Green, the cook")
    text = page(officer, case, "people/")
    assert "An adult whom the child trusts: Miss Green, the cook." in text
    assert "No adult whom" not in text


def test_somebody_joins_by_the_agency_of_their_role(officer, case, user_with):
    colleague = user_with("attendance_officer")
    officer.post(at(case, "people/"), {"person": str(colleague.pk), "part": "worker"})
    assert CaseWorker.objects.get().agency == "attendance"


def test_somebody_of_an_agency_that_may_not_be_told_yet(officer, case, user_with):
    helper = user_with("early_help_worker")
    response = officer.post(at(case, "people/"), {"person": str(helper.pk), "part": "worker"})
    assert response.status_code == 403
    assert "Record why early help may be told first." in text_of(response)
    assert not CaseWorker.objects.exists()


def test_a_lead_practitioner_is_named_on_the_case(officer, case, user_with):
    helper = user_with("early_help_worker")
    ConsentFactory(pupil=case.pupil)
    officer.post(at(case, "people/"), {"person": str(helper.pk), "part": "lead_practitioner"})
    case.refresh_from_db()
    assert case.lead_practitioner == helper
    assert case in Case.objects.visible_to(helper)


def test_nobody_is_added_from_outside_the_list(officer, case, user_with):
    stranger = user_with("administrator")
    text = text_of(officer.post(at(case, "people/"), {"person": str(stranger.pk)}))
    assert "Select a valid choice" in text
    assert not CaseWorker.objects.exists()


def test_only_parts_that_one_may_end_lead_to_an_end(officer, user_with):
    case = CaseFactory(lead=officer.user)
    lead = CaseWorkerFactory(case=case, user=officer.user, part="lead")
    helper = user_with("early_help_worker")
    PupilGrantFactory(user=helper, pupil=case.pupil)
    own = CaseWorkerFactory(case=case, user=helper, part="worker")

    for user, ends in ((officer.user, {lead, own}), (helper, {own})):
        officer.force_login(user)
        text = page(officer, case, "people/")
        assert {one for one in (lead, own) if f"people/{one.pk}/end/" in text} == ends


@pytest.mark.parametrize(
    ("rest", "said"),
    [
        ("people/", "Lead a case or cover for its lead"),
        ("supervision/add/", "Write supervision notes"),
        ("referrals/{referral}/", "Offer support, refer to another agency"),
    ],
)
def test_who_only_reads_a_page_is_told_of_no_form(signed_in, rest, said):
    reader = signed_in("panel_member")
    case = CaseFactory()
    PupilGrantFactory(user=reader.user, pupil=case.pupil)
    address = at(case, rest.format(referral=ReferralFactory(case=case).pk))

    text = text_of(reader.get(address))
    assert "Your role does not include this" not in text
    assert '<form method="post" novalidate' not in text
    refused = reader.post(address, {"step": "start", "text": "x", "on_day": "2026-03-03"})
    assert refused.status_code == 403
    assert said in text_of(refused)


def test_ending_a_part_on_its_page(officer, case, user_with):
    helper = user_with("early_help_worker")
    ConsentFactory(pupil=case.pupil)
    officer.post(at(case, "people/"), {"person": str(helper.pk), "part": "worker"})
    worker = CaseWorker.objects.get()
    assert "cannot open this child" in page(officer, case, f"people/{worker.pk}/end/")
    officer.post(at(case, f"people/{worker.pk}/end/"), {"reason": "Moved team"})
    assert not Case.objects.visible_to(helper).exists()
    assert "This ended already." in page(officer, case, f"people/{worker.pk}/end/")


def test_a_partner_reads_the_people_and_is_told_why_they_cannot_add(signed_in):
    helper = signed_in("early_help_worker")
    case = CaseFactory()
    PupilGrantFactory(user=helper.user, pupil=case.pupil)
    text = page(helper, case, "people/")
    assert "Only the lead worker, the school and the attendance team add people" in text


def test_supervision_is_written_by_a_manager_and_read_by_the_lead(officer, case, client, user_with):
    manager = type(client)()
    manager.force_login(user_with("team_manager"))
    address = at(case, "supervision/add/")
    words = "Two visits a week may be too many."
    sent = {"on_day": "2026-03-02", "text": words, "with_user": str(officer.user.pk)}
    assert manager.post(address, sent).url == at(case)
    assert SupervisionNote.objects.get().with_user == officer.user
    text = page(officer, case, "supervision/add/")
    assert words in text
    assert "Managers write them." in text  # why the lead has no form
    assert words not in page(officer, case)
    assert words not in page(manager, case, "timeline/")


def test_others_on_the_case_read_no_note_and_are_led_to_none(case, signed_in, user_with):
    words = "Two visits a week may be too many."
    SupervisionNote.objects.create(
        case=case, on=clock.today(), text=words, by=user_with("team_manager"), at=clock.now()
    )
    other = signed_in("school_lead", school=case.school)
    text = page(other, case, "supervision/add/")
    assert words not in text
    assert "There is no note that you may read." in text
    assert "Supervision" not in page(other, case)


def test_a_closed_case_refuses_what_begins_and_says_so(officer, case, today):
    Case.objects.update(status="closed", closed_on=today)
    for rest in ("offers/add/", "referrals/add/", "people/"):
        assert "Reopen it first" in page(officer, case, rest)


def pages(case) -> list[str]:
    offer, referral = OfferFactory(case=case), ReferralFactory(case=case)
    consent, worker = ConsentFactory(pupil=case.pupil), CaseWorkerFactory(case=case)
    return [
        "offers/add/",
        f"offers/{offer.pk}/",
        "referrals/add/",
        f"referrals/{referral.pk}/",
        "people/",
        f"people/{worker.pk}/end/",
        "consents/add/",
        f"consents/{consent.pk}/withdraw/",
        "supervision/add/",
    ]


@pytest.mark.parametrize("role", ["school_lead", "early_help_worker"])
def test_somebody_elses_child_is_a_page_that_never_was(role, signed_in):
    case = CaseFactory()
    facts = {"school": CaseFactory().school} if role == "school_lead" else {}
    other = signed_in(role, **facts)
    for rest in pages(case):
        assert other.get(at(case, rest)).status_code == 404
        assert other.post(at(case, rest), {}).status_code == 404


def test_roles_without_casework_are_refused(signed_in):
    case, analyst = CaseFactory(), signed_in("analyst")
    for rest in pages(case):
        assert analyst.get(at(case, rest)).status_code == 403


def test_things_of_another_case_are_not_found(officer, case):
    other = CaseFactory()
    for rest in pages(other):
        if any(letter.isdigit() for letter in rest):
            assert officer.get(at(case, rest)).status_code == 404


def test_reading_a_page_is_a_reading_of_the_child(officer, case):
    page(officer, case, "people/")
    entry = AccessLogEntry.objects.get(page="case_people")
    assert entry.subject_ref == str(case.pupil.public_id)

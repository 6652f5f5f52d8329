"""Writing down a contact, who may read it, and ringing one at a time."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from accounts.models import AuditEvent
from attendance_portal.shared.errors import Conflict, Invalid, Refused
from cases.models import Action, Barrier, Contact, ContactClaim, TimelineEntry
from cases.read_models.contacts import last_contact, last_contacts, standing_claim
from cases.services.contacts import claim_call, log_contact, release_call
from schools.models import Household
from tests.factories.cases import CaseFactory, ContactFactory
from tests.factories.pupils import EnrolmentFactory, PupilFactory, PupilGrantFactory
from tests.factories.schools import SchoolFactory

pytestmark = pytest.mark.django_db

ON = date(2026, 3, 3)
AT = datetime(2026, 3, 3, 10, 0, tzinfo=UTC)


@pytest.fixture
def case():
    return CaseFactory()


@pytest.fixture
def officer(user_with):
    return user_with("attendance_officer")


def log(case, by, **facts) -> Contact:
    pupils = facts.pop("pupils", None) or [case.pupil]
    typed = {"kind": "call", "reached": "both", "said": "We talked.", "happened_at": AT, **facts}
    return log_contact(pupils=pupils, by=by, on=ON, at=AT, **typed)[0]


def pointers(problem) -> list[str]:
    return [error.pointer for error in problem.value.errors]


# Writing down.


def test_a_contact_hangs_on_the_live_case_and_says_in_which_role(case, officer):
    contact = log(case, officer, said=" We talked. ")

    assert (contact.case, contact.by, contact.by_role) == (case, officer, "attendance_officer")
    assert (contact.agency, contact.said) == ("attendance", "We talked.")
    assert (contact.at, contact.logged_at) == (AT, AT)


@pytest.mark.parametrize(
    ("role", "agency"),
    [
        ("team_manager", "attendance"),
        ("school_lead", "school"),
        ("early_help_worker", "early_help"),
    ],
)
def test_each_role_that_works_with_families_speaks_for_its_agency(case, user_with, role, agency):
    facts = {"school": case.school} if role == "school_lead" else {}
    user = user_with(role, **facts)
    if role == "early_help_worker":
        PupilGrantFactory(user=user, pupil=case.pupil)

    contact = log(case, user)

    assert (contact.by_role, contact.agency) == (role, agency)


@pytest.mark.parametrize("status", ["paused", "closed"])
def test_a_paused_case_has_the_contact_and_a_closed_one_has_not(officer, status):
    ends = {"paused_until": ON} if status == "paused" else {"closed_on": ON}
    case = CaseFactory(status=status, **ends)

    assert log(case, officer).case == (case if status == "paused" else None)


def test_a_child_without_a_case_can_be_rung(officer):
    pupil = EnrolmentFactory().pupil

    assert log(None, officer, pupils=[pupil], barrier="transport").case is None
    assert not Barrier.objects.exists()


def test_several_children_have_a_row_each_of_the_same_contact(case, officer):
    other = EnrolmentFactory().pupil

    log(case, officer, pupils=[case.pupil, other], follow_up_on=date(2026, 3, 6))

    first, second = Contact.objects.order_by("pk")
    assert first.together == second.together
    assert [(row.pupil, row.case) for row in (first, second)] == [(case.pupil, case), (other, None)]
    assert TimelineEntry.objects.filter(kind="contact").count() == 2
    assert Action.objects.get().pupil == case.pupil


def test_two_contacts_are_not_the_same(case, officer):
    assert log(case, officer).together != log(case, officer).together


def test_the_timeline_says_it_with_the_childs_words_first(case, officer):
    log(
        case, officer, child_words="I like art.", family_words="Mornings are hard.",
        consequences_explained=True, happened_at=AT - timedelta(days=2),
    )  # fmt: skip

    entry = TimelineEntry.objects.get()
    assert entry.title == "Call: the child and a parent"
    assert entry.text == "“I like art.”\n“Mornings are hard.”\nWe talked."
    assert (entry.fact, entry.at) == ("consequences_explained", AT - timedelta(days=2))
    assert (entry.case, entry.by_role, entry.agency) == (case, "attendance_officer", "attendance")


def test_the_timeline_knows_no_fact_where_nothing_was_explained(case, officer):
    log(case, officer, reached="no_answer", said="")

    assert (TimelineEntry.objects.get().title, TimelineEntry.objects.get().fact) == (
        "Call: no answer",
        "",
    )


def test_the_trail_has_what_happened_and_none_of_the_words(case, officer):
    log(case, officer, child_words="I like art.", said="Secret words.")

    entry = AuditEvent.objects.get(verb="contact.logged")
    assert entry.after["reached"] == "both"
    assert "Secret" not in str(entry.after)
    assert "art" not in str(entry.after)


def test_a_barrier_heard_is_named_on_the_case_once(case, officer):
    log(case, officer, barrier="transport", reached="parent")
    log(case, officer, barrier="transport")

    barrier = Barrier.objects.get()
    assert (barrier.case, barrier.kind, barrier.named_by) == (case, "transport", "family")


def test_a_barrier_of_a_restricted_note_stays_in_the_note(case, officer):
    contact = log(case, officer, barrier="domestic_abuse", is_restricted=True)

    assert contact.barrier == "domestic_abuse"
    assert not Barrier.objects.exists()


def test_being_in_touch_again_is_an_action_of_the_writer(case, officer):
    contact = log(case, officer, kind="visit", said="Secret words.", follow_up_on=date(2026, 3, 6))

    action = Action.objects.get()
    assert (action.owner, action.due_on, action.contact) == (officer, date(2026, 3, 6), contact)
    assert (action.case, action.pupil, action.origin) == (case, case.pupil, "contact")
    assert action.text == "Be in touch again, after the visit of 3 Mar 2026"


def test_promise_after_a_restricted_note_does_not_say_what_the_note_was(case, officer):
    log(case, officer, kind="visit", is_restricted=True, follow_up_on=date(2026, 3, 6))

    action = Action.objects.get()
    assert action.text == "Be in touch again, after the note of 3 Mar 2026"
    assert action.origin_label == "Note, 3 Mar 2026"


def test_without_a_follow_up_there_is_no_action(case, officer):
    log(case, officer)

    assert not Action.objects.exists()


# What cannot be saved, and by whom.


@pytest.mark.parametrize(
    ("facts", "pointer"),
    [
        ({"said": ""}, "/said"),
        ({"kind": "letter"}, "/kind"),
        ({"happened_at": AT + timedelta(hours=1)}, "/happened_at"),
        ({"happened_at": AT - timedelta(days=800)}, "/happened_at"),
        ({"follow_up_on": ON}, "/follow_up_on"),
    ],
)
def test_what_is_wrong_is_said_of_its_field_and_nothing_is_kept(case, officer, facts, pointer):
    with pytest.raises(Invalid) as problem:
        log(case, officer, **facts)

    assert pointers(problem) == [pointer]
    assert not Contact.objects.exists()


def test_a_contact_is_about_a_child(officer):
    with pytest.raises(Invalid) as problem:
        log_contact(
            pupils=[], kind="call", reached="child", said="x", happened_at=AT,
            by=officer, on=ON, at=AT,
        )  # fmt: skip

    assert pointers(problem) == ["/pupils"]


@pytest.mark.parametrize("role", ["analyst", "administrator", "panel_member"])
def test_roles_that_do_not_work_with_families_write_nothing_down(case, user_with, role):
    user = user_with(role)
    PupilGrantFactory(user=user, pupil=case.pupil)

    with pytest.raises(Refused, match="Your role does not include this"):
        log(case, user)


def test_another_schools_lead_writes_nothing_down(case, user_with):
    with pytest.raises(Refused, match="not one of yours"):
        log(case, user_with("school_lead", school=SchoolFactory()))


def test_the_school_a_child_has_left_writes_nothing_down(user_with):
    left = EnrolmentFactory(ends_on=date(2026, 3, 2))

    with pytest.raises(Refused, match="not one of yours"):
        log(None, user_with("school_lead", school=left.school), pupils=[left.pupil])


def test_an_assignment_that_ended_ends_the_writing_at_that_moment(case, user_with):
    worker = user_with("early_help_worker")
    grant = PupilGrantFactory(user=worker, pupil=case.pupil)
    log(case, worker)
    grant.ended_at = AT
    grant.save()

    with pytest.raises(Refused, match="not one of yours"):
        log(case, worker)


def test_one_child_out_of_scope_keeps_all_from_being_written(case, user_with):
    lead = user_with("school_lead", school=case.school)

    with pytest.raises(Refused):
        log(case, lead, pupils=[case.pupil, EnrolmentFactory().pupil])
    assert not Contact.objects.exists()


def test_a_system_writes_down_what_its_call_allows_for_its_agency(case, system_of):
    system = system_of("cases:write", schools=[case.school])
    with pytest.raises(Refused):
        log(case, system.user)
    system.user.scopes_held, system.user.agency = frozenset({"cases:write"}), "early_help"

    contact = log(case, system.user, barrier="transport")

    assert (contact.by_role, contact.agency, contact.barrier) == (
        "machine",
        "early_help",
        "transport",
    )
    assert not Barrier.objects.exists()  # naming it on the case is for people


# Restricted notes.


@pytest.fixture
def restricted(case, user_with):
    """A restricted visit of an early help worker to a child whose case an officer leads."""
    case.lead, case.cover = user_with("attendance_officer"), user_with("attendance_officer")
    case.save()
    writer = user_with("early_help_worker")
    PupilGrantFactory(user=writer, pupil=case.pupil)
    return log(case, writer, kind="visit", said="Secret words.", is_restricted=True)


def test_a_restricted_note_is_read_by_writer_lead_cover_and_managers(restricted, user_with):
    case = restricted.case
    for reader in (restricted.by, case.lead, case.cover, user_with("team_manager")):
        assert list(Contact.objects.visible_to(reader)) == [restricted]
        assert TimelineEntry.objects.visible_to(reader).filter(is_restricted=True).count() == 1


def test_others_who_see_the_case_do_not_read_it(restricted, user_with):
    case = restricted.case
    colleague = user_with("early_help_worker")
    PupilGrantFactory(user=colleague, pupil=case.pupil)
    lead = user_with("school_lead", school=case.school)
    for reader in (colleague, lead, user_with("attendance_officer")):
        assert not Contact.objects.visible_to(reader).exists()
        assert not TimelineEntry.objects.visible_to(reader).exists()


@pytest.mark.parametrize(("until", "count"), [(None, 1), (ON, 1), (date(2026, 3, 2), 0)])
def test_a_cover_reads_it_while_the_cover_lasts(restricted, until, count):
    case = restricted.case
    case.cover_until = until
    case.save()

    assert Contact.objects.visible_to(case.cover).count() == count
    assert TimelineEntry.objects.visible_to(case.cover).count() == count


def test_a_restricted_note_counts_as_a_contact_without_its_words(restricted, user_with):
    lead = user_with("school_lead", school=restricted.case.school)

    seen = last_contact(restricted.pupil, lead)

    assert (seen.at, seen.role, seen.kind, seen.reached) == (AT, "Early help worker", "", "")
    assert seen.sentence(ON) == "Early help was in touch at 10:00am today."


def test_who_may_read_it_is_told_whom_it_reached(restricted):
    seen = last_contact(restricted.pupil, restricted.by)

    assert seen.sentence(ON) == "Early help spoke with the child and a parent at 10:00am today."


# The last contact by anyone.


@pytest.mark.parametrize(
    ("kind", "reached", "words"),
    [
        ("call", "parent", "School spoke with a parent at 10:00am today."),
        ("visit", "child", "School spoke with the child at 10:00am today."),
        ("call", "no_answer", "School tried at 10:00am today, with no answer."),
        ("message", "parent", "School wrote to a parent at 10:00am today."),
        (
            "message",
            "no_answer",
            "School sent a message at 10:00am today, with no answer yet.",
        ),
    ],
)
def test_the_last_contact_is_a_sentence(case, officer, kind, reached, words):
    ContactFactory(
        case=case, kind=kind, reached=reached, at=AT, by_role="school_lead", agency="school"
    )

    assert last_contact(case.pupil, officer).sentence(ON) == words


@pytest.mark.parametrize(
    ("at", "sentence", "short"),
    [
        (AT - timedelta(days=1), "on Mon 2 Mar.", "Last contact Mon 2 Mar"),
        (datetime(2025, 12, 1, 9, tzinfo=UTC), "on Mon 1 Dec 2025.", "Last contact Mon 1 Dec 2025"),
        (AT, "at 10:00am today.", "Last contact today"),
    ],
)
def test_the_last_contact_says_its_day(case, officer, at, sentence, short):
    ContactFactory(case=case, at=at)

    seen = last_contact(case.pupil, officer)

    assert seen.sentence(ON).endswith(sentence)
    assert seen.short(ON) == short


def test_the_last_contact_is_by_anyone_and_of_each_child(case, officer):
    other = CaseFactory()
    ContactFactory(case=case, at=AT - timedelta(days=3), by=officer)
    newest = ContactFactory(case=case, at=AT - timedelta(days=1))
    ContactFactory(case=other, at=AT)
    third = CaseFactory()

    found = last_contacts([case.pupil_id, other.pupil_id, third.pupil_id], officer)

    assert {pupil: seen.at for pupil, seen in found.items()} == {
        case.pupil_id: newest.at,
        other.pupil_id: AT,
    }


def test_another_schools_lead_learns_of_no_contact(case, user_with):
    ContactFactory(case=case)

    assert last_contact(case.pupil, user_with("school_lead", school=SchoolFactory())) is None
    assert last_contact(case.pupil, user_with("analyst")) is None


# Ringing now.


@pytest.fixture
def colleague(case, user_with):
    return user_with("school_lead", school=case.school)


def claim(pupil, by, at=AT, **facts):
    return claim_call(pupil=pupil, by=by, on=ON, at=at, **facts)


@pytest.mark.parametrize(("minutes", "stands"), [(0, True), (29, True), (30, False)])
def test_ringing_now_is_seen_by_others_for_half_an_hour(case, officer, colleague, minutes, stands):
    claim(case.pupil, colleague)

    seen = standing_claim(case.pupil, AT + timedelta(minutes=minutes), officer)

    assert (seen is not None) == stands
    if seen is not None:
        assert seen.sentence == (
            "A colleague is ringing this family now: School lead, since 10:00am, until 10:30am "
            "at most."
        )


def test_ones_own_call_is_nobody_elses(case, colleague):
    claim(case.pupil, colleague)

    assert standing_claim(case.pupil, AT, colleague) is None


def test_a_brothers_call_is_the_familys(case, officer, colleague):
    home = Household.objects.create()
    brother = EnrolmentFactory(school=case.school, pupil=PupilFactory(household=home)).pupil
    case.pupil.household = home
    case.pupil.save()
    claim(brother, colleague)

    assert standing_claim(case.pupil, AT, officer) is not None
    log(case, colleague)
    assert not ContactClaim.objects.exists()


def test_two_children_without_a_known_home_are_two_families(case, officer, colleague):
    claim(EnrolmentFactory(school=case.school).pupil, colleague)

    assert standing_claim(case.pupil, AT, officer) is None


def test_the_second_who_rings_is_told_and_may_ring_anyway(case, officer, colleague):
    claim(case.pupil, colleague)

    with pytest.raises(Conflict, match="School lead, since 10:00am"):
        claim(case.pupil, officer)
    claim(case.pupil, officer, anyway=True)

    assert standing_claim(case.pupil, AT, colleague).by_role == "attendance_officer"


def test_saying_it_twice_holds_it_longer(case, officer):
    claim(case.pupil, officer)
    claim(case.pupil, officer, at=AT + timedelta(minutes=20))

    assert ContactClaim.objects.get().until == AT + timedelta(minutes=50)


def test_logging_the_call_ends_it_and_only_ones_own(case, officer, colleague):
    claim(case.pupil, colleague)
    log(case, officer)
    assert ContactClaim.objects.count() == 1
    log(case, colleague)
    assert ContactClaim.objects.count() == 0


def test_it_can_be_taken_back_and_only_ones_own(case, officer, colleague):
    claim(case.pupil, colleague)
    release_call(pupil=case.pupil, by=officer, on=ON, at=AT)
    assert ContactClaim.objects.count() == 1
    release_call(pupil=case.pupil, by=colleague, on=ON, at=AT)
    assert ContactClaim.objects.count() == 0


def test_nobody_rings_a_family_out_of_scope(case, user_with):
    with pytest.raises(Refused, match="not one of yours"):
        claim(case.pupil, user_with("school_lead", school=SchoolFactory()))
    with pytest.raises(Refused, match="Your role does not include this"):
        claim(case.pupil, user_with("analyst"))

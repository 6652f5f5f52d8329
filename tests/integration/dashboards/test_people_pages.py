"""People and access: who is listed, what needs attention, giving and ending."""

import re
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.core import mail

from accounts.models import AuditEvent, User
from attendance.models import NightlyRun
from attendance_portal.shared import clock
from schools.models import Membership, School
from tests.factories.classes import SmallBorough, queries_of
from tests.factories.schools import MembershipFactory, PatchFactory, SchoolFactory, TrustFactory
from tests.factories.users import ApiClientFactory, UserFactory

pytestmark = pytest.mark.django_db

LIST = "/people/"
GIVE = "/people/give/"
TODAY = date(2026, 3, 3)
LONDON = ZoneInfo("Europe/London")


def names(response) -> list[str]:
    return [row.name for row in response.context["rows"]]


def told(response) -> list[str]:
    return [one.text for one in response.context["attention"]]


def named(name: str, role: str = "attendance_officer", **facts) -> User:
    user = UserFactory(name=name)
    MembershipFactory(user=user, role=role, **facts)
    return user


def answers(**changes) -> dict[str, str]:
    return {
        "email": "new@example.org",
        "name": "Nia Newcome",
        "role": "attendance_officer",
        "scope": "la",
        "from_on": "2026-03-03",
        "until_on": "",
        "reason": "Joins the team",
        **changes,
    }


# The list.


def test_administrator_sees_everyone_and_no_machine(signed_in):
    client = signed_in("administrator")
    ApiClientFactory()
    nobody = UserFactory(name="No Role")
    assert set(names(client.get(LIST))) == {client.user.name, nobody.name}


def test_manager_sees_the_team_and_nobody_else(signed_in):
    client = signed_in("team_manager")
    officer = named("Olly Officer")
    named("Anna Analyst", "analyst")
    assert names(client.get(LIST)) == [officer.name]


def test_manager_of_a_school_sees_the_people_of_that_school_only(signed_in):
    own, other = SchoolFactory(trust=TrustFactory()), SchoolFactory(trust=TrustFactory())
    client = signed_in("team_manager", school=own)
    for school, name in ((own, "Own"), (other, "Other")):
        named(f"{name} School", "school_lead", scope="school", school=school)
        named(f"{name} Trust", "school_lead", scope="trust", trust=school.trust)
        named(f"{name} Patch", scope="patch", patch=PatchFactory(schools=[school]))
    named("Both Patch", scope="patch", patch=PatchFactory(schools=[own, other]))
    named("Whole Authority")
    assert names(client.get(LIST)) == ["Own Patch", "Own School", "Own Trust"]


def test_list_is_by_surname_and_turns_round(signed_in):
    client = signed_in("administrator")
    User.objects.filter(pk=client.user.pk).update(name="Mo Middle")
    named("Zed Adams"), named("Ann Zebra")
    assert names(client.get(LIST)) == ["Zed Adams", "Mo Middle", "Ann Zebra"]
    assert names(client.get(f"{LIST}?sort=-name")) == ["Ann Zebra", "Mo Middle", "Zed Adams"]


def test_row_says_roles_scope_dates_and_last_seen(signed_in):
    client = signed_in("administrator")
    user = named("Olly Officer", until_on=date(2026, 12, 31))
    seen = datetime(2026, 3, 2, 9, 30, tzinfo=LONDON)
    User.objects.filter(pk=user.pk).update(last_login=seen)
    (row,) = client.get(f"{LIST}?q=olly").context["rows"]
    assert (row.roles, row.scopes) == (("Attendance officer",), ("The whole local authority",))
    assert (row.from_on, row.until_on) == ("1 Sep 2025", "31 Dec 2026")
    assert row.last_seen == "2 Mar 2026, 9:30am"


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("q=olly", ["Olly Officer"]),
        ("q=officer+olly", ["Olly Officer"]),
        ("q=nobody", []),
        ("role=school_lead", ["Lea Lead"]),
        ("role=panel_member", []),
        ("access=none", ["Past Person"]),
    ],
)
def test_filters_find_these_people(signed_in, query, found):
    client = signed_in("administrator")
    named("Olly Officer")
    named("Lea Lead", "school_lead", scope="school", school=SchoolFactory())
    named("Past Person", until_on=TODAY - timedelta(days=1))
    assert names(client.get(f"{LIST}?{query}")) == found


def test_school_filter_finds_access_by_school_trust_and_patch(signed_in):
    client = signed_in("administrator")
    school = SchoolFactory(trust=TrustFactory())
    named("A Direct", "school_lead", scope="school", school=school)
    named("B Trust", "school_lead", scope="trust", trust=school.trust)
    named("C Patch", scope="patch", patch=PatchFactory(schools=[school]))
    named("D Other", "school_lead", scope="school", school=SchoolFactory())
    found = names(client.get(f"{LIST}?school={school.pk}"))
    assert set(found) == {"A Direct", "B Trust", "C Patch"}


@pytest.mark.parametrize(("days", "is_ending"), [(0, True), (14, True), (15, False)])
def test_access_that_ends_within_fourteen_days_needs_attention(signed_in, days, is_ending):
    client = signed_in("administrator")
    named("Olly Officer", until_on=TODAY + timedelta(days=days))
    response = client.get(LIST)
    assert ("1 person's access ends in the next 14 days" in told(response)) == is_ending
    assert names(client.get(f"{LIST}?access=ending")) == (["Olly Officer"] if is_ending else [])


@pytest.mark.parametrize(
    ("seen", "held_since", "is_unused"),
    [(60, 60, True), (59, 60, False), (None, 60, True), (None, 59, False), (60, 59, False)],
)
def test_access_not_used_for_sixty_days_needs_attention(signed_in, seen, held_since, is_unused):
    client = signed_in("administrator")
    user = named("Olly Officer", from_on=TODAY - timedelta(days=held_since))
    if seen is not None:
        at = datetime(2026, 3, 3, 12, tzinfo=LONDON) - timedelta(days=seen)
        User.objects.filter(pk=user.pk).update(last_login=at)
    assert names(client.get(f"{LIST}?access=unused")) == (["Olly Officer"] if is_unused else [])


def test_people_without_access_and_the_chain_are_the_administrators(signed_in):
    client = signed_in("administrator")
    UserFactory()
    assert "1 person has no access at all today" in told(client.get(LIST))
    assert any("chain has not been checked yet" in text for text in told(client.get(LIST)))


def test_manager_is_told_of_neither(signed_in):
    client = signed_in("team_manager")
    UserFactory()
    assert told(client.get(LIST)) == []


def test_list_asks_the_same_for_two_people_and_for_many(signed_in):
    client = signed_in("administrator")
    named("A One"), named("A Two")
    few = queries_of(client, LIST)
    for number in range(20):
        named(f"B {number}", scope="patch", patch=PatchFactory(schools=[SchoolFactory()]))
    assert queries_of(client, LIST) == few


def test_whole_list_stands_on_one_page_to_print(signed_in):
    client = signed_in("administrator")
    for number in range(30):
        named(f"B {number}")
    first = client.get(LIST)
    assert len(names(first)) == 25
    assert "page=all" in first.context["whole"]
    assert len(names(client.get(f"{LIST}?page=all"))) == 31


# One person.


def test_person_page_says_what_they_can_see_and_do(borough, signed_in):
    lead = named("Lea Lead", "school_lead", scope="school", school=borough.ash)
    page = signed_in("administrator").get(f"/people/{lead.pk}/").context["page"]
    assert page.sentence == "Can see 1 school and 4 pupils."
    assert "Upload registers for the schools in scope" in page.can
    assert "Give and end other people's access" in page.cannot


def test_person_without_a_role_can_see_and_do_nothing(signed_in):
    client = signed_in("administrator")
    page = client.get(f"/people/{UserFactory().pk}/").context["page"]
    assert (page.sentence, page.can) == ("Can see no school and no pupil.", [])


def test_person_outside_the_team_is_not_found_by_the_manager(signed_in):
    client = signed_in("team_manager")
    assert client.get(f"/people/{named('Anna', 'analyst').pk}/").status_code == 404


def test_role_outside_the_team_has_its_reason_instead_of_a_link(signed_in):
    client = signed_in("team_manager")
    user = named("Olly Officer")
    MembershipFactory(user=user, role="analyst")
    text = client.get(f"/people/{user.pk}/").content.decode()
    assert text.count("End access<") == 1
    assert "Ask an administrator for other roles." in text


# Giving.


def test_answers_are_shown_before_anything_is_given(signed_in):
    client = signed_in("administrator")
    text = client.post(GIVE, answers()).content.decode()
    assert "Check your answers" in text
    assert "new here: a mail lets them choose a password" in text
    assert not User.objects.filter(email="new@example.org").exists()


def test_change_brings_the_answers_back(signed_in):
    client = signed_in("administrator")
    text = client.post(GIVE, answers(step="change")).content.decode()
    assert 'value="Joins the team"' in text
    assert not User.objects.filter(email="new@example.org").exists()


def test_new_person_gets_a_mail_and_chooses_a_password(signed_in, client):
    signed_in("administrator")
    response = client.post(GIVE, answers(step="give"), follow=True)
    person = User.objects.get(email="new@example.org")
    assert response.redirect_chain[-1][0] == f"/people/{person.pk}/"
    assert (person.name, person.has_usable_password()) == ("Nia Newcome", False)
    assert mail.outbox[0].to == ["new@example.org"]
    path = re.search(r"https?://[^/]+(/new-password/\S+-\S+/)", mail.outbox[0].body).group(1)
    client.logout()
    form = client.get(path, follow=True)
    new = "another long password"
    client.post(form.redirect_chain[-1][0], {"password1": new, "password2": new})
    client.post("/sign-in/", {"login": "new@example.org", "password": new})
    assert client.get("/").wsgi_request.user == person


def test_person_who_is_here_already_keeps_their_name_and_gets_no_mail(signed_in):
    client = signed_in("administrator")
    there = UserFactory(email="new@example.org", name="Old Name")
    client.post(GIVE, answers(step="give", email="NEW@example.org"))
    there.refresh_from_db()
    assert (there.name, there.memberships.count(), mail.outbox) == ("Old Name", 1, [])


def test_pressed_twice_it_is_given_once(signed_in):
    client = signed_in("administrator")
    for _ in range(2):
        client.post(GIVE, answers(step="give"))
    assert User.objects.get(email="new@example.org").memberships.count() == 1
    assert AuditEvent.objects.filter(verb="gave_access").count() == 1
    assert len(mail.outbox) == 1


def test_mail_that_cannot_go_out_takes_nothing_back(signed_in, monkeypatch):
    def fails(*_args, **_options):
        raise OSError("no mail server")

    monkeypatch.setattr("accounts.invitations.send_mail", fails)
    client = signed_in("administrator")
    response = client.post(GIVE, answers(step="give"), follow=True)
    assert "The mail could not be sent" in response.content.decode()
    assert User.objects.get(email="new@example.org").memberships.exists()


def test_access_to_a_trust_a_patch_and_a_school(signed_in):
    client = signed_in("administrator")
    school, trust = SchoolFactory(), TrustFactory()
    SchoolFactory(trust=trust)
    patch = PatchFactory(schools=[school])
    for scope in (f"school:{school.urn}", f"trust:{trust.uid}", f"patch:{patch.pk}"):
        client.post(GIVE, answers(step="give", scope=scope))
    given = Membership.objects.filter(user__email="new@example.org")
    assert set(given.values_list("scope", flat=True)) == {"school", "trust", "patch"}


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"email": ""}, "Enter their email address."),
        ({"reason": ""}, "Say why they need it."),
        ({"scope": ""}, "Choose for which schools."),
        ({"role": "panel_member", "scope": "nobody"}, "Access for this role needs a last day."),
        ({"until_on": "2026-03-02"}, "The last day is before the first day."),
        ({"from_on": "2026-03-02"}, "The first day is today or later."),
        ({"from_on": "soon"}, "Write the date as 2026-03-02."),
        ({"role": "school_lead"}, "A school lead needs a school or a trust: name one."),
    ],
)
@pytest.mark.parametrize("step", ["check", "give"])
def test_what_is_missing_is_said_at_its_field_and_nothing_is_given(signed_in, changes, says, step):
    response = signed_in("administrator").post(GIVE, answers(step=step, **changes))
    text = response.content.decode()
    assert text.count(says) == 2
    assert "<title>Error: " in " ".join(text.split())
    assert Membership.objects.count() == 1


def test_own_address_is_refused(signed_in):
    client = signed_in("administrator")
    response = client.post(GIVE, answers(step="give", email=client.user.email))
    assert "Nobody gives or ends their own roles." in response.content.decode()
    assert client.user.memberships.count() == 1


def test_address_of_a_school_system_is_refused(signed_in):
    machine = ApiClientFactory().user
    client = signed_in("administrator")
    response = client.post(GIVE, answers(step="give", email=machine.email))
    assert not machine.memberships.exists()
    assert "belongs to a school" in response.content.decode()


def test_manager_is_offered_the_team_roles_and_own_schools(signed_in):
    own, _other = SchoolFactory(), SchoolFactory()
    form = signed_in("team_manager", school=own).get(GIVE).context["form"]
    roles = [value for value, _ in form.fields["role"].choices]
    scopes = [value for value, _ in form.fields["scope"].choices]
    assert roles == ["", "attendance_officer", "school_lead"]
    assert scopes == ["", f"school:{own.urn}"]


@pytest.mark.parametrize("changes", [{"role": "administrator"}, {"scope": "la"}])
def test_manager_cannot_send_what_is_not_offered(signed_in, changes):
    own = SchoolFactory()
    client = signed_in("team_manager", school=own)
    client.post(GIVE, answers(**{"step": "give", "scope": f"school:{own.urn}", **changes}))
    assert not User.objects.filter(email="new@example.org").exists()


# Ending.


def end_path(membership: Membership) -> str:
    return f"/people/{membership.user_id}/access/{membership.pk}/end/"


def test_access_ended_now_is_refused_on_the_very_next_request(borough, signed_in, client):
    from django.test import Client

    lead = named("Lea Lead", "school_lead", scope="school", school=borough.ash)
    theirs = Client()
    theirs.force_login(lead)
    record = f"/pupils/{borough.ada.pupil.public_id}/"
    assert theirs.get(record).status_code == 200
    signed_in("administrator").post(end_path(lead.memberships.get()), {"reason": "Has left"})
    assert theirs.get(record).status_code == 403
    assert not School.objects.visible_to(lead).exists()


def test_one_of_two_accesses_ended_hides_its_records(borough, signed_in):
    from django.test import Client

    lead = named("Lea Lead", "school_lead", scope="school", school=borough.ash)
    MembershipFactory(user=lead, role="school_lead", scope="school", school=borough.elm)
    theirs = Client()
    theirs.force_login(lead)
    membership = lead.memberships.get(school=borough.ash)
    signed_in("administrator").post(end_path(membership), {"reason": "Has left"})
    assert theirs.get(f"/pupils/{borough.ada.pupil.public_id}/").status_code == 404
    assert theirs.get(f"/pupils/{borough.eve.pupil.public_id}/").status_code == 200


def test_end_with_a_later_day_is_kept_and_told(signed_in):
    client = signed_in("administrator")
    membership = named("Olly Officer").memberships.get()
    facts = {"reason": "Moves team", "last_day": "2026-03-31"}
    response = client.post(end_path(membership), facts, follow=True)
    membership.refresh_from_db()
    assert (membership.until_on, membership.ended_at) == (date(2026, 3, 31), None)
    assert "the access ends with 31 Mar 2026" in response.content.decode()


@pytest.mark.parametrize(
    ("facts", "says"),
    [
        ({"reason": ""}, "Say why it ends."),
        ({"reason": "x", "last_day": "2026-03-02"}, "Give today or a later day"),
    ],
)
def test_end_without_a_reason_or_in_the_past_is_an_error(signed_in, facts, says):
    membership = named("Olly Officer").memberships.get()
    response = signed_in("administrator").post(end_path(membership), facts)
    assert says in response.content.decode()
    membership.refresh_from_db()
    assert (membership.until_on, membership.ended_at) == (None, None)


def test_own_role_and_the_last_administrator_show_why_and_stay(signed_in):
    client = signed_in("administrator")
    own = end_path(client.user.memberships.get())
    page = client.get(own).content.decode()
    assert "Nobody gives or ends their own roles." in page
    assert "<button" not in page.split("You cannot end this access")[1].split("</main>")[0]
    refused = client.post(own, {"reason": "x"})
    assert refused.status_code == 403
    assert "own roles" in refused.content.decode()


def test_end_pressed_twice_ends_once_and_leads_back(signed_in):
    client = signed_in("administrator")
    membership = named("Olly Officer").memberships.get()
    for _ in range(2):
        response = client.post(end_path(membership), {"reason": "Has left"})
        assert response.url == f"/people/{membership.user_id}/"
    assert AuditEvent.objects.filter(verb="ended_access").count() == 1
    assert client.get(end_path(membership)).url == f"/people/{membership.user_id}/"


def test_administrator_begins_with_people(signed_in):
    assert signed_in("administrator").get("/").url == LIST


def test_stopped_registers_need_the_administrators_attention(signed_in):
    borough = SmallBorough()
    borough.run(date(2026, 2, 10))
    administrator = signed_in("administrator")
    assert not [text for text in told(administrator.get(LIST)) if "stopped" in text]

    borough.run(date(2026, 2, 11))  # the third school day without marks

    assert "2 schools' registers have stopped" in told(administrator.get(LIST))
    manager = signed_in("team_manager")
    assert not [text for text in told(manager.get(LIST)) if "stopped" in text]


def test_run_that_did_not_finish_needs_the_administrators_attention(signed_in):
    NightlyRun.objects.create(
        as_of=date(2026, 3, 2), is_for_everyone=True, state="failed", started_at=clock.now()
    )

    assert any("did not finish" in text for text in told(signed_in("administrator").get(LIST)))

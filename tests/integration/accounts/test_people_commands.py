"""create_user and create_api_client: defaults by role, one sentence when something is wrong."""

from __future__ import annotations

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from accounts.models import ApiClient, AuditEvent, User
from schools.models import Enrolment, School
from tests.factories.pupils import EnrolmentFactory
from tests.factories.schools import SchoolFactory, TrustFactory

pytestmark = pytest.mark.django_db

GOOD = "a long enough password"


def run(command: str, *words: str) -> dict[str, str]:
    out = StringIO()
    call_command(command, *words, stdout=out)
    return dict(line.split("=", 1) for line in out.getvalue().splitlines())


def make(role: str, *words: str, email: str = "ann@example.org") -> User:
    run("create_user", "--email", email, "--role", role, "--password", GOOD, *words)
    return User.objects.get(email=email.lower())


@pytest.mark.parametrize(
    ("role", "sees"),
    [
        ("attendance_officer", 1),
        ("team_manager", 1),
        ("analyst", 1),
        ("early_help_worker", 0),
        ("panel_member", 0),
        ("administrator", 0),
    ],
)
def test_create_user_without_schools_gives_what_the_role_has_by_default(role, sees):
    EnrolmentFactory()
    assert Enrolment.objects.visible_to(make(role)).count() == sees


def test_create_user_school_lead_without_school_or_trust_is_an_error_and_makes_nobody():
    with pytest.raises(CommandError, match="needs a school or a trust"):
        make("school_lead")
    assert not User.objects.exists()


@pytest.mark.parametrize("role", ["school_lead", "attendance_officer"])
def test_create_user_with_schools_gives_those_schools(role):
    one, two, _ = (SchoolFactory() for _ in range(3))
    user = make(role, "--school", str(one.urn), "--school", str(two.urn))
    assert set(School.objects.visible_to(user)) == {one, two}


def test_create_user_takes_several_schools_after_one_option():
    one, two = SchoolFactory(), SchoolFactory()
    user = make("school_lead", "--school", str(one.urn), str(two.urn))
    assert School.objects.visible_to(user).count() == 2


def test_create_user_with_a_trust_gives_its_schools():
    school = SchoolFactory(trust=TrustFactory(uid="16000"))
    SchoolFactory()
    assert School.objects.visible_to(make("school_lead", "--trust", "16000")).get() == school


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("analyst", "--school", "123"), "no school with the URN 123"),
        (("analyst", "--trust", "123"), "no trust with the UID 123"),
        (("analyst", "--school", "abc"), "invalid int value"),
        (("wizard",), "no role 'wizard'"),
    ],
)
def test_create_user_with_something_unknown_is_an_error_and_makes_nobody(words, sentence):
    with pytest.raises(CommandError, match=sentence):
        make(*words)
    assert not User.objects.exists()


@pytest.mark.parametrize("password", ["short", "password1234", "ann@example.org"])
def test_create_user_with_a_weak_password_is_an_error(password):
    with pytest.raises(CommandError, match="too weak"):
        run(
            "create_user", "--email", "ann@example.org", "--role", "analyst", "--password", password
        )
    assert not User.objects.exists()


def test_create_user_with_a_bad_address_is_an_error():
    with pytest.raises(CommandError, match="not an e-mail address"):
        make("analyst", email="ann")


def test_create_user_twice_is_an_error_whatever_the_case():
    make("analyst")
    with pytest.raises(CommandError, match="already a person"):
        make("analyst", email="ANN@example.org")


def test_create_user_without_a_password_makes_one_and_prints_it():
    printed = run("create_user", "--email", "Ann@example.org", "--role", "analyst")
    assert printed["email"] == "ann@example.org"
    assert User.objects.get().check_password(printed["password"])


def test_create_user_with_a_password_prints_none():
    printed = run(
        "create_user", "--email", "ann@example.org", "--role", "analyst", "--password", GOOD
    )
    assert "password" not in printed


def test_create_user_is_written_down_without_the_password():
    make("analyst")
    assert [(e.verb, e.object_kind) for e in AuditEvent.objects.all()] == [
        ("created", "person"),
        ("gave_access", "membership"),
    ]
    assert GOOD not in str(list(AuditEvent.objects.values()))


def test_create_api_client_prints_id_and_secret_and_keeps_only_a_hash():
    printed = run("create_api_client", "--name", "MIS", "--scope", "registers:write")
    client = ApiClient.objects.get(client_id=printed["client_id"])
    assert list(printed) == ["client_id", "client_secret"]
    assert printed["client_secret"] not in client.client_secret
    assert printed["client_secret"] not in str(list(AuditEvent.objects.values()))


def test_create_api_client_sees_the_schools_given_and_none_without():
    school = SchoolFactory()
    EnrolmentFactory()
    words = ("--name", "MIS", "--scope", "registers:write", "--scope", "attendance:read")
    with_school = run("create_api_client", *words, "--school", str(school.urn))["client_id"]
    without = run("create_api_client", *words)["client_id"]
    one, other = (ApiClient.objects.get(client_id=i) for i in (with_school, without))
    assert one.allowed_scopes == "attendance:read registers:write"
    assert School.objects.visible_to(one.user).get() == school
    assert not School.objects.visible_to(other.user).exists()


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("--name", "MIS", "--scope", "everything"), "no scope 'everything'"),
        (("--name", "MIS"), "at least one scope"),
        (("--name", " ", "--scope", "registers:write"), "Give the client a name"),
        (("--name", "MIS", "--scope", "registers:write", "--school", "1"), "URN 1"),
        (("--scope", "registers:write"), "--name"),
    ],
)
def test_create_api_client_with_something_wrong_is_an_error_and_makes_nothing(words, sentence):
    with pytest.raises(CommandError, match=sentence):
        run("create_api_client", *words)
    assert not ApiClient.objects.exists()
    assert not User.objects.exists()


def test_create_api_client_says_whom_it_speaks_for():
    run("create_api_client", "--name", "MIS", "--scope", "cases:write")
    run("create_api_client", "--name", "EHM", "--scope", "cases:write", "--agency", "early_help")
    agencies = dict(ApiClient.objects.values_list("name", "agency"))
    assert agencies == {"MIS": "school", "EHM": "early_help"}
    with pytest.raises(CommandError, match="invalid choice"):
        run("create_api_client", "--name", "X", "--scope", "cases:write", "--agency", "x")

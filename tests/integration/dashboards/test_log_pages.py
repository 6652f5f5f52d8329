"""The access log and the audit trail: what the administrator finds, and what is never shown."""

import csv
import hashlib
from datetime import UTC, datetime, timedelta
from io import StringIO

import pytest
from django.db import connection

from accounts.models import AccessLogEntry, AuditEvent, ChainCheckRecord, ExportRecord
from accounts.services import log_view, record_audit, seal_audit
from accounts.services.audit import check_chain
from attendance.tasks import check_audit_chain
from attendance_portal.shared import clock
from tests.factories.classes import queries_of
from tests.factories.pupils import EnrolmentFactory, FormerUpnFactory, PupilFactory
from tests.factories.schools import SchoolFactory
from tests.factories.users import UserFactory

pytestmark = pytest.mark.django_db

LOG = "/access-log/"
FILE = "/access-log/file/"
AUDIT = "/audit/"
CHECK = "/audit/check/"
MORNING = datetime(2026, 3, 3, 9, 15, tzinfo=UTC)  # a Tuesday


@pytest.fixture
def reader():
    return UserFactory(name="Amina Hughes", email="amina@example.org")


def read(pupil, user, at=MORNING, page="pupil"):
    return log_view(user=user, subject_ref=str(pupil.public_id), page=page, at=at)


def whats(response) -> list[str]:
    return [row.what for row in response.context["rows"]]


def short(pupil) -> str:
    return f"record {str(pupil.public_id)[:8]}"


# Looking a child up.


def test_look_up_leads_to_an_address_without_the_upn(signed_in, reader):
    pupil = PupilFactory()
    read(pupil, reader)
    client = signed_in("administrator")
    response = client.post(LOG, {"upn": pupil.upn.lower()})
    assert response.url == f"{LOG}?pupil={pupil.public_id}"
    assert whats(client.get(response.url)) == [
        f"Looked up who opened {short(pupil)}",
        f"Opened {short(pupil)}",
    ]


def test_look_up_by_a_former_upn_finds_the_same_child(signed_in):
    former = FormerUpnFactory()
    response = signed_in("administrator").post(LOG, {"upn": former.upn})
    assert response.url == f"{LOG}?pupil={former.pupil.public_id}"


@pytest.mark.parametrize(
    ("upn", "says"),
    [("A80740000000A", "No pupil here has this UPN"), ("", "Enter a UPN."), ("A" * 14, "13")],
)
def test_look_up_of_nobody_says_what_to_do_and_keeps_what_was_typed(signed_in, upn, says):
    response = signed_in("administrator").post(LOG, {"upn": upn})
    text = response.content.decode()
    assert (response.status_code, says in text, f'value="{upn}"' in text or not upn) == (
        200,
        True,
        True,
    )


def test_page_shows_no_name_and_no_upn_of_a_child(signed_in, reader):
    pupil = PupilFactory(surname="Unmistakable", forename="Zebedee")
    read(pupil, reader)
    client = signed_in("administrator")
    for address in (LOG, f"{LOG}?pupil={pupil.public_id}"):
        text = client.get(address).content.decode()
        assert not [word for word in ("Unmistakable", "Zebedee", pupil.upn) if word in text]


def test_record_that_nobody_opened_says_so_although_it_was_looked_up(signed_in):
    client = signed_in("administrator")
    address = f"{LOG}?pupil={PupilFactory().public_id}"
    for _ in range(2):
        assert "No one has opened this record." in client.get(address).content.decode()


def test_record_that_somebody_opened_does_not_say_so(signed_in, reader):
    pupil = PupilFactory()
    read(pupil, reader)
    text = signed_in("administrator").get(f"{LOG}?pupil={pupil.public_id}").content.decode()
    assert "No one has opened" not in text


def test_row_says_when_who_in_which_role_and_where(signed_in, reader):
    reader.roles_held = frozenset({"school_lead", "analyst"})
    read(PupilFactory(), reader, page="flag_why")
    (row,) = signed_in("administrator").get(f"{LOG}?person={reader.pk}").context["rows"]
    assert (row.at, row.who, row.page) == ("3 Mar 2026, 9:15am", "Amina Hughes", "Why this flag")
    assert row.roles == "Data analyst and School lead"


def test_log_writes_every_opening_of_itself_down(signed_in):
    client = signed_in("administrator")
    pupil = PupilFactory()
    client.get(LOG), client.get(f"{LOG}?pupil={pupil.public_id}"), client.get(AUDIT)
    found = AccessLogEntry.objects.filter(user=client.user).order_by("pk")
    assert list(found.values_list("subject_kind", "subject_ref", "page")) == [
        ("access_log", "", "access_log"),
        ("pupil", str(pupil.public_id), "access_log"),
        ("audit", "", "audit"),
    ]


# Filters.


def test_filters_by_person_school_and_day(signed_in, reader):
    client = signed_in("administrator")
    enrolment, other = EnrolmentFactory(), EnrolmentFactory()
    read(enrolment.pupil, reader)
    read(other.pupil, UserFactory(), at=MORNING - timedelta(days=1))
    opened = {enrolment.pupil: f"Opened {short(enrolment.pupil)}", "other": other.pupil}
    first, second = opened[enrolment.pupil], f"Opened {short(other.pupil)}"
    end = "until=2026-03-03"
    assert whats(client.get(f"{LOG}?{end}")) == [second, first]
    assert whats(client.get(f"{LOG}?person={reader.pk}")) == [first]
    assert whats(client.get(f"{LOG}?school={other.school_id}")) == [second]
    assert whats(client.get(f"{LOG}?since=2026-03-03&{end}")) == [first]
    assert whats(client.get(f"{LOG}?until=2026-03-02")) == [second]


def test_filters_that_are_on_can_be_taken_off(signed_in):
    pupil, school = PupilFactory(), SchoolFactory(name="Ash School")
    address = f"{LOG}?pupil={pupil.public_id}&school={school.pk}&since=2026-03-02"
    chips = signed_in("administrator").get(address).context["chips"]
    assert [chip.label for chip in chips] == [
        f"Record: {pupil.public_id}",
        "School of the pupil: Ash School",
        "From: 2 Mar 2026",
    ]


def test_log_asks_the_same_for_two_rows_and_for_many(signed_in, reader):
    client = signed_in("administrator")
    read(PupilFactory(), reader)
    few = queries_of(client, LOG)
    for _ in range(20):
        read(PupilFactory(), UserFactory())
    assert queries_of(client, LOG) == few


# Worth a look.


@pytest.fixture
def now(monkeypatch) -> datetime:
    """Wednesday 4 March 2026, midday."""
    moment = datetime(2026, 3, 4, 12, tzinfo=UTC)
    monkeypatch.setattr(clock, "now", lambda: moment)
    return moment


def worth_a_look(client) -> list[str]:
    return [pattern.text for pattern in client.get(LOG).context["patterns"]]


@pytest.mark.parametrize(("records", "is_told"), [(3, True), (2, False)])
def test_many_records_within_an_hour_are_worth_a_look(
    signed_in, reader, now, settings, records, is_told
):
    settings.ACCESS_LOG_MANY_RECORDS = 3
    client = signed_in("administrator")
    for _ in range(records):
        read(PupilFactory(), reader)
    told = ["Amina Hughes: 3 records in the hour from 3 Mar 2026, 9:15am"]
    assert worth_a_look(client) == (told if is_told else [])


@pytest.mark.parametrize(
    ("surname", "told"),
    [("Húghes", ["Amina Hughes: 1 record with the reader's own surname"]), ("Hughes-Lee", [])],
)
def test_own_surname_is_worth_a_look(signed_in, reader, now, surname, told):
    client = signed_in("administrator")
    pupil = PupilFactory(surname=surname)
    read(pupil, reader), read(pupil, reader)
    assert worth_a_look(client) == told


@pytest.mark.parametrize(
    ("at", "is_told"),
    [
        (MORNING.replace(hour=6, minute=59), True),
        (MORNING.replace(hour=7, minute=0), False),
        (MORNING - timedelta(days=2), True),  # a Sunday
        (MORNING - timedelta(days=9), False),  # a Sunday too long ago
    ],
)
def test_reading_outside_hours_is_worth_a_look(signed_in, reader, now, at, is_told):
    client = signed_in("administrator")
    read(PupilFactory(), reader, at=at)
    told = ["Amina Hughes: 1 reading before 7am, after 7pm or at a weekend"]
    assert worth_a_look(client) == (told if is_told else [])


def test_look_ups_of_the_log_are_no_pattern(signed_in, now, settings):
    settings.ACCESS_LOG_MANY_RECORDS = 1
    client = signed_in("administrator")
    client.get(f"{LOG}?pupil={PupilFactory().public_id}")
    assert worth_a_look(client) == []


# The file for a subject access request.


def test_file_holds_every_reading_and_this_one_and_is_logged(signed_in, reader):
    pupil = PupilFactory()
    reader.roles_held = frozenset({"school_lead"})
    read(pupil, reader)
    client = signed_in("administrator")
    response = client.post(FILE, {"pupil": pupil.public_id, "reason": "SAR 12"})
    header, *lines = csv.reader(StringIO(response.content.decode()))
    assert header == ["when", "who", "email", "roles", "what", "page"]
    assert lines[0] == [
        "2026-03-03T09:15:00+00:00", "Amina Hughes", "amina@example.org", "School lead",
        f"Opened {short(pupil)}", "Record",
    ]  # fmt: skip
    assert len(lines) == 2
    record = ExportRecord.objects.get()
    assert (record.kind, record.rows, record.reason) == ("access_log_file", 2, "SAR 12")
    assert record.sha256 == hashlib.sha256(response.content).hexdigest()
    assert record.filters == {"pupil": str(pupil.public_id)}
    assert AccessLogEntry.objects.filter(action="export", user=client.user).count() == 1


def test_file_has_no_cell_that_a_spreadsheet_would_run(signed_in):
    pupil = PupilFactory()
    read(pupil, UserFactory(name="=1+2"))
    response = signed_in("administrator").post(FILE, {"pupil": pupil.public_id, "reason": "x"})
    assert "'=1+2" in response.content.decode()


def test_file_without_a_reason_is_an_error_on_the_page_and_no_file(signed_in):
    pupil = PupilFactory()
    response = signed_in("administrator").post(FILE, {"pupil": pupil.public_id})
    assert "Say why it is taken out." in response.content.decode()
    assert not ExportRecord.objects.exists()


@pytest.mark.parametrize("pupil", ["", "nonsense", "00000000-0000-4000-8000-000000000000"])
def test_file_of_nobody_is_not_found(signed_in, pupil):
    response = signed_in("administrator").post(FILE, {"pupil": pupil, "reason": "x"})
    assert response.status_code == 404


# The audit trail.


def entry(**facts) -> AuditEvent:
    facts = {"by": None, "verb": "did", "object_kind": "thing", "at": MORNING, **facts}
    return record_audit(**facts)


def tamper(sequence: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute("UPDATE accounts_auditevent SET verb = 'x' WHERE sequence = %s", [sequence])
        cursor.execute("SET LOCAL session_replication_role = DEFAULT")


def test_row_says_what_was_before_and_after_and_its_hash(signed_in, reader):
    client = signed_in("administrator")
    entry(by=reader, verb="gave_access", object_kind="membership", object_ref="7",
          before={"until_on": None}, after={"until_on": "2026-12-31"})  # fmt: skip
    seal_audit()
    (row,) = client.get(f"{AUDIT}?verb=gave").context["rows"]
    assert (row.at, row.who, row.verb) == ("3 Mar 2026, 9:15am", "amina@example.org", "Gave access")
    assert (row.object, row.before, row.after) == (
        "Membership 7", [("Until on", "nothing")], [("Until on", "2026-12-31")],
    )  # fmt: skip
    assert row.hash == AuditEvent.objects.get(verb="gave_access").hash


@pytest.mark.parametrize(
    ("value", "printed"),
    [
        (None, "nothing"),
        ("", "nothing"),
        ({}, "nothing"),
        (True, "yes"),
        (False, "no"),
        (0, "0"),
        ({"phase": "SS", "year_group": "8"}, "Phase SS, Year group 8"),
    ],
)
def test_facts_are_told_in_words(signed_in, value, printed):
    client = signed_in("administrator")
    entry(verb="told", after={"filters": value})
    (row,) = client.get(f"{AUDIT}?verb=told").context["rows"]
    assert row.after == [("Filters", printed)]


def test_entry_that_waits_says_that_it_is_not_sealed(signed_in):
    client = signed_in("administrator")
    entry(verb="just_now")
    (row,) = client.get(f"{AUDIT}?verb=just_now").context["rows"]
    assert (row.entry, row.hash) == ("Not sealed yet", "")


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("verb=gave", ["Gave access"]),
        ("object=member", ["Gave access"]),
        ("object=thing&ref=7", []),
        ("object=thing&ref=8", ["Did"]),
        ("since=2026-03-03&until=2026-03-03", ["Did", "Gave access"]),
        ("until=2026-03-02", []),
        ("entry=2", ["Gave access"]),
    ],
)
def test_audit_filters(signed_in, query, found):
    client = signed_in("administrator")  # entry 1 is this sign-in
    entry(verb="gave_access", object_kind="membership", object_ref="7")
    entry(object_ref="8")
    seal_audit()
    assert [row.verb for row in client.get(f"{AUDIT}?{query}").context["rows"]] == found


def test_audit_by_person(signed_in, reader):
    client = signed_in("administrator")
    entry(by=reader, verb="hers"), entry()
    rows = client.get(f"{AUDIT}?person={reader.pk}").context["rows"]
    assert [row.verb for row in rows] == ["Hers"]


def test_check_now_says_unbroken_to_which_entry(signed_in):
    client = signed_in("administrator")
    entry(), entry()
    client.post(CHECK)
    (check,) = ChainCheckRecord.objects.all()
    assert (check.sealed, check.broken_at, check.by) == (3, None, client.user)
    text = client.get(AUDIT).context["chain"].text
    assert text.startswith("Unbroken to entry 3, checked ")
    assert text in client.get("/people/").content.decode()


def test_altered_entry_is_named_first_of_all(signed_in):
    client = signed_in("administrator")
    for _ in range(4):
        entry()
    seal_audit()
    tamper(3)
    client.post(CHECK)
    response = client.get(AUDIT)
    assert response.context["chain"].text.startswith("Broken at entry 3, checked ")
    assert "Entry 3 does not hold: its facts are not those that were sealed" in (
        response.content.decode()
    )
    (row,) = client.get(response.context["chain"].entry_href).context["rows"]
    assert (row.verb, row.entry) == ("X", "3")


def test_broken_chain_is_not_sealed_onto():
    entry()
    seal_audit()
    tamper(1)
    waiting = entry()
    assert check_chain(by=None, at=MORNING).broken_at == 1
    waiting.refresh_from_db()
    assert waiting.sequence is None


def test_night_task_keeps_what_it_found():
    entry()
    check_audit_chain()
    (check,) = ChainCheckRecord.objects.all()
    assert (check.sealed, check.broken_at, check.by) == (1, None, None)
    assert not AuditEvent.objects.filter(verb="checked").exists()


@pytest.mark.parametrize(("limit", "is_left"), [(0, True), (1, False)])
def test_long_chain_is_left_to_the_worker(signed_in, settings, monkeypatch, limit, is_left):
    client = signed_in("administrator")
    seal_audit()
    settings.AUDIT_CHECKED_AT_ONCE = limit
    sent = []
    monkeypatch.setattr(check_audit_chain, "delay", lambda: sent.append(True))
    text = client.post(CHECK, follow=True).content.decode()
    assert (bool(sent), "The check has begun." in text) == (is_left, is_left)
    assert ChainCheckRecord.objects.exists() != is_left


def test_audit_asks_the_same_for_two_rows_and_for_many(signed_in):
    client = signed_in("administrator")
    entry()
    few = queries_of(client, AUDIT)
    for _ in range(20):
        entry(by=UserFactory())
    assert queries_of(client, AUDIT) == few

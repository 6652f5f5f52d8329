"""P28: nothing is written until someone has looked; then once, with a receipt."""

from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from attendance.models import MarkChange, RegisterBatch, RegisterWeek
from tests.factories.classes import SmallBorough, child
from tests.factories.schools import MembershipFactory, SchoolFactory

UPLOAD = "/registers/upload/"
HEADER = "upn,date,session,code\n"


@pytest.fixture
def borough(db):
    made = SmallBorough()
    made.run()
    return made


def csv_of(*rows):
    return HEADER + "".join(f"{row}\n" for row in rows)


def mark(enrolment, code="I", day="2026-02-06", session="AM"):
    return f"{enrolment.pupil.upn},{day},{session},{code}"


def send(client, text, **fields):
    content = text.encode() if isinstance(text, str) else text
    file = SimpleUploadedFile("register.csv", content, content_type="text/csv")
    return client.post(UPLOAD, {"file": file, **fields}, follow=True)


@pytest.fixture
def lead(borough, signed_in):
    return signed_in("school_lead", school=borough.ash)


def stored(enrolment):
    return RegisterWeek.objects.get(enrolment=enrolment, week_start=date(2026, 2, 2)).marks


def test_upload_by_a_school_does_not_ask_which_school(lead):
    assert "Choose a school" not in lead.get(UPLOAD).content.decode()


def test_upload_by_the_la_asks_which_school(borough, signed_in):
    client = signed_in("attendance_officer")

    text = send(client, csv_of(mark(borough.ada))).content.decode()

    assert "Choose the school this register is of." in text
    assert not RegisterBatch.objects.exists()


def test_upload_for_a_school_out_of_scope_is_no_choice(borough, signed_in):
    client = signed_in("school_lead", school=borough.elm)
    MembershipFactory(user=client.user, role="school_lead", scope="school", school=SchoolFactory())

    send(client, csv_of(mark(borough.ada)), school=borough.ash.pk)

    assert not RegisterBatch.objects.exists()


def test_upload_without_a_file_says_so_in_the_title_and_at_the_field(lead):
    text = lead.post(UPLOAD, {}).content.decode()

    assert "<title>Error: Upload a register" in text
    assert text.count("Choose a file.") == 2


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "This file is empty"),
        (b"upn;date\n", "column"),
        (b"PK\x03\x04" + b"\0" * 200, "CSV"),
    ],
    ids=["empty", "a column is missing", "a spreadsheet"],
)
def test_upload_of_something_else_says_what_to_do(lead, content, said):
    text = send(lead, content).content.decode()

    assert "There is a problem" in text
    assert said in text
    assert not RegisterBatch.objects.exists()


def test_review_says_what_would_happen_and_stores_nothing(borough, lead):
    response = send(
        lead,
        csv_of(
            mark(borough.ada), mark(borough.ada, code="Q9", session="PM"), mark(borough.ben, "/")
        ),
    )

    text = response.content.decode()
    assert "3 rows: 0 new, 2 changed, 0 the same, 1 refused." in text
    assert "Save 2 marks" in text
    assert "This is not a national attendance code." in text
    assert stored(borough.ada).startswith("/\\/\\/\\/\\/\\")


def test_review_shows_old_and_new_code_and_who_is_missing(borough, lead):
    context = send(lead, csv_of(mark(borough.ada))).context

    (name, change) = context["changes"][0]
    assert (name, change.old_code, change.new_code) == ("Ada Sample", "/", "I")
    assert context["not_sent"] == ["Ben Sample", "Cal Sample", "Dee Sample"]


def test_review_with_nothing_to_save_has_no_save_button(borough, lead):
    text = send(lead, csv_of(mark(borough.ada, "Q9"))).content.decode()

    assert "No row can be saved." in text
    assert "Save " not in text


def test_review_of_what_is_stored_already_says_so(borough, lead):
    text = send(lead, csv_of(mark(borough.ada, "/"))).content.decode()

    assert "already in the register" in text


def test_save_stores_the_marks_and_brings_the_figures_up_to_date(borough, lead):
    review = send(lead, csv_of(mark(borough.ada), mark(borough.ada, session="PM")))
    address = review.redirect_chain[-1][0]

    text = lead.post(address, follow=True).content.decode()

    assert "The register is saved and the figures are up to date." in text
    assert stored(borough.ada)[8:10] == "II"
    pupil = lead.get(f"/pupils/{borough.ada.pupil.public_id}/").context["page"]
    assert pupil.rolls[0].figures[0].sessions == "2 of 50 sessions"


def test_save_pressed_twice_is_one_record(borough, lead):
    address = send(lead, csv_of(mark(borough.ada))).redirect_chain[-1][0]

    lead.post(address)
    again = lead.post(address, follow=True)

    assert again.status_code == 200
    assert RegisterBatch.objects.count() == 1
    assert MarkChange.objects.count() == 1


def test_receipt_says_who_sent_what_and_lists_the_refused(borough, lead):
    address = send(lead, csv_of(mark(borough.ada), "X,2026-02-06,AM,/")).redirect_chain[-1][0]

    response = lead.post(address, follow=True)

    facts = dict(response.context["facts"])
    assert (facts["State"], facts["File"]) == ("Saved", "register.csv")
    assert facts["Figures"] == "Up to date with this batch"
    assert "Refused: 1" in response.content.decode()


def test_refused_rows_come_as_a_file_without_formulas(borough, lead):
    send(lead, csv_of(mark(borough.ada), "=1+1,2026-02-06,AM,/"))
    batch = RegisterBatch.objects.get()

    response = lead.get(f"/registers/batches/{batch.pk}/refused.csv")

    lines = b"".join(response.streaming_content).decode().splitlines()
    assert lines[0] == "file,line,column,value,reason_code,message"
    assert ",'=1+1," in lines[1]


@pytest.mark.parametrize("part", ["review/", "", "refused.csv"])
def test_batch_of_another_school_is_not_found(borough, lead, user_with, client, part):
    send(lead, csv_of(mark(borough.ada)))
    batch = RegisterBatch.objects.get()
    client.force_login(user_with("school_lead", school=borough.elm))

    assert client.get(f"/registers/batches/{batch.pk}/{part}").status_code == 404


def test_save_by_another_school_is_not_found_and_stores_nothing(borough, lead, user_with, client):
    send(lead, csv_of(mark(borough.ada)))
    batch = RegisterBatch.objects.get()
    client.force_login(user_with("school_lead", school=borough.elm))

    response = client.post(f"/registers/batches/{batch.pk}/review/")

    assert response.status_code == 404
    assert not MarkChange.objects.exists()


def test_upload_by_a_role_that_may_not_is_refused(signed_in):
    assert signed_in("early_help_worker").get(UPLOAD).status_code == 403


def test_review_names_no_child_whose_move_is_not_confirmed(borough, signed_in):
    child(borough.elm, "Ada", pupil=borough.ada.pupil, awaiting_confirmation=True)
    client = signed_in("school_lead", school=borough.elm)

    context = send(client, csv_of(mark(borough.ada))).context

    assert context["changes"][0][0] == f"UPN {borough.ada.pupil.upn}"

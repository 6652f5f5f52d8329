"""P28: nothing is written until someone has looked; then once, with a receipt."""

from datetime import date, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from attendance.models import (
    EnrolmentPeriod,
    MarkChange,
    PeriodKind,
    RegisterBatch,
    RegisterWeek,
    UploadedFile,
)
from attendance_portal.shared import clock
from tests.factories.classes import child, queries_of
from tests.factories.schools import MembershipFactory, SchoolFactory

UPLOAD = "/registers/upload/"
HEADER = "upn,date,session,code\n"


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

    (who, change) = context["changes"][0]
    assert (who.name, change.old_code, change.new_code) == ("Ada Sample", "/", "I")
    assert who.public_id == borough.ada.pupil.public_id
    assert [who.name for who in context["not_sent"]] == ["Ben Sample", "Cal Sample", "Dee Sample"]


def test_review_with_nothing_to_save_has_no_save_button(borough, lead):
    text = send(lead, csv_of(mark(borough.ada, "Q9"))).content.decode()

    assert "No row can be saved." in text
    assert "Save " not in text


def test_review_of_what_is_stored_already_says_so(borough, lead):
    text = send(lead, csv_of(mark(borough.ada, "/"))).content.decode()

    assert "All the same: everything in this file is already in the register." in text


def test_save_stores_the_marks_and_brings_the_figures_up_to_date(borough, lead):
    review = send(lead, csv_of(mark(borough.ada), mark(borough.ada, session="PM")))
    address = review.redirect_chain[-1][0]

    text = lead.post(address, follow=True).content.decode()

    assert "The register is saved and the figures are up to date." in text
    assert stored(borough.ada)[8:10] == "II"
    year = EnrolmentPeriod.objects.get(enrolment=borough.ada, kind=PeriodKind.YEAR)
    assert (year.authorised, year.possible) == (2, 50)


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
    assert facts["Figures"].startswith("Up to date with this batch: run ")
    assert "Refused: 1" in response.content.decode()


def test_refused_rows_come_as_a_file_without_formulas(borough, lead):
    send(lead, csv_of(mark(borough.ada), "=1+1,2026-02-06,AM,/"))
    batch = RegisterBatch.objects.get()

    response = lead.get(f"/registers/batches/{batch.pk}/refused.csv")

    lines = b"".join(response.streaming_content).decode().splitlines()
    assert lines[0] == "file,line,column,value,reason_code,message"
    assert ",'=1+1," in lines[1]


@pytest.mark.parametrize("part", ["review/", "", "refused.csv", "undo/"])
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


def test_empty_file_to_fill_in_is_one_the_upload_understands(borough, lead):
    header = lead.get("/registers/upload/template.csv").content.decode()
    row = mark(borough.ada) + ",,"

    assert send(lead, header + row + "\n").context["batch"].changed == 1


def test_refused_row_names_the_child_where_the_school_knows_it(borough, lead):
    context = send(
        lead, csv_of(mark(borough.ada, "Q9"), mark(borough.eve, "/"), mark(borough.ben))
    ).context

    names = {row.upn: name for name, row in context["rejects"]}
    assert names == {borough.ada.pupil.upn: "Ada Sample", borough.eve.pupil.upn: ""}


def test_review_names_the_flags_that_would_open_and_close(borough, lead):
    """Five sessions of ten are Ben's; with all of them attended nothing is left to flag."""
    days = ("2026-01-05", "AM"), ("2026-01-05", "PM"), ("2026-01-06", "AM")
    rows = [mark(borough.ben, "/", day, session) for day, session in days]

    context = send(lead, csv_of(*rows)).context

    said = {(who.name, flag.kind, flag.opens) for who, flag in context["flags"]}
    assert said == {("Ben Sample", "persistent_absence", False)}


def test_review_older_than_a_day_is_checked_again_and_says_so(borough, lead):
    address = send(lead, csv_of(mark(borough.ada))).redirect_chain[-1][0]
    UploadedFile.objects.update(reviewed_at=clock.now() - timedelta(days=1, minutes=1))
    borough.ada.ends_on = date(2026, 2, 5)
    borough.ada.save()

    text = lead.get(address).content.decode()

    assert "checked again just now" in text
    assert "No row can be saved." in text


def test_review_of_today_is_not_checked_again(borough, lead):
    address = send(lead, csv_of(mark(borough.ada))).redirect_chain[-1][0]

    assert "checked again" not in lead.get(address).content.decode()


def undo_address(lead):
    return f"/registers/batches/{RegisterBatch.objects.get(route='upload').pk}/undo/"


def test_undo_puts_the_marks_back_and_says_so(borough, lead):
    address = send(lead, csv_of(mark(borough.ada))).redirect_chain[-1][0]
    lead.post(address)

    text = lead.post(undo_address(lead), {"reason": "Wrong week"}, follow=True).content.decode()

    assert "is undone. The register is restored and the figures are up to date." in text
    assert "1 mark put back" in text
    assert stored(borough.ada).startswith("/\\/\\/\\/\\/")


def test_undo_without_a_reason_says_so_and_changes_nothing(borough, lead):
    lead.post(send(lead, csv_of(mark(borough.ada))).redirect_chain[-1][0])

    text = lead.post(undo_address(lead), {"reason": " "}).content.decode()

    assert text.count("Say why this upload is undone.") == 2
    assert MarkChange.objects.count() == 1


def test_undo_pressed_twice_is_one_batch(borough, lead):
    lead.post(send(lead, csv_of(mark(borough.ada))).redirect_chain[-1][0])

    both = [lead.post(undo_address(lead), {"reason": "Wrong week"}).url for _ in range(2)]

    assert both[0] == both[1]
    assert RegisterBatch.objects.count() == 2


def test_undo_after_a_later_batch_says_which(borough, lead):
    lead.post(send(lead, csv_of(mark(borough.ada))).redirect_chain[-1][0])
    address = undo_address(lead)
    lead.post(send(lead, csv_of(mark(borough.dee))).redirect_chain[-1][0])
    later = RegisterBatch.objects.latest("id").pk

    page = lead.get(address).content.decode()
    lead.post(address, {"reason": "Wrong week"})

    assert f"Batch {later} came after this one" in page
    assert "Undo the whole upload" not in page
    assert not RegisterBatch.objects.filter(route="undo").exists()


def test_undo_by_another_school_is_not_found(borough, lead, user_with, client):
    lead.post(send(lead, csv_of(mark(borough.ada))).redirect_chain[-1][0])
    address = undo_address(lead)
    client.force_login(user_with("school_lead", school=borough.elm))

    assert client.post(address, {"reason": "Mine"}).status_code == 404


def test_receipt_offers_to_undo_and_then_says_how_it_was_undone(borough, lead):
    receipt = lead.post(
        send(lead, csv_of(mark(borough.ada))).redirect_chain[-1][0], follow=True
    ).redirect_chain[-1][0]
    before = lead.get(receipt).content.decode()
    lead.post(undo_address(lead), {"reason": "Wrong week"})
    after = lead.get(receipt).content.decode()

    assert "put every mark back as it was" in before
    assert "This upload was undone." in after
    assert "put every mark back as it was" not in after


def test_receipt_asks_the_same_with_one_change_and_with_many(borough, lead):
    lead.post(send(lead, csv_of(mark(borough.ada))).redirect_chain[-1][0])
    one = queries_of(lead, f"/registers/batches/{RegisterBatch.objects.latest('id').pk}/")
    rows = [mark(who, "I", session="PM") for who in (borough.ada, borough.dee, borough.cal)]
    lead.post(send(lead, csv_of(*rows)).redirect_chain[-1][0])

    assert queries_of(lead, f"/registers/batches/{RegisterBatch.objects.latest('id').pk}/") <= one


def test_review_names_no_child_whose_move_is_not_confirmed(borough, signed_in):
    child(borough.elm, "Ada", pupil=borough.ada.pupil, awaiting_confirmation=True)
    client = signed_in("school_lead", school=borough.elm)

    context = send(client, csv_of(mark(borough.ada))).context

    assert context["changes"][0][0] == (f"UPN {borough.ada.pupil.upn}", None)

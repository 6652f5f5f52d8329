"""Forms and addresses that no page of ours sends: answered in plain words, never by a fault."""

from time import process_time

import pytest

from accounts.models import Draft, SavedView
from attendance.models import Flag, FlagAnswer

pytestmark = pytest.mark.django_db

NUL = "a\0b"


@pytest.mark.parametrize(
    "elsewhere",
    ["people", "/a\0b", "/" + "a" * 600, "/pupils/?q=" + "a" * 10_000],
    ids=["a name", "a NUL", "no page", "too long"],
)
def test_answer_that_would_lead_to_no_page_leads_to_today(borough, signed_in, elsewhere):
    flag = Flag.objects.open().first()
    fields = {"reason": "Back since Monday.", "when": "2026-03-10", "next": elsewhere}

    response = signed_in("attendance_officer").post(f"/flags/{flag.pk}/answer/", fields)

    assert (response.status_code, response.url) == (302, "/")
    assert FlagAnswer.objects.count() == 1


def test_access_is_given_to_no_address_with_a_nul(borough, signed_in):
    response = signed_in("administrator").get("/people/give/", {"email": NUL})

    assert response.context["form"].initial["email"] == ""


@pytest.mark.parametrize("field", ["note", "draft_title", "a\0b"])
def test_draft_is_kept_without_what_the_database_cannot_hold(signed_in, field):
    client = signed_in("attendance_officer")

    response = client.post("/drafts/", {"draft_of": "/pupils/", "note": "Half", field: NUL})

    assert response.status_code in (302, 400)
    assert all("\0" not in str(draft.typed) for draft in Draft.objects.all())


def test_draft_of_an_address_too_long_to_keep_is_a_bad_request(signed_in):
    address = f"/flags/{'0' * 400}1/why/"

    response = signed_in("attendance_officer").post("/drafts/", {"draft_of": address, "note": "x"})

    assert response.status_code == 400
    assert not Draft.objects.exists()


def test_view_of_an_address_too_long_to_keep_is_not_saved(borough, signed_in):
    address = f"/schools/{'0' * 300}{borough.ash.urn}/"

    response = signed_in("attendance_officer").post("/views/", {"name": "Ash", "path": address})

    assert response.status_code == 200
    assert not SavedView.objects.exists()


@pytest.mark.parametrize("entry", ["-1e2000000", "1e400", "NaN", "9" * 60, "1.5"])
def test_entry_of_no_chain_is_answered_at_once(signed_in, entry):
    client = signed_in("administrator")
    started = process_time()

    assert client.get("/audit/", {"entry": entry}).status_code == 200
    assert process_time() - started < 5


@pytest.mark.parametrize(
    "path",
    [
        "/trusts/a%00b/",
        "/places/a%00b/",
        "/places/E05012442/?place=a%00b",
        "/m/a%00b/",
        "/cases/a%00b/",
        "/cases/a%00b/case.pdf",
        "/exports/table/trust_schools/?uid=a%00b",
        "/exports/table/place/?place_code=a%00b",
        "/exports/chart/case-waits/?reference=a%00b",
    ],
)
def test_address_with_a_nul_is_a_page_that_never_was(path, borough, signed_in):
    """The database cannot even look for one."""
    client = signed_in("team_manager")
    taken = {"form": "csv", "reader": "entitled", "reason": "Board paper"}
    answer = client.post(path, taken) if path.startswith("/exports/") else client.get(path)
    wanted = {404} if "?place=" not in path else {302, 404}
    assert answer.status_code in wanted

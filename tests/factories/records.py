"""A child's record as a reader opens it, and facts that its pages tell."""

from datetime import date

from attendance.models import MarkChange, RegisterBatch
from tests.factories.classes import child


def address(enrolment, part=""):
    return f"/pupils/{enrolment.pupil.public_id}/{part}"


def text_of(client, enrolment, part="", query=""):
    return client.get(address(enrolment, part) + query).content.decode()


def page_of(client, enrolment, part="", query=""):
    return client.get(address(enrolment, part) + query).context["page"]


def moved(borough):
    """Ben leaves Ash on 30 January and is at Elm since 2 February."""
    borough.ben.ends_on = date(2026, 1, 30)
    borough.ben.save()
    return child(borough.elm, "Ben", pupil=borough.ben.pupil, starts_on=date(2026, 2, 2))


def corrected(
    enrolment, on=date(2026, 1, 5), old="N", new="I", at="2026-02-04T10:00:00Z", batch=None
):
    batch = batch or RegisterBatch.objects.create(route="api")
    return MarkChange.objects.create(
        enrolment=enrolment, date=on, session=0, old=old, new=new, batch=batch, at=at
    )

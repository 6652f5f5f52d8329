"""What the worker does on the schedule, or while somebody waits for a page. Each is safe to run
twice; what is on the schedule is safe to miss."""

from __future__ import annotations

from datetime import date

from celery import shared_task

from accounts.models import User
from attendance_portal.shared import clock
from dashboards.printing.pack import keep_paper, pack_paper
from dashboards.services import warm, weekly_digest
from dashboards.worklists import lists_with_new
from meetings.models import PackSnapshot


@shared_task
def send_weekly_digests() -> None:
    """The week's digest, to everyone who has something to read and has not had it."""
    weekly_digest.send_weekly_digests(
        on=clock.today(), at=clock.now(), lists_with_new=lists_with_new
    )


@shared_task
def warm_figures() -> None:
    """What pages show of other days beside the figures' date, before somebody waits for it."""
    warm.warm_figures()


@shared_task
def work_out_day(day: str) -> None:
    """The figures of a past day, which somebody waits for."""
    warm.work_out(date.fromisoformat(day))


@shared_task
def make_pack_paper(snapshot_id: int, user_id: int, is_initials: bool) -> None:
    """The paper of one frozen pack, as this person may read it."""
    user = User.objects.get(pk=user_id)
    snapshot = PackSnapshot.objects.visible_to(user).filter(pk=snapshot_id).first()
    if snapshot is not None:
        keep_paper(pack_paper(snapshot, user, is_initials=is_initials), at=clock.now())

"""P29, feed health."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render

from accounts.roles import Permission, Role
from attendance_portal.shared import clock
from dashboards import listing
from dashboards.read_models.feeds import COLUMNS, DEFAULT_SORT, FeedPage, feed_page
from dashboards.read_models.standing import Standing, standing
from schools.permissions import GuardedView, SignedInRequest, permissions_of
from schools.scoping import roles_of

#: Whose work the runs are: a school has no part in them.
_SEE_RUNS = frozenset(
    {Role.ATTENDANCE_OFFICER, Role.TEAM_MANAGER, Role.ANALYST, Role.ADMINISTRATOR}
)


class FeedHealthView(GuardedView):
    """Who is sending registers and who is not. It names schools and counts, no child."""

    permission = Permission.SEE_FEEDS

    def get(self, request: SignedInRequest) -> HttpResponse:
        where = standing(None, user=request.user, latest_href=request.path)
        sort = listing.chosen_sort(request.GET, COLUMNS, DEFAULT_SORT)
        page = page_of(request, where)
        headers = listing.headers(COLUMNS, request.GET, sort)
        context = {"page": page, "standing": where, "headers": headers}
        return render(request, "dashboards/feed_health.html", context)


def page_of(request: SignedInRequest, where: Standing) -> FeedPage | None:
    """The feeds as this person may see them; None before the first figures."""
    if where.as_of is None:
        return None
    return feed_page(
        request.user,
        as_of=where.as_of,
        on=clock.today(),
        sort=listing.chosen_sort(request.GET, COLUMNS, DEFAULT_SORT),
        sees_pupils=Permission.SEE_PUPILS in permissions_of(request.user),
        sees_runs=bool(_SEE_RUNS & roles_of(request.user)),
    )

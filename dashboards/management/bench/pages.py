"""How long the server takes over a page, as someone who sees the whole borough."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from statistics import median, quantiles

from django.test import Client

from accounts.models import User
from accounts.roles import Role
from dashboards.management.bench import database
from dashboards.management.bench.run import Run, seconds
from schools.models import Membership

WARM_UP = 3  # views of a page before it is timed: templates and plans are read once
VIEWS = 40
PUPILS_OPENED = 40


def officer(run: Run) -> Client:
    """Someone signed in who holds the whole authority."""
    user, is_new = User.objects.get_or_create(
        email="benchmark@portal.example", defaults={"name": "Benchmark"}
    )
    if is_new:
        Membership.objects.create(
            user=user, role=Role.TEAM_MANAGER.value, scope=Membership.Scope.LA,
            from_on=run.until - timedelta(days=365),
        )  # fmt: skip
    client = Client()
    client.force_login(user)
    return client


def borough_page(run: Run) -> None:
    """The borough page, all cohorts, beside the sign-in page."""
    signed_in, visitor = officer(run), Client()
    sign_in = median(times(visitor, ["/sign-in/"] * VIEWS))
    borough = median(times(signed_in, ["/borough/"] * VIEWS))
    run.record("borough_page", borough / sign_in,
               f"{borough * 1000:.1f} ms against {sign_in * 1000:.1f} ms")  # fmt: skip
    run.fact(_told(pages(run)))


def pages(run: Run) -> dict[str, float]:
    """The 95th percentile of each page, in seconds."""
    client = officer(run)
    opened = database.rows(
        "SELECT p.public_id FROM schools_pupil p JOIN schools_enrolment e ON e.pupil_id = p.id"
        " WHERE e.ends_on IS NULL ORDER BY p.id %% 101, p.id LIMIT %s", [PUPILS_OPENED],
    )  # fmt: skip
    addresses = {
        "list": ["/pupils/"] * VIEWS,
        "dashboard": ["/"] * VIEWS,
        "pupil": [f"/pupils/{public_id}/" for (public_id,) in opened],
    }
    return {name: p95(times(client, visited)) for name, visited in addresses.items()}


def compare(run: Run, large: dict[str, float], small: dict[str, float]) -> None:
    """The worst ratio of the three pages."""
    ratios = {name: large[name] / small[name] for name in large}
    told = ", ".join(f"{name} {ratio:.2f}" for name, ratio in ratios.items())
    run.record("large_pages", max(ratios.values()), f"the slowest of {told}")
    run.fact(f"At the large size: {_told(large)}")
    run.fact(f"At the small size: {_told(small)}")


def times(client: Client, addresses: Sequence[str]) -> list[float]:
    """Seconds of server time for each of these addresses, after a few that do not count."""
    for address in addresses[:WARM_UP]:
        _get(client, address)
    return [seconds(_get, client, address) for address in addresses]


def p95(each: Sequence[float]) -> float:
    """The 95th percentile."""
    return quantiles(each, n=20, method="inclusive")[-1]


def _get(client: Client, address: str) -> None:
    answer = client.get(address, secure=True)
    if answer.status_code != 200:
        raise RuntimeError(f"{address} answered {answer.status_code}.")


def _told(each: dict[str, float]) -> str:
    return "p95 of pages: " + ", ".join(
        f"{name} {took * 1000:.0f} ms" for name, took in each.items()
    )

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
from dashboards.services.warm import warm_figures, work_out
from schools.models import Membership

WARM_UP = 3  # views of a page before it is timed: templates and plans are read once
VIEWS = 40
PUPILS_OPENED = 40
OF_THE_TARGET = ("list", "dashboard", "pupil")  # the pages that the targets compare by size


def officer(run: Run) -> Client:
    """Someone signed in who holds the whole authority."""
    client = Client()
    client.force_login(person(run))
    return client


def person(run: Run) -> User:
    """A manager of the whole authority."""
    user, is_new = User.objects.get_or_create(
        email="benchmark@portal.example", defaults={"name": "Benchmark"}
    )
    if is_new:
        Membership.objects.create(
            user=user, role=Role.TEAM_MANAGER.value, scope=Membership.Scope.LA,
            from_on=run.until - timedelta(days=365),
        )  # fmt: skip
    return user


def borough_page(run: Run) -> None:
    """The borough page, all cohorts, beside the sign-in page."""
    signed_in, visitor = officer(run), Client()
    sign_in = median(times(visitor, ["/sign-in/"] * VIEWS))
    borough = median(times(signed_in, ["/borough/"] * VIEWS))
    run.record("borough_page", borough / sign_in,
               f"{borough * 1000:.1f} ms against {sign_in * 1000:.1f} ms")  # fmt: skip
    each = pages(run)
    run.fact(_told(each))
    times_sign_in = ", ".join(f"{name} {took / sign_in:.1f}" for name, took in each.items())
    run.fact(f"p95 of pages / median of the sign-in page: {times_sign_in}")


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
        "attendance": [f"/pupils/{public_id}/attendance/" for (public_id,) in opened],
        "cohort": ["/pupils/?cohort=drifting_up"] * VIEWS,
        "borough": ["/borough/"] * VIEWS,
        "borough_choice": ["/borough/?sex=F&fsm=true"] * VIEWS,
        "explore": ["/explore/"] * VIEWS,
        "explore_choice": ["/explore/?sex=F&year_group=KS4&sen=any&fsm=true"] * VIEWS,
        "concentration": ["/explore/concentration/?absence=unauthorised"] * VIEWS,
        "benchmark": ["/explore/benchmark/"] * VIEWS,
        "places": ["/places/"] * VIEWS,
        "meetings": ["/meetings/"] * VIEWS,
        "feeds": ["/data/feeds/"] * VIEWS,
        "search": ["/search/?q=sur"] * VIEWS,
        **_of_some("school", "SELECT urn FROM schools_school ORDER BY urn", "/schools/{}/"),
        **_of_some(
            "why", "SELECT id FROM flag WHERE closed_on IS NULL ORDER BY id", "/flags/{}/why/"
        ),
    }
    return {name: p95(times(client, visited)) for name, visited in addresses.items()}


def _of_some(name: str, query: str, address: str) -> dict[str, list[str]]:
    """The pages of the first few things that a query finds; no page where it finds nothing."""
    found = database.rows(f"{query} LIMIT {PUPILS_OPENED}")
    return {name: [address.format(key) for (key,) in found]} if found else {}


def compare(run: Run, large: dict[str, float], small: dict[str, float]) -> None:
    """The worst ratio of the three pages, and the ratio of every other."""
    ratios = {name: large[name] / small[name] for name in large if name in small}
    told = {name: f"{name} {ratio:.2f}" for name, ratio in ratios.items()}
    worst = max(ratios[name] for name in OF_THE_TARGET)
    named = ", ".join(told[name] for name in OF_THE_TARGET)
    run.record("large_pages", worst, f"the slowest of {named}")
    run.fact(growth_of(large, small))
    run.fact(f"At the large size: {_told(large)}")
    run.fact(f"At the small size: {_told(small)}")


def growth_of(large: dict[str, float], small: dict[str, float]) -> str:
    """Each page's time at one size over its time at another, in words."""
    ratios = (f"{name} {large[name] / small[name]:.2f}" for name in large if name in small)
    return f"Growth of every page: {', '.join(ratios)}"


def first_openings(run: Run) -> str:
    """Seconds of the first reading of a page after a run, of a past day too, and of what the worker
    did before: the usual days as soon as it could, any other while a page said so."""
    client = officer(run)
    past = run.until - timedelta(days=28)
    addresses = ("/borough/", f"/borough/?as_of={past}", f"/explore/?as_of={past}")
    warmed, worked_out = seconds(warm_figures), seconds(work_out, past)
    told = (f"{one} {seconds(_get, client, one):.2f} s" for one in addresses)
    return (
        f"First opening after a run, warmed in {warmed:.2f} s, a past day worked out in "
        f"{worked_out:.2f} s: {', '.join(told)}"
    )


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

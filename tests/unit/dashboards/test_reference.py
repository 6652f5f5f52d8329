"""The generated reference covers what there is, and a page that is stale is found."""

from __future__ import annotations

import pytest
from django.core.management import CommandError, call_command
from django.urls import get_resolver

from accounts.roles import DESCRIPTIONS, ROLES
from attendance.cohorts import COHORTS
from dashboards.management import reference


@pytest.fixture
def folder(tmp_path):
    reference.write_pages(tmp_path)
    return tmp_path


def named_routes(resolver):
    for each in resolver.url_patterns:
        if hasattr(each, "url_patterns"):
            yield from named_routes(each)
        elif each.name:
            yield each.name


def test_every_named_route_is_listed_with_what_it_asks_for():
    page = reference.routes_page()

    assert [name for name in named_routes(get_resolver()) if f"| {name} |" not in page] == []
    assert "| `/people/` | people | see_people |" in page
    assert "| `/components/` | components | someone signed in |" in page
    assert "| `/privacy/` | privacy |  |" in page


def test_every_permission_and_role_is_listed():
    page = reference.permissions_page()

    assert [text for text in DESCRIPTIONS.values() if f"| {text} |" not in page] == []
    assert [facts.label for facts in ROLES.values() if facts.label not in page] == []


def test_every_cohort_is_listed_with_its_question():
    page = reference.cohorts_page()

    assert [
        one.key
        for one in COHORTS.values()
        if f"| `{one.key}` | {one.label} | {one.rule_in_words} | {one.first_question} |" not in page
    ] == []


def test_pages_just_written_are_fresh(folder):
    assert reference.stale_pages(folder) == []


@pytest.mark.parametrize("name", sorted(reference.PAGES))
def test_page_that_says_something_else_is_stale(name, folder):
    path = folder / name
    path.write_text(path.read_text(encoding="utf-8") + "One more line.\n", encoding="utf-8")

    assert reference.stale_pages(folder) == [name]


def test_page_that_is_missing_is_stale(folder):
    (folder / "cohorts.md").unlink()

    assert reference.stale_pages(folder) == ["cohorts.md"]


def test_check_fails_and_names_what_is_stale(tmp_path, settings):
    settings.BASE_DIR = tmp_path
    call_command("generate_docs", verbosity=0)
    call_command("generate_docs", "--check")
    (tmp_path / "docs" / "reference" / "routes.md").write_text("# Routes\n", encoding="utf-8")

    with pytest.raises(CommandError, match=r"Stale: routes\.md\. Run `make docs`"):
        call_command("generate_docs", "--check")

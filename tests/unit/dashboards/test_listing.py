"""A list's address: sorting, filters that come off, pages."""

import pytest
from django.core.paginator import Paginator
from django.http import QueryDict

from dashboards.listing import Column, address, chosen_sort, headers, page_links

COLUMNS = (Column("Pupil", "name"), Column("Absence", "absence", is_numeric=True), Column("Flags"))


def test_address_with_a_change_goes_back_to_the_first_page():
    query = QueryDict("school=900001&page=3")

    assert address(query, sort="-absence") == "?school=900001&sort=-absence"


def test_address_with_none_takes_the_parameter_away():
    assert address(QueryDict("flag=at_risk&sort=name"), flag=None) == "?sort=name"


@pytest.mark.parametrize(
    ("sort", "turned", "aria"),
    [
        ("name", "?sort=-name", "ascending"),
        ("-name", "?sort=name", "descending"),
        ("absence", "?sort=name", ""),
    ],
)
def test_header_of_a_name_starts_from_a_and_turns_round(sort, turned, aria):
    header = headers(COLUMNS, QueryDict(), sort)[0]

    assert (header.href, header.aria_sort) == (turned, aria)


def test_header_of_a_figure_starts_from_the_most():
    assert headers(COLUMNS, QueryDict(), "name")[1].href == "?sort=-absence"


def test_header_of_a_column_without_a_key_is_no_link():
    assert headers(COLUMNS, QueryDict(), "name")[2].href == ""


@pytest.mark.parametrize(
    ("asked", "sort"), [("-absence", "-absence"), ("upn", "name"), ("", "name"), ("--name", "name")]
)
def test_chosen_sort_unless_it_is_ours_is_the_default(asked, sort):
    assert chosen_sort(QueryDict(f"sort={asked}"), COLUMNS, "name") == sort


def test_page_links_of_a_single_page_are_none():
    assert page_links(Paginator(range(25), 25).page(1), QueryDict()).items == []


def test_page_links_of_many_keep_the_filters_and_mark_the_gap():
    links = page_links(Paginator(range(260), 25).page(5), QueryDict("flag=at_risk"))

    assert [item.number for item in links.items] == [1, 0, 4, 5, 6, 0, 11]
    assert links.next == "?flag=at_risk&page=6"
    assert [item.number for item in links.items if item.is_current] == [5]

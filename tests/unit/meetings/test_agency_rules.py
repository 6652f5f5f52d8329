"""Who needs more than one agency, both sides of the line, each arm alone."""

import pytest

from meetings.rules.agencies import needs_several_agencies


@pytest.mark.parametrize(
    ("domains", "agencies", "expected"),
    [
        (set(), set(), False),
        ({"family"}, set(), False),
        ({"family", "peers"}, set(), True),
        (set(), {"health"}, False),
        (set(), {"health", "school"}, True),
        ({"family"}, {"health"}, False),
        (["family", "family"], ["health", "health"], False),
    ],
)
def test_two_domains_or_two_agencies(domains, agencies, expected):
    assert needs_several_agencies(domains, agencies) is expected

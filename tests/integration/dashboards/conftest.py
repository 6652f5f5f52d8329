"""The small borough with its figures worked out."""

import pytest

from tests.factories.classes import SmallBorough


@pytest.fixture
def borough(db) -> SmallBorough:
    """Two schools whose figures stand at Friday 6 February 2026."""
    made = SmallBorough()
    made.run()
    return made

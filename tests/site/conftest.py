"""What the tests of the citizens' pages need beside the suite's own fixtures."""

import pytest

from tests import needs


@pytest.fixture
def assets() -> None:
    """The third-party files that pages load, as `make setup` builds them."""
    if not needs.is_here("assets"):
        pytest.fail(f"no assets. To get them:\n{needs.NEEDS['assets'].commands}", pytrace=False)

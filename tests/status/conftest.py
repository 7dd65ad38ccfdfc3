from collections.abc import Iterator

import pytest


@pytest.fixture(autouse=True)
def _knows_nothing() -> Iterator[None]:
    """No report and no file of another test."""
    from collab.status import journal
    from collab.status.latest import Latest, latest

    vars(latest).update(vars(Latest()))
    yield
    journal._path().unlink(missing_ok=True)

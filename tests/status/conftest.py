from collections.abc import Iterator

import pytest

from tests.protocol.conftest import database_url
from tests.protocol.node import Node, collect_static


@pytest.fixture(autouse=True)
def _knows_nothing() -> Iterator[None]:
    """No report and no file of another test."""
    from collab.status import journal
    from collab.status.latest import Latest, latest

    vars(latest).update(vars(Latest()))
    yield
    journal._path().unlink(missing_ok=True)


@pytest.fixture(scope="session")
def _static_files(django_db_setup: None) -> None:
    collect_static(database_url())


@pytest.fixture
def node(_static_files: None, transactional_db: None) -> Iterator[Node]:
    node = Node(database_url(), is_tuned=True)
    try:
        node.start()
        yield node
    finally:
        node.stop()

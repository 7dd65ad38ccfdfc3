"""A folder for each run of the bench."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest


@pytest.fixture
def var() -> Iterator[Path]:
    """Where a run keeps its files."""
    with tempfile.TemporaryDirectory(prefix="collab-bench-test-") as name:
        # Where this is root, PostgreSQL runs as somebody else.
        Path(name).chmod(0o711)
        yield Path(name)

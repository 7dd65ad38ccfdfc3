"""A hosted site for the tests of a file."""

import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.deploy.hosted import HostedSite


@pytest.fixture(scope="module")
def site() -> "Iterator[HostedSite]":
    """Two nodes behind NGINX."""
    from tests.deploy.hosted import hosted_site

    with tempfile.TemporaryDirectory(prefix="collab-hosted-") as folder, hosted_site(Path(folder)) as site:
        yield site

"""One hosted site for the tests of this folder, which leave it as they found it."""

import copy
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.deploy.hosted import HostedSite, Limited


@pytest.fixture(scope="package")
def site() -> "Iterator[HostedSite]":
    """Two nodes behind NGINX."""
    from tests.deploy.hosted import hosted_site

    with tempfile.TemporaryDirectory(prefix="collab-hosted-") as folder, hosted_site(Path(folder)) as site:
        yield site


@pytest.fixture
def limited(site: "HostedSite", tmp_path: Path) -> "Iterator[Limited]":
    """Starts another NGINX before the same nodes, with its configuration changed in places that stand there once."""
    from bench.site import free_port
    from tests.deploy.hosted import PATIENCE, filled_in

    other = copy.copy(site)
    other.port, other.plain_port = free_port(), free_port()
    started = []

    def start(*changes: tuple[str, str]) -> "HostedSite":
        configuration = filled_in(other, tmp_path / "nginx")
        file = configuration.with_name("collab.conf")
        text = file.read_text()
        for old, new in changes:
            assert text.count(old) == 1, old
            text = text.replace(old, new)
        file.write_text(text)
        started.append(other.start_nginx(configuration))
        return other

    yield start
    for process in started:
        process.terminate()
        process.wait(PATIENCE)

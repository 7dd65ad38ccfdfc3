"""One whole site for all tests of the doctor."""

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pytest_django import DjangoDbBlocker

    from tests.collab.doctor.living import LivingSite


@pytest.fixture(scope="session")
def whole_site(django_db_setup: None, django_db_blocker: "DjangoDbBlocker") -> "Iterator[LivingSite]":
    """It stands once the database of the tests does: a connection made before keeps a pool to another database, which
    the tests that come after would migrate and use, each process the same one."""
    from tests.collab.doctor.living import LivingSite

    with tempfile.TemporaryDirectory(prefix="collab-doctor-", ignore_cleanup_errors=True) as name:
        site = LivingSite(Path(name))
        # The doctor in this process trusts whom a browser would.
        before = os.environ.get("SSL_CERT_FILE")
        os.environ["SSL_CERT_FILE"] = site.environ["SSL_CERT_FILE"]
        try:
            with django_db_blocker.unblock():
                site.start()
            yield site
        finally:
            del os.environ["SSL_CERT_FILE"]
            if before is not None:
                os.environ["SSL_CERT_FILE"] = before
            site.stop()


@pytest.fixture
def living(whole_site: "LivingSite", django_db_blocker: "DjangoDbBlocker") -> "Iterator[LivingSite]":
    """It, sound at the start; what a test spoils in variables and in NGINX's file is forgotten at its end."""
    # The database of the tests themselves is not touched.
    with django_db_blocker.unblock():
        yield whole_site
    whole_site.heal()

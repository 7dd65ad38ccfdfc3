"""Which process of a run gets which tests, and in which order."""

import pytest
from xdist.scheduler import LoadFileScheduling

PAGES = "tests/pages/"
HOSTED = "tests/deploy/site/"

#: Whole sites first, that no process is left alone with one in the end.
FIRST = (PAGES, "tests/bench/test_faults.py", HOSTED)


def turn(item: pytest.Item) -> int:
    """The later, the larger."""
    return next((turn for turn, start in enumerate(FIRST) if item.nodeid.startswith(start)), len(FIRST))


class ByFile(LoadFileScheduling):
    """A file stays with one process, and so do files that share a site: the hosted one's, each half of the pages'."""

    def _split_scope(self, nodeid: str) -> str:
        file: str = super()._split_scope(nodeid)
        if file.startswith(HOSTED):
            return HOSTED
        if not file.startswith(PAGES):
            return file
        return "pages, first half" if file.removeprefix(PAGES) < "test_n" else "pages, second half"

"""How many files, and so sockets, a process may have open."""

import resource

from bench.errors import CannotMeasure


def allow_sockets(count: int) -> None:
    """Raise the limit of open files as far as it goes.

    Raises:
        CannotMeasure: not far enough.
    """
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    if most != resource.RLIM_INFINITY and most < count + 100:
        raise CannotMeasure(f"{count} sockets need more open files than the {most} allowed; see: ulimit -Hn")
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))

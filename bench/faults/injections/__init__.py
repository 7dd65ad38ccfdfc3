"""Every fault of the lab; importing this enters them all into the catalogue, in the order in which they are run."""

from bench.faults.injections import nodes, redis, sentinels, database, people, celery, clocks  # noqa: F401, I001 — the table's order.

"""A site on several machines, broken while people talk: `make cluster`.

What is measured are user-seconds (`bench.cluster.user_seconds`): of each person and each second, whether they could
use the site in it. From what each kind of fault costs is reckoned what a year with one of each a week would be.
"""

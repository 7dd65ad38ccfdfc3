"""How the site is: what its nodes report, and what staff and Prometheus are shown of it."""

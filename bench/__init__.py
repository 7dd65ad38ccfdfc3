"""Load on a site, measured from outside: `make bench`. docs/performance.md says what is measured and how."""

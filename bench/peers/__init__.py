"""Other servers under the same load, in the same run: `make bench-peers`. docs/performance.md says how it is fair."""

"""The scenarios of `make bench`, one a module."""

"""The servers that a site started by one command brings along: PostgreSQL and Valkey, from their wheels.

`environment` gives their addresses to the settings, `postgres` and `valkey` know how each is made and
started, `supervisor` keeps everything alive for `manage.py up`.
"""

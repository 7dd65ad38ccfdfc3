"""Backups of the whole site: database and files, made while it runs, held against their manifest, and brought back.

`making`, `verifying` and `restoring` are what the commands do; `places` are where backups lie, `manifest` says what
one of them holds, `parts` writes and reads it, `dump` speaks to PostgreSQL's own programs.
"""

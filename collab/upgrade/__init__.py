"""`deploy/upgrade`: a running site goes over to a new release, node after node. Python's own library alone.

It runs before the packages of the new release are there.
"""

"""Slow readers: what somebody who stops reading costs the node and everyone else in the room.

The same load twice, again and again: once with all who are there reading, once with some who have stopped. `rounds`
puts it on, `report` compares.
"""

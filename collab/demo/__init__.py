"""A demonstration workspace: a small company that has talked for three weeks.

What its people say stands as text in `talk/` (conversations, each told once) and `small/` (exchanges that come
again with other people and other words). It is played through the same actions that the site uses.
"""

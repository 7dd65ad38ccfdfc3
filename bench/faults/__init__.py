"""The fault lab: the real thing under load, a part of it broken at a time, and a verdict on what was promised.

`lab` starts the site and breaks it, `person` behaves as the browser does, `rounds` puts a fault into a stretch of
load, `bench.checker` judges, `table` reports.
"""

"""The fault lab: the real thing under load, a part of it broken at a time, and whether a promise broke with it.

`lab` starts and breaks the site, `person` behaves as the browser does, `rounds` puts one fault into one stretch of load,
`bench.checker` judges, `table` reports.
"""

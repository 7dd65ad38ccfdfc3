"""`manage.py doctor`: looks at a running or about-to-run site, and tells what is wrong and the lines that mend it.

`finding` is what a check tells, `registry` lists the checks, `examination` makes them side by side, `report` prints.
`site` is the patient; each other file looks at one subject of it.
"""

"""Restarts one of the supervisor's programs, as `systemctl restart` does: `restart.py FOLDER NAME`.

It comes back once the old process has ended and the next was begun.
"""

import contextlib
import sys
from pathlib import Path

import psutil

from tests.deploy.hosted import await_it

folder, name = sys.argv[1:]
file = Path(folder, f"{name}.pid")
old = file.read_text()
with contextlib.suppress(psutil.NoSuchProcess):
    process = psutil.Process(int(old))
    process.terminate()
    process.wait(75)
await_it(lambda: file.read_text() != old, f"{name} was not begun again")

"""Keeps programs running, as systemd does: `supervisor.py LINK FOLDER NAME…`, a name being a port, `worker` or `beat`.

Each is started from whatever release LINK names at that moment, and again when it ends. FOLDER/NAME.pid tells which
process it is. SIGTERM ends all.
"""

import signal
import subprocess
import sys
import time
from pathlib import Path

link, folder, *names = sys.argv[1:]
programs: dict[str, "subprocess.Popen[bytes]"] = {}
is_told = False


def end(*_: object) -> None:
    """Start no more, and end those that run."""
    global is_told  # noqa: PLW0603
    is_told = True
    for program in programs.values():
        program.terminate()


def start(name: str) -> None:
    """Start one, and note its process once it is there."""
    what = ["node", f"--port={name}"] if name.isdigit() else [name]
    with Path(folder, f"{name}.log").open("ab") as log:
        command = [f"{link}/.venv/bin/python", "manage.py", *what]
        programs[name] = subprocess.Popen(command, cwd=link, stdout=log, stderr=log)
    new = Path(folder, f"{name}.new")
    new.write_text(str(programs[name].pid))
    new.replace(Path(folder, f"{name}.pid"))


signal.signal(signal.SIGTERM, end)
while not is_told:
    for each in names:
        if each not in programs or programs[each].poll() is not None:
            start(each)
    time.sleep(0.1)
for started in programs.values():
    started.wait()

"""Keeps nodes running, as systemd does: `supervisor.py LINK FOLDER PORT…`.

Each is started from whatever release LINK names at that moment, and again when it ends. FOLDER/PORT.pid tells which
process it is. SIGTERM ends all.
"""

import signal
import subprocess
import sys
import time
from pathlib import Path

link, folder, *ports = sys.argv[1:]
nodes: dict[str, "subprocess.Popen[bytes]"] = {}
is_told = False


def end(*_: object) -> None:
    """Start no more, and end those that run."""
    global is_told  # noqa: PLW0603
    is_told = True
    for node in nodes.values():
        node.terminate()


def start(port: str) -> None:
    """Start one, and note its process once it is there."""
    command = [f"{link}/.venv/bin/python", "manage.py", "node", f"--port={port}"]
    with Path(folder, f"{port}.log").open("ab") as log:
        nodes[port] = subprocess.Popen(command, cwd=link, stdout=log, stderr=log)
    new = Path(folder, f"{port}.new")
    new.write_text(str(nodes[port].pid))
    new.replace(Path(folder, f"{port}.pid"))


signal.signal(signal.SIGTERM, end)
while not is_told:
    for each in ports:
        if each not in nodes or nodes[each].poll() is not None:
            start(each)
    time.sleep(0.1)
for node in nodes.values():
    node.wait()

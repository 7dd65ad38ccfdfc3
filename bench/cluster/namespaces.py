"""Machines that are network namespaces of Linux: each has its own addresses, its own loopback and a cable to a switch.

All are gone with the run; what a killed run has left the next one removes. Needs root and iproute2.
"""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from shutil import which

from bench.errors import CannotMeasure
from bench.faults.machines import Machines

#: What all our namespaces and switches are called: the process they belong to, and a number.
OURS = re.compile(r"^clb(\d+)[xs]\d*$")
#: Reserved for measurements (RFC 2544): nobody is to be reached there. The third number is one that is free here.
SUBNET = "198.18.{}"
TRIAL = "import socket, sys; socket.create_connection((sys.argv[1], int(sys.argv[2])), 3)"
LISTEN = (
    "import socket, sys; s = socket.create_server((sys.argv[1], 0)); print(s.getsockname()[1], flush=True); s.accept()"
)


class Namespaces(Machines):
    """A switch, and a namespace for each machine that is asked for."""

    def __init__(self) -> None:
        self._names: dict[str, str] = {"people": ""}
        self._switch = f"clb{os.getpid()}s"
        self._subnet = free_subnet()

    def open(self) -> None:
        """Make the switch.

        Raises:
            CannotMeasure: that is refused.
        """
        ip("link", "add", self._switch, "type", "bridge")
        ip("addr", "add", f"{self.host('people')}/24", "dev", self._switch)
        ip("link", "set", self._switch, "up")

    def host(self, machine: str) -> str:
        """The address of a machine; that of the bench itself, where the people are, is on the switch.

        Raises:
            CannotMeasure: the machine cannot be made.
        """
        if machine not in self._names:
            self._add(machine)
        return f"{self._subnet}.{list(self._names).index(machine) + 1}"

    def on(self, machine: str, command: list[str]) -> list[str]:
        """The command that runs a command on a machine."""
        self.host(machine)
        return [str(which("ip")), "netns", "exec", self._names[machine], *command] if self._names[machine] else command

    def plug(self, machine: str, *, into: bool) -> None:
        """Pull a machine's cable out of the switch, or put it back: without it nothing answers, and nothing says so."""
        ip("link", "set", self._names[machine], "up" if into else "down")

    def close(self) -> None:
        """Remove them all."""
        for name in [*filter(None, self._names.values()), self._switch]:
            remove(name)

    def _add(self, machine: str) -> None:
        number = len(self._names)
        name = self._names[machine] = f"clb{os.getpid()}x{number}"
        ip("netns", "add", name)
        ip("link", "add", name, "type", "veth", "peer", "name", "eth0", "netns", name)
        ip("link", "set", name, "master", self._switch, "up")
        for device, *address in (("lo",), ("eth0", f"{self._subnet}.{number + 1}/24")):
            if address:
                ip("-n", name, "addr", "add", *address, "dev", device)
            ip("-n", name, "link", "set", device, "up")


@contextmanager
def namespaces() -> Iterator[Namespaces]:
    """Machines, gone at the end.

    Raises:
        CannotMeasure: there may be none here, with the reason.
    """
    clear()
    machines = Namespaces()
    try:
        machines.open()
        yield machines
    finally:
        machines.close()


def why_not() -> str:
    """Why there may be no namespaces on this machine; empty where one, made for a trial, is reached from another."""
    if which("ip") is None:
        return "the command ip is missing (on Debian: apt install iproute2)"
    try:
        with namespaces() as machines:
            cut_off = [each for each in ("people", "one") if not reach(machines, each, "another")]
            return "namespaces do not reach each other over a bridge" if cut_off else ""
    except CannotMeasure as error:
        return str(error)


def reach(machines: Namespaces, one: str, another: str) -> bool:
    """Somebody on a machine can connect to another."""
    listen = machines.on(another, [sys.executable, "-c", LISTEN, machines.host(another)])
    with subprocess.Popen(listen, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as listener:
        assert listener.stdout is not None
        port = listener.stdout.readline().strip()
        call = machines.on(one, [sys.executable, "-c", TRIAL, machines.host(another), port])
        reached = subprocess.run(call, capture_output=True, check=False).returncode == 0
        listener.kill()
    return reached


def free_subnet() -> str:
    """Three numbers of four of addresses that this machine has none of."""
    taken = ip("-o", "-4", "addr")
    free = next((each for number in range(256) if f"{(each := SUBNET.format(number))}." not in taken), None)
    if free is None:
        raise CannotMeasure("every network from 198.18.0.0 to 198.18.255.0 is in use here")
    return free


def clear() -> None:
    """Remove what runs left that were killed."""
    for name in left():
        remove(name)


def left() -> list[str]:
    """Names of namespaces, cables and switches whose process is no more."""
    names = sorted(set(re.split(r"[\s@]+", ip("-br", "link") + ip("netns"))))
    return [name for name in names if (ours := OURS.match(name)) and not Path(f"/proc/{ours[1]}").exists()]


def remove(name: str) -> None:
    """Remove a namespace, and with it its cable, or a switch."""
    for what in (("netns", "del"), ("link", "del")):
        subprocess.run(["ip", *what, name], capture_output=True, check=False)  # noqa: S607 — whichever ip there is.


def ip(*words: str) -> str:
    """What `ip` says.

    Raises:
        CannotMeasure: it refuses.
    """
    run = subprocess.run(["ip", *words], capture_output=True, text=True, check=False)  # noqa: S607 — the same.
    if run.returncode:
        raise CannotMeasure(f"ip {' '.join(words[:2])}: {run.stderr.strip() or 'it did not say why'}")
    return run.stdout

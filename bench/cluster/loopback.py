"""Machines that are addresses of this one's loopback, where there may be no namespaces."""

from bench.faults.machines import Machines


class Loopback(Machines):
    """Each machine is an address of its own, 127.0.0.2 and on: parts are told apart, networks are not."""

    def __init__(self) -> None:
        self._hosts: dict[str, str] = {}

    def host(self, machine: str) -> str:
        """The address of a machine."""
        return self._hosts.setdefault(machine, f"127.0.0.{len(self._hosts) + 2}")

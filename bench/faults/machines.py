"""Where the parts of a lab's site stand: on one machine or on several."""

from bench.faults.part import Part


class Machines:
    """One machine: every part is on its loopback."""

    def host(self, _: str) -> str:
        """The address of a machine, by its name; the machine is made where there is none of that name yet."""
        return "127.0.0.1"

    def place(self, machine: str, part: Part) -> Part:
        """Have a part run on a machine; the part."""
        part.command = self.on(machine, part.command)
        return part

    def on(self, _: str, command: list[str]) -> list[str]:
        """The command that runs a command on a machine."""
        return command

"""What a measurement is asked for, within bounds: no option can turn it into an attack."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec

from bench.arguments import Parser, between, one_of
from bench.outcome import Condition
from bench.scenarios.catalog import SCENARIOS
from bench.scenarios.machine import nodes_for

#: Messages a second and person; the site refuses more than twice that.
MOST_A_PERSON = 10
#: Sockets of a scenario for one process, whose files a system often bounds at little more.
MOST_A_PROCESS = 19_000
SIZES = ("sockets", "rooms_of", "rate", "seconds")


@dataclass(frozen=True, slots=True)
class Options:
    """Scenarios by name, and how large each is. `plots`: where the pictures for the documentation go, if anywhere."""

    scenarios: dict[str, Condition]
    quick: bool
    plots: Path | None
    pin: bool


def read(arguments: Sequence[str]) -> Options:
    """The options of a command line.

    Raises:
        SystemExit: one of them is wrong; the text is one line.
    """
    parser = Parser(prog="make bench", description="Measure sites under load, scenario by scenario.")
    names = ", ".join(SCENARIOS)
    parser.add_argument("scenarios", nargs="*", type=one_of(SCENARIOS), help=f"which; all, if none is named: {names}")
    parser.add_argument("--quick", action="store_true", help="all of it tiny: some dozen sockets, a second or two")
    parser.add_argument("--sockets", type=between(2, 100_000), help="signed-in people, of one scenario")
    parser.add_argument("--rooms-of", type=between(2, 20_000), help="people a room, of one scenario")
    parser.add_argument("--rate", type=between(1, 5_000), help="messages a second over all, of one scenario")
    parser.add_argument("--seconds", type=between(1, 600), help="how long, of one scenario")
    parser.add_argument("--plots", type=Path, help="a folder for the pictures that the documentation shows")
    parser.add_argument("--no-pin", action="store_true", help="let Daphne and the load share the cores")
    given = parser.parse_args(arguments)
    chosen = [name for name in SCENARIOS if name in given.scenarios or not given.scenarios]
    sizes = {size: value for size in SIZES if (value := getattr(given, size)) is not None}
    if sizes and len(chosen) != 1:
        parser.error(f"--{next(iter(sizes)).replace('_', '-')} goes with one scenario; name it.")
    conditions = {name: condition(parser, name, sizes, is_quick=given.quick) for name in chosen}
    return Options(conditions, given.quick, given.plots, pin=not given.no_pin)


def condition(parser: Parser, name: str, sizes: dict[str, int], *, is_quick: bool) -> Condition:
    """How large a scenario is to be, with what was asked for in place of the usual."""
    scenario = SCENARIOS[name]
    usual = scenario.quick if is_quick else scenario.full()
    asked = msgspec.structs.replace(usual, **sizes)
    if name == "crowd":
        asked = msgspec.structs.replace(asked, rooms_of=asked.sockets)
    elif name == "machine" and not is_quick:
        asked = msgspec.structs.replace(asked, nodes=(nodes_for(asked.sockets),))
    check(parser, asked, MOST_A_PROCESS * max(asked.nodes))
    # A room is in one workspace.
    return msgspec.structs.replace(asked, workspace_of=asked.workspace_of // asked.rooms_of * asked.rooms_of)


def check(parser: Parser, asked: Condition, most: int) -> None:
    """End where a condition cannot be; `most`: sockets that all processes together hold."""
    if asked.sockets > most:
        parser.error(f"--sockets {asked.sockets} are more sockets than one process holds; take up to {most}.")
    parser.deal("--sockets", asked.sockets, asked.rooms_of)
    if asked.rate > MOST_A_PERSON * asked.sockets:
        parser.error(f"--rate {asked.rate} is more than ten messages a second a person; the site refuses that.")

"""Peers: what is asked, how they are spoken to, what is counted and compared; and two of them, small, for real."""

import json
from pathlib import Path
from typing import Any
from uuid import UUID

import msgspec
import pytest

from bench.figures import Spread
from bench.peers import engine_io, nchan, node, options
from bench.peers.catalog import PEERS
from bench.peers.dialects import CollabClient
from bench.peers.engine_io import Packet
from bench.peers.errors import NotInstalled
from bench.peers.job import SECOND, Job, Result, Seat
from bench.peers.payload import Numbering, event
from bench.peers.report import CROWD, HALLS, Middle, Report, Sample, ratios
from bench.peers.rounds import crowd, halls
from bench.peers.serving import Serving, seats
from bench.peers.sightings import Sightings
from bench.peers.table import text
from tests.bench.commands import left_running, refusal, run

TIMES = Spread(20, 1.0, 2.0, 3.0, 4.0)
ASKED = options.read(["--sockets", "20", "--rooms-of", "10", "--rounds", "2"])


# --- what is asked ---------------------------------------------------------------------------------


def test_without_a_word_all_are_asked_thirty_thousand_deliveries_a_second() -> None:
    asked = options.read([])

    assert asked.peers == list(PEERS)
    assert (asked.sockets, asked.rooms_of, asked.rate, asked.seconds) == (10_000, 100, 300, 20)
    assert (asked.people, asked.crowd_rate, asked.rounds) == (10_000, 3, 3)


def test_quick_is_some_dozens_for_a_second_and_gives_way_to_what_is_said() -> None:
    asked = options.read(["--quick", "--seconds", "2"])

    assert (asked.sockets, asked.people, asked.seconds, asked.rounds) == (40, 40, 2, 1)


def test_peers_are_named_in_whatever_order() -> None:
    assert options.read(["--peers", "nchan,bare ws"]).peers == ["bare", "nchan", "ws"]


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (["--peers", "bare phoenix"], "'phoenix' is none of: bare nchan"),
        (["--peers", " "], "'nothing' is none of"),
        (["--sockets", "20000"], "'20000' is not a whole number from 2 to 19000"),
        (["--sockets", "150"], "150 cannot be dealt into rooms of 100"),
        (["--people", "150"], "150 cannot be dealt into rooms of 100"),
        (["--rate", "0"], "'0' is not a whole number"),
        (["--rounds", "99"], "'99' is not a whole number from 1 to 20"),
        (["--plots", "/nowhere/at/all"], "/nowhere/at/all is no folder"),
        (["--url", "http://localhost:8000"], "unrecognized arguments"),
    ],
)
def test_a_bad_argument_is_refused_in_one_line(arguments: list[str], named: str) -> None:
    assert named in refusal(options.read, arguments)


def test_a_server_that_bears_less_is_asked_less() -> None:
    asked = options.read([])
    server = Serving("http://127.0.0.1:1", 1, {}, seats(10_000, 100), seats(10_000, 10_000))
    tutorial, bare = PEERS["tutorial"], PEERS["bare"]

    assert [halls(peer, asked, server).count for peer in (bare, tutorial)] == [6_000, 400]
    assert [crowd(peer, asked, server).count for peer in (bare, tutorial)] == [60, 4]


def test_seats_are_dealt_into_rooms() -> None:
    assert [seat.room for seat in seats(6, 2)] == [1, 1, 2, 2, 3, 3]
    assert Job("", "bare", seats(2, 2), SECOND, 0).count == 1


# --- how they are spoken to --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("packet", "kind"),
    [
        (b'0{"sid":"a","upgrades":[],"pingInterval":25000,"pingTimeout":20000,"maxPayload":1000000}', Packet.OPEN),
        (b"2", Packet.PING),
        (b'40{"sid":"b"}', Packet.CONNECTED),
        (b'44{"message":"no"}', Packet.REFUSED),
        (b'42["message",{}]', Packet.EVENT),
        (b"41", Packet.OTHER),
        (b"3probe", Packet.OTHER),
        (b"", Packet.OTHER),
    ],
)
def test_packets_of_engine_io_are_told_apart(packet: bytes, kind: Packet) -> None:
    assert engine_io.kind(packet) is kind


def test_an_event_of_socket_io_is_a_list_behind_its_number() -> None:
    said = engine_io.event("message", b'{"room":7}')

    assert engine_io.kind(said) is Packet.EVENT
    assert json.loads(said.removeprefix(b"42")) == ["message", {"room": 7}]


def test_a_message_is_found_by_its_number_however_it_is_wrapped() -> None:
    numbering = Numbering()
    said = event(7, 123, numbering.client_id(123))

    assert UUID(numbering.client_id(123)).version == 4
    assert 200 < len(said) < 300
    assert numbering.read(said) == numbering.read(engine_io.event("message", said)) == 123
    assert numbering.read(msgspec.json.encode({"message": said.decode()})) == 123
    assert numbering.read(b'{"type":"welcome"}') is None
    assert Numbering().read(said) is None


async def test_whoever_is_on_the_whole_site_says_how_far_they_have_got(monkeypatch: pytest.MonkeyPatch) -> None:
    said: list[dict[str, Any]] = []
    client = CollabClient(Seat(7, "session"), Numbering())
    monkeypatch.setattr(client, "write", lambda text: said.append(msgspec.json.decode(text)))
    client.attend(b'{"type":"welcome","heartbeat":25,"rooms":[{"room":3,"head":1},{"room":7,"head":2}]}')
    client.hear(event(7, 4, "one"))
    client.hear(event(7, 5, "two"))

    client._confirm(["7"])
    client._ask()

    assert said == [
        {"type": "confirm", "id": 1, "positions": {"7": 5}},
        {"type": "ping", "id": 2, "positions": {"3": 1, "7": 5}},
    ]
    assert client._confirming._rooms == {"7"}


# --- what is counted ---------------------------------------------------------------------------------


def sightings() -> Sightings:
    """Two rooms of two; seat 0 sends message 0, seat 2 message 1."""
    return Sightings([1, 1, 2, 2], senders=[0, 2])


def told(seen: Sightings) -> Result:
    return seen.result(lambda number: number * 1_000_000, [0, 0], ended=0, arriving=1.0, cpu=0.1)


def test_a_message_is_expected_by_everyone_in_its_room_its_sender_too() -> None:
    seen = sightings()
    for seat, number in ((0, 0), (1, 0), (2, 1), (3, 1)):
        seen.note(seat, [number], [3_000_000 + seat * 1_000_000])
    result = told(seen)

    assert (result.expected, result.delivered, result.lost, result.doubled) == (4, 4, 0, 0)
    assert (result.to_receivers.p50, result.to_receivers.max) == (4.0, 5.0)
    assert (result.to_last.count, result.to_last.max) == (2, 5.0)
    assert result.seconds == 0.006


def test_what_is_lost_doubled_or_misplaced_is_counted_and_has_no_last_receiver() -> None:
    seen = sightings()
    seen.note(0, [0, 0], [1_000_000, 2_000_000])
    seen.note(3, [0], [1_000_000])
    result = told(seen)

    assert (result.delivered, result.lost, result.doubled) == (1, 3, 2)
    assert result.to_last.count == 0


# --- what is compared --------------------------------------------------------------------------------


def test_costs_are_compared_round_by_round_with_those_that_something_was_promised_of() -> None:
    costs = {"bare": [10.0, 12.0, 30.0], "nchan": [10.0, 10.0, 10.0], "socketio": [20.0, 20.0], "ws": [1.0]}

    nchan_ratio, socketio = ratios(costs)

    assert (nchan_ratio.peer, nchan_ratio.ratio, nchan_ratio.is_met) == ("nchan", Middle(1.2, 1.0, 3.0), True)
    assert (socketio.peer, socketio.ratio, socketio.target) == ("socketio", Middle(0.55, 0.5, 0.6), 0.8)


def test_without_collab_or_without_a_peer_nothing_is_compared() -> None:
    assert ratios({"nchan": [10.0]}) == []
    assert ratios({"bare": [10.0], "ws": [10.0]}) == []
    [against_nothing] = ratios({"bare": [10.0], "nchan": [0.0]})
    assert not against_nothing.is_met


def sample(peer: str, scenario: str = HALLS, cost: float = 10.0, **changes: Any) -> Sample:
    """A server that used so many microseconds for each of a thousand deliveries."""
    usual = Result(10, 1_000, 1_000, 0, 0, TIMES, TIMES, TIMES, 1.0, 20.0, 1.0)
    result = msgspec.structs.replace(usual, **changes)
    return Sample(peer, scenario, 101, SECOND // 20, {"": cost / 1_000, "Valkey": 0.001}, (0, 102_400 * 2), result)


def report(*samples: Sample, **changes: Any) -> Report:
    return msgspec.structs.replace(Report(ASKED, {"Node": "1"}, list(samples), {}, {}, (0.1, 1.0), 2), **changes)


def test_a_report_tells_each_figure_and_what_was_promised() -> None:
    said = text(report(sample("bare"), sample("bare", cost=14.0), sample("socketio", cost=20.0), sample("bare", CROWD)))

    assert "| Collab, fan-out only | 101, 20 | 12.0 (10.0–14.0) | 1.0 | all | 1.0, 2.0, 3.0, 4 | 2.0 |" in said
    assert "| by Socket.IO + Redis adapter, Node | 0.50 | ≤ 0.8 | met |" in said
    assert "Nothing of Collab's was lost." in said


def test_only_what_collab_loses_is_red() -> None:
    lossy = report(sample("tutorial", delivered=600), sample("bare", CROWD, delivered=999, doubled=2))

    assert "60.0%" in text(lossy)
    assert lossy.faults == [
        "Collab, fan-out only, crowd: 1 deliveries lost",
        "Collab, fan-out only, crowd: 2 deliveries doubled or misplaced",
    ]


def test_who_is_not_installed_is_left_out_and_who_fails_is_red() -> None:
    partly = report(sample("bare"), absent={"nchan": "install it."}, failed={"ws": "it fell."})

    assert "Left out: nchan on NGINX (memory store): install it." in text(partly)
    assert partly.faults == ["ws + Redis, Node: it fell."]


# --- what is not there -------------------------------------------------------------------------------


def test_without_its_packages_a_server_on_node_is_not_installed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(node, "MODULES", tmp_path)

    with pytest.raises(NotInstalled, match="make bench-peers installs them"):
        node.command("ws.cjs", 1, tmp_path)


def test_where_nchan_cannot_be_brought_it_is_asked_for_and_nothing_is_left(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))

    with pytest.raises(NotInstalled, match="apt-get install nginx libnginx-mod-nchan"):
        nchan.unpack(tmp_path / "nchan")
    assert list(tmp_path.iterdir()) == []


# --- for real ----------------------------------------------------------------------------------------


def test_two_of_them_are_measured_and_leave_only_figures(var: Path) -> None:
    ended = run(var, "bench.peers", "--quick", "--peers", "bare ws", "--sockets", "20", "--rate", "10")

    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert "Too short for costs to be compared." in ended.stdout
    [figures] = (var / "bench").glob("peers-*.json")
    samples = json.loads(figures.read_bytes())["samples"]
    assert [(each["peer"], each["scenario"]) for each in samples] == [
        (peer, scenario) for peer in ("bare", "ws") for scenario in (HALLS, CROWD)
    ]
    assert [each["result"]["delivered"] for each in samples] == [100, 60, 100, 60]
    assert sorted(each.name for each in (var / "bench").iterdir()) == [figures.name, "peers.svg"]
    assert not left_running(var)


def test_seats_of_the_whole_site_are_read_as_it_makes_them() -> None:
    made = b'[{"person":1,"session":"s","room":7}]'

    assert msgspec.json.decode(made, type=list[Seat]) == [Seat(7, "s")]

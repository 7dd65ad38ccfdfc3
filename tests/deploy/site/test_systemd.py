"""The units of deploy/systemd: systemd understands them, and what they leave the site's programs is enough."""

import re
import shlex
import shutil
import signal
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from string import Template
from types import MappingProxyType

import pytest

from collab.embedded.environment import PROJECT
from collab.live.drain import GONE_AFTER
from tests.deploy import sandbox
from tests.deploy.hosted import PATIENCE, HostedSite, await_it, greet
from tests.deploy.units import SERVICES, UNITS, last, read

INTERPRETER = "/srv/collab/current/.venv/bin/python"
PROGRAMS = [path for path in SERVICES if path.stem != "collab-backup"]
ANALYZE = shutil.which("systemd-analyze")
needs_systemd = pytest.mark.skipif(ANALYZE is None, reason="no systemd-analyze here")


def analyze(*arguments: str) -> "subprocess.CompletedProcess[str]":
    assert ANALYZE is not None
    return subprocess.run([ANALYZE, *arguments], capture_output=True, text=True, check=False)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A machine's files, with the units in place."""
    shutil.copytree(UNITS, tmp_path / "etc" / "systemd" / "system")
    shutil.copytree("/usr/lib/systemd/system", tmp_path / "usr" / "lib" / "systemd" / "system", symlinks=True)
    interpreter = tmp_path / INTERPRETER.removeprefix("/")
    interpreter.parent.mkdir(parents=True)
    interpreter.write_text("#!/bin/sh\n")
    interpreter.chmod(0o755)
    return tmp_path


def names() -> list[str]:
    """The units as they are started."""
    files = [*UNITS.glob("*.service"), *UNITS.glob("*.t*")]
    return [file.name.replace("@.", "@8001.") for file in files]


@needs_systemd
def test_systemd_has_nothing_to_say_against_them(root: Path) -> None:
    said = analyze("verify", f"--root={root}", "--man=no", "--recursive-errors=no", *names())
    assert (said.returncode, said.stdout + said.stderr) == (0, "")


@needs_systemd
def test_systemd_would_name_an_option_that_is_none(root: Path) -> None:
    file = root / "etc/systemd/system/collab-.service.d/common.conf"
    file.write_text(file.read_text().replace("PrivateTmp", "PrivatTmp"))
    said = analyze("verify", f"--root={root}", "--man=no", "--recursive-errors=no", *names())
    assert "PrivatTmp" in said.stderr


@needs_systemd
@pytest.mark.parametrize("service", SERVICES, ids=lambda path: path.stem)
def test_systemd_finds_little_that_they_could_do_to_the_machine(root: Path, service: Path) -> None:
    name = service.name.replace("@.", "@8001.")
    said = analyze("security", f"--root={root}", "--offline=true", "--threshold=20", "--no-pager", name)
    assert said.returncode == 0, said.stdout[-500:]


def test_each_service_ends_in_its_own_time_and_comes_back() -> None:
    for path in PROGRAMS:
        assert last(path, "Restart") == "always"
        assert last(path, "StartLimitIntervalSec", "Unit") == "0"
        assert last(path, "KillSignal") == "SIGTERM"
        assert last(path, "PartOf", "Unit") == "collab.target"
        assert last(path, "WantedBy", "Install") == "collab.target"
    assert int(last(UNITS / "collab-node@.service", "TimeoutStopSec")) > GONE_AFTER
    # A task has 60 s; only the first process is told to stop.
    assert int(last(UNITS / "collab-worker.service", "TimeoutStopSec")) > 60
    assert last(UNITS / "collab-worker.service", "KillMode") == "mixed"


def test_the_example_of_the_environment_names_settings_that_there_are() -> None:
    lines = (UNITS / "env.example").read_text().splitlines()
    named = {line.partition("=")[0] for line in lines if line and not line.startswith("#")}
    known = set(re.findall(r'env\.\w+\(\s*"(\w+)"', (PROJECT / "collab" / "settings.py").read_text()))
    assert named <= known
    assert {"SITE_URL", "SECRET_KEY", "DATABASE_URL", "REDIS_URL", "VAR_DIR"} <= named


# --- What is left to the programs ----------------------------------------------------------------------


def system_calls(sets: str) -> set[str]:
    """The names in systemd's sets of system calls."""
    calls: set[str] = set()
    for name in sets.split():
        if name.startswith("@"):
            inside = analyze("syscall-filter", name).stdout.splitlines()[1:]
            calls |= system_calls(" ".join(line for line in inside if not line.strip().startswith("#")))
        else:
            calls.add(name)
    return calls


@pytest.fixture(scope="module")
def confined(site: HostedSite) -> list[str]:
    """Begins a command that has only what the units leave it."""
    if ANALYZE is None or not any(Path("/usr/lib").rglob("libseccomp.so.2")):
        pytest.skip("no systemd-analyze or no libseccomp here")
    allowed: set[str] = set()
    for value in read(PROGRAMS[0])["Service", "SystemCallFilter"]:
        calls = system_calls(value.removeprefix("~"))
        allowed = allowed - calls if value.startswith("~") else allowed | calls
    file = site.folder / "system-calls"
    file.write_text("\n".join(allowed))
    return [sys.executable, "-I", "-S", str(Path(sandbox.__file__)), str(file)]


def command_of(unit: str, port: int = 0, says: Mapping[str, str] = MappingProxyType({})) -> list[str]:
    """What the unit starts, with this project in the place of the release."""
    command = last(UNITS / unit, "ExecStart").replace(INTERPRETER, sys.executable).replace("%i", str(port))
    assert "/srv" not in command
    return [Template(word).substitute(environment(UNITS / unit, says)) for word in shlex.split(command)]


def environment(unit: Path, says: Mapping[str, str]) -> dict[str, str]:
    """What the unit sets, and over it what EnvironmentFile says, as in systemd.exec(5) whatever order they stand in."""
    assert read(unit)["Service", "EnvironmentFile"] == ["/etc/collab/env"]
    return dict(value.split("=", 1) for value in read(unit)["Service", "Environment"]) | dict(says)


def test_a_node_listens_to_its_own_machine_unless_the_host_says_otherwise() -> None:
    said = {"NODE_HOST": "10.0.0.11"}
    assert command_of("collab-node@.service", 8001)[-2:] == ["--host=127.0.0.1", "--port=8001"]
    assert command_of("collab-node@.service", 8001, said)[-2:] == ["--host=10.0.0.11", "--port=8001"]
    assert "\n# NODE_HOST=" in (UNITS / "env.example").read_text()


@pytest.mark.parametrize(
    "forbidden",
    [
        "import socket; socket.socket(socket.AF_PACKET, socket.SOCK_RAW)",
        "import mmap; mmap.mmap(-1, 4096, prot=mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC)",
        "import os; os.setuid(65534)",
    ],
)
def test_what_the_units_forbid_is_forbidden_in_these_tests(confined: list[str], forbidden: str) -> None:
    run = subprocess.run([*confined, sys.executable, "-c", forbidden], capture_output=True, text=True, check=False)
    assert "PermissionError" in run.stderr


def test_a_node_has_all_it_needs(site: HostedSite, confined: list[str]) -> None:
    port = site.ports[0]
    site.nodes[port].terminate()
    site.nodes[port].wait(PATIENCE)
    node = site.nodes[port] = site.start("confined-node", [*confined, *command_of("collab-node@.service", port)])
    await_it(lambda: site.is_ready(port), (site.folder / "confined-node.log").read_text())
    assert site.ask_node(port, "/account/login/").status == 200
    with site.open_socket(site.seats[0], node=port) as opened:
        greet(opened)
        node.send_signal(signal.SIGUSR1)
        log = site.folder / "confined-node.log"
        await_it(lambda: "server.files" in log.read_text(), "it did not tell what it holds")
    node.terminate()
    assert node.wait(PATIENCE) == 0
    assert "not permitted" not in log.read_text()
    site.start_node(port)


def test_worker_and_clock_have_all_they_need(site: HostedSite, confined: list[str]) -> None:
    programs = [site.start(name, [*confined, *command_of(f"collab-{name}.service")]) for name in ("worker", "beat")]
    await_it(lambda: worker_answers(site), "no worker answers")
    await_it(lambda: bool(list(site.var.glob("beat*"))), "the clock keeps no time")
    for program in programs:
        program.terminate()
    assert [program.wait(PATIENCE) for program in programs] == [0, 0]
    logs = [site.folder / "worker.log", site.folder / "beat.log"]
    assert not [log for log in logs if "not permitted" in log.read_text()]


def worker_answers(site: HostedSite) -> bool:
    """It answers when it is asked."""
    command = [sys.executable, "-m", "celery", "--app=collab.celery", "inspect", "ping", "--timeout=3"]
    run = subprocess.run(command, cwd=PROJECT, env=site.environment, capture_output=True, text=True, check=False)
    return "pong" in run.stdout


def test_the_backup_of_the_night_is_a_command_of_the_site() -> None:
    both = read(UNITS / "collab-backup.service")["Service", "ExecStart"]
    assert [shlex.split(each) for each in both] == [
        [INTERPRETER, "manage.py", "backup"],
        # No dash before it: a backup that is not as it should be is a failure.
        [INTERPRETER, "manage.py", "backup", "--verify"],
    ]


def test_the_folder_for_backups_of_the_example_is_one_that_the_service_may_write_to() -> None:
    example = dict(line.split("=", 1) for line in (UNITS / "env.example").read_text().splitlines() if line[0] != "#")
    writable = read(UNITS / "collab-backup.service")["Service", "ReadWritePaths"]
    assert example["BACKUP_TO"] in {path.removeprefix("-") for path in writable}
    assert example["VAR_DIR"] in writable

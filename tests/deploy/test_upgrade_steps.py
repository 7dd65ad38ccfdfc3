"""What `deploy/upgrade` makes of its command line, and runs, without a site."""

import os
import pwd
import subprocess
import sys
from pathlib import Path

import pytest

from collab.embedded.environment import PROJECT
from collab.upgrade import command, options, steps


def test_a_node_is_asked_where_it_listens() -> None:
    asked = options.options(["--nodes", "8001", "10.0.0.12:8001", "[fd00::11]:8002"])
    usual = [each.ready_at for each in command.nodes(asked, {})]
    assert usual == [f"http://{host}/health/ready" for host in ("127.0.0.1:8001", "10.0.0.12:8001", "[fd00::11]:8002")]
    assert command.nodes(asked, {"NODE_HOST": "10.0.0.11"})[0].host == "10.0.0.11"


def test_a_machine_of_workers_alone_has_no_nodes() -> None:
    asked = options.options(["--restart-beat", ""])
    assert [each.command for each in command.programs(asked, {})] == ["systemctl restart collab-worker"]


@pytest.mark.skipif(os.geteuid() != 0, reason="only root runs commands as others")
def test_what_runs_as_another_user_has_their_home(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    nobody = pwd.getpwnam("nobody")
    os.chown(tmp_path, nobody.pw_uid, nobody.pw_gid)
    steps.run(["/bin/sh", "-c", "echo $HOME of $(id -u), $SITE"], release=tmp_path, site={"SITE": "x"}, owner=tmp_path)
    assert f"\n{nobody.pw_dir} of {nobody.pw_uid}, x\n" in capfd.readouterr().out


@pytest.mark.parametrize("is_there", [True, False])
def test_what_the_host_adds_is_installed_with_each_release(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, is_there: bool
) -> None:
    ran: list[str] = []
    monkeypatch.setattr(steps, "run", lambda words, **_: ran.append(" ".join(words)))
    own = tmp_path / "requirements.txt"
    if is_there:
        own.write_text("obstore\n")
    steps.install(own)
    assert any(f"-r requirements.txt -r {own}" in words for words in ran) == is_there
    assert any(words.endswith("-r requirements.txt") for words in ran) != is_there


@pytest.mark.parametrize("port", ["http", "0", "70000", "127.0.0.1:"])
def test_a_port_that_is_none_is_refused(port: str) -> None:
    words = [sys.executable, "deploy/upgrade", "--nodes", port]
    done = subprocess.run(words, cwd=PROJECT, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert f"{port.rpartition(':')[2]!r} is no port" in done.stderr

"""The files for containers, as tests read them; and the site's own commands, run as those files say."""

import ast
import contextlib
import http.client
import os
import re
import shlex
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple, TypeGuard

import yaml

PROJECT = Path(__file__).resolve().parents[2]
DEPLOY = PROJECT / "deploy"
KUBERNETES = DEPLOY / "kubernetes"
PATIENCE = 60.0

#: Read by `manage.py node` and by what the settings' packages read themselves.
BESIDES = {"HOST", "PORT"}


class Setting(NamedTuple):
    name: str
    is_required: bool


def settings_read() -> list[Setting]:
    """The variables that the site knows, as its settings read them."""
    calls = [each for each in ast.walk(ast.parse((PROJECT / "collab" / "settings.py").read_text())) if _reads(each)]
    found = [Setting(ast.literal_eval(call.args[0]), len(call.args) == 1) for call in calls]
    assert {"SECRET_KEY", "DATABASE_URL", "REDIS_URL"} <= {each.name for each in found if each.is_required}
    return found


def _reads(node: ast.AST) -> TypeGuard[ast.Call]:
    """Whether it is `env.str("NAME", …)` or the like."""
    function = node.func if isinstance(node, ast.Call) and node.args else None
    owner = function.value if isinstance(function, ast.Attribute) else None
    return isinstance(owner, ast.Name) and owner.id == "env"


def compose() -> dict[str, Any]:
    read: dict[str, Any] = yaml.safe_load((DEPLOY / "compose.yaml").read_text())
    return read


def manifests() -> list[dict[str, Any]]:
    """All objects of the cluster that kustomize would apply, and the examples."""
    files = sorted(file for file in KUBERNETES.glob("*.yaml") if file.name != "kustomization.yaml")
    return [each for file in files for each in yaml.safe_load_all(file.read_text())]


class Step(NamedTuple):
    word: str
    rest: str


def dockerfile() -> list[list[Step]]:
    """Its stages, each a list of steps; what stands before the first is left out."""
    text = re.sub(r"^\s*#.*\n", "", (DEPLOY / "Dockerfile").read_text(), flags=re.MULTILINE)
    stages: list[list[Step]] = []
    for line in text.replace("\\\n", " ").splitlines():
        word, _, rest = line.strip().partition(" ")
        if word == "FROM":
            stages.append([])
        if word and stages:
            stages[-1].append(Step(word, rest.strip()))
    return stages


def environment(database_url: str, **variables: str) -> dict[str, str]:
    """What a container of the site has, on the servers of this test run."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "REDIS_URL", "LANG") if name in os.environ}
    given = {"DATABASE_URL": database_url, "SITE_URL": "https://chat.example.org", "TRUSTED_PROXIES": "1"}
    mail = {"EMAIL_URL": "memory:", "DEFAULT_FROM_EMAIL": "Collab <collab@example.org>", "LOG_FORMAT": "json"}
    return kept | given | mail | {"SECRET_KEY": "containers-" * 4} | variables


@contextlib.contextmanager
def running(command: Sequence[str], log: Path, variables: dict[str, str], folder: Path = PROJECT) -> Iterator[Any]:
    """`manage.py` with these arguments, ended by force if it is still there at the end."""
    with log.open("wb") as file:
        process = subprocess.Popen(
            [sys.executable, "manage.py", *command], cwd=folder, env=variables, stdout=file, stderr=file
        )
    try:
        yield process
    finally:
        if process.poll() is None:
            process.kill()
            process.wait()


def run(command: Sequence[str], variables: dict[str, str], folder: Path = PROJECT) -> subprocess.CompletedProcess[str]:
    """`manage.py` with these arguments, to its end."""
    whole = [sys.executable, "manage.py", *command]
    return subprocess.run(whole, cwd=folder, env=variables, capture_output=True, text=True, timeout=120, check=False)


def await_answer(port: int, path: str, process: Any, log: Path) -> int:
    """The status of a probe, once anything answers there."""
    end = time.monotonic() + PATIENCE
    while True:
        assert process.poll() is None, log.read_text()
        assert time.monotonic() < end, log.read_text()
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=15)
        with contextlib.closing(connection), contextlib.suppress(OSError):
            connection.request("GET", path)
            return connection.getresponse().status
        time.sleep(0.1)


def stop(process: Any, within: float) -> None:
    """As an engine does it: SIGTERM, and no longer than so many seconds."""
    process.send_signal(signal.SIGTERM)
    process.wait(within)


def seconds(duration: str) -> float:
    """`20s` as a number."""
    found = re.fullmatch(r"(\d+)s", duration)
    assert found is not None, duration
    return float(found[1])


def words(rest: str) -> list[str]:
    """A command in exec form, or by the shell."""
    return list(ast.literal_eval(rest)) if rest.startswith("[") else shlex.split(rest)

"""No engine for containers runs here: the image's steps are done by hand, and the files are held against the code."""

import fnmatch
import importlib.resources
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from django.core.management import get_commands

from collab.live import drain
from tests.deploy.manifests import (
    BESIDES,
    DEPLOY,
    PROJECT,
    await_answer,
    compose,
    dockerfile,
    environment,
    run,
    running,
    seconds,
    settings_read,
    stop,
    words,
)
from tests.protocol.conftest import database_url
from tests.protocol.node import free_port

SERVICES: dict[str, Any] = compose()["services"]
SITE = {name: each for name, each in SERVICES.items() if each["image"] == "collab"}
KNOWN = {each.name for each in settings_read()}
REQUIRED = {each.name for each in settings_read() if each.is_required}
EXAMPLE = (DEPLOY / "containers" / "env.example").read_text()
#: What a compose file asks of the environment.
ASKED = re.compile(r"\$\{(\w+)(:\?|:-)?")


@pytest.fixture(scope="module")
def variables(django_db_setup: None) -> dict[str, str]:
    return environment(database_url())


# --- the compose file --------------------------------------------------------------------------------


def test_it_is_a_compose_file() -> None:
    schemas = importlib.resources.files("check_jsonschema") / "builtin_schemas" / "vendor"
    jsonschema.validate(compose(), json.loads((schemas / "compose-spec.json").read_text()))


def test_all_that_it_waits_for_and_mounts_is_there() -> None:
    whole = compose()
    for name, service in SERVICES.items():
        assert set(service.get("depends_on", {})) <= SERVICES.keys(), name
        assert set(service["networks"]) <= whole["networks"].keys(), name
        for volume in service.get("volumes", []):
            source = volume.partition(":")[0]
            assert source in whole["volumes"] or source.startswith(("./", "/", "${")), volume
            assert not source.startswith("./") or (DEPLOY / source).exists(), volume


def test_what_needs_the_database_waits_until_it_is_up_to_date() -> None:
    # What is restored may be of another version than what is there.
    for name in SITE.keys() - {"migrate", "collect", "restore"}:
        assert SITE[name]["depends_on"]["migrate"]["condition"] == "service_completed_successfully"
    for name in ("migrate", "restore"):
        assert SITE[name]["depends_on"] == {"postgres": {"condition": "service_healthy"}}
    for name in ("node1", "node2"):
        assert SERVICES["nginx"]["depends_on"][name]["condition"] == "service_healthy"


def test_nothing_is_published_but_nginx() -> None:
    assert [name for name, service in SERVICES.items() if "ports" in service] == ["nginx"]
    assert SERVICES["nginx"]["ports"] == ["80:80", "443:443"]
    assert compose()["networks"]["inside"]["internal"]
    for name in ("postgres", "valkey", "valkey-replica", "sentinel1", "beat", "migrate"):
        assert set(SERVICES[name]["networks"]) == {"inside"}, name


def test_each_container_of_the_site_is_given_what_it_must_have_and_nothing_that_it_does_not_know() -> None:
    for name, service in SITE.items():
        given = service["environment"]
        assert given.keys() <= KNOWN | BESIDES, name
        assert given.keys() >= REQUIRED, name
        assert given["TRUSTED_PROXIES"] == "1", name


def test_no_secret_stands_in_it_and_whoever_forgets_one_is_told() -> None:
    text = (DEPLOY / "compose.yaml").read_text()
    asked = dict(ASKED.findall(text))
    assert {"SECRET_KEY", "POSTGRES_PASSWORD", "EMAIL_URL", "SITE_URL"} <= asked.keys()
    assert all(how for how in asked.values())
    for name in asked:
        assert re.search(rf"^(# )?{name}=", EXAMPLE, re.MULTILINE), name
    for name in ("SECRET_KEY", "POSTGRES_PASSWORD"):
        assert re.search(rf"^{name}=$", EXAMPLE, re.MULTILINE)


def test_whoever_is_told_to_stop_is_given_the_time_for_it() -> None:
    for name in ("node1", "node2"):
        assert seconds(SITE[name]["stop_grace_period"]) > drain.GONE_AFTER + 1
    from django.conf import settings

    assert seconds(SITE["worker"]["stop_grace_period"]) > settings.CELERY_TASK_TIME_LIMIT + 5


def test_what_stays_comes_back_and_what_runs_once_does_not() -> None:
    once = {"migrate", "collect", "backup", "restore"}
    for name, service in SERVICES.items():
        assert service["restart"] == ("no" if name in once else "unless-stopped"), name
        assert ("healthcheck" in service) or name in {"node1", "node2"}, name


def test_containers_of_the_site_may_do_nothing_that_they_need_not() -> None:
    for service in SITE.values():
        assert service["read_only"]
        assert service["cap_drop"] == ["ALL"]
        assert "no-new-privileges:true" in service["security_opt"]


def test_the_servers_are_as_new_as_the_site_asks_for_and_throw_nothing_out() -> None:
    assert int(SERVICES["postgres"]["image"].partition(":")[2]) >= 16
    for setting in re.findall(r"^    (\w+ = \w+)$", (PROJECT / "docs" / "self-hosting.md").read_text(), re.MULTILINE)[
        :3
    ]:
        assert setting.replace(" ", "") in SERVICES["postgres"]["command"]
    for name in ("valkey", "valkey-replica"):
        command = SERVICES[name]["command"]
        assert command[command.index("--maxmemory-policy") + 1] == "noeviction"
        assert command[command.index("--save") + 1] == ""


def test_sentinels_are_started_by_a_profile_and_named_as_the_site_is_to_name_them() -> None:
    profiled = {name for name, service in SERVICES.items() if service.get("profiles") == ["sentinel"]}
    assert profiled == {"valkey-replica", "sentinel1", "sentinel2", "sentinel3"}
    from collab.live.redis_address import service_at

    [address] = re.findall(r"^# REDIS_URL=(\S+)", EXAMPLE, re.MULTILINE)
    service = service_at(address)
    assert service is not None
    assert {host for host, _ in service.sentinels} == profiled - {"valkey-replica"}
    script = SERVICES["sentinel1"]["command"][-1]
    assert (
        f"sentinel monitor {service.name} {SERVICES['valkey']['networks']['inside']['ipv4_address']} 6379 2" in script
    )


def test_nginx_finds_the_nodes_where_they_listen() -> None:
    script = (DEPLOY / "containers" / "nginx.sh").read_text()
    for name in ("node1", "node2"):
        assert "--port=8000" in SITE[name]["command"]
        assert "--host=0.0.0.0" in SITE[name]["command"]
        # Not its name, which may lead to the other network.
        assert f"{SITE[name]['networks']['inside']['ipv4_address']}:8000" in script


def test_all_that_nginx_leaves_to_the_host_is_filled_in(tmp_path: Path) -> None:
    command = ["sh", str(DEPLOY / "containers" / "nginx.sh"), str(DEPLOY / "nginx"), str(tmp_path)]
    subprocess.run(command, env=os.environ | {"SITE_URL": "https://talk.example.net"}, check=True)
    text = "".join(file.read_text() for file in tmp_path.iterdir())
    for left in ("HERE", "chat.example.org", "127.0.0.1", "[::]", "www-data", "/var/log"):
        assert left not in text, left
    assert text.count("server 172.30.77.11:8000 ") == text.count("server 172.30.77.12:8000 ") == 2
    assert "server_name talk.example.net;" in text
    mounted = {re.sub(r"\$\{.*?\}", "…", volume).split(":")[1] for volume in SERVICES["nginx"]["volumes"]}
    for folder in re.findall(r"alias (\S+)/;", text):
        assert folder in mounted, folder
    for file in re.findall(r"ssl_certificate(?:_key)? (\S+);", text):
        assert Path(file).parent == Path("/etc/letsencrypt/live/talk.example.net"), file
    assert {"/etc/letsencrypt", *re.findall(r"root (\S+);", text)} <= mounted


# --- the commands ------------------------------------------------------------------------------------


def test_each_command_exists() -> None:
    for service in SITE.values():
        assert service["command"][0] in get_commands()


def test_a_node_answers_its_probes_and_is_gone_in_time(variables: dict[str, str], tmp_path: Path) -> None:
    port = free_port()
    command = [word.replace("--port=8000", f"--port={port}") for word in SITE["node1"]["command"]]
    with running(command, tmp_path / "log", variables | {"VAR_DIR": str(tmp_path)}) as node:
        for path in probes():
            assert await_answer(port, path, node, tmp_path / "log") == 200
        stop(node, seconds(SITE["node1"]["stop_grace_period"]))


def probes() -> list[str]:
    [check] = [step.rest for step in dockerfile()[-1] if step.word == "HEALTHCHECK"]
    found = re.findall(r"http://127\.0\.0\.1:8000(/\S+?)'", check)
    assert found == ["/health/ready"]
    return found


def test_a_worker_answers_its_check_and_is_gone_in_time(variables: dict[str, str], tmp_path: Path) -> None:
    kind, script = SITE["worker"]["healthcheck"]["test"]
    assert kind == "CMD-SHELL"
    check = script.replace("celery --quiet", f"{sys.executable} -m celery --quiet").replace(
        "$$HOSTNAME", os.uname().nodename
    )
    with running(SITE["worker"]["command"], tmp_path / "log", variables | {"VAR_DIR": str(tmp_path)}) as worker:
        for _ in range(SITE["worker"]["healthcheck"]["retries"]):
            answer = subprocess.run(
                ["sh", "-c", check], cwd=PROJECT, env=variables, capture_output=True, text=True, check=False
            )
            if answer.returncode == 0:
                break
        assert answer.returncode == 0, answer.stdout + answer.stderr + (tmp_path / "log").read_text()
        stop(worker, seconds(SITE["worker"]["stop_grace_period"]))


def shell(script: str, folder: Path, variables: dict[str, str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(["sh", "-c", script], cwd=folder, env=variables, capture_output=True, text=True, check=False)


def test_beat_runs_where_it_may_write_and_stops(variables: dict[str, str], tmp_path: Path) -> None:
    folder = tmp_path / "beat"
    with running(SITE["beat"]["command"], tmp_path / "log", variables | {"VAR_DIR": str(folder)}) as beat:
        while not any(folder.glob("beat*")):
            assert beat.poll() is None, (tmp_path / "log").read_text()
        stop(beat, 10)


def test_what_runs_once_comes_to_its_end(variables: dict[str, str], tmp_path: Path) -> None:
    for name in ("migrate", "collect"):
        done = run(SITE[name]["command"], variables | {"VAR_DIR": str(tmp_path)})
        assert done.returncode == 0, done.stderr
    assert any((tmp_path / "static").iterdir())


# --- the image ---------------------------------------------------------------------------------------


def test_it_runs_as_nobody_special_and_keeps_no_secret() -> None:
    last = dockerfile()[-1]
    users = [step.rest for step in last if step.word == "USER"]
    assert users == ["10001:10001"]
    assert [step.word for step in last].index("USER") < [step.word for step in last].index("ENTRYPOINT")
    for stage in dockerfile():
        for step in stage:
            assert not (step.word in {"ENV", "ARG"} and re.search(r"SECRET|PASSWORD|TOKEN|_URL", step.rest)), step
    text = (DEPLOY / "Dockerfile").read_text()
    assert not re.search(r"apt|gcc|build-essential|curl", text)


def test_it_starts_a_node_as_a_process_of_its_own() -> None:
    last = {step.word: step.rest for step in dockerfile()[-1]}
    assert words(last["ENTRYPOINT"]) == ["python", "manage.py"]
    assert words(last["CMD"]) == SITE["node1"]["command"]
    assert last["EXPOSE"] == "8000"


def test_its_packages_are_wheels_that_fit_together() -> None:
    [install] = [step.rest for step in dockerfile()[0] if "pip install" in step.rest]
    assert "--only-binary=:all:" in install
    [more] = set(re.findall(r"MORE_PACKAGES=(\w\S+)", (DEPLOY / "Dockerfile").read_text() + EXAMPLE))
    assert f"S3 needs the package `{more}`" in (PROJECT / "docs" / "self-hosting.md").read_text()
    options = shlex.split(install.partition("pip install ")[2].replace("${MORE_PACKAGES}", more))
    asked = [str(PROJECT / "requirements.txt") if each.startswith("/tmp/") else each for each in options]
    command = [sys.executable, "-m", "pip", "install", "--dry-run", "--no-index", *asked]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "Would install" not in done.stdout


@pytest.fixture(scope="module")
def image(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the image's last stage would have in /srv/collab, by its own COPY steps and what is let through to them."""
    folder = tmp_path_factory.mktemp("image")
    for step in dockerfile()[-1]:
        if step.word == "COPY" and not step.rest.startswith("--from"):
            *sources, target = step.rest.split()
            for source in sources:
                copy(source, folder / target)
    return folder


def copy(source: str, target: Path) -> None:
    assert is_let_through(source), source
    if (PROJECT / source).is_dir():
        shutil.copytree(PROJECT / source, target, ignore=shutil.ignore_patterns("__pycache__", "*.pyc"))
    else:
        shutil.copy(PROJECT / source, target)


def is_let_through(name: str) -> bool:
    is_in = True
    for line in (DEPLOY / "Dockerfile.dockerignore").read_text().splitlines():
        if line and not line.startswith("#") and fnmatch.fnmatch(name, line.removeprefix("!")):
            is_in = line.startswith("!")
    return is_in


@pytest.mark.parametrize("name", "var .git .venv tests bench deploy deploy/.env collab/__pycache__".split())
def test_what_is_nobodys_business_does_not_come_into_it(name: str) -> None:
    assert not is_let_through(name)


def test_with_what_is_in_it_files_are_collected_and_a_node_serves(
    image: Path, variables: dict[str, str], tmp_path: Path
) -> None:
    [collect] = [step.rest for step in dockerfile()[-1] if "collectstatic" in step.rest]
    clean = {"PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}", "VAR_DIR": str(tmp_path)}
    done = shell(collect, image, clean)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "static" / "staticfiles.json").exists()
    port = free_port()
    served = variables | {"VAR_DIR": str(tmp_path), "SITE_URL": f"http://127.0.0.1:{port}", "TRUSTED_PROXIES": "0"}
    with running(["node", f"--port={port}"], tmp_path / "log", served, image) as node:
        assert await_answer(port, "/health/ready", node, tmp_path / "log") == 200
        assert await_answer(port, "/account/login/", node, tmp_path / "log") == 200
        stop(node, 20)
